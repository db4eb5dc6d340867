//! What programs rely on: exit statuses, output lines and messages of the commands that need no node.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const INDICATOR: &str = r#"{"type":"bundle","id":"bundle--0a4f1c52-7d66-4f3f-9c6e-3a6a1e0a6d11","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"bad name",
"pattern":"[domain-name:value = 'bad.example']","pattern_type":"stix","valid_from":"2020-01-01T00:00:00Z"}]}"#;

fn vigie(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    command.args(arguments).current_dir(folder).env_remove("VIGIE_DATA").output().expect("the binary starts")
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], status: i32, out: &str, error: &str) {
    let got = vigie(folder, arguments);
    let (stdout, stderr) = (String::from_utf8_lossy(&got.stdout), String::from_utf8_lossy(&got.stderr));
    assert_eq!(got.status.code(), Some(status), "{arguments:?}\n{stdout}{stderr}");
    assert!(stdout.contains(out), "{arguments:?}: `{out}` is not in\n{stdout}");
    assert!(stderr.contains(error), "{arguments:?}: `{error}` is not in\n{stderr}");
}

#[test]
fn stix_commands_keep_their_contract() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let write = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    write("good.json", INDICATOR);
    write("bad.json", &INDICATOR.replace("valid_from", "valid_form"));
    write("no.json", "{");
    write(
        "sco.json",
        r#"{"type":"ipv4-addr","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3"}"#,
    );
    write(
        "cases.jsonl",
        "{\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"observations\":[{\"type\":\"bundle\",\"id\":\"bundle--0a4f1c52-7d66-4f3f-9c6e-3a6a1e0a6d11\",\"objects\":[{\"type\":\"observed-data\",\"id\":\"observed-data--0a4f1c52-7d66-4f3f-9c6e-3a6a1e0a6d12\",\"first_observed\":\"2026-01-01T00:00:00Z\",\"last_observed\":\"2026-01-01T00:00:00Z\",\"number_observed\":1,\"object_refs\":[\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\"]},{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.3\"}]}]}\n{\"pattern\":\"[\",\"observations\":[]}\n",
    );
    check(here, &["stix", "validate", "good.json"], 0, "", "");
    check(here, &["stix", "validate", "bad.json"], 3, "valid_from", "");
    check(here, &["stix", "validate", "no.json"], 2, "", "`no.json`");
    check(here, &["stix", "validate", "absent.json"], 2, "", "absent.json");
    check(here, &["stix", "id", "sco.json"], 0, "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\n", "");
    check(here, &["stix", "match", "--batch", "cases.jsonl"], 0, "{\"match\":true}\n{\"error\":", "");
}

#[test]
fn watch_keeps_its_contract() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let line = |name: &str| {
        format!(
            "{{\"timestamp\":\"2026-01-02T03:04:05.000000+0000\",\"event_type\":\"dns\",\"src_ip\":\"192.0.2.1\",\"dns\":{{\"type\":\"query\",\"rrname\":\"{name}\"}}}}\n"
        )
    };
    fs::write(here.join("eve.json"), line("good.example") + &line("bad.example")).unwrap();
    fs::write(here.join("indicators.json"), INDICATOR).unwrap();
    fs::write(here.join("list.txt"), "# a list\nother.example\tsomebody\n").unwrap();
    let matched = [
        "watch",
        "--indicators",
        "indicators.json",
        "--indicators",
        "list.txt",
        "--summary",
        "s.json",
        "eve.json",
    ];
    check(here, &matched, 3, "\"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"", "");
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(here.join("s.json")).unwrap()).unwrap();
    for key in
        ["events", "bytes", "matches", "skipped", "rules", "load_seconds", "run_seconds", "peak_rss_bytes"]
    {
        assert!(summary.get(key).is_some(), "{key} is not in {summary}");
    }
    assert_eq!(summary["matches"], 1);
    check(here, &["watch", "--indicators", "list.txt", "eve.json"], 0, "", "");
    check(here, &["watch", "--indicators", "absent.txt", "eve.json"], 2, "", "absent.txt");
    check(here, &["watch", "--indicators", "list.txt", "absent.json"], 2, "", "absent.json");
}

#[test]
fn a_node_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    check(here, &["serve", "--data", "nowhere"], 2, "", "vigie init --data nowhere");
    check(here, &["init", "--data", "node", "--nation", "Morocco", "--name", "x"], 2, "", "ISO 3166-1");
    check(here, &["init", "--data", "node", "--nation", "MA", "--name", "maCERT"], 0, "fingerprint", "");
    check(
        here,
        &["init", "--data", "node", "--nation", "MA", "--name", "maCERT"],
        2,
        "",
        "already holds a node",
    );
    check(here, &["serve", "--data", "node", "--listen", "0.0.0.0:0", "--plain-http"], 2, "", "loopback");
    check(here, &["doctor", "--data", "node"], 0, "every page is sound", "");
    fs::write(here.join("node/vigie.toml"), "[limits]\nmax_pages = 3\n").unwrap();
    check(here, &["serve", "--data", "node"], 2, "", "max_pages");
    check(here, &["doctor", "--data", "node"], 3, "max_pages", "");
    fs::remove_file(here.join("node/vigie.toml")).unwrap();
    fs::write(here.join("node/vigie.db"), "this is no database").unwrap();
    check(here, &["doctor", "--data", "node"], 3, "WRONG", "");
}
