//! Tests of `window.rs`: what fires, against the interpreter that is asked anew at each event.

use proptest::prelude::*;
use vigie_model::event::{Event, Path};
use vigie_stix::object::Object;
use vigie_stix::pattern::{ObservationExpression, Pattern, Qualified, Qualifier, Semantics};

use super::*;
use crate::builder::{Builder, Options};
use crate::hit::Found;
use crate::image::Image;
use crate::observation::{Spelling, observation};
use crate::work::Work;

const SECOND: i64 = 1_000_000_000;

/// 2026-01-01T00:00:00Z
const START: i64 = 1_767_225_600 * SECOND;

/// An event: its second, and the domain names in it.
type Record = (i64, Vec<&'static str>);

fn event(record: &Record) -> Event<'static> {
    let mut event = Event { time: Some(START + record.0 * SECOND), ..Event::default() };
    for (object, name) in (0..).zip(&record.1) {
        event.push(object, Path::DomainName, *name);
    }
    event
}

fn indicator(pattern: &str, version: u8, more: &str) -> String {
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
        "created":"2025-01-01T00:00:00.000Z","modified":"2025-01-0{version}T00:00:00.000Z","pattern_type":"stix",
        "pattern":{pattern},"valid_from":"2025-01-01T00:00:00Z"{more}}}"#
    )
}

fn options(limits: &Limits) -> Options {
    Options { windows: limits.clone(), ..Options::default() }
}

fn image(pattern: &str, limits: &Limits) -> Image {
    image_of(&indicator(pattern, 1, ""), limits)
}

fn image_of(object: &str, limits: &Limits) -> Image {
    let mut builder = Builder::new(options(limits));
    builder.add_indicator(&Object::parse(object).expect("an indicator"), None);
    let image = Image::new(builder.build());
    assert_eq!(image.refusals().next(), None);
    image
}

/// Feeds an event, which stands on the line of its number; returns what fires.
fn feed(image: &Image, windows: &mut Windows, line: usize, record: &Record) -> Vec<Match> {
    let mut found = Found::default();
    image.matches(&event(record), None, &mut Work::default(), &mut found);
    let place = Source { file: "log".to_owned(), line: line as u64, format: "eve".to_owned() };
    for step in found.steps {
        windows.take(step, &place, &mut found.matches);
    }
    found.matches
}

/// The steps of a record, as lines.
fn saved_steps(image: &Image, windows: &Windows, line: usize, record: &Record) -> Vec<String> {
    let mut found = Found::default();
    image.matches(&event(record), None, &mut Work::default(), &mut found);
    let place = Source { file: "log".to_owned(), line: line as u64, format: "eve".to_owned() };
    found.steps.iter().map(|it| windows.saved_step(it, &place)).collect()
}

fn lines(one: &Match) -> Vec<usize> {
    one.observations.iter().map(|it| it.source.line as usize).collect()
}

