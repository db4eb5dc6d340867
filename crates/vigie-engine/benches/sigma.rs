//! Every shared Sigma rule on every shared Windows event, beside another engine on the same rules and events.
//!
//! `cargo bench -p vigie-engine --bench sigma`, with the shared data beside the checkout or where `VIGIE_SHARED_DATA`
//! says. All figures are of one thread and of one run, in time
//! that it had a core for, each the best of some rounds. `-- 9` takes every ninth event only.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells its figures, or what it lacks"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use vigie_engine::{Found, Image, State, Work};
use vigie_model::event::Wanted;
use vigie_telemetry::Source;

#[path = "../tests/sigma/archives.rs"]
mod archives;
#[path = "../tests/sigma/event.rs"]
mod event;
#[path = "../tests/sigma/log.rs"]
mod log;
#[path = "../tests/sigma/sides.rs"]
mod sides;

use archives::{data, unpack};
use log::{Logs, simulations};
use sides::{log_sources, other, ours};

/// Rounds of which the fastest counts.
const ROUNDS: usize = 5;

fn main() {
    let step = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(1);
    let (Some(sigma), Some(winlog)) = (data("sigma"), data("winlog-json")) else {
        println!("skipped: the shared data is not there");
        return;
    };
    let files = unpack(&sigma.join("rules.tar.zst"), ".yml");
    let start = Instant::now();
    let image = ours(&files);
    println!("{:?}: {} rules compiled", start.elapsed(), image.rules(None).of(State::Active));
    let start = Instant::now();
    let (engine, taken) = other(&files, |_| true);
    println!("{:?}: {} rules compiled by the other", start.elapsed(), taken.len());

    let lines = simulations(&winlog, step);
    let bytes: usize = lines.iter().map(Vec::len).sum();
    let plain = best(ROUNDS, || {
        lines.iter().filter(|it| sonic_rs::from_slice::<sonic_rs::Value>(it).is_ok()).count()
    });
    let logs = Logs::of_lines(&lines);
    let number = logs.records.len();
    println!("{number} events of {} bytes on average", bytes / number.max(1));
    tell("parsing JSON alone", number, plain.0);

    let text: &'static [u8] = lines.join(&b'\n').leak();
    let read = best(ROUNDS, || whole(text, None));
    tell("reading: JSON to fields", number, read.0);
    let both = best(ROUNDS, || whole(text, Some(&image)));
    tell("reading and all rules", number, both.0);
    println!("    {} events, {} hits", both.1.0, both.1.1);

    let mine = matching(&image, &logs);
    tell("all rules, fields ready", number, mine.0);
    println!("    {} hits", mine.1);
    compare(&engine, &files, &logs, mine);
}

/// The other engine, routed by itself, and with the rules sorted by class beforehand.
fn compare(engine: &Engine, files: &[(String, Vec<u8>)], logs: &Logs, mine: (Duration, usize)) {
    let number = logs.records.len();
    let sources: Vec<_> = logs.classes.iter().map(log_sources).collect();
    let routed = best(2, || {
        let each = logs.records.iter().map(|(class, record)| {
            let event = JsonEvent::borrow(record);
            // The first source of a class is the narrowest; the others only add rules.
            sources[*class]
                .iter()
                .take(1)
                .map(|it| engine.evaluate_with_logsource(&event, it).len())
                .sum::<usize>()
        });
        each.sum::<usize>()
    });
    tell("the other, its own routing", number, routed.0);
    println!(
        "    {} hits; ours is {:.1} times as fast",
        routed.1,
        routed.0.as_secs_f64() / mine.0.as_secs_f64()
    );
    let engine_of = |sources: &Vec<rsigma_parser::LogSource>| {
        let fits = |wanted: &Option<String>, seen: &Option<String>| wanted.is_none() || wanted == seen;
        let is_about = |rule: &rsigma_parser::LogSource, it: &rsigma_parser::LogSource| {
            fits(&rule.product, &it.product)
                && fits(&rule.category, &it.category)
                && fits(&rule.service, &it.service)
        };
        other(files, |rule| sources.iter().any(|it| is_about(rule, it))).0
    };
    let engines: Vec<Engine> = sources.iter().map(engine_of).collect();
    let sorted = best(2, || {
        let each = logs
            .records
            .iter()
            .map(|(class, record)| engines[*class].evaluate(&JsonEvent::borrow(record)).len());
        each.sum::<usize>()
    });
    tell("the other, an engine for each class", number, sorted.0);
    println!(
        "    {} hits; ours is {:.1} times as fast",
        sorted.1,
        sorted.0.as_secs_f64() / mine.0.as_secs_f64()
    );
}

/// From bytes to fields by the reader of telemetry, and perhaps to matches.
fn whole(text: &'static [u8], image: Option<&Image>) -> (u64, usize) {
    let options = vigie_telemetry::Options {
        wanted: Wanted { observables: false, fields: true },
        ..vigie_telemetry::Options::default()
    };
    let mut source = Source::from_reader("bench", text, &options).unwrap();
    let (mut work, mut found, mut hits) = (Work::default(), Found::default(), 0);
    while let Some(record) = source.next() {
        let Ok(record) = record else { continue };
        let event = black_box(record.event);
        if let Some(image) = image {
            image.matches(&event, None, &mut work, &mut found);
            hits += found.matches.len();
            found.matches.clear();
            found.steps.clear();
        }
    }
    (source.summary().events, hits)
}

/// The matching alone, on events that are ready; also how many hits there are.
fn matching(image: &Image, logs: &Logs) -> (Duration, usize) {
    let events = logs.events();
    best(ROUNDS, || {
        let (mut work, mut found, mut hits) = (Work::default(), Found::default(), 0);
        for event in &events {
            image.matches(black_box(event), None, &mut work, &mut found);
            hits += found.matches.len();
            found.matches.clear();
        }
        hits
    })
}

/// For how long this thread has had a core, where the system says it: what else runs then counts least.
fn busy() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// The shortest time, and what came out.
fn best<T>(rounds: usize, run: impl Fn() -> T) -> (Duration, T) {
    let once = || {
        let (clock, start) = (Instant::now(), busy());
        let out = black_box(run());
        let time =
            start.zip(busy()).map_or_else(|| clock.elapsed(), |(start, end)| end.saturating_sub(start));
        (time, out)
    };
    (0..rounds).map(|_| once()).min_by_key(|it| it.0).unwrap()
}

fn tell(what: &str, number: usize, time: Duration) {
    let rate = number as f64 / time.as_secs_f64();
    println!("{what}: {rate:.0} events/s, {:.2} µs each", 1e6 / rate);
}
