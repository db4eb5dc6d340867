//! How fast logs are read, and how that compares with a plain parse of the same lines.
//!
//! `VIGIE_SHARED_DATA` names the folder of shared data; without it, and without `../shared/data`, lines of our own are read.
//! Run: `cargo bench -p vigie-telemetry --bench read`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;
use vigie_telemetry::{Format, Limits, Source};

const OURS: &str = r#"{"timestamp":"2026-01-01T00:00:00.123456+0000","flow_id":1374195536821504,"in_iface":"eth0","event_type":"http","src_ip":"192.0.2.1","src_port":51698,"dest_ip":"198.51.100.7","dest_port":80,"proto":"TCP","pkt_src":"wire/pcap","tx_id":0,"http":{"hostname":"www.example.com","url":"/a/page?q=1","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64)","http_content_type":"text/html","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":1024}}
{"timestamp":"2026-01-01T00:00:01.123456+0000","flow_id":1374195536821505,"in_iface":"eth0","event_type":"dns","src_ip":"192.0.2.1","src_port":51699,"dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","pkt_src":"wire/pcap","dns":{"version":2,"type":"answer","id":36329,"flags":"8180","qr":true,"rd":true,"ra":true,"rrname":"www.example.com","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"www.example.com","rrtype":"A","ttl":60,"rdata":"198.51.100.7"}],"grouped":{"A":["198.51.100.7"]}}}
"#;

const OURS_TSV: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tanswers\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tvector[string]\n1521911780.600725\tCqKst53mF3det3eDV9\t192.0.2.1\t41772\t192.0.2.53\t53\tudp\twww.example.com\t198.51.100.7,198.51.100.8\n";

/// A file of the shared data, unpacked; or our own lines, often enough to measure.
fn input(file: &str, member: Option<&str>, ours: &str) -> Vec<u8> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from);
    let Ok(packed) = std::fs::read(folder.join(file)) else { return ours.repeat(5_000).into_bytes() };
    let mut bytes = zstd::decode_all(&packed[..]).expect("shared data unpacks");
    if let Some(member) = member {
        bytes = tar_member(&bytes, member);
    }
    bytes
}

/// A member of a tar archive: blocks of 512 bytes, a header with name and octal size before each file.
fn tar_member(archive: &[u8], wanted: &str) -> Vec<u8> {
    let mut rest = archive;
    while rest.len() > 512 && rest[0] != 0 {
        let name = String::from_utf8_lossy(&rest[..100]);
        let size = String::from_utf8_lossy(&rest[124..135]);
        let size = usize::from_str_radix(size.trim_matches(['\0', ' ']), 8).expect("a size in octal");
        if name.trim_end_matches('\0').ends_with(wanted) {
            return rest[512..512 + size].to_vec();
        }
        rest = &rest[512 + size.div_ceil(512) * 512..];
    }
    panic!("no {wanted} in the archive");
}

fn events(bytes: &[u8], format: Format) -> (u64, usize) {
    let mut source =
        Source::from_reader("bench", std::io::Cursor::new(bytes.to_vec()), Some(format), &Limits::default())
            .expect("opens");
    let mut observables = 0;
    while let Some(record) = source.next() {
        observables += record.map_or(0, |it| black_box(it.event).observables.len());
    }
    (source.summary().events, observables)
}

fn read(criterion: &mut Criterion) {
    let sets = [
        ("eve", Format::Eve, input("eve/suricata7/suricata-verify.shared.eve.jsonl.zst", None, OURS)),
        (
            "eve-alerts",
            Format::Eve,
            input("eve/suricata7/Security-Datasets.shared.eve.jsonl.zst", None, OURS),
        ),
        (
            "zeek-tsv",
            Format::Zeek,
            input("zeek-logs/wrccdc-2018.tar.zst", Some("tsv/dns.shared.log"), OURS_TSV),
        ),
        (
            "zeek-json",
            Format::Zeek,
            input(
                "zeek-logs/wrccdc-2018.tar.zst",
                Some("json/dns.shared.log"),
                "{\"_path\":\"dns\",\"ts\":1.5,\"query\":\"www.example.com\"}\n",
            ),
        ),
    ];
    for (name, format, bytes) in sets {
        let (count, observables) = events(&bytes, format);
        println!("{name}: {count} events, {observables} observables, {} bytes", bytes.len());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(count)).sample_size(10);
        group.bench_function("read and map", |it| it.iter(|| events(&bytes, format)));
        group.bench_function("cut into lines", |it| {
            it.iter(|| bytes.split(|it| *it == b'\n').map(|it| black_box(it).len()).sum::<usize>());
        });
        if name != "zeek-tsv" {
            group.bench_function("sonic_rs::Value", |it| {
                it.iter(|| each_line(&bytes, |line| sonic_rs::from_slice::<sonic_rs::Value>(line).is_ok()))
            });
            group.bench_function("sonic_rs::LazyValue", |it| {
                it.iter(|| {
                    each_line(&bytes, |line| sonic_rs::from_slice::<sonic_rs::LazyValue<'_>>(line).is_ok())
                });
            });
        }
        group.finish();
    }
}

fn each_line(bytes: &[u8], good: impl Fn(&[u8]) -> bool) -> usize {
    let mut lines = Vec::new();
    std::io::BufReader::new(bytes).read_to_end(&mut lines).expect("memory is readable");
    lines.split(|it| *it == b'\n').filter(|it| !it.is_empty() && good(black_box(it))).count()
}

criterion_group!(benches, read);
criterion_main!(benches);