/// Feeds records written as `second name,name`; `want` has the lines of each match, as they come.
#[track_caller]
fn check(pattern: &str, records: &[(i64, &'static str)], want: &str) {
    let limits = Limits { horizon: 100 * SECOND, ..Limits::default() };
    let image = image(pattern, &limits);
    let mut windows = Windows::new(limits);
    let mut got = Vec::new();
    for (line, (second, names)) in records.iter().enumerate() {
        let record = (*second, names.split(',').collect());
        for one in feed(&image, &mut windows, line, &record) {
            got.push(lines(&one).iter().map(ToString::to_string).collect::<Vec<_>>().join("+"));
        }
    }
    assert_eq!(got.join(" "), want, "{pattern} on {records:?}");
}

const A: &str = "[domain-name:value = 'a.example']";
const B: &str = "[domain-name:value = 'b.example']";
const C: &str = "[domain-name:value = 'c.example']";

#[test]
fn and_takes_distinct_events_in_any_order() {
    let and = format!("{A} AND {B}");
    check(&and, &[(0, "a.example"), (1, "b.example")], "0+1");
    check(&and, &[(0, "b.example"), (1, "a.example")], "0+1");
    check(&and, &[(0, "a.example,b.example")], "");
    check(&and, &[(0, "a.example,b.example"), (5, "a.example,b.example")], "0+1");
    check(&and, &[(5, "b.example"), (1, "a.example")], "1+0");
    check(&format!("{A} AND {A}"), &[(0, "a.example"), (9, "a.example"), (9, "a.example")], "0+1");
    // What was used once is used up; without a window the node's own holds, here 100 seconds.
    check(&and, &[(0, "a.example"), (1, "b.example"), (2, "b.example"), (3, "a.example")], "0+1 2+3");
    check(&and, &[(0, "a.example"), (100, "b.example"), (99, "b.example")], "0+2");
}

#[test]
fn followedby_goes_by_the_time_of_the_events() {
    let then = format!("{A} FOLLOWEDBY {B}");
    check(&then, &[(0, "a.example"), (1, "b.example")], "0+1");
    check(&then, &[(1, "b.example"), (2, "a.example")], "");
    check(&then, &[(2, "b.example"), (2, "a.example")], "1+0");
    check(&then, &[(3, "b.example"), (2, "a.example")], "1+0");
    check(
        &format!("{then} FOLLOWEDBY {C}"),
        &[(0, "a.example"), (4, "c.example"), (2, "b.example")],
        "0+2+1",
    );
}

#[test]
fn qualifiers_bind_what_stands_before_them() {
    let repeats = format!("{A} REPEATS 3 TIMES WITHIN 10 SECONDS");
    check(&repeats, &[(0, "a.example"), (5, "a.example"), (10, "a.example"), (11, "a.example")], "1+2+3");
    let span = format!("({A} AND {B}) START t'2026-01-01T00:00:02Z' STOP t'2026-01-01T00:00:05Z'");
    check(&span, &[(1, "a.example"), (2, "b.example"), (5, "a.example"), (4, "a.example")], "1+3");
    let tail = format!("{A} FOLLOWEDBY {B} WITHIN 2 SECONDS");
    check(&tail, &[(0, "a.example"), (50, "b.example")], "0+1");
    let whole = format!("({A} FOLLOWEDBY {B}) WITHIN 2 SECONDS");
    check(&whole, &[(0, "a.example"), (2, "b.example"), (1, "b.example")], "0+2");
    check(&format!("{A} WITHIN 1 SECONDS"), &[(0, "a.example")], "0");
    check(&format!("({A} OR {B}) REPEATS 2 TIMES"), &[(0, "a.example"), (1, "b.example")], "0+1");
}

#[test]
fn a_match_names_its_events_its_horizon_and_its_reading() {
    let limits = Limits::default();
    let pattern = format!("{A} AND [domain-name:value = 'B.example']");
    let image = image(&pattern, &limits);
    let mut windows = Windows::new(limits.clone());
    assert!(feed(&image, &mut windows, 3, &(7, vec!["b.example"])).is_empty());
    let found = feed(&image, &mut windows, 9, &(4, vec!["x.example", "a.example"]));
    let [one] = found.as_slice() else { panic!("one match: {found:?}") };
    assert_eq!(one.rule.id, "indicator--11111111-1111-4111-8111-111111111111");
    assert!(!one.literal);
    assert_eq!(one.horizon, Some(Horizon { nanos: limits.horizon, assumed: true }));
    let seen: Vec<String> = one
        .observations
        .iter()
        .map(|it| {
            let values: Vec<&str> = it.matched.iter().map(|it| it.value.as_str()).collect();
            format!(
                "{} {}:{} {} {values:?}",
                (it.time - START) / SECOND,
                it.source.file,
                it.source.line,
                it.part
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            format!("4 log:9 {A} [\"a.example\"]"),
            "7 log:3 [domain-name:value = 'B.example'] [\"b.example\"]".to_owned(),
        ]
    );
    assert_eq!(one.matched.len(), 2);
}

#[test]
fn a_horizon_is_worked_out_from_the_pattern() {
    #[track_caller]
    fn check(pattern: &str, seconds: f64, assumed: bool) {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let limits = Limits::default();
        let timing = Timing::new(pattern.expression(), Semantics::default(), &limits).expect("it compiles");
        let got = (timing.horizon.nanos as f64 / 1e9, timing.horizon.assumed);
        assert_eq!(got, (seconds, assumed), "{pattern}");
    }
    check(&format!("{A} AND {B}"), 86_400.0, true);
    check(&format!("({A} AND {B}) WITHIN 5 SECONDS"), 5.0, false);
    check(&format!("({A} AND {B}) WITHIN 100000 SECONDS"), 100_000.0, false);
    check(&format!("{A} AND {B} WITHIN 5 SECONDS"), 86_400.0, true);
    check(&format!("({A} AND {B}) WITHIN 5 SECONDS OR {C} REPEATS 2 TIMES WITHIN 9 SECONDS"), 9.0, false);
    check(&format!("(({A} AND {B}) WITHIN 5 SECONDS) WITHIN 3 SECONDS"), 3.0, false);
    check(&format!("(({A} AND {B}) WITHIN 5 SECONDS) REPEATS 2 TIMES"), 86_400.0, true);
    check(&format!("({A} AND {B}) START t'2026-01-01T00:00:00Z' STOP t'2026-01-01T00:01:00Z'"), 60.0, false);
    check(&format!("{A} START t'2026-01-01T00:00:00Z' STOP t'2026-01-01T00:01:00Z'"), 1e-9, false);
}

#[test]
fn a_changed_rule_begins_anew_and_an_older_version_says_nothing() {
    let limits = Limits::default();
    let and = format!("{A} AND {B}");
    let first = image_of(&indicator(&and, 1, ""), &limits);
    let renamed = image_of(&indicator(&and, 2, r#","name":"renamed""#), &limits);
    let until = image_of(&indicator(&and, 3, r#","valid_until":"2026-01-01T00:00:05Z""#), &limits);
    let changed = image_of(&indicator(&format!("{A} AND {B} AND {C}"), 4, ""), &limits);
    let (a, b): (Record, Record) = ((9, vec!["a.example"]), (4, vec!["b.example"]));

    let mut windows = Windows::new(limits.clone());
    feed(&first, &mut windows, 0, &a);
    let found = feed(&renamed, &mut windows, 1, &b);
    assert_eq!(found.iter().map(|it| it.rule.name.as_str()).collect::<Vec<_>>(), ["renamed"]);

    feed(&renamed, &mut windows, 2, &b);
    assert!(feed(&first, &mut windows, 3, &a).is_empty());
    assert_eq!(windows.figures().outdated, 1);

    // At second 9 the newer version holds no longer, so what was seen then proves nothing any more.
    let mut windows = Windows::new(limits.clone());
    feed(&first, &mut windows, 0, &a);
    assert!(feed(&until, &mut windows, 1, &b).is_empty());
    assert_eq!(windows.figures().kept, 1);

    feed(&changed, &mut windows, 2, &a);
    assert_eq!((windows.figures().restarted, windows.figures().kept), (1, 1));
}

#[test]
fn a_clock_that_jumps_ahead_takes_nothing_away() {
    let limits = Limits { events_per_part: 3, ..Limits::default() };
    let image = image(&format!("({A} AND {B}) WITHIN 60 SECONDS"), &limits);
    let mut windows = Windows::new(limits);
    let year = 366 * 86_400;
    for (line, second) in [0, year, 1, 2, 3, 3].into_iter().enumerate() {
        feed(&image, &mut windows, line, &(second, vec!["a.example"]));
    }
    // Of the four that came after the jump and the one before, three fit; the one from the future went first.
    assert_eq!(
        windows.figures(),
        Figures { steps: 6, kept: 3, expired: 1, dropped: 2, late: 4, ..Figures::default() }
    );
    assert_eq!(feed(&image, &mut windows, 9, &(4, vec!["b.example"])).len(), 1);
}

#[test]
fn all_rules_together_keep_no_more_than_the_limit() {
    let limits = Limits { events: 50, ..Limits::default() };
    let image = image(&format!("({A} AND {B}) WITHIN 60 SECONDS"), &limits);
    let mut windows = Windows::new(limits);
    for (line, second) in (0..200).map(|it| it / 100).enumerate() {
        feed(&image, &mut windows, line, &(second, vec!["a.example"]));
        assert!(windows.figures().kept <= 50);
    }
    let figures = windows.figures();
    assert_eq!(figures.kept + figures.dropped, 200);
    assert_eq!(feed(&image, &mut windows, 200, &(9, vec!["b.example"])).len(), 1);
}

#[test]
fn a_saved_state_is_checked_and_only_rules_in_force_go_on() {
    let limits = Limits::default();
    let and = format!("{A} AND {B}");
    let first = image(&and, &limits);
    let mut windows = Windows::new(limits.clone());
    for line in 0..3 {
        feed(&first, &mut windows, line, &(1, vec!["a.example"]));
    }
    let saved = windows.save();
    let load = |bytes: &[u8], limits: &Limits, image: &Image| {
        Windows::load(bytes, limits.clone(), image).map(|it| it.figures())
    };
    let kept = |kept, dropped| Ok(Figures { kept, dropped, ..Figures::default() });
    assert_eq!(load(&saved, &limits, &first), kept(3, 0));
    assert_eq!(load(&saved, &Limits { events: 2, ..limits.clone() }, &first), kept(2, 1));
    assert_eq!(load(&saved, &Limits { events_per_part: 1, ..limits.clone() }, &first), kept(1, 2));

    let forgotten = Ok(Figures { forgotten: 1, ..Figures::default() });
    assert_eq!(load(&saved, &limits, &Image::default()), forgotten);
    assert_eq!(load(&saved, &limits, &image(&format!("{A} FOLLOWEDBY {B}"), &limits)), forgotten);
    let longer = Limits { horizon: 2 * limits.horizon, ..limits.clone() };
    assert_eq!(load(&saved, &longer, &image(&and, &longer)), forgotten);

    let text = String::from_utf8(saved.clone()).expect("text");
    assert_eq!(load(b"", &limits, &first), Err(BadState::Foreign));
    assert_eq!(load(b"{}\n", &limits, &first), Err(BadState::Foreign));
    assert_eq!(load(&saved[..saved.len() - 5], &limits, &first), Err(BadState::Damaged));
    assert_eq!(
        load(text.replace("a.example", "e.example").as_bytes(), &limits, &first),
        Err(BadState::Damaged)
    );
    let newer = text.replace(r#""version":1"#, r#""version":2"#);
    assert_eq!(load(newer.as_bytes(), &limits, &first), Err(BadState::Version { got: 2 }));
}

// Against the interpreter.

const NAMES: &[&str] = &["a.example", "b.example", "c.example"];

fn bracket() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(NAMES).prop_map(|it| format!("[domain-name:value = '{it}']")),
        1 => Just("[domain-name:value IN ('a.example', 'b.example')]".to_owned()),
        1 => Just("[domain-name:value LIKE '%.example']".to_owned()),
    ]
}

fn qualifier() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..4_u32).prop_map(|it| format!("REPEATS {it} TIMES")),
        (1..8_u32).prop_map(|it| format!("WITHIN {it} SECONDS")),
        (0..12_u32, 0..12_u32)
            .prop_map(|(a, b)| format!("START t'2026-01-01T00:00:{a:02}Z' STOP t'2026-01-01T00:00:{b:02}Z'")),
    ]
}

fn pattern() -> impl Strategy<Value = String> {
    bracket().prop_recursive(4, 8, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        let join = prop::sample::select(&[" AND ", " OR ", " FOLLOWEDBY "][..]);
        prop_oneof![
            3 => (many, join).prop_map(|(all, join)| format!("({})", all.join(join))),
            2 => (inner, qualifier()).prop_map(|(it, qualifier)| format!("({it} {qualifier})")),
        ]
    })
}

/// Events of a few seconds, in any order.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let names = prop_oneof![
        4 => prop::sample::select(NAMES).prop_map(|it| vec![it]),
        1 => Just(vec!["a.example", "b.example"]),
        1 => Just(vec!["x.test"]),
    ];
    prop::collection::vec((0..12_i64, names), 1..14)
}

