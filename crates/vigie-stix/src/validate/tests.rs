//! Tests of `validate.rs` that are no cases: see `cases/invalid` and `cases/bundle` for what each rule finds.

use super::*;

const TYPES: [&str; 43] = [
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "malware-analysis",
    "note",
    "observed-data",
    "opinion",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
    "relationship",
    "sighting",
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
    "language-content",
    "marking-definition",
    "extension-definition",
    "x-acme-thing",
];

/// The bits that note which properties were seen are 64.
#[test]
fn no_table_is_longer_than_its_bits() {
    for object_type in TYPES {
        for version in ["2.0", "2.1"] {
            let text = format!(
                "{{\"type\":\"{object_type}\",\"id\":\"{object_type}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\",\
                 \"spec_version\":\"{version}\"}}"
            );
            let table = structure(&Object::parse(&text).unwrap());
            let names: Vec<_> = table.properties.iter().copied().flatten().map(|it| it.name).collect();
            assert!(names.len() <= 64, "{object_type}");
            for (at, name) in names.iter().enumerate() {
                assert!(!names.iter().skip(at + 1).any(|it| it == name), "{object_type} has {name} twice");
            }
        }
    }
}

#[track_caller]
fn check_within(max: usize, want: &[(&str, Severity)]) {
    let text = r#"{"type":"tool","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","spec_version":"2.1",
        "created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z",
        "name":"","tool_types":["a"],"revoked":1}"#;
    let found = validate_object_within(&Object::parse(text).unwrap(), max);
    let got: Vec<_> = found.iter().map(|it| (it.rule, it.severity)).collect();
    assert_eq!(got, want, "{max}");
}

#[test]
fn the_last_finding_weighs_as_much_as_what_was_left_out() {
    use Severity::{Error, Warning};
    let empty = ("stix-2.15-string-empty", Warning);
    let term = ("stix-2.14-open-vocab", Warning);
    let boolean = ("stix-2.2-boolean", Error);
    check_within(9, &[empty, term, boolean]);
    check_within(3, &[empty, term, boolean]);
    check_within(2, &[empty, term, ("vigie-too-many", Error)]);
    check_within(0, &[("vigie-too-many", Error)]);
}

#[test]
fn a_set_of_more_than_sixteen_is_searched_alike() {
    for length in [2, 16, 17, 40] {
        let mut items: Vec<Value<'_>> = (0..length).map(|it| Value::String(it.to_string().into())).collect();
        assert_eq!(check::first_repeated(&items), None);
        items.push(items[1].clone());
        assert_eq!(check::first_repeated(&items), Some(length));
    }
}
