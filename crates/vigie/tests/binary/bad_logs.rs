//! Logs and rules that `vigie watch` must survive: bombs, lines without end, rubbish, hostile patterns.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::node;
use crate::samples::{envelope, indicator_of, question};

/// Most memory that a watch over few rules may hold, in MiB.
const MEMORY: u64 = 128;

/// Watches a log with these patterns as rules; gives the exit status and the summary.
#[track_caller]
fn watch(folder: &Path, patterns: &[&str], log: &Path) -> (Option<i32>, Value) {
    let texts: Vec<String> =
        patterns.iter().enumerate().map(|(number, it)| indicator_of(number, it)).collect();
    let (rules, told) = (folder.join("rules.json"), folder.join("summary.json"));
    fs::write(&rules, envelope(&texts)).unwrap();
    let began = Instant::now();
    let [rules, told_at, log] = [&rules, &told, log].map(|it| it.to_str().unwrap());
    let output = node::run(&["watch", "--indicators", rules, "--summary", told_at, log]);
    assert!(began.elapsed() < Duration::from_secs(30), "{log}: {:?}", began.elapsed());
    let summary = fs::read(&told);
    assert!(summary.is_ok(), "{log}: {}", String::from_utf8_lossy(&output.stderr));
    let summary: Value = serde_json::from_slice(&summary.unwrap()).unwrap();
    let peak = summary["peak_rss_bytes"].as_u64().unwrap() >> 20;
    assert!(peak < MEMORY, "{log}: {peak} MiB");
    (output.status.code(), summary)
}

const FOUND: &str = "[domain-name:value = 'bad.example']";

/// A match before the bomb and one after it.
fn around(to: &mut impl Write, bomb: impl FnOnce(&mut dyn Write)) {
    to.write_all(question("bad.example").as_bytes()).unwrap();
    bomb(to);
    to.write_all(format!("\n{}", question("bad.example")).as_bytes()).unwrap();
}

fn zeros(to: &mut dyn Write, mib: usize) {
    let piece = vec![0; 1 << 20];
    (0..mib).for_each(|_| to.write_all(&piece).unwrap());
}

#[test]
fn a_bomb_of_zeros_costs_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("eve.json.zst");
    let mut packer = zstd::Encoder::new(File::create(&log).unwrap(), 1).unwrap();
    around(&mut packer, |it| zeros(it, 1 << 10));
    packer.finish().unwrap();
    let (status, summary) = watch(folder.path(), &[FOUND], &log);
    check_bomb(status, &summary);

    let log = folder.path().join("eve.json.gz");
    let mut packer = flate2::write::GzEncoder::new(File::create(&log).unwrap(), flate2::Compression::fast());
    around(&mut packer, |it| zeros(it, 200));
    packer.finish().unwrap();
    let (status, summary) = watch(folder.path(), &[FOUND], &log);
    check_bomb(status, &summary);
}

/// Either the record is skipped, or the file is given up and said to be; what stood before is found.
#[track_caller]
fn check_bomb(status: Option<i32>, summary: &Value) {
    assert_eq!(status, Some(3), "{summary}");
    assert!(summary["matches"].as_u64() >= Some(1), "{summary}");
    let problems = summary["problems"].as_array().unwrap().len();
    assert!(summary["skipped"].as_u64() >= Some(1) || problems == 1, "{summary}");
}

#[test]
fn a_line_of_a_hundred_megabytes_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("eve.json");
    let mut file = BufWriter::new(File::create(&log).unwrap());
    around(&mut file, |it| {
        it.write_all(b"{\"event_type\":\"dns\",\"x\":\"").unwrap();
        let piece = vec![b'x'; 1 << 20];
        (0..100).for_each(|_| it.write_all(&piece).unwrap());
        it.write_all(b"\"}").unwrap();
    });
    file.flush().unwrap();
    let (status, summary) = watch(folder.path(), &[FOUND], &log);
    assert_eq!(
        (status, &summary["matches"], &summary["skipped"]),
        (Some(3), &2.into(), &1.into()),
        "{summary}"
    );
}

#[test]
fn rubbish_between_records_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("eve.json");
    let deep = format!("{{\"event_type\":\"dns\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let mut bytes = Vec::new();
    around(&mut bytes, |it| {
        for line in [&b"{"[..], b"\xff\xfe", b"{\"event_type\":7}", b"17", b"{}{}", deep.as_bytes()] {
            it.write_all(line).unwrap();
            it.write_all(b"\n").unwrap();
        }
    });
    // The last record is cut off.
    bytes.extend_from_slice(b"{\"timestamp\":\"2026-01-02T03");
    fs::write(&log, bytes).unwrap();
    let (status, summary) = watch(folder.path(), &[FOUND], &log);
    assert_eq!((status, &summary["matches"]), (Some(3), &2.into()), "{summary}");
    let skipped = summary["skipped_by_reason"].as_object().unwrap().values();
    let lost = skipped.map(|it| it.as_u64().unwrap()).sum::<u64>();
    assert!(lost >= 6 && summary["skipped"].as_u64() >= Some(lost), "{summary}");
}

/// Expressions on which others need time that doubles with each letter, over a value made for them.
#[test]
fn hostile_patterns_end_in_bounded_time() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("eve.json");
    let label = "a".repeat(60);
    let name = format!("{}b.example", format!("{label}.").repeat(3));
    fs::write(&log, question(&name).repeat(200) + &question("bad.example")).unwrap();
    let deep = format!("{}[domain-name:value = 'x']{}", "(".repeat(10_000), ")".repeat(10_000));
    let patterns = [
        FOUND,
        "[domain-name:value MATCHES '(a+)+$']",
        "[domain-name:value MATCHES '^(a|aa)+$']",
        r"[domain-name:value MATCHES '^((a+)+)\\\\2$']",
        "[domain-name:value MATCHES '^(?=(a+)+$)']",
        "[domain-name:value LIKE '%a%a%a%a%a%a%a%a%a%a%a%z']",
        "[domain-name:value MATCHES '(']",
        &deep,
    ];
    let (status, summary) = watch(folder.path(), &patterns, &log);
    assert_eq!(status, Some(3), "{summary}");
    assert!(summary["matches"].as_u64() >= Some(1), "{summary}");
    let counts = summary["rules"].as_object().unwrap().values();
    assert_eq!(counts.map(|it| it.as_u64().unwrap()).sum::<u64>(), patterns.len() as u64, "{summary}");
    assert!(summary["rules"]["refused"].as_u64() >= Some(2), "{summary}");
}

#[test]
fn rules_that_are_none_are_counted_or_named() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("eve.json");
    fs::write(&log, question("bad.example")).unwrap();
    let rules = folder.path().join("rules.json.zst");
    let mut packer = zstd::Encoder::new(File::create(&rules).unwrap(), 1).unwrap();
    zeros(&mut packer, 1 << 10);
    packer.finish().unwrap();
    let began = Instant::now();
    let [rules, log] = [&rules, &log].map(|it| it.to_str().unwrap());
    let output = node::run(&["watch", "--indicators", rules, log]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 2)), "{told}");
    assert!(told.contains("rules.json.zst"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}
