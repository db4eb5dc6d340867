//! The unified log of a sysdiagnose through the real binary, which starts itself again to read it.

use std::fs;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::log_writer::{chunk, header, line, log, set_of, strings, times};

const BH: &str = "/private/var/db/com.apple.xpc.roleaccountd.staging/bh";
const NET: &str = "/usr/libexec/networkd";

/// Packs a sysdiagnose with these logs, and the strings of both programs.
pub(crate) fn sysdiagnose(to: &Path, logs: &[(&str, Vec<u8>)]) {
    let mut tar = tar::Builder::new(GzEncoder::new(fs::File::create(to).unwrap(), Compression::fast()));
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let path = format!("sysdiagnose_2026.05.28_23-00-00+0000_iPhone-OS_iPhone_23E224/{path}");
        tar.append_data(&mut header, path, bytes).unwrap();
    };
    add("sysdiagnose.log", b"");
    add("system_logs.logarchive/timesync/1.timesync", &times());
    for program in [BH, NET] {
        let (path, bytes) = strings(program);
        add(&format!("system_logs.logarchive/{path}"), &bytes);
    }
    for (name, bytes) in logs {
        add(&format!("system_logs.logarchive/{name}"), bytes);
    }
    tar.into_inner().unwrap().finish().unwrap();
}

/// A log in which a known program wrote, and one asked for a known address.
pub(crate) fn of_bh(private: &str) -> Vec<u8> {
    log(&[&[
        line(60, BH, "", "hello"),
        line(61, NET, "com.apple.network", "open https://a.evil.example/x"),
        line(62, NET, "com.apple.network", &format!("/private/var/mobile/{private}")),
    ]])
}

/// Checks a phone with these logs; gives the findings and what became of each log.
fn check(logs: &[(&str, Vec<u8>)]) -> (Vec<Value>, Vec<Value>) {
    let desk = tempfile::tempdir().unwrap();
    sysdiagnose(&desk.path().join("phone.tar.gz"), logs);
    let pattern = |number: u32, pattern: &str| {
        serde_json::json!({"type": "indicator", "spec_version": "2.1", "id": format!("indicator--0000000{number}-17d4-4cbf-938f-98ee46b3cd3f"),
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern": pattern,
            "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z"})
    };
    let bundle = serde_json::json!({"type": "bundle", "id": "bundle--00000001-17d4-4cbf-938f-98ee46b3cd3f", "objects":
        [pattern(1, "[process:name = 'bh']"), pattern(2, "[domain-name:value = 'evil.example']")]});
    fs::write(desk.path().join("pegasus.stix2"), bundle.to_string()).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["phone", "check", "phone.tar.gz", "--indicators", "pegasus.stix2", "--out", "out"])
        .args(["--consent-given-by", "Amal"])
        .current_dir(desk.path())
        .env_remove("VIGIE_DATA")
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    let read = |name: &str| fs::read_to_string(desk.path().join("out").join(name)).unwrap();
    let findings = read("findings.jsonl").lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let whole: Value = serde_json::from_str(&read("completeness.json")).unwrap();
    let all = whole["artefacts"].as_array().unwrap().iter();
    (findings, all.filter(|it| it["artefact"] == "unified_log").cloned().collect())
}

#[test]
fn a_program_that_wrote_is_met() {
    let (findings, logs) = check(&[("Persist/0000000000000001.tracev3", of_bh("x"))]);
    let told: Vec<String> = findings
        .iter()
        .map(|it| {
            format!("{} {} {} {}", it["grade"], it["artefact"], it["value"], it["time"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "trace unified_log bh 2026-05-28T20:27:40.000Z",
            "trace unified_log https://a.evil.example/x 2026-05-28T20:27:41.000Z",
            "suspicion unified_log bh 2026-05-28T20:27:40.000Z",
        ]
    );
    assert_eq!(logs.len(), 1);
    assert_eq!((&logs[0]["state"], &logs[0]["read"]), (&Value::from("present"), &Value::from(5)), "{logs:?}");
}

#[test]
fn a_hostile_log_costs_only_itself() {
    let good = of_bh("x");
    let part = &good[header().len()..];
    // A set of entries that says that it unpacks to 4 GiB, which is more than the process may have.
    let huge = [good.clone(), part[..part.len() - 8].to_vec()].concat();
    let huge = [huge, vec![0; 8], chunk(0x600d, &set_of(u32::MAX, &[0x10, 1, 0, 0]))].concat();
    // A catalogue whose places lead backwards.
    let wrong = [[0x20, 0, 0, 0], [0; 4], [0; 4], [0; 4], [0; 4], [0; 4]].concat();
    let backwards = [good.clone(), chunk(0x600b, &wrong), part.to_vec()].concat();
    let noise: Vec<u8> = (0..99_999_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let (findings, logs) = check(&[
        ("Persist/1.tracev3", huge),
        ("Persist/2.tracev3", backwards),
        ("Persist/3.tracev3", noise.clone()),
        ("Persist/4.tracev3", [header(), noise].concat()),
        ("Persist/5.tracev3", good),
    ]);
    let states: Vec<&str> = logs.iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["partial", "partial", "unreadable", "unreadable", "present"], "{logs:#?}");
    let why = logs[0]["why"].as_str().unwrap();
    assert!(why.contains("came to no end: it gave up, as a program does that needs more memory"), "{why}");
    let met = |file: &str| {
        findings.iter().any(|it| it["value"] == "bh" && it["file"].as_str().unwrap().ends_with(file))
    };
    assert!(met("1.tracev3") && met("2.tracev3") && met("5.tracev3"), "{findings:#?}");
}
