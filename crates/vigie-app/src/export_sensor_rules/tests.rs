//! Tests of `export_sensor_rules.rs`.

use vigie_engine::suricata::{Dialect, Limits, Rule, split};
use vigie_engine::{Builder, Image, Options};

use super::*;

const NOW: i64 = 1_767_400_000_000_000_000; // 2026-01-03

/// Indicators, each from its `pattern_type`, pattern and `valid_until`.
fn image(all: &[(&str, &str, &str)]) -> Image {
    let mut builder = Builder::new(Options::default());
    for (number, (language, pattern, until)) in all.iter().enumerate() {
        let mut object = serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": id(number),
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
            "pattern_type": language, "pattern": pattern,
        });
        if !until.is_empty() {
            object["valid_until"] = (*until).into();
        }
        builder.add_bundle("bundle", &object.to_string());
    }
    Image::new(builder.build())
}

fn id(number: usize) -> String {
    format!("indicator--00000000-0000-4000-8000-{number:012}")
}

fn export(image: &Image, range: Range, before: Option<&Manifest>) -> (Vec<Sheet>, Manifest) {
    compose::compose(image, NOW, range, before).expect("there are numbers enough")
}

fn text<'s>(sheets: &'s [Sheet], name: &str) -> &'s str {
    sheets.iter().find(|it| it.name == name).map_or("", |it| &it.text)
}

const RULE: &str = "alert dns $HOME_NET any -> any any (msg:\"m\"; dns.query; content:\"x\"; sid:1; rev:3;)";

#[test]
fn rules_and_values_are_written_and_the_rest_is_told() {
    let image = image(&[
        ("suricata", RULE, ""),
        ("snort", &RULE.replace("dns.query; ", ""), ""),
        ("suricata", &RULE.replace("HOME_NET", "OUR_NET"), ""),
        (
            "stix",
            "[domain-name:value = 'EVIL.example' OR domain-name:value = 'b.example']",
            "2026-02-01T00:00:00Z",
        ),
        ("stix", "[domain-name:value = 'gone.example']", "2026-01-02T00:00:00Z"),
        ("stix", "[ipv4-addr:value = '192.0.2.1'] OR [ipv6-addr:value = '2001:db8::1']", ""),
        ("stix", "[url:value = 'http://a.example:8080/x y;?q=\"1\"']", ""),
        ("stix", "[url:value = 'https://a.example/']", ""),
        ("stix", "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", ""),
        ("stix", "[process:command_line MATCHES 'x']", ""),
    ]);
    let (sheets, manifest) = export(&image, Range::default(), None);
    let files: Vec<(&str, usize)> = manifest.files.iter().map(|(name, it)| (name.as_str(), *it)).collect();
    let want = [
        ("vigie-domain.lst", 2),
        ("vigie-ip.lst", 2),
        ("vigie-ja3.lst", 0),
        ("vigie-md5.lst", 1),
        ("vigie-sha1.lst", 0),
        ("vigie-sha256.lst", 0),
        ("vigie-snort.rules", 1),
        ("vigie.rules", 9),
    ];
    assert_eq!(files, want);
    assert_eq!(text(&sheets, "vigie-domain.lst"), "Yi5leGFtcGxl\nZXZpbC5leGFtcGxl\n");
    assert_eq!(text(&sheets, "vigie-ip.lst"), "192.0.2.1\n2001:db8::1\n");
    assert_eq!(manifest.good_until.as_deref(), Some("2026-02-01T00:00:00.000Z"));
    let left_out: Vec<&str> = manifest.left_out.keys().map(String::as_str).collect();
    assert_eq!(
        left_out,
        [
            "a URL whose requests are not sent in the clear",
            "a variable that not every sensor has",
            "an operator other than = and IN",
        ]
    );
    let rules = text(&sheets, "vigie.rules");
    assert!(rules.contains(&format!("metadata:vigie_indicator {};", id(0))), "{rules}");
    assert!(rules.contains("content:\"/x%20y|3B|?q=%221%22\"; startswith; endswith;"), "{rules}");
    assert!(rules.contains("load vigie-domain.lst,memcap 17mb,hashsize 1024;"), "{rules}");
}

