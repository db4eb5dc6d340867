//! Events as text: one block for each record, one line for each object and for each field.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use vigie_model::event::{Event, Field, Observed, Scalar};
use vigie_telemetry::Source;

/// All records of a source, and its counts.
pub(crate) fn whole(mut source: Source) -> String {
    let mut text = String::new();
    while let Some(record) = source.next() {
        match record {
            Ok(record) => {
                let json: serde_json::Value =
                    serde_json::from_str(&record.json()).expect("a record is JSON for the output");
                assert!(json.is_object(), "{json}");
                let _infallible = write!(text, "line {} ", record.line);
                text.push_str(&event(&record.event));
            }
            Err(skipped) => {
                let _infallible = writeln!(text, "{skipped}");
            }
        }
    }
    let summary = source.summary();
    for (name, count) in summary.unread.iter() {
        let _infallible = writeln!(text, "unread {name}: {count}");
    }
    if summary.repaired > 0 {
        let _infallible = writeln!(text, "repaired: {}", summary.repaired);
    }
    text
}

/// One event.
pub(crate) fn event(event: &Event<'_>) -> String {
    let mut objects: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for it in &event.observables {
        let value = match &it.value {
            Observed::Text(text) => format!("{text:?}"),
            Observed::Number(number) => number.to_string(),
            Observed::Object(object) => format!("#{object}"),
        };
        objects.entry(it.object).or_default().push(format!("{} {value}", it.path));
    }
    let mut text = format!("{:?} at {:?}\n", event.kind, event.time);
    for (object, properties) in objects {
        let _infallible = writeln!(text, "  #{object} {}", properties.join(", "));
    }
    if !event.alerted.is_empty() {
        let _infallible = writeln!(text, "  ! {}", event.alerted.join(", "));
    }
    if let Some(log) = event.log {
        let sources: Vec<_> = log.sources.iter().map(ToString::to_string).collect();
        let _infallible = writeln!(text, "  = {} ({})", sources.join(", "), log.mapping);
    }
    for Field { name, value } in &event.fields {
        let _infallible = match value {
            Scalar::Text(it) => writeln!(text, "  {name}: {it:?}"),
            other => writeln!(text, "  {name}: {}", other.text().unwrap_or("null")),
        };
    }
    text
}
