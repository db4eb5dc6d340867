//! Every real log is read, and what is not understood is counted and named.
//!
//! The counts of `docs/spec/telemetry.md` come from here: `cargo test -p vigie-telemetry --test shared_data -- --nocapture`

#![expect(clippy::print_stdout, reason = "the counts are what this test is run for")]

#[path = "support/shared_data.rs"]
mod shared_data;

use shared_data::Log;
use std::collections::BTreeMap;
use std::io::Cursor;
use vigie_model::event::Event;
use vigie_telemetry::{Format, OpenError, Options, Source, Summary};

/// How many records of each log are compared between its two forms.
const COMPARED: usize = 2_000;

/// Reads a whole log and hands each event on.
fn read(log: &Log, mut each: impl FnMut(&Event<'_>)) -> Result<(Option<Format>, Summary), OpenError> {
    let mut source = Source::from_reader(&log.name, Cursor::new(log.bytes.clone()), &Options::default())?;
    while let Some(record) = source.next() {
        if let Ok(record) = record {
            each(&record.event);
        }
    }
    Ok((source.format(), source.summary().clone()))
}

fn sets(name: &str) -> Option<Vec<Log>> {
    let folder = shared_data::folder();
    if folder.is_none() {
        println!("SKIPPED: no shared data; set VIGIE_SHARED_DATA to its folder");
    }
    Some(shared_data::logs(&folder?.join(name)))
}

/// Reads all logs of a folder (metadata are none), prints the counts, and returns what was refused, with the counts of the others.
fn table(name: &str) -> Option<(Vec<String>, Summary)> {
    let (mut refused, mut total) = (Vec::new(), Summary::default());
    let (mut files, mut empty, mut observables) = (0, 0, 0);
    for log in sets(name)?.into_iter().filter(|it| !it.name.starts_with("otrf-metadata")) {
        match read(&log, |it| observables += it.observables.len()) {
            Ok((format, summary)) => {
                files += 1;
                empty += usize::from(format.is_none());
                total.add(&summary);
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    println!("\n{name}: {files} files read ({empty} empty), {} refused", refused.len());
    println!(
        "{} events, {observables} properties, {} bytes, {} repaired",
        total.events, total.bytes, total.repaired
    );
    for (reason, count) in &total.skipped {
        println!("skipped {reason}: {count}");
    }
    for (name, count) in total.unread.iter() {
        println!("unread {name}: {count}");
    }
    for error in &refused {
        println!("refused {error}");
    }
    Some((refused, total))
}

#[test]
fn every_eve_log() {
    let Some((refused, total)) = table("eve") else { return };
    // The references beside the logs are no logs: two configurations, a JSON schema, an alert in plain text.
    // The manifest is a table.
    assert_eq!(refused.len(), 4, "{refused:?}");
    assert!(total.events > 20_000 && total.lost() == 0, "{total:?}");
}

#[test]
fn every_zeek_log() {
    let Some((refused, total)) = table("zeek-logs") else { return };
    assert!(refused.len() <= 12, "{refused:?}");
    assert!(total.events > 100_000 && total.lost() * 1_000 < total.events, "{:?}", total.skipped);
}

#[test]
fn the_same_records_as_rows_and_as_json_give_the_same_events() {
    let Some(logs) = sets("zeek-logs") else { return };
    let by_name: BTreeMap<&str, &Log> = logs.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut pairs = 0;
    for (name, rows) in by_name.iter().filter(|it| it.0.contains("/tsv/")) {
        let Some(json) = by_name.get(name.replace("/tsv/", "/json/").as_str()) else { continue };
        let lines = |log: &Log| {
            let mut found = Vec::new();
            let mut keep = |event: &Event<'_>| {
                if found.len() < COMPARED {
                    found.push(sorted(event));
                }
            };
            read(log, &mut keep).expect("a log");
            found.sort();
            found
        };
        let (rows, json) = (lines(rows), lines(json));
        assert_eq!(rows.len(), json.len(), "{name}");
        let other: Vec<_> = rows.iter().zip(&json).filter(|it| it.0 != it.1).take(2).collect();
        assert!(other.is_empty(), "{name}: {other:#?}");
        pairs += 1;
    }
    println!("{pairs} logs agree in both forms");
    assert!(pairs > 20);
}

#[test]
fn every_windows_event_as_json() {
    let Some((refused, total)) = table("winlog-json") else { return };
    assert!(refused.is_empty(), "{refused:?}");
    assert!(total.events > 40_000 && total.lost() == 0, "{total:?}");
}

/// What a reference parser says of a log.
#[derive(serde::Deserialize)]
struct Expected {
    path: String,
    records: u64,
    channels: BTreeMap<String, u64>,
    event_ids: BTreeMap<String, u64>,
    #[serde(default)]
    error: Option<String>,
}

/// The text of a field; empty where the event has none.
fn text(event: &Event<'_>, name: &str) -> String {
    let field = event.fields.iter().find(|it| it.name == name);
    field.and_then(|it| it.value.text()).unwrap_or_default().to_owned()
}

#[test]
fn every_evtx_log_has_the_events_that_a_reference_parser_counts() {
    let Some(logs) = sets("evtx") else { return };
    let listed = logs.iter().find(|it| it.name.starts_with("expected")).expect("what is expected");
    let (mut compared, mut further) = (0, 0);
    for line in String::from_utf8_lossy(&listed.bytes).lines() {
        let expected: Expected = serde_json::from_str(line).expect("JSON");
        let log = logs.iter().find(|it| it.name == expected.path).expect("the log is there");
        let (mut channels, mut ids) = (BTreeMap::new(), BTreeMap::new());
        let (format, summary) = read(log, |event| {
            *channels.entry(text(event, "Channel")).or_insert(0) += 1;
            *ids.entry(text(event, "EventID")).or_insert(0) += 1;
        })
        .expect("a log");
        assert_eq!(format, Some(Format::Evtx), "{}", log.name);
        compared += 1;
        if summary.lost() > 0 {
            // Where something is damaged the reference stops; what lies behind is read here.
            assert!(summary.events >= expected.records, "{}: {summary:?}", log.name);
            println!(
                "{}: {} lost, {} events instead of {}",
                log.name,
                summary.lost(),
                summary.events,
                expected.records
            );
            further += summary.events - expected.records;
            continue;
        }
        assert!(expected.error.is_none(), "{}: {:?}", log.name, expected.error);
        assert_eq!(
            (summary.events, &ids, &channels),
            (expected.records, &expected.event_ids, &expected.channels),
            "{}",
            log.name
        );
    }
    println!("{compared} logs agree, {further} events more behind what is damaged");
    assert!(compared > 200);
}

fn sorted(event: &Event<'_>) -> String {
    let mut values: Vec<_> =
        event.observables.iter().map(|it| format!("{:?}={:?}", it.path, it.value)).collect();
    values.sort();
    format!("{} {:?} {values:?}", event.kind, event.time)
}
