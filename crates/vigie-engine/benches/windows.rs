//! What rules over several events cost: many that nothing happens to, and few that every event is a part of.
//!
//! `cargo bench -p vigie-engine --bench windows`

#![expect(missing_docs, reason = "criterion's macro makes a public function and cannot document it")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vigie_engine::{Builder, Found, Image, Options, Windows, Work};
use vigie_model::alert::Source;
use vigie_model::event::{Event, Field, Path, Scalar};
use vigie_stix::object::Object;

const SECOND: i64 = 1_000_000_000;

fn add(builder: &mut Builder, number: usize, pattern: &str) {
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    let object = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-{number:012}",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"stix",
        "pattern":{pattern},"valid_from":"1970-01-01T00:00:00Z"}}"#
    );
    builder.add_indicator(&Object::parse(&object).expect("an indicator"), None);
}

fn event(time: i64, name: &'static str) -> Event<'static> {
    let mut event = Event { time: Some(time), ..Event::default() };
    event.push(0, Path::DomainName, name);
    event.push(1, Path::Ipv4, "192.0.2.1");
    event.push(2, Path::TrafficDestinationPort, 443);
    event
}

fn image(patterns: impl Iterator<Item = String>) -> Image {
    let mut builder = Builder::new(Options::default());
    for (number, pattern) in patterns.enumerate() {
        add(&mut builder, number, &pattern);
    }
    let image = Image::new(builder.build());
    assert_eq!(image.refusals().next(), None);
    image
}

fn place() -> Source {
    Source { file: "log".to_owned(), line: 1, format: "eve".to_owned() }
}

/// Ten thousand patterns, of which no event satisfies a part; beside it, no patterns at all.
fn quiet(criterion: &mut Criterion) {
    let patterns = (0..10_000).map(|number| {
        format!(
            "([domain-name:value = 'a{number}.example'] FOLLOWEDBY [ipv4-addr:value = '10.{}.{}.1'] REPEATS 3 TIMES) WITHIN 3600 SECONDS",
            number / 250,
            number % 250
        )
    });
    let mut group = criterion.benchmark_group("quiet");
    group.throughput(Throughput::Elements(1));
    let event = event(SECOND, "www.example.org");
    let one = std::iter::once("[domain-name:value = 'a.example']".to_owned());
    for (name, image) in
        [("1-pattern-of-one-event", image(one)), ("10000-patterns-of-several", image(patterns))]
    {
        let (mut work, mut found) = (Work::default(), Found::default());
        group.bench_function(name, |bencher| {
            bencher.iter(|| image.matches(black_box(&event), None, &mut work, &mut found));
        });
        assert!(found.steps.is_empty(), "nothing in the event is asked for");
    }
    group.finish();
}

/// Each event satisfies the first part of the pattern, and nothing the other; beside it, a pattern of that part alone,
/// which fires on each event and remembers nothing.
fn noisy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("noisy");
    group.throughput(Throughput::Elements(1));
    let then = |rest: &str| format!("([domain-name:value = 'a.example'] {rest}) WITHIN 3600 SECONDS");
    for (name, pattern) in [
        ("1-pattern-of-one-event", "[domain-name:value = 'a.example']".to_owned()),
        ("and", then("AND [domain-name:value = 'b.example']")),
        (
            "followedby",
            then("FOLLOWEDBY [domain-name:value = 'b.example'] FOLLOWEDBY [domain-name:value = 'c.example']"),
        ),
        (
            "fires-every-tenth",
            "[domain-name:value = 'a.example'] REPEATS 10 TIMES WITHIN 3600 SECONDS".to_owned(),
        ),
    ] {
        let image = image(std::iter::once(pattern));
        let mut windows = Windows::new(Options::default().windows);
        let (mut work, mut found) = (Work::default(), Found::default());
        let place = place();
        let mut time = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                time += SECOND / 10;
                image.matches(&event(time, "a.example"), None, &mut work, &mut found);
                for step in found.steps.drain(..) {
                    windows.take(step, &place, &mut found.matches);
                }
                found.matches.clear();
            });
        });
    }
    group.finish();
}

/// Each event is counted: in one of a hundred groups, over an hour.
fn counted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("counted");
    group.throughput(Throughput::Elements(1));
    for (kind, field) in
        [("event_count", ""), ("value_count", "    field: n\n"), ("value_percentile", "    field: n\n")]
    {
        let text = format!(
            "title: a\nname: a\nlogsource: {{}}\ndetection:\n  s:\n    kind: a\n  condition: s\n---\ntitle: many\ncorrelation:\n  type: {kind}\n  rules: [a]\n  group-by: [user]\n  timespan: 1h\n  condition:\n{field}    gte: 1000000\n"
        );
        let mut builder = Builder::new(Options::default());
        builder.add_sigma("rules.yml", &text);
        let image = Image::new(builder.build());
        assert_eq!(image.refusals().next(), None);
        let mut windows = Windows::new(Options::default().windows);
        let (mut work, mut found) = (Work::default(), Found::default());
        let place = place();
        let mut number = 0_i64;
        group.bench_function(kind, |bencher| {
            bencher.iter(|| {
                number += 1;
                let value = |it: i64| Scalar::Text(it.to_string().into());
                let fields = [
                    ("kind", Scalar::Text("a".into())),
                    ("user", value(number % 100)),
                    ("n", value(number % 977)),
                ];
                let event = Event {
                    time: Some(number * SECOND / 100),
                    fields: fields
                        .into_iter()
                        .map(|(name, value)| Field { name: name.into(), value })
                        .collect(),
                    ..Event::default()
                };
                image.matches(&event, None, &mut work, &mut found);
                for step in found.steps.drain(..) {
                    windows.take(step, &place, &mut found.matches);
                }
            });
        });
        assert!(found.matches.is_empty(), "no group reaches the count");
    }
    group.finish();
}

criterion_group!(benches, quiet, noisy, counted);
criterion_main!(benches);
