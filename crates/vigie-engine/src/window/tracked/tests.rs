//! Tests of `tracked.rs` and what it is made of: what fires, against a count that is made anew at each event.

use proptest::prelude::*;
use vigie_model::alert::{Matched, Source};
use vigie_model::event::{Event, Field, Scalar};
use vigie_stix::object::Object;

use super::*;
use crate::builder::{Builder, Options};
use crate::hit::{Found, Match};
use crate::image::Image;
use crate::window::{Memory, Windows};
use crate::work::Work;

const SECOND: i64 = 1_000_000_000;

/// An event: its second, and its fields.
type Record = (i64, Vec<(&'static str, String)>);

fn event(record: &Record) -> Event<'static> {
    let field = |(name, value): &(&'static str, String)| Field {
        name: (*name).into(),
        value: Scalar::Text(value.clone().into()),
    };
    Event { time: Some(record.0 * SECOND), fields: record.1.iter().map(field).collect(), ..Event::default() }
}

/// Three rules about events of the kinds `a`, `b` and `c`, and some correlations.
fn image(correlations: &str) -> Image {
    let rule = |kind: &str| {
        format!(
            "title: rule {kind}\nname: {kind}\nlogsource: {{}}\ndetection:\n  s:\n    kind: {kind}\n  condition: s\n---\n"
        )
    };
    let text = format!("{}{}{}{correlations}", rule("a"), rule("b"), rule("c"));
    let mut builder = Builder::new(Options::default());
    builder.add_sigma("test.yml", &text);
    let image = Image::new(builder.build());
    assert_eq!(image.refusals().next(), None, "{text}");
    image
}

struct Feed {
    image: Image,
    windows: Windows,
}

impl Feed {
    fn new(correlations: &str, limits: Limits) -> Self {
        Self { image: image(correlations), windows: Windows::new(limits) }
    }

    /// Feeds an event, which stands on the line of its number; returns the correlations that fire.
    fn take(&mut self, line: usize, record: &Record) -> Vec<Match> {
        let mut found = Found::default();
        self.image.matches(&event(record), None, &mut Work::default(), &mut found);
        let place = Source { file: "log".to_owned(), line: line as u64, format: "winlog".to_owned() };
        let mut matches = Vec::new();
        for step in found.steps {
            self.windows.take(step, &place, &mut matches);
        }
        matches
    }
}

impl Feed {
    /// The steps of an event, as lines.
    fn saved_steps(&self, line: usize, record: &Record) -> Vec<String> {
        let mut found = Found::default();
        self.image.matches(&event(record), None, &mut Work::default(), &mut found);
        let place = Source { file: "log".to_owned(), line: line as u64, format: "winlog".to_owned() };
        found.steps.iter().map(|it| self.windows.saved_step(it, &place)).collect()
    }
}

fn lines(one: &Match) -> Vec<usize> {
    one.observations.iter().map(|it| it.source.line as usize).collect()
}

fn correlation(kind: &str, rules: &str, timespan: i64, more: &str) -> String {
    format!(
        "title: many\nid: 11111111-1111-4111-8111-111111111111\ncorrelation:\n  type: {kind}\n  rules: [{rules}]\n  group-by: [user]\n  timespan: {timespan}s\n{more}"
    )
}

/// Feeds records written `second kind user number`; `want` has the lines of each match, as they come.
#[track_caller]
fn check(correlations: &str, records: &[&str], want: &str) {
    let mut feed = Feed::new(correlations, Limits::default());
    let mut got = Vec::new();
    for (line, record) in records.iter().enumerate() {
        let mut words = record.split(' ');
        let second = words.next().and_then(|it| it.parse().ok()).expect("a second");
        let fields = ["kind", "user", "n"].into_iter().zip(words.map(str::to_owned)).collect();
        for one in feed.take(line, &(second, fields)) {
            let lines: Vec<String> = lines(&one).iter().map(ToString::to_string).collect();
            got.push(format!("{} {}", one.rule.name, lines.join("+")));
        }
    }
    assert_eq!(got.join(", "), want, "{correlations} on {records:?}");
}

#[test]
fn counts_are_by_group_and_an_event_counts_once() {
    let count = correlation("event_count", "a, b", 10, "  condition:\n    gte: 3\n");
    check(&count, &["0 a u", "1 b u", "10 a u", "11 a u", "12 a u"], "many 0+1+2");
    check(&count, &["0 a u", "1 b v", "10 a u", "11 c u", "11 a u"], "");
    check(&count, &["9 a u", "0 a u", "8 a u", "7 a v", "10 b u"], "many 1+2+0");
    check(&count, &["9 a", "8 a u", "8 a u", "9 a u"], "many 1+2+3");

    // Two rules matched this record, which is one event all the same.
    let mut feed = Feed::new(&count, Limits::default());
    let both =
        (0, [("kind", "a"), ("kind", "b"), ("user", "u")].map(|(name, it)| (name, it.to_owned())).to_vec());
    assert_eq!((0..2).map(|line| feed.take(line, &both).len()).sum::<usize>(), 0);
    assert_eq!(feed.windows.figures().kept, 2);
    assert_eq!(feed.take(2, &both).len(), 1);
}

#[test]
fn values_are_counted_added_up_and_ranked() {
    let of = |kind: &str, bound: &str| {
        correlation(kind, "a", 10, &format!("  condition:\n    field: n\n    {bound}\n"))
    };
    check(&of("value_count", "gt: 1"), &["0 a u x", "1 a u x", "2 a u", "3 a u y"], "many 0+1+3");
    check(&of("value_sum", "gte: 0.3"), &["0 a u 0.1", "1 a u text", "2 a u 0.1", "3 a u 0.1"], "many 0+2+3");
    check(&of("value_avg", "lt: 2"), &["0 a u 4", "1 a u 1", "2 a u -1"], "many 0+1+2");
    check(&of("value_percentile", "eq: 2"), &["0 a u 3", "1 a u 1", "2 a u 2"], "many 0+1+2");
}

#[test]
fn proximity_takes_the_last_event_of_each_rule() {
    let near = correlation("temporal", "a, b, c", 10, "");
    check(&near, &["0 a u", "1 a u", "5 c u", "6 b u", "7 c u"], "many 1+2+3");
    let ordered = correlation("temporal_ordered", "a, b", 10, "");
    check(&ordered, &["1 b u", "2 a u", "12 b u", "3 b v"], "many 1+2");
    check(&ordered, &["5 b u", "4 a u"], "many 1+0");
}

#[test]
fn aliases_name_the_field_of_each_rule_and_chains_carry_values_on() {
    let aliases = "  aliases:\n    who:\n      a: user\n      b: n\n";
    let near = correlation("temporal", "a, b", 10, aliases).replace("[user]", "[who]");
    check(&near, &["0 a x", "1 b y z", "2 b y x"], "many 0+2");

    let many = correlation("event_count", "a", 10, "  condition:\n    gte: 2\n")
        .replace("title: many\n", "title: inner\nname: inner\n");
    // The outer one groups by a field that the inner one does not: the event that completed it has the value.
    let chain = "title: chain\ncorrelation:\n  type: temporal_ordered\n  rules: [inner, b]\n  group-by: [n]\n  timespan: 20s\n";
    let both = format!("{many}---\n{chain}");
    check(&both, &["0 a u p", "1 a u q", "2 b u p", "3 b v q"], "chain 1+3");
    check(&format!("{both}generate: true\n"), &["0 a u p", "1 a u q", "3 b v q"], "inner 0+1, chain 1+2");
}

#[test]
fn long_values_are_kept_short_and_told_apart() {
    let count = correlation("event_count", "a", 10, "  condition:\n    gte: 2\n");
    let mut feed = Feed::new(&count, Limits { value_bytes: 10, ..Limits::default() });
    let record = |end: &str| (0, vec![("kind", "a".to_owned()), ("user", "u".repeat(100_000) + end)]);
    assert_eq!((0..3).map(|line| feed.take(line, &record(&line.to_string())).len()).sum::<usize>(), 0);
    assert!(feed.windows.save().len() < 5_000);
    assert_eq!(feed.take(3, &record("1")).len(), 1);
}

#[test]
fn an_indicator_may_carry_a_correlation() {
    let count = correlation("event_count", "a", 10, "  condition:\n    gte: 2\n");
    let rule = "title: rule a\nname: a\nlogsource: {}\ndetection:\n  s:\n    kind: a\n  condition: s\n---\n";
    let pattern = serde_json::to_string(&format!("{rule}{count}")).expect("text is JSON");
    let object = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"sigma",
        "pattern":{pattern},"valid_from":"1970-01-01T00:00:05Z"}}"#
    );
    let mut builder = Builder::new(Options::default());
    builder.add_indicator(&Object::parse(&object).expect("an indicator"), None);
    let mut feed = Feed { image: Image::new(builder.build()), windows: Windows::new(Limits::default()) };
    let record =
        |second| (second, [("kind", "a"), ("user", "u")].map(|(name, it)| (name, it.to_owned())).to_vec());
    // At second 4 the indicator does not hold yet.
    assert_eq!(feed.take(0, &record(4)).len() + feed.take(1, &record(5)).len(), 0);
    let saved = feed.windows.save();
    feed.windows = Windows::load(&saved, Limits::default(), &feed.image).expect("what was saved");
    let found = feed.take(2, &record(6));
    let [one] = found.as_slice() else { panic!("one match: {found:?}") };
    assert_eq!(
        (lines(one), one.rule.id.as_str()),
        (vec![1, 2], "indicator--11111111-1111-4111-8111-111111111111")
    );
    assert_eq!(one.matched, [Matched { path: "kind".to_owned(), value: "a".to_owned() }]);
    assert!(one.indicator.is_some());
}

