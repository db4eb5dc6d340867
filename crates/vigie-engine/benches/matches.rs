//! How fast lists load and events are matched, how soon new rules are in force beside two million, and how fast a saved
//! image is loaded: with made-up values of each kind that matters.
//!
//! `cargo bench -p vigie-engine`. The figures on real lists and logs are in docs/performance.md.

#![expect(missing_docs, reason = "criterion's macro makes a public function and cannot document it")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vigie_engine::{Builder, Found, Image, Options, Work};
use vigie_model::event::{Event, Observed, Path};

/// Values of each kind.
const VALUES: u32 = 500_000;

/// Domains, addresses, digests and URLs that no event holds, and a few thousand networks.
fn list() -> String {
    let mut text = String::new();
    for number in 0..VALUES {
        let spread = number.wrapping_mul(2_654_435_761);
        let [a, b, c, d] = spread.to_be_bytes();
        let written = writeln!(
            text,
            "h{spread:x}.bad{number}.example\tfeed-{}\n{a}.{b}.{c}.{d}\n{spread:032x}\nhttp://u{number}.example/{spread:x}",
            number % 50
        );
        written.expect("a string takes any text");
        if number % 100 == 0 {
            writeln!(text, "2001:db8:{a:x}{b:02x}:{c:x}{d:02x}::/64").expect("a string takes any text");
        }
    }
    text
}

/// An HTTP request with a DNS name, as Suricata's EVE gives it: nothing in it is listed.
fn event() -> Event<'static> {
    let mut event = Event::default();
    event.push(0, Path::Ipv4, "192.168.1.20");
    event.push(1, Path::Ipv4, "203.0.113.80");
    event.push(2, Path::TrafficSource, Observed::Object(0));
    event.push(2, Path::TrafficDestination, Observed::Object(1));
    event.push(2, Path::TrafficSourcePort, 51_234);
    event.push(2, Path::TrafficDestinationPort, 80);
    event.push(2, Path::TrafficProtocol, "tcp");
    event.push(2, Path::TrafficProtocol, "http");
    event.push(2, Path::HttpHost, "cdn.static.example.org");
    event.push(2, Path::HttpUserAgent, "Mozilla/5.0 (X11; Linux x86_64)");
    event.push(3, Path::DomainName, "cdn.static.example.org");
    event.push(4, Path::Url, "http://cdn.static.example.org/assets/app.js?v=7");
    event.push(5, Path::FileSha256, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    event
}

fn load(criterion: &mut Criterion) {
    let text = list();
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10).throughput(Throughput::Elements((4 * VALUES).into()));
    group.bench_function("list", |bencher| {
        bencher.iter(|| {
            let mut builder = Builder::new(Options::default());
            builder.add_list("list", text.as_bytes());
            black_box(builder.build())
        });
    });
    group.finish();
}

fn probe(criterion: &mut Criterion) {
    let mut builder = Builder::new(Options::default());
    builder.add_list("list", list().as_bytes());
    let image = Image::new(builder.build());
    let event = event();
    let (mut work, mut found) = (Work::default(), Found::default());
    let mut group = criterion.benchmark_group("match");
    group.throughput(Throughput::Elements(1));
    group.bench_function("nothing-listed", |bencher| {
        bencher.iter(|| image.matches(black_box(&event), None, &mut work, &mut found));
    });
    group.finish();
    assert!(found.matches.is_empty(), "nothing in the event is listed");
}

/// So many indicators, as the store would hand them over.
fn bundle(indicators: u32) -> String {
    let mut text = String::from("[");
    for number in 0..indicators {
        let comma = if number == 0 { "" } else { "," };
        let written = write!(
            text,
            r#"{comma}{{"type":"indicator","spec_version":"2.1","id":"indicator--{number:08x}-1111-4111-8111-111111111111",
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"stix",
            "pattern":"[domain-name:value = 'new{number}.example']","valid_from":"2026-01-01T00:00:00Z"}}"#
        );
        written.expect("a string takes any text");
    }
    text + "]"
}

/// From the text of new indicators to an image with them, over one with two million values.
fn overlay(criterion: &mut Criterion) {
    let options = Options::default();
    let mut builder = Builder::new(options.clone());
    builder.add_list("list", list().as_bytes());
    let image = Image::new(builder.build());
    let mut group = criterion.benchmark_group("overlay");
    group.sample_size(20);
    for indicators in [1, 1_000] {
        let text = bundle(indicators);
        group.bench_function(format!("{indicators}-new"), |bencher| {
            bencher.iter(|| {
                let mut builder = Builder::new(options.clone());
                builder.add_bundle("new", &text);
                black_box(image.with(builder.build(), [], &options))
            });
        });
    }
    // A thousand times one more: what each costs when small segments are merged on the way.
    let text = bundle(1_000);
    let one_by_one: Vec<&str> = text.split(",{").map(|it| it.trim_matches(['[', ']', '{'])).collect();
    group.sample_size(10).throughput(Throughput::Elements(1_000));
    group.bench_function("one-by-one", |bencher| {
        bencher.iter(|| {
            let mut image = image.clone();
            for object in &one_by_one {
                let mut builder = Builder::new(options.clone());
                builder.add_bundle("new", &format!("{{{object}"));
                image = image.with(builder.build(), [], &options);
            }
            black_box(image)
        });
    });
    group.finish();
}

/// Saving an image of two million values, and loading it.
fn saved(criterion: &mut Criterion) {
    let options = Options::default();
    let mut builder = Builder::new(options.clone());
    builder.add_list("list", list().as_bytes());
    let image = Image::new(builder.build());
    let mut bytes = Vec::new();
    image.save(&mut bytes, &options).expect("memory takes every byte");
    let mut group = criterion.benchmark_group("saved");
    group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("save", |bencher| {
        bencher.iter(|| {
            let mut to = Vec::with_capacity(bytes.len());
            image.save(&mut to, &options).expect("memory takes every byte");
            black_box(to)
        });
    });
    group.bench_function("load", |bencher| {
        bencher.iter(|| Image::load(black_box(bytes.as_slice()), u64::MAX, &options).expect("it was saved"));
    });
    group.finish();
}

criterion_group!(benches, load, probe, overlay, saved);
criterion_main!(benches);
