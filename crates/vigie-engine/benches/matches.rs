//! How fast lists load and events are matched, with a million made-up values of each kind that matters.
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

criterion_group!(benches, load, probe);
criterion_main!(benches);