// Against a count made anew.

#[derive(Clone, Debug)]
struct Case {
    kind: &'static str,
    timespan: i64,
    bounds: Vec<(&'static str, i64)>,
}

impl Case {
    fn text(&self) -> String {
        let field = if self.kind.starts_with("value") { "    field: n\n" } else { "" };
        let bounds: Vec<String> =
            self.bounds.iter().map(|(word, it)| format!("    {word}: {it}\n")).collect();
        let bounds = bounds.concat();
        let condition =
            if bounds.is_empty() { String::new() } else { format!("  condition:\n{field}{bounds}") };
        correlation(self.kind, "a, b, c", self.timespan, &condition)
    }

    fn is_within(&self, number: f64) -> bool {
        self.bounds.iter().all(|(word, bound)| {
            let bound = *bound as f64;
            match *word {
                "gt" => number > bound,
                "gte" => number >= bound,
                "lt" => number < bound,
                "lte" => number <= bound,
                "eq" => (number - bound).abs() < 1e-12,
                _ => (number - bound).abs() >= 1e-12,
            }
        })
    }

    /// Whether the events are a match; those of one group, in the order of their times.
    fn holds(&self, events: &[&Record]) -> bool {
        let kinds = |it: &&Record| "abc".find(field(it, "kind").unwrap_or_default());
        let members: Vec<usize> = events.iter().filter_map(kinds).collect();
        let mut distinct = members.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let mut numbers: Vec<f64> = events.iter().filter_map(|it| field(it, "n")?.parse().ok()).collect();
        numbers.sort_by(f64::total_cmp);
        let sum: f64 = numbers.iter().sum();
        match self.kind {
            "temporal" if self.bounds.is_empty() => distinct.len() == 3,
            "temporal" => self.is_within(distinct.len() as f64),
            "temporal_ordered" => events.iter().any(|a| {
                let later = |kind: &str, from: &Record| -> Vec<&Record> {
                    let fits = |it: &&&Record| field(it, "kind") == Some(kind) && it.0 >= from.0;
                    events.iter().filter(fits).copied().collect()
                };
                field(a, "kind") == Some("a") && later("b", a).iter().any(|b| !later("c", b).is_empty())
            }),
            "event_count" => self.is_within(events.len() as f64),
            "value_count" => {
                let mut values: Vec<&str> = events.iter().filter_map(|it| field(it, "n")).collect();
                values.sort_unstable();
                values.dedup();
                self.is_within(values.len() as f64)
            }
            "value_sum" => self.is_within(sum),
            "value_avg" => self.is_within(sum / numbers.len() as f64),
            _ => numbers.get(numbers.len().div_ceil(2) - 1).is_some_and(|it| self.is_within(*it)),
        }
    }

