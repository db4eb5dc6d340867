//! The match suite of OASIS as streams: each observation of a case is an event, and what fires is what the suite expects.
//!
//! The suite's objects are of types that no log has. So the interpreter says which observation satisfies which bracket,
//! each bracket becomes a domain name, and an event holds the names of those it satisfies. What is tested is what
//! remains: distinct observations, their order, and the qualifiers.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]
#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]

use std::path::PathBuf;

use vigie_engine::{Builder, Found, Image, Options, Windows, Work};
use vigie_model::alert::Source;
use vigie_model::event::{Event, Path};
use vigie_stix::json::{self, Value};
use vigie_stix::object::Object;
use vigie_stix::pattern::{
    Edition, Level, Observation, ObservationExpression, ParseOptions, Pattern, Qualified, Semantics,
};

fn suite() -> Option<serde_json::Value> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join("stix-patterns/match.shared.json");
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) => {
            println!("SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

/// The pattern with a domain name for each bracket, counted from `next`.
fn renamed(expression: &ObservationExpression, next: &mut usize) -> ObservationExpression {
    let mut all = |operands: &[ObservationExpression]| operands.iter().map(|it| renamed(it, next)).collect();
    match expression {
        ObservationExpression::And(operands) => ObservationExpression::And(all(operands)),
        ObservationExpression::Or(operands) => ObservationExpression::Or(all(operands)),
        ObservationExpression::FollowedBy(operands) => ObservationExpression::FollowedBy(all(operands)),
        ObservationExpression::Single(_) => {
            *next += 1;
            let text = format!("[domain-name:value = 'bracket{}.example']", *next - 1);
            Pattern::parse(&text).unwrap().expression().clone()
        }
        ObservationExpression::Qualified(it) => ObservationExpression::Qualified(Qualified {
            expression: Box::new(renamed(&it.expression, next)),
            qualifiers: it.qualifiers.clone(),
        }),
    }
}

/// The observations as events; none if one of them is no instant, or has no time that a log could have.
fn events(pattern: &Pattern, observations: &[Observation<'_>]) -> Option<Vec<Event<'static>>> {
    let mut events = Vec::new();
    for observation in observations {
        let (first, last) = observation.interval();
        let time = i64::try_from(first).ok().filter(|_| first == last)?;
        let mut event = Event { time: Some(time), ..Event::default() };
        for (number, single) in pattern.expression().singles().into_iter().enumerate() {
            let single = Pattern::from(ObservationExpression::Single(single.clone()));
            if single.matches(std::slice::from_ref(observation), &Semantics::default()).ok()? {
                event.push(
                    number as u16,
                    Path::DomainName,
                    std::borrow::Cow::from(format!("bracket{number}.example")),
                );
            }
        }
        events.extend((0..observation.number()).map(|_| event.clone()));
    }
    Some(events)
}

fn fires(pattern: &Pattern, events: &[Event<'_>]) -> bool {
    let pattern = serde_json::to_string(&pattern.to_string()).unwrap();
    let object = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"stix",
        "pattern":{pattern},"valid_from":"1970-01-01T00:00:00Z"}}"#
    );
    let mut options = Options::default();
    // The suite knows no horizon.
    options.windows.horizon = i64::MAX;
    let mut builder = Builder::new(options.clone());
    builder.add_indicator(&Object::parse(&object).unwrap(), None);
    let image = Image::new(builder.build());
    assert_eq!(image.refusals().next(), None, "{pattern}");
    let mut windows = Windows::new(options.windows);
    let mut found = Found::default();
    let place = Source { file: "-".to_owned(), line: 1, format: "eve".to_owned() };
    for event in events {
        image.matches(event, None, &mut Work::default(), &mut found);
        for step in found.steps.drain(..) {
            windows.take(step, &place, &mut found.matches);
        }
    }
    !found.matches.is_empty()
}

#[test]
fn the_match_suite_as_streams() {
    let Some(suite) = suite() else { return };
    let (mut run, mut found) = (0, Vec::new());
    for case in suite["cases"].as_array().unwrap() {
        let text = case["pattern"].as_str().unwrap();
        let edition = if case["stix_version"] == "2.0" { Edition::V20 } else { Edition::V21 };
        let options = ParseOptions { edition, ..ParseOptions::default() };
        let Ok(pattern) = Pattern::parse_with(text, &options) else { continue };
        if pattern.level() == Level::One {
            continue;
        }
        let observations = suite["observations"][case["observations_ref"].as_str().unwrap()].to_string();
        let Value::Array(documents) = json::parse(&observations).unwrap() else { panic!("a list") };
        let Ok(observations) = Observation::from_documents(&documents) else { continue };
        let Some(mut events) = events(&pattern, &observations) else { continue };
        let renamed = Pattern::from(renamed(pattern.expression(), &mut 0));
        run += 1;
        for order in ["in order", "backwards"] {
            let got = if fires(&renamed, &events) { "match" } else { "no-match" };
            if got != case["expected"] {
                found.push(format!("{edition:?} {order} {text}: {got}"));
            }
            events.reverse();
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(run > 40, "only {run} cases have observations that are instants");
}
