//! `vigie phone` through the real binary: exit statuses, consent, what is written, what is deleted.
//!
//! The evidence is an intrusion log of Android, written here: one line for each thing that the phone noticed.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::samples::{envelope, indicator_of};
use crate::watching::{Desk, Ran};

/// What the phone noticed.
pub(crate) fn log(hosts: &[&str]) -> String {
    let line = |(number, host): (u64, &&str)| {
        let time = 1_700_000_000_000_u64 + number * 60_000;
        json!({"dns_event": {"event_time": time, "package_name": "com.example", "hostname": host, "ip_addresses": ["192.0.2.1"]}})
            .to_string()
            + "\n"
    };
    (0..).zip(hosts).map(line).collect()
}

fn desk(hosts: &[&str]) -> Desk {
    let desk = Desk::new();
    desk.write("phone/intrusion.ndjson", log(hosts));
    desk.write("herring.stix2", envelope(&[indicator_of(1, "[domain-name:value='evil.example']")]));
    desk
}

/// Runs a check with consent, and more options.
fn check(desk: &Desk, more: &[&str]) -> Ran {
    let mut arguments =
        vec!["phone", "check", "phone/intrusion.ndjson", "--indicators", "herring.stix2", "--out", "out"];
    arguments.extend(more);
    desk.run(&arguments)
}

const CONSENT: [&str; 2] = ["--consent-given-by", "Amal"];

pub(crate) fn outputs(desk: &Desk, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(desk.path(folder)).unwrap().map(Result::unwrap);
    entries.map(|it| (it.file_name().to_string_lossy().into_owned(), fs::read(it.path()).unwrap())).collect()
}

pub(crate) fn lines(bytes: &[u8]) -> Vec<Value> {
    bytes
        .split(|it| *it == b'\n')
        .filter(|it| !it.is_empty())
        .map(|it| serde_json::from_slice(it).unwrap())
        .collect()
}

#[test]
fn the_exit_status_is_the_end() {
    let traces = desk(&["news.example", "a.b.evil.example"]);
    check(&traces, &CONSENT).check(3, &["1 trace", "result: traces found"], &[]);
    let nothing = desk(&["news.example", "notevil.example"]);
    check(&nothing, &CONSENT).check(0, &["0 trace", "result: nothing found in what could be read"], &[]);
    let cut = desk(&["news.example"]);
    cut.write("phone/intrusion.ndjson", log(&["news.example"]) + "{\"dns_event\":{\"event_ti");
    check(&cut, &CONSENT).check(4, &["not wholly read", "result: needs an expert"], &[]);
    let other = desk(&[]);
    other.write("phone/intrusion.ndjson", "a diary");
    check(&other, &CONSENT).check(2, &[], &["cannot be checked"]);
    assert!(!other.path("out").exists());
}

#[test]
fn without_consent_nothing_is_done() {
    let desk = desk(&["evil.example"]);
    check(&desk, &[]).check(2, &[], &["owner's consent", "--consent FILE"]);
    desk.write("consent.toml", "owner='Amal'\npurpose='p'\nscope='s'\ndate='2026-01-01'\n");
    check(&desk, &["--consent", "consent.toml"]).check(2, &[], &["retention"]);
    assert!(!desk.path("out").exists());
    desk.write("consent.toml", "owner='Amal'\npurpose='p'\nscope='s'\nretention='r'\ndate='2026-01-01'\n");
    check(&desk, &["--consent", "consent.toml"]).check(3, &[], &[]);
}

#[test]
fn the_outputs_are_the_same_bytes_in_every_zone() {
    let desk = desk(&["news.example", "a.evil.example"]);
    let before = outputs(&desk, "phone");
    let run = |zone: &str, out: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args([
            "phone",
            "check",
            "phone/intrusion.ndjson",
            "--indicators",
            "herring.stix2",
            "--out",
            out,
        ]);
        command.args(CONSENT).current_dir(&desk).env_remove("VIGIE_DATA").env("TZ", zone);
        assert_eq!(command.output().unwrap().status.code(), Some(3));
        let mut all = outputs(&desk, out);
        for seal in ["manifest.json.sig", "signature.json", "signer.pem"] {
            assert!(all.remove(seal).is_some(), "{seal}");
        }
        all
    };
    let first = run("UTC", "one");
    assert_eq!(first, run("America/New_York", "two"));
    assert_eq!(first, run("Pacific/Kiritimati", "three"));
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "completeness.json",
            "findings.jsonl",
            "manifest.json",
            "report.ar.html",
            "report.fr.html",
            "report.he.html",
            "report.html",
            "sightings.json",
            "timeline.csv",
            "timeline.jsonl"
        ]
    );
    let finding = &lines(&first["findings.jsonl"])[0];
    assert_eq!(finding["grade"], "trace");
    assert_eq!(finding["value"], "a.evil.example");
    assert_eq!(finding["time"], "2023-11-14T22:14:20.000Z");
    assert_eq!(finding["indicator"]["pattern"], "[domain-name:value='evil.example']");
    assert!(finding["why"].as_str().unwrap().contains("What else would explain it"), "{finding}");
    for text in first.values() {
        assert!(
            !String::from_utf8_lossy(text).contains("news.example"),
            "what no indicator meets is kept back"
        );
    }
    assert_eq!(outputs(&desk, "phone"), before, "the evidence is as it was");
}

#[test]
fn the_report_is_in_the_language_that_was_chosen() {
    let desk = desk(&["evil.example"]);
    for (language, head) in [
        ("en", "<html lang=\"en\" dir=\"ltr\">"),
        ("fr", "<html lang=\"fr\" dir=\"ltr\">"),
        ("ar", "<html lang=\"ar\" dir=\"rtl\">"),
        ("he", "<html lang=\"he\" dir=\"rtl\">"),
    ] {
        check(&desk, &[&CONSENT[..], &["--lang", language]].concat()).check(3, &[], &[]);
        let page = fs::read_to_string(desk.path("out/report.html")).unwrap();
        assert!(page.contains(head), "{language}");
    }
    check(&desk, &[&CONSENT[..], &["--lang", "xx"]].concat()).check(2, &[], &["xx"]);
}

#[test]
fn a_nodes_key_signs_and_what_was_written_can_be_deleted() {
    let desk = desk(&["evil.example"]);
    desk.run(&["init", "--data", "node", "--nation", "MA", "--name", "maCERT"]).check(0, &[], &[]);
    check(&desk, &[&CONSENT[..], &["--data", "node"]].concat()).check(3, &[], &[]);
    let about: Value = serde_json::from_slice(&outputs(&desk, "out")["signature.json"]).unwrap();
    assert_eq!((&about["key"], &about["node"]), (&json!("node"), &json!("maCERT")));
    desk.run(&["phone", "forget", "phone"]).check(2, &[], &["nothing was deleted"]);
    desk.run(&["phone", "forget", "out"]).check(0, &["findings.jsonl"], &[]);
    let left: Vec<String> = outputs(&desk, "out").into_keys().collect();
    assert_eq!(left, ["deletion-receipt.json"]);
    assert!(desk.path("phone/intrusion.ndjson").exists());
}

#[test]
fn nothing_is_written_into_the_evidence() {
    let desk = desk(&["evil.example"]);
    let arguments = ["phone", "check", "phone", "--indicators", "herring.stix2", "--out", "phone/out"];
    desk.run(&[&arguments[..], &CONSENT[..]].concat()).check(2, &[], &["lies in the evidence"]);
    assert_eq!(outputs(&desk, "phone").len(), 1);
}
