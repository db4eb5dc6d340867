//! Reading patterns, and putting them to observations.
//!
//! The interpreter is naive on purpose; these figures are the floor that faster matchers are compared with.

#![expect(clippy::unwrap_used, reason = "what is benchmarked is well-formed")]
#![expect(missing_docs, reason = "`criterion_group!` makes a function that cannot be documented")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vigie_stix::json;
use vigie_stix::pattern::{Compiled, Observation, Pattern, Semantics};

const ATOMIC: &str = "[domain-name:value = 'update.example.com']";
const HASHES: &str = "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f' \
    OR file:hashes.MD5 = '79054025255fb1a26e4bc422aef54eb4' OR file:name LIKE '%.scr']";
const SEQUENCE: &str = "([ipv4-addr:value ISSUBSET '198.51.100.0/24'] FOLLOWEDBY [domain-name:value MATCHES \
    '^[a-z]+[.]example[.]com$'] REPEATS 3 TIMES) WITHIN 600 SECONDS";

fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    for (name, text) in [("atomic", ATOMIC), ("hashes", HASHES), ("sequence", SEQUENCE)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| b.iter(|| Pattern::parse(black_box(text))));
    }
    group.finish();
}

fn observations(texts: &[String]) -> Vec<Observation<'_>> {
    let seen = texts.iter().zip(0..).map(|(text, second)| {
        let time = format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60).parse().unwrap();
        let objects = json::parse(text).unwrap().as_object().unwrap().clone();
        Observation::from_objects(&time, [("0".to_owned(), objects)])
    });
    seen.collect()
}

fn evaluate(c: &mut Criterion) {
    let kinds = [
        r#"{"type": "domain-name", "value": "www.example.com"}"#,
        r#"{"type": "ipv4-addr", "value": "198.51.100.7"}"#,
        r#"{"type": "file", "name": "report.pdf", "hashes": {"MD5": "cead3f77f6cda6ec00f57d76c9a6879f"}}"#,
    ];
    let texts: Vec<String> = kinds.iter().cycle().take(300).map(ToString::to_string).collect();
    let observations = observations(&texts);
    let mut group = c.benchmark_group("evaluate 300 observations");
    group.throughput(Throughput::Elements(300));
    for (name, text) in [("atomic", ATOMIC), ("hashes", HASHES), ("sequence", SEQUENCE)] {
        let compiled = Compiled::new(&Pattern::parse(text).unwrap(), Semantics::default()).unwrap();
        group.bench_function(name, |b| b.iter(|| compiled.matches(black_box(&observations))));
    }
    group.finish();
}

criterion_group!(benches, parse, evaluate);
criterion_main!(benches);