    /// Whether an event counts at all.
    fn counts(&self, record: &Record) -> bool {
        let number = field(record, "n");
        let valued = match self.kind {
            "value_count" => number.is_some(),
            kind if kind.starts_with("value") => number.is_some_and(|it| it.parse::<i64>().is_ok()),
            _ => true,
        };
        valued && field(record, "user").is_some() && field(record, "kind") != Some("x")
    }

    /// Whether some window that holds the event of this line is a match.
    fn fires(&self, all: &[(usize, &Record)], newest: usize, new: &Record) -> bool {
        let group: Vec<&(usize, &Record)> =
            all.iter().filter(|(_, it)| self.counts(it) && field(it, "user") == field(new, "user")).collect();
        self.counts(new)
            && group.iter().any(|(_, end)| {
                let mut window: Vec<&(usize, &Record)> = group
                    .iter()
                    .filter(|(_, it)| it.0 <= end.0 && it.0 >= end.0 - self.timespan)
                    .copied()
                    .collect();
                window.sort_by_key(|it| it.1.0);
                let events: Vec<&Record> = window.iter().map(|it| it.1).collect();
                window.iter().any(|it| it.0 == newest) && self.holds(&events)
            })
    }
}

fn field<'r>(record: &'r Record, name: &str) -> Option<&'r str> {
    record.1.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
}

