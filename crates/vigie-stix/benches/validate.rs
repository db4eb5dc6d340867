//! How fast objects are split, parsed and validated, in bytes a second on one core.
//!
//! `cargo bench -p vigie-stix --bench validate`; the real objects are added where `$VIGIE_SHARED_DATA` or
//! `../shared/data` beside the checkout has them.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(missing_docs, reason = "the macros of criterion make undocumented functions")]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vigie_stix::bundle::{Limits, split};
use vigie_stix::object::Object;
use vigie_stix::validate::validate_object;

/// Objects like those of a feed: per turn an indicator, the domain that it names, and a relationship.
fn generated(turns: usize) -> String {
    let mut objects = Vec::new();
    for turn in 0..turns {
        let uuid = format!("{turn:08x}-1111-4111-8111-111111111111");
        let times = "\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-02T00:00:00.000Z\"";
        let creator = "\"created_by_ref\":\"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff\"";
        let marking =
            "\"object_marking_refs\":[\"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003\"]";
        objects.push(format!(
            "{{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--{uuid}\",{creator},{times},{marking},\
             \"name\":\"Command and control {turn}\",\"description\":\"A domain that was seen in a campaign against ports, \
             first by a sensor at the edge and then in three other networks.\",\"indicator_types\":[\"malicious-activity\"],\
             \"pattern\":\"[domain-name:value = 'c2-{turn}.example.com']\",\"pattern_type\":\"stix\",\
             \"valid_from\":\"2020-01-01T00:00:00Z\",\"confidence\":80,\"external_references\":[{{\"source_name\":\"acme\",\
             \"url\":\"https://example.com/reports/{turn}\"}}],\"kill_chain_phases\":[{{\"kill_chain_name\":\
             \"lockheed-martin-cyber-kill-chain\",\"phase_name\":\"command-and-control\"}}]}}"
        ));
        objects.push(format!(
            "{{\"type\":\"domain-name\",\"spec_version\":\"2.1\",\"id\":\"domain-name--{uuid}\",{marking},\
             \"value\":\"c2-{turn}.example.com\"}}"
        ));
        objects.push(format!(
            "{{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"relationship--{uuid}\",{creator},{times},{marking},\
             \"relationship_type\":\"indicates\",\"source_ref\":\"indicator--{uuid}\",\
             \"target_ref\":\"malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b\"}}"
        ));
    }
    format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--63ab8e67-acac-4817-845a-d09f0e86954c\",\"objects\":[{}]}}",
        objects.join(",\n")
    )
}

/// ATT&CK as STIX 2.1, if it is on this machine.
fn attack() -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let file = std::fs::File::open(data.join("attack/enterprise-attack.stix21-derived.json.zst")).ok()?;
    let bytes = zstd::decode_all(file).ok()?;
    String::from_utf8(bytes).ok()
}

fn measure(criterion: &mut Criterion) {
    let texts = [("generated", Some(generated(3_000))), ("attack", attack())];
    for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        let parts = split(&text, Limits::default()).unwrap();
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("split", |it| {
            it.iter(|| split(black_box(&text), Limits::default()).unwrap().objects.len());
        });
        group.bench_function("parse", |it| {
            it.iter(|| parts.objects.iter().filter(|it| Object::parse(black_box(it.text)).is_ok()).count());
        });
        group.bench_function("parse_validate", |it| {
            it.iter(|| {
                let objects = parts.objects.iter().filter_map(|it| Object::parse(black_box(it.text)).ok());
                objects.map(|it| validate_object(&it).len()).sum::<usize>()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, measure);
criterion_main!(benches);