/// Whether the interpreter says that these events match.
fn naive(pattern: &Pattern, records: &[&Record]) -> bool {
    let events: Vec<Event<'_>> = records.iter().map(|it| event(it)).collect();
    let observations: Vec<_> =
        events.iter().map(|it| observation(it, it.time.unwrap_or_default(), Spelling::Literal)).collect();
    pattern.matches(&observations, &Semantics::default()).expect("nothing here runs away")
}

fn bound_to(pattern: &Pattern, horizon: Horizon) -> Pattern {
    if !horizon.assumed {
        return pattern.clone();
    }
    let expression = Box::new(pattern.expression().clone());
    let qualifiers = vec![Qualifier::Within(horizon.nanos as f64 / 1e9)];
    ObservationExpression::Qualified(Qualified { expression, qualifiers }).into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// With each event a rule fires exactly when the interpreter holds of all events so far that no match has used.
    #[test]
    fn what_fires_is_what_the_interpreter_says(
        text in pattern(), records in records(), horizon in 1..15_i64, restart in 0..14_usize,
    ) {
        let limits = Limits { horizon: horizon * SECOND, ..Limits::default() };
        let parsed = Pattern::parse(&text).expect("a pattern");
        let timing = Timing::new(parsed.expression(), Semantics::default(), &limits).expect("it is small");
        let bound = bound_to(&parsed, timing.horizon);
        let image = image(&text, &limits);
        let mut windows = Windows::new(limits.clone());
        let (mut state, mut steps) = (windows.save(), Vec::new());
        let mut unused: Vec<(usize, &Record)> = Vec::new();
        for (line, record) in records.iter().enumerate() {
            if line == restart {
                let saved = windows.save();
                let loaded = Windows::load(&saved, limits.clone(), &image);
                windows = loaded.expect("what was saved");
                prop_assert_eq!(windows.save(), saved);
            }
            if line == restart / 2 {
                (state, steps) = (windows.save(), Vec::new());
            }
            steps.extend(saved_steps(&image, &windows, line, record));
            let mut again = Windows::load(&state, limits.clone(), &image).expect("what was saved");
            for step in &steps {
                again.take_again(step, &image).expect("what was saved");
            }
            unused.push((line, record));
            let live: Vec<&Record> = unused.iter().map(|it| it.1).collect();
            let want = naive(&bound, &live);
            let found = feed(&image, &mut windows, line, record);
            prop_assert_eq!(again.save(), windows.save());
            prop_assert_eq!(found.len(), usize::from(want), "{} at {} of {:?}", text, line, records);
            let Some(one) = found.first() else { continue };
            if one.observations.is_empty() {
                // Decided by one event alone, without a memory.
                unused.retain(|it| it.0 != line);
                continue;
            }
            let used = lines(one);
            prop_assert!(used.contains(&line), "{} used {:?} at {}", text, used, line);
            let proof: Vec<&Record> = unused.iter().filter(|it| used.contains(&it.0)).map(|it| it.1).collect();
            prop_assert_eq!(proof.len(), used.len(), "{} used {:?}", text, used);
            prop_assert!(naive(&bound, &proof), "{} is not proved by {:?} of {:?}", text, used, records);
            unused.retain(|it| !used.contains(&it.0));
        }
    }

    /// Without room matches are lost and counted, never made up.
    #[test]
    fn without_room_nothing_is_made_up(text in pattern(), records in records(), part in 3..5_usize, all in 2..6_usize) {
        let limits = Limits { events_per_part: part, events: all, ..Limits::default() };
        let parsed = Pattern::parse(&text).expect("a pattern");
        let mut builder = Builder::new(options(&limits));
        builder.add_indicator(&Object::parse(&indicator(&text, 1, "")).expect("an indicator"), None);
        let image = Image::new(builder.build());
        let mut windows = Windows::new(limits);
        let mut used_up = Vec::new();
        for (line, record) in records.iter().enumerate() {
            for one in feed(&image, &mut windows, line, record) {
                let used = lines(&one);
                let proof: Vec<&Record> = used.iter().filter_map(|it| records.get(*it)).collect();
                prop_assert!(one.observations.is_empty() || naive(&parsed, &proof), "{} by {:?}", text, used);
                prop_assert!(used.iter().all(|it| !used_up.contains(it)));
                used_up.extend(used);
            }
            let figures = windows.figures();
            let kept: usize = windows.rules.values().map(Memory::len).sum();
            prop_assert_eq!(figures.kept, kept as u64);
            prop_assert!(kept <= all);
            let gone = figures.expired + figures.dropped + used_up.len() as u64;
            prop_assert_eq!(figures.steps, figures.kept + gone);
        }
    }
}
