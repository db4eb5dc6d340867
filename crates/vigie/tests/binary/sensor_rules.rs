//! `vigie intel export --format suricata`: what the nation's sensors are given, and the alert that they give back.

use std::fs;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::node::{self, Home, succeed};
use crate::samples::{envelope, id, indicator_of};
use crate::watching::Desk;

/// An indicator in another language than STIX.
fn rule_of(number: usize, language: &str, rule: &str) -> String {
    let stix = r#""pattern_type":"stix""#;
    indicator_of(number, rule).replace(stix, &format!(r#""pattern_type":"{language}""#))
}

const RULE: &str = r#"alert http any any -> any any (msg:"a beacon"; content:"beacon"; sid:7; rev:3;)"#;

fn indicators() -> Vec<String> {
    vec![
        indicator_of(1, "[domain-name:value = 'Bad.example']"),
        indicator_of(2, "[ipv4-addr:value = '198.51.100.66' OR ipv6-addr:value = '2001:db8::66']"),
        indicator_of(3, &format!("[file:hashes.'SHA-256' = '{}']", "ab".repeat(32))),
        indicator_of(4, "[url:value = 'http://bad.example/a']"),
        rule_of(5, "suricata", RULE),
        rule_of(6, "snort", RULE),
        // What is not for a sensor, or not in force.
        indicator_of(7, "[domain-name:value LIKE '%.worse.example']"),
        rule_of(8, "suricata", &RULE.replace("alert", "drop")),
        indicator_of(9, "[domain-name:value = 'old.example']").replacen('{', r#"{"revoked":true,"#, 1),
        indicator_of(10, "[domain-name:value = 'over.example']").replacen(
            '{',
            r#"{"valid_until":"2020-01-01T00:00:00Z","#,
            1,
        ),
    ]
}

/// A node with these indicators, and the folder that it exports.
fn exported(desk: &Desk) -> Home {
    let home = Home::new(desk.as_ref());
    let file = desk.write("in.json", envelope(&indicators()));
    let imported = node::run(&["intel", "import", "--data", home.data(), file.to_str().unwrap()]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let out = desk.path("sensor");
    let export =
        ["intel", "export", "--data", home.data(), "--format", "suricata", "--out", out.to_str().unwrap()];
    let told = succeed(&export);
    assert!(told.contains("vigie.rules") && told.contains("left out:"), "{told}");
    home
}

#[test]
fn the_files_for_sensors_hold_the_indicators() {
    let desk = Desk::new();
    exported(&desk);
    let read = |name: &str| fs::read_to_string(desk.path("sensor").join(name)).unwrap();
    let rules = read("vigie.rules");
    let of = |number: usize| rules.lines().find(|it| it.contains(&id("indicator", number)));
    let beacon = of(5).unwrap();
    assert!(beacon.starts_with("alert http") && beacon.contains(r#"content:"beacon""#), "{beacon}");
    assert!(beacon.contains("rev:3") && !beacon.contains("sid:7;"), "{beacon}");
    assert!(of(4).unwrap().contains("bad.example"), "{rules}");
    for absent in [1, 2, 3, 6, 7, 8, 9, 10] {
        assert!(of(absent).is_none(), "{absent}: {rules}");
    }
    for set in ["vigie-domain", "vigie-ip", "vigie-sha256"] {
        assert!(
            rules.contains(&format!("{set}.lst")) || rules.contains(set),
            "no rule looks into {set}:\n{rules}"
        );
    }
    assert!(read("vigie-snort.rules").contains(&id("indicator", 6)));
    let name = base64::engine::general_purpose::STANDARD.encode("bad.example");
    assert_eq!(read("vigie-domain.lst").trim(), name);
    let addresses = read("vigie-ip.lst");
    assert!(addresses.contains("198.51.100.66") && addresses.contains("2001:"), "{addresses}");
    assert_eq!(read("vigie-sha256.lst").trim(), "ab".repeat(32));
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    let left_out = manifest["left_out"].as_object().unwrap();
    assert_eq!(left_out.values().map(|it| it.as_u64().unwrap()).sum::<u64>(), 1, "{manifest}");
}

/// The number of a rule stays from export to export.
#[test]
fn numbers_stay() {
    let desk = Desk::new();
    let home = exported(&desk);
    let first = fs::read_to_string(desk.path("sensor/vigie.rules")).unwrap();
    let out = desk.path("sensor");
    succeed(&[
        "intel",
        "export",
        "--data",
        home.data(),
        "--format",
        "suricata",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(fs::read_to_string(desk.path("sensor/vigie.rules")).unwrap(), first);
}

/// What the sensor writes when the rule fires names the indicator again, in the node and offline.
#[test]
fn the_alert_taken_back_names_the_indicator() {
    let desk = Desk::new();
    exported(&desk);
    let rules = fs::read_to_string(desk.path("sensor/vigie.rules")).unwrap();
    let rule = rules.lines().find(|it| it.contains(&id("indicator", 5))).unwrap();
    let after = |name: &str| rule.split_once(name).unwrap().1.split([';', ' ', ',', ')']).next().unwrap();
    let alert = |indicator: &str| {
        let record = json!({
            "timestamp": "2026-01-02T03:04:05.000000+0000", "event_type": "alert", "src_ip": "192.0.2.1",
            "dest_ip": "192.0.2.2", "proto": "TCP",
            "alert": {"signature_id": after("sid:").parse::<u64>().unwrap(), "metadata": {"vigie_indicator": [indicator]}},
        });
        format!("{record}\n")
    };
    let foreign = id("indicator", 99);
    desk.write("eve.json", alert(after("vigie_indicator ")) + &alert(&foreign));
    let watched = desk.watch(&["--indicators", "in.json", "eve.json"]);
    assert_eq!(watched.lines.len(), 1, "{}", watched.ran.told);
    let hit = &watched.lines[0];
    assert_eq!(hit["rule"]["id"], id("indicator", 5));
    assert_eq!(hit["rule"]["language"], "suricata");
    assert_eq!(
        hit["matched"],
        json!([{"path": "alert.metadata.vigie_indicator", "value": id("indicator", 5)}])
    );
    assert_eq!(hit["source"]["line"], 1, "an id that nobody published says nothing");
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    let desk = Desk::with(&[("a-file", "")]);
    let home = exported(&desk);
    let export = ["intel", "export", "--data", home.data(), "--format", "suricata"];
    desk.run(&export).check(2, &[], &["--out DIR"]);
    desk.run(&[&export[..], &["--out", "a-file/x"]].concat()).check(2, &[], &["a-file/x"]);
    desk.run(&[&export[..], &["--out", "new", "--sids", "1"]].concat()).check(
        2,
        &[],
        &["more rules than the 1 numbers from 2100000000 on", "`--sids`"],
    );
    assert!(!desk.path("new/vigie.rules").exists());
}