fn case() -> impl Strategy<Value = Case> {
    let bound =
        || (prop::sample::select(&["gt", "gte", "gte", "gte", "lt", "lte", "eq", "neq"][..]), 1..5_i64);
    let kinds = &["event_count", "value_count", "value_sum", "value_avg", "value_percentile"][..];
    let counted = (prop::sample::select(kinds), 1..6_i64, prop::collection::vec(bound(), 1..3));
    let temporal = (1..8_i64, prop::collection::vec(bound(), 0..2));
    prop_oneof![
        3 => counted.prop_map(|(kind, timespan, mut bounds)| {
            bounds.sort_unstable();
            bounds.dedup_by_key(|it| it.0);
            Case { kind, timespan, bounds }
        }),
        1 => temporal.prop_map(|(timespan, bounds)| Case { kind: "temporal", timespan, bounds }),
        1 => (1..8_i64).prop_map(|timespan| Case { kind: "temporal_ordered", timespan, bounds: Vec::new() }),
    ]
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let kind = prop::sample::select(&["a", "b", "c", "x"][..]);
    let user = prop_oneof![4 => Just(Some("u")), 1 => Just(Some("v")), 1 => Just(None)];
    let number = prop_oneof![5 => (-1..4_i64).prop_map(|it| Some(it.to_string())), 1 => Just(Some("t".to_owned())), 1 => Just(None)];
    let record = (0..12_i64, kind, user, number).prop_map(|(second, kind, user, number)| {
        let mut fields = vec![("kind", kind.to_owned())];
        fields.extend(user.map(|it| ("user", it.to_owned())));
        fields.extend(number.map(|it| ("n", it)));
        (second, fields)
    });
    prop::collection::vec(record, 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// With each event a correlation fires exactly when a window with it is within the bounds, of all events so far
    /// that no match has used.
    #[test]
    fn what_fires_is_what_a_new_count_says(case in case(), records in records(), restart in 0..16_usize) {
        let mut feed = Feed::new(&case.text(), Limits::default());
        let (state, mut steps) = (feed.windows.save(), Vec::new());
        let mut live: Vec<(usize, &Record)> = Vec::new();
        for (line, record) in records.iter().enumerate() {
            steps.extend(feed.saved_steps(line, record));
            if line == restart {
                let saved = feed.windows.save();
                let loaded = Windows::load(&saved, Limits::default(), &feed.image);
                feed.windows = loaded.expect("what was saved");
                prop_assert_eq!(feed.windows.save(), saved);
            }
            live.push((line, record));
            let want = case.fires(&live, line, record);
            let found = feed.take(line, record);
            prop_assert_eq!(found.len(), usize::from(want), "{:?} at {} of {:?}", case, line, records);
            let Some(one) = found.first() else { continue };
            let used = lines(one);
            let mut proof: Vec<&Record> = live.iter().filter(|it| used.contains(&it.0)).map(|it| it.1).collect();
            prop_assert_eq!(proof.len(), used.len());
            prop_assert!(used.contains(&line));
            proof.sort_by_key(|it| it.0);
            let apart = proof.last().map_or(0, |it| it.0) - proof.first().map_or(0, |it| it.0);
            prop_assert!(apart <= case.timespan && case.holds(&proof), "{:?} by {:?} of {:?}", case, used, records);
            live.retain(|it| !used.contains(&it.0));
        }
        let mut again = Windows::load(&state, Limits::default(), &feed.image).expect("what was saved");
        for step in &steps {
            again.take_again(step, &feed.image).expect("what was saved");
        }
        prop_assert_eq!(again.save(), feed.windows.save());
        let figures = feed.windows.figures();
        let kept: usize = feed.windows.rules.values().map(Memory::len).sum();
        prop_assert_eq!(figures.kept, kept as u64);
    }

    /// Without room matches are lost and counted, never made up.
    #[test]
    fn without_room_nothing_is_made_up(case in case(), records in records(), part in 1..4_usize, all in 1..6_usize) {
        let limits = Limits { events_per_part: part, events: all, lateness: SECOND, ..Limits::default() };
        let mut feed = Feed::new(&case.text(), limits);
        let mut used_up = Vec::new();
        for (line, record) in records.iter().enumerate() {
            for one in feed.take(line, record) {
                let used = lines(&one);
                let mut proof: Vec<&Record> = used.iter().filter_map(|it| records.get(*it)).collect();
                proof.sort_by_key(|it| it.0);
                prop_assert!(case.holds(&proof), "{:?} by {:?} of {:?}", case, used, records);
                prop_assert!(used.iter().all(|it| !used_up.contains(it)));
                used_up.extend(used);
            }
            let figures = feed.windows.figures();
            let kept: usize = feed.windows.rules.values().map(Memory::len).sum();
            prop_assert_eq!(figures.kept, kept as u64);
            prop_assert!(kept <= all);
            let gone = figures.expired + figures.dropped + figures.unusable + used_up.len() as u64;
            prop_assert_eq!(figures.steps, figures.kept + gone);
        }
    }
}
