//! Warning lists: a hit on what they name is counted and not told, and `--show-suppressed` tells it with the reason.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::node::Home;
use crate::samples::{envelope, indicator_of, question};
use crate::watching::Desk;

/// Lists in MISP's format, as the three categories hold hits back.
fn lists(desk: &Desk) {
    let write =
        |name: &str, list: serde_json::Value| desk.write(&format!("warnings/{name}.json"), list.to_string());
    write(
        "top",
        json!({"name": "Top sites", "type": "hostname", "version": 3, "list": ["google.example", "blog.example"], "matching_attributes": ["domain", "hostname"]}),
    );
    write(
        "ours",
        json!({"name": "Our own", "type": "cidr", "version": 1, "category": "false_positive", "list": ["198.51.100.0/24"]}),
    );
    write(
        "known",
        json!({"name": "A cloud", "type": "cidr", "version": 1, "category": "known", "list": ["203.0.113.0/24"]}),
    );
}

fn answer(address: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-01-02T03:04:05.000000+0000","event_type":"flow","src_ip":"192.0.2.1","dest_ip":"{address}","proto":"TCP"}}"#
    ) + "\n"
}

fn desk() -> Desk {
    let desk = Desk::with(&[("list.txt", "google.example\nevil.blog.example\n198.51.100.7\n203.0.113.7\n")]);
    lists(&desk);
    let log = [
        question("google.example"),
        question("evil.blog.example"),
        answer("198.51.100.7"),
        answer("203.0.113.7"),
    ];
    desk.write("eve.json", log.concat());
    desk
}

#[test]
fn hits_on_what_is_harmless_are_counted_and_not_told() {
    let desk = desk();
    let all = desk.watch(&["--indicators", "list.txt", "eve.json"]);
    assert_eq!(all.lines.len(), 4, "{:?}", all.fired());
    let watched = desk.watch(&["--indicators", "list.txt", "--warning-lists", "warnings", "eve.json"]);
    // Whoever listed a name below a listed one meant it, and who is only known holds nothing back.
    assert_eq!(watched.fired(), ["203.0.113.7 at eve.json:4", "evil.blog.example at eve.json:2"]);
    assert_eq!(watched.summary["suppressed"], json!({"Our own": 1, "Top sites": 1}));
    assert_eq!(watched.number("matches"), 2);
    assert_eq!((watched.number("rules/active"), watched.number("rules/suppressed")), (2, 2));
    watched.ran.check(
        3,
        &[],
        &[
            "suppressed: 1 by the warning list `Our own`",
            "suppressed: 1 by the warning list `Top sites`",
            "matches: 2",
        ],
    );
}

#[test]
fn suppressed_hits_are_shown_with_their_reason() {
    let desk = desk();
    let arguments =
        ["--indicators", "list.txt", "--warning-lists", "warnings", "--show-suppressed", "eve.json"];
    let watched = desk.watch(&arguments);
    let reasons: Vec<(&serde_json::Value, &serde_json::Value)> =
        watched.lines.iter().map(|it| (&it["rule"]["name"], &it["suppressed"])).collect();
    let null = serde_json::Value::Null;
    let [google, blog, ours, cloud] =
        ["google.example", "evil.blog.example", "198.51.100.7", "203.0.113.7"].map(serde_json::Value::from);
    let (top, own) = (
        json!({"warning_list": "Top sites", "entry": "google.example"}),
        json!({"warning_list": "Our own", "entry": "198.51.100.0/24"}),
    );
    assert_eq!(reasons, [(&google, &top), (&blog, &null), (&ours, &own), (&cloud, &null)]);
    assert_eq!(watched.number("matches"), 2, "what is only shown is no match");
}

/// If all there is is suppressed, nothing matched.
#[test]
fn suppressed_hits_alone_are_no_match() {
    let desk = desk();
    desk.write("list.txt", "google.example\n");
    for more in [&[][..], &["--show-suppressed"]] {
        let watched = desk.watch(
            &[&["--indicators", "list.txt", "--warning-lists", "warnings", "eve.json"], more].concat(),
        );
        assert_eq!((watched.ran.status, watched.number("matches")), (0, 0), "{}", watched.ran.told);
        assert_eq!(watched.lines.len(), more.len());
    }
}

/// A pattern is held back only if every value that made it true is.
#[test]
fn a_pattern_with_more_than_harmless_values_is_told() {
    let desk = desk();
    let texts = [
        indicator_of(1, "[ipv4-addr:value = '198.51.100.7']"),
        indicator_of(
            2,
            "[network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:src_ref.value = '192.0.2.1']",
        ),
    ];
    desk.write("rules.json", envelope(&texts));
    let watched = desk.watch(&["--indicators", "rules.json", "--warning-lists", "warnings", "eve.json"]);
    assert_eq!(watched.lines.len(), 1, "{:?}", watched.fired());
    assert_eq!(watched.lines[0]["rule"]["id"], crate::samples::id("indicator", 2));
    assert_eq!(watched.summary["suppressed"], json!({"Our own": 1}));
}

#[test]
fn a_warning_list_that_is_none_is_refused_and_said() {
    let desk = desk();
    desk.write("warnings/broken.json", "{\"name\": \"x\"");
    desk.write("warnings/other.json", json!({"name": "no list"}).to_string());
    desk.write(
        "warnings/short.json",
        json!({"name": "short", "type": "substring", "version": 1, "list": ["ab", "google"]}).to_string(),
    );
    let watched = desk.watch(&["--indicators", "list.txt", "--warning-lists", "warnings", "eve.json"]);
    watched.ran.check(3, &[], &["rule refused: warnings/broken.json", "rule refused: warnings/other.json"]);
    assert!(watched.number("rules/refused") >= 3, "{}", watched.summary);
    assert_eq!(watched.number("matches"), 2, "the other lists are in force");
}

/// A node marks what stands in a warning list as it takes it in, whenever that is, and holds the hits back.
#[test]
fn a_node_marks_what_it_takes_in() {
    let desk = desk();
    let home = Home::new(desk.as_ref());
    let [list, warnings, log] =
        ["list.txt", "warnings", "eve.json"].map(|it| desk.path(it).display().to_string());
    let config = format!(
        "[detection]\nindicators = [{list:?}]\nwarning_lists = [{warnings:?}]\n[telemetry]\nfiles = [{log:?}]\npoll_ms = 10\n"
    );
    std::fs::write(home.folder.join("vigie.toml"), config).unwrap();
    let node = home.serve();
    let figures = || node.client.get("/metrics").text();
    let until = |wanted: &[&str]| {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !wanted.iter().all(|it| figures().contains(it)) {
            assert!(Instant::now() < deadline, "{wanted:?} are not in\n{}\n{}", figures(), node.told());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    // Of the nation's own list two values are held back and two are told.
    until(&["vigie_hits_suppressed_total 2", "vigie_alerts_total 2", "vigie_rules{state=\"suppressed\"} 2"]);
    assert!(node.tells("a hit was suppressed by a warning list"), "{}", node.told());
    // What an ally brings while the node serves is weighed in the same way.
    let texts = [indicator_of(1, "[ipv4-addr:value = '198.51.100.7']")];
    assert_eq!(node.client.post(&envelope(&texts)).status, 202);
    until(&["vigie_rules{state=\"suppressed\"} 3"]);
    let mut file = std::fs::OpenOptions::new().append(true).open(desk.path("eve.json")).unwrap();
    std::io::Write::write_all(&mut file, answer("198.51.100.7").as_bytes()).unwrap();
    until(&["vigie_hits_suppressed_total 4", "vigie_alerts_total 2"]);
}
