//! How fast logs are read and mapped, and how that compares with a plain parse of the same lines in the same run.
//!
//! `VIGIE_SHARED_DATA` names the folder of shared data; without it, and without `../shared/data`, lines of our own are
//! read. Run: `cargo bench -p vigie-telemetry --bench read`

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

#[path = "../tests/support/shared_data.rs"]
mod shared_data;

use criterion::{Criterion, Throughput};
use std::hint::black_box;
use std::time::{Duration, Instant};
use vigie_model::event::Wanted;
use vigie_telemetry::{Options, Source};

/// Alternate runs of which the fastest is taken for the ratio: other work on the machine then counts least.
const ROUNDS: usize = 20;

const OURS: &str = r#"{"timestamp":"2026-01-01T00:00:00.123456+0000","flow_id":1374195536821504,"in_iface":"eth0","event_type":"http","src_ip":"192.0.2.1","src_port":51698,"dest_ip":"198.51.100.7","dest_port":80,"proto":"TCP","tx_id":0,"http":{"hostname":"www.example.com","url":"/a/page?q=1","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64)","http_content_type":"text/html","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":1024}}
{"timestamp":"2026-01-01T00:00:01.123456+0000","flow_id":1374195536821505,"in_iface":"eth0","event_type":"dns","src_ip":"192.0.2.1","src_port":51699,"dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","dns":{"version":2,"type":"answer","id":36329,"flags":"8180","qr":true,"rrname":"www.example.com","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"www.example.com","rrtype":"A","ttl":60,"rdata":"198.51.100.7"}],"grouped":{"A":["198.51.100.7"]}}}
"#;

/// The logs to read, with names.
fn sets() -> Vec<(&'static str, &'static [u8])> {
    let wanted = [
        ("eve", "eve", "suricata-verify.shared.eve.jsonl"),
        ("eve-alerts", "eve", "Security-Datasets.shared.eve.jsonl"),
        ("zeek-tsv", "zeek-logs", "tsv/dns.shared.log"),
        ("zeek-json", "zeek-logs", "json/dns.shared.log"),
        ("winlog", "winlog-json", "covenant_sharpsc_start_dcerpc_smb_svcctl_2020-08-06030120.json"),
        ("evtx", "evtx", "evtx/samples/post-Security.evtx"),
    ];
    let Some(folder) = shared_data::folder() else {
        println!("no shared data: lines of our own");
        return vec![("ours", OURS.repeat(5_000).leak().as_bytes())];
    };
    let logs =
        ["eve", "zeek-logs", "winlog-json", "evtx"].map(|set| (set, shared_data::logs(&folder.join(set))));
    let find = |set, end| {
        logs.iter().filter(|it| it.0 == set).flat_map(|it| &it.1).find(|it| it.name.ends_with(end))
    };
    wanted
        .iter()
        .filter_map(|(name, set, end)| Some((*name, find(*set, *end)?.bytes.clone().leak() as &'static [u8])))
        .collect()
}

/// Reads a whole log: how many events it has, and properties or fields.
fn events(bytes: &'static [u8], wanted: Wanted) -> (u64, usize) {
    let options = Options { wanted, ..Options::default() };
    let mut source = Source::from_reader("bench", bytes, &options).expect("a log");
    let mut properties = 0;
    while let Some(record) = source.next() {
        let seen = record.map_or(0, |it| {
            let event = black_box(it.event);
            event.observables.len() + event.fields.len()
        });
        properties += seen;
    }
    (source.summary().events, properties)
}

/// Parses each line and looks at nothing.
fn plain(bytes: &[u8]) -> usize {
    let mut start = 0;
    let lines =
        memchr::memchr_iter(b'\n', bytes).map(|end| &bytes[std::mem::replace(&mut start, end + 1)..end]);
    lines.filter(|line| sonic_rs::from_slice::<sonic_rs::Value>(black_box(line)).is_ok()).count()
}

fn fastest<A, B>(one: impl Fn() -> A, other: impl Fn() -> B) -> [Duration; 2] {
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(one());
        best[0] = best[0].min(start.elapsed());
        let start = Instant::now();
        black_box(other());
        best[1] = best[1].min(start.elapsed());
    }
    best
}

/// Logs that no parser of JSON reads.
const NOT_JSON: [&str; 2] = ["zeek-tsv", "evtx"];

/// Only what a list of indicators asks for.
const OBSERVABLES: Wanted = Wanted { observables: true, fields: false };

/// Only what Sigma's rules ask for.
const FIELDS: Wanted = Wanted { observables: false, fields: true };

fn read(criterion: &mut Criterion) {
    for (name, bytes) in sets() {
        let (count, properties) = events(bytes, OBSERVABLES);
        let (_, fields) = events(bytes, FIELDS);
        println!("{name}: {count} events, {properties} properties, {fields} fields, {} bytes", bytes.len());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(count)).sample_size(10);
        for (view, wanted) in [("observables", OBSERVABLES), ("fields", FIELDS), ("both", Wanted::ALL)] {
            group.bench_function(view, |it| it.iter(|| events(bytes, wanted)));
            if !NOT_JSON.contains(&name) {
                let [ours, theirs] = fastest(|| events(bytes, wanted), || plain(bytes));
                let rate = count as f64 / ours.as_secs_f64();
                let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
                println!(
                    "{name}: {view}: fastest of {ROUNDS}: {rate:.0} events/s, {ratio:.2} times a plain parse"
                );
            }
        }
        if !NOT_JSON.contains(&name) {
            group.bench_function("sonic_rs::Value", |it| it.iter(|| plain(bytes)));
        }
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    read(&mut criterion);
    criterion.final_summary();
}
