//! What `Pattern::explain` says, clause by clause.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]

use vigie_stix::json::{self, Value};
use vigie_stix::pattern::{Explanation, Observation, Pattern, Semantics};

/// Two connections, a second apart.
const SEEN: &str = r#"[
    {"type": "observed-data", "first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:00Z",
     "number_observed": 1, "objects": {
        "0": {"type": "ipv4-addr", "value": "192.0.2.1/32"},
        "1": {"type": "network-traffic", "src_ref": "0", "dst_port": 80, "protocols": ["tcp", "http"]}}},
    {"type": "observed-data", "first_observed": "2026-01-01T00:00:01Z", "last_observed": "2026-01-01T00:00:01Z",
     "number_observed": 1, "objects": {"0": {"type": "domain-name", "value": "a.example"}}}
]"#;

fn lines(it: &Explanation, depth: usize, found: &mut Vec<String>) {
    let verdict = match it.holds {
        Some(true) => "+",
        Some(false) => "-",
        None => "?",
    };
    let why = if it.why.is_empty() { String::new() } else { format!(" | {}", it.why) };
    found.push(format!("{}{verdict} {}{why}", "  ".repeat(depth), it.clause));
    it.parts.iter().for_each(|it| lines(it, depth + 1, found));
}

#[track_caller]
fn check(pattern: &str, want: &[&str]) {
    let Value::Array(documents) = json::parse(SEEN).unwrap() else { panic!("a list") };
    let observations = Observation::from_documents(&documents).unwrap();
    let explained = Pattern::parse(pattern).unwrap().explain(&observations, &Semantics::default()).unwrap();
    let mut got = Vec::new();
    lines(&explained, 0, &mut got);
    assert_eq!(got, want, "{pattern}");
}

#[test]
fn comparisons_show_the_values_of_the_nearest_object() {
    check(
        "[network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
        &[
            "- [network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp'] | observation 1, object `1` of type `network-traffic`",
            "  - network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp'",
            "    - network-traffic:dst_port = 443 | seen: `80`",
            "    + network-traffic:protocols[*] = 'tcp' | seen: `tcp`, `http`",
        ],
    );
    check("[file:name = 'x']", &["- [file:name = 'x'] | no object of type `file` was seen"]);
    check(
        "[domain-name:resolves_to_refs[*].value = '192.0.2.1']",
        &[
            "- [domain-name:resolves_to_refs[*].value = '192.0.2.1'] | observation 2, object `0` of type `domain-name`",
            "  - domain-name:resolves_to_refs[*].value = '192.0.2.1' | `domain-name:resolves_to_refs[*].value` is absent",
        ],
    );
}

#[test]
fn contested_readings_are_named_where_they_matter() {
    check(
        "[ipv4-addr:value = '192.0.2.1']",
        &[
            "- [ipv4-addr:value = '192.0.2.1'] | observation 1, object `0` of type `ipv4-addr`",
            "  - ipv4-addr:value = '192.0.2.1' | seen: `192.0.2.1/32`; it would hold if addresses were compared as addresses",
        ],
    );
    check(
        "[network-traffic:protocols[*] NOT = 'tcp']",
        &[
            "+ [network-traffic:protocols[*] NOT = 'tcp'] | observation 1, object `1` of type `network-traffic`",
            "  + network-traffic:protocols[*] NOT = 'tcp' | seen: `tcp`, `http`; it would fail if NOT over `[*]` asked that no item be equal",
        ],
    );
}

#[test]
fn what_holds_by_itself_may_fail_together() {
    let address = [
        "+ [ipv4-addr:value = '192.0.2.1/32'] | observation 1, object `0` of type `ipv4-addr`",
        "  + ipv4-addr:value = '192.0.2.1/32' | seen: `192.0.2.1/32`",
    ];
    let name = [
        "+ [domain-name:value = 'a.example'] | observation 2, object `0` of type `domain-name`",
        "  + domain-name:value = 'a.example' | seen: `a.example`",
    ];
    let deeper = |depth: usize, all: &[&str]| -> Vec<String> {
        all.iter().map(|it| format!("{}{it}", "  ".repeat(depth))).collect()
    };
    let then = "[domain-name:value = 'a.example'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.1/32']";
    let mut want = vec![format!("- {then} | the parts have no observations of their own in this order")];
    want.extend(deeper(1, &name));
    want.extend(deeper(1, &address));
    check(then, &want.iter().map(String::as_str).collect::<Vec<_>>());

    let both = "[domain-name:value = 'a.example'] AND [ipv4-addr:value = '192.0.2.1/32']";
    let within = format!("({both}) WITHIN 1 SECONDS");
    let mut want = vec![
        format!(
            "- {within} | its observations do not lie within 1 seconds; it would hold if the end of WITHIN belonged to it"
        ),
        format!("  + {both}"),
    ];
    want.extend(deeper(2, &name));
    want.extend(deeper(2, &address));
    check(&within, &want.iter().map(String::as_str).collect::<Vec<_>>());
}