/// A rule is read as strictly as an ally's, but for the datasets that only this node writes.
#[test]
fn what_is_written_can_be_read() {
    let image = image(&[("suricata", RULE, ""), ("stix", "[url:value = 'http://a.example/x?y']", "")]);
    let (sheets, manifest) = export(&image, Range { first: 7_000, count: 50 }, None);
    let mut sids = Vec::new();
    for part in split(text(&sheets, "vigie.rules"), Dialect::Suricata) {
        sids.push(Rule::parse(part.text, Dialect::Suricata, &Limits::default()).expect(part.text).sid);
    }
    assert_eq!(sids, manifest.rules.iter().map(|it| it.sid).collect::<Vec<_>>());
    assert!(sids.iter().all(|it| (7_000..7_050).contains(it)), "{sids:?}");
}

#[test]
fn a_rule_keeps_its_number() {
    let range = Range { first: 100, count: 4 };
    let all =
        [("suricata", RULE, ""), ("suricata", RULE, ""), ("suricata", RULE, ""), ("suricata", RULE, "")];
    let (_, first) = export(&image(all.get(1..).unwrap_or_default()), range, None);
    let numbers =
        |it: &Manifest| -> Vec<(String, u32)> { it.rules.iter().map(|it| (it.of.clone(), it.sid)).collect() };
    let (_, second) = export(&image(&all), range, Some(&first));
    for (of, sid) in numbers(&first) {
        assert!(numbers(&second).contains(&(of, sid)), "{first:?} {second:?}");
    }
    assert_eq!(numbers(&second).len(), 4);
    let fifth = [all.as_slice(), &[("suricata", RULE, "")]].concat();
    assert!(compose::compose(&image(&fifth), NOW, range, None).is_err());
}

#[test]
fn files_are_replaced_as_a_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("rules");
    let (sheets, manifest) = export(&image(&[("suricata", RULE, "")]), Range::default(), None);
    assert!(read_manifest(&out.join(MANIFEST)).expect("none yet").is_none());
    for _ in 0..2 {
        write_all(&out, &sheets, &manifest).expect("it can be written");
    }
    assert_eq!(read_manifest(&out.join(MANIFEST)).expect("a manifest"), Some(manifest));
    let names = std::fs::read_dir(&out).expect("a folder").count();
    assert_eq!(names, 9, "no file is left half written");
    std::fs::write(out.join(MANIFEST), "{}]").expect("it can be written");
    assert!(matches!(read_manifest(&out.join(MANIFEST)), Err(ExportError::Manifest { .. })));
}

/// `VIGIE_SURICATA` holds the beginning of a command line, such as `suricata -c /etc/suricata/suricata.yaml`.
#[test]
fn suricata_loads_what_is_written() {
    let Ok(command) = std::env::var("VIGIE_SURICATA") else {
        println!("skipped: VIGIE_SURICATA names no Suricata");
        return;
    };
    let many: Vec<String> = (0..70_000).map(|it| format!("'d{it}.example'")).collect();
    let many = format!("[domain-name:value IN ({})]", many.join(","));
    let image = image(&[
        ("suricata", RULE, ""),
        (
            "suricata",
            "alert http any any -> any any (msg:\"a \\\"b\\\"\"; http.uri; content:\"/x|3b|\"; pcre:\"/x$/U\"; sid:5;)",
            "",
        ),
        ("stix", &many, ""),
        ("stix", "[ipv4-addr:value = '192.0.2.1'] OR [ipv6-addr:value = '2001:db8::1']", ""),
        ("stix", "[url:value = 'http://a.example:8080/x y;?q=\"1\"&z={}|']", ""),
        ("stix", "[url:value = 'http://[2001:db8::1]/']", ""),
        ("stix", "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", ""),
        ("stix", "[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']", ""),
        ("stix", &format!("[file:hashes.'SHA-256' = '{}']", "0".repeat(64)), ""),
        ("stix", "[x-tls:ja3 = 'd41d8cd98f00b204e9800998ecf8427e']", ""),
    ]);
    let (sheets, manifest) = export(&image, Range::default(), None);
    assert_eq!(manifest.left_out, std::collections::BTreeMap::new());
    let folder = tempfile::tempdir().expect("a folder");
    write_all(folder.path(), &sheets, &manifest).expect("it can be written");
    let mut words = command.split_ascii_whitespace();
    let output = std::process::Command::new(words.next().expect("a program"))
        .args(words)
        .args(["-T", "-S", "vigie.rules", "-l", "."])
        .current_dir(folder.path())
        .output()
        .expect("Suricata can be started");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
