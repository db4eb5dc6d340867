//! Clause by clause: what a detection says of an event.

use std::collections::HashMap;

use serde_json::json;
use vigie_engine::explain::Verdict;
use vigie_engine::sigma::{self, Document, Options, Rule};
use vigie_model::log::{LogClass, LogSource};

use super::event::event;

pub(crate) fn options() -> Options {
    let admins = vec!["root".to_owned(), "adm_*".to_owned()];
    let placeholders =
        HashMap::from([("admins".to_owned(), admins), ("n".to_owned(), vec!["1".into(), "2".into()])]);
    Options { placeholders, ..Options::default() }
}

/// The rule with this detection: what stands under `selection`, or the whole with its condition.
pub(crate) fn rule(detection: &str) -> Result<Rule, String> {
    let whole = if detection.contains("condition:") {
        detection.to_owned()
    } else {
        format!("{{selection: {detection}, condition: selection}}")
    };
    let text = format!("title: t\ndetection: {whole}");
    match sigma::read("test", &text, &options()).remove(0) {
        Ok(Document::Rule(it)) => Ok(it),
        Ok(other) => Err(format!("{other:?}")),
        Err(it) => Err(format!("{}: {}", it.reason, it.detail)),
    }
}

#[track_caller]
fn check(detection: &str, fields: &str, want: bool) {
    let event = event(&serde_json::from_str(fields).unwrap());
    let rule = rule(detection).unwrap();
    let verdict = rule.verdict(&event);
    assert_eq!(verdict, want.into(), "{detection} / {fields}\n{}", rule.explain(&event));
    assert_eq!(rule.explain(&event).verdict, verdict, "explained otherwise");
}

#[track_caller]
fn refused(detection: &str, want: &str) {
    assert_eq!(rule(detection).map(|_| ()), Err(want.to_owned()), "{detection}");
}

#[test]
fn maps_and_lists() {
    let seen = r#"{"a": "1", "b": "x"}"#;
    check("{a: 1, b: x}", seen, true);
    check("{a: 1, b: y}", seen, false);
    check("[{a: 2}, {b: x}]", seen, true);
    check("{a: [3, 2, 1]}", seen, true);
    check("[{a: 2}, x]", seen, true);
    check("{s: {a: 1}, f: {b: x}, condition: s and not f}", seen, false);
    check("{s: {a: 1}, f: {b: y}, condition: s and not f}", seen, true);
    check("{s1: {a: 2}, s2: {b: x}, condition: [all of s*, 1 of s*]}", seen, true);
}

#[test]
fn values_are_texts_in_either_case() {
    check("{a: CMD.EXE}", r#"{"a": "cmd.exe"}"#, true);
    check("{a|cased: CMD.EXE}", r#"{"a": "cmd.exe"}"#, false);
    check("{a: 4625}", r#"{"a": 4625}"#, true);
    check("{a: 4625}", r#"{"a": "4625"}"#, true);
    check("{a: 4625}", r#"{"a": 4625.0}"#, true);
    check("{a: '4625'}", r#"{"a": 4625}"#, true);
    check("{a: '4625'}", r#"{"a": 4625.0}"#, false);
    check("{a: 0x10}", r#"{"a": "0X10"}"#, true);
    check("{a: true}", r#"{"a": true}"#, true);
    check("{a: 'True'}", r#"{"a": true}"#, true);
    check("{a: true}", r#"{"a": 1}"#, false);
    check("{a: '*'}", r#"{"a": ""}"#, true);
    check("{a: ''}", r#"{"a": ""}"#, true);
    check("{a: ''}", r#"{"a": null}"#, false);
    check("{A: x}", r#"{"a": "x"}"#, false);
    check("{a.b: x}", r#"{"a": {"b": "x"}}"#, true);
    check("{a: x}", r#"{"a": ["y", "X"]}"#, true);
}

#[test]
fn absent_and_empty() {
    check("{a: null}", "{}", true);
    check("{a: null}", r#"{"a": null}"#, true);
    check("{a: null}", r#"{"a": ""}"#, false);
    check("{a: ['', null]}", "{}", true);
    check("{a: x}", "{}", false);
    check("{a: '*'}", "{}", false);
    check("{a|exists: true}", r#"{"a": null}"#, true);
    check("{a|exists: true}", "{}", false);
    check("{a|exists: false}", "{}", true);
    check("{a|exists: false}", r#"{"a": ""}"#, false);
}

#[test]
fn places() {
    let seen = r#"{"a": "C:\\Windows\\cmd.exe /c dir"}"#;
    check(r"{a|startswith: 'c:\windows\'}", seen, true);
    check("{a|endswith: ' DIR'}", seen, true);
    check(r"{a|contains: '\cmd'}", seen, true);
    check("{a|contains|all: [' /c ', dir]}", seen, true);
    check("{a|all|contains: [' /c ', del]}", seen, false);
    check(r"{a: 'C:\\*cmd?exe*'}", seen, true);
    check(r"{a: 'C:\*cmd.exe*'}", seen, false);
    check("{a|contains|cased: DIR}", seen, false);
    check("{a|startswith: c?}", seen, true);
}

#[test]
fn different_values() {
    check("{a|neq: x}", r#"{"a": "y"}"#, true);
    check("{a|neq: x}", r#"{"a": "X"}"#, false);
    check("{a|neq: [x, y]}", r#"{"a": "y"}"#, false);
    check("{a|neq: x}", "{}", false);
    check("{a|neq: x}", r#"{"a": ["x", "y"]}"#, false);
    check("{a|contains|neq: x}", r#"{"a": "axb"}"#, false);
    check("{a|fieldref|neq: b}", r#"{"a": "1", "b": "2"}"#, true);
}

#[test]
fn numbers() {
    check("{a|gt: 5}", r#"{"a": 6}"#, true);
    check("{a|gt: 5}", r#"{"a": "6"}"#, true);
    check("{a|gt: 5}", r#"{"a": "six"}"#, false);
    check("{a|gte: 5.5}", r#"{"a": 5.5}"#, true);
    check("{a|lt: 5}", r#"{"a": 5}"#, false);
    check("{a|lte: 5}", r#"{"a": 5}"#, true);
    check("{a|lt: 9007199254740993}", r#"{"a": 9007199254740992}"#, true);
    check("{a|gt: 0}", "{}", false);
}

#[test]
fn dates() {
    let seen = r#"{"a": "2020-10-19 10:46:42.027"}"#;
    check("{a|hour: 10}", seen, true);
    check("{a|minute|gte: 46}", seen, true);
    check("{a|day: 19}", seen, true);
    check("{a|week: 43}", seen, true);
    check("{a|month: 10}", seen, true);
    check("{a|year|lt: 2020}", seen, false);
    check("{a|hour: 23}", r#"{"a": "2021-01-01T23:59:60Z"}"#, true);
    check("{a|week: 53}", r#"{"a": "2021-01-01"}"#, true);
    check("{a|hour: 0}", r#"{"a": "2021-01-01"}"#, false);
    check("{a|day: 1}", r#"{"a": "1609459200"}"#, false);
    check("{a|day: 31}", r#"{"a": "2021-02-31"}"#, false);
}

#[test]
fn expressions_networks_and_other_fields() {
    check("{a|re: '^c.d$'}", r#"{"a": "cmd"}"#, true);
    check("{a|re: C}", r#"{"a": "cmd"}"#, false);
    check("{a|re|i: C}", r#"{"a": "cmd"}"#, true);
    check("{a|re|all: [c, d]}", r#"{"a": "cmd"}"#, true);
    check("{a|re: '(?<!x)y'}", r#"{"a": "xy zy"}"#, true);
    check("{a|re: '(?<!x)y'}", r#"{"a": "xy"}"#, false);
    check("{a|re|m|s: '^b.c'}", r#"{"a": "a\nb\nc"}"#, true);
    check("{a|cidr: 10.0.0.0/8}", r#"{"a": "10.1.1.1"}"#, true);
    check("{a|cidr: ['10.0.0.0/8', '2001:db8::/32']}", r#"{"a": "2001:db8::1"}"#, true);
    check("{a|cidr: 10.0.0.0/8}", r#"{"a": "11.1.1.1"}"#, false);
    check("{a|fieldref: b}", r#"{"a": "X", "b": "x"}"#, true);
    check("{a|fieldref|cased: b}", r#"{"a": "X", "b": "x"}"#, false);
    check("{a|fieldref|endswith: b}", r#"{"a": "yx", "b": "X"}"#, true);
    check("{a|fieldref: b}", r#"{"a": "X"}"#, false);
}

#[test]
fn changed_values() {
    check("{a|contains|windash: ' -f'}", r#"{"a": "x /f"}"#, true);
    check("{a|windash|contains: ' -f'}", r#"{"a": "x –F"}"#, true);
    check("{a|base64: foobar}", r#"{"a": "Zm9vYmFy"}"#, true);
    check("{a|base64offset|contains: foobar}", r#"{"a": "xxZvb2Jhcg=="}"#, true);
    check("{a|wide|base64offset|contains: ping}", r#"{"a": "AHAAaQBuAGcA"}"#, true);
    check("{a|utf16|base64: a}", r#"{"a": "//5hAA=="}"#, true);
    check("{a|utf16be|base64: a}", r#"{"a": "AGE="}"#, true);
    check("{a|utf16le: ab}", r#"{"a": "a\u0000b\u0000"}"#, true);
    check("{a|base64offset|contains|all: [foobar, barfoo]}", r#"{"a": "Zm9vYmFyYmFyZm9v"}"#, true);
    check("{a|expand: '%admins%'}", r#"{"a": "adm_joe"}"#, true);
    check("{a|expand: 'x%n%-%n%'}", r#"{"a": "x2-1"}"#, true);
    check(r"{a|expand: '\%admins%'}", r#"{"a": "%admins%"}"#, true);
    check("{a: '%admins%'}", r#"{"a": "root"}"#, false);
    check("{a|contains|expand: '%admins%'}", r#"{"a": "the root of it"}"#, true);
}

#[test]
fn keywords() {
    let seen = r#"{"m": "Mimikatz event::clear", "n": {"o": "other 42"}}"#;
    check("[EVENT::clear, x]", seen, true);
    check("mimi*clear", seen, true);
    check("'mimi*other'", seen, false);
    check("{'|all': [mimikatz, other]}", seen, true);
    check("{'|all': [mimikatz, another]}", seen, false);
    check("[42]", seen, true);
    check("{'|re': '\\d{2}$'}", seen, true);
    check("[x]", "{}", false);
}

#[test]
fn what_is_refused() {
    refused(
        "{a|foo: x}",
        "unsupported-rule: `selection`: the modifier `foo` is not in the specification (2.1.0)",
    );
    refused(
        "{a|expand: '%x%'}",
        "unknown-placeholder: `selection`: `a|expand`: nothing is given for the placeholder `%x%`",
    );
    refused(
        "{a|re: '('}",
        "broken-rule: `selection`: `a|re`: the regular expression `(` is broken at offset 1",
    );
    refused("{a|i: x}", "broken-rule: `selection`: the modifier `i` has a meaning after `re` only");
    refused("{a|cidr: x}", "broken-rule: `selection`: `a|cidr`: `x` is no network");
    refused("{a|gt: x}", "broken-rule: `selection`: `a|gt`: `x` is no number");
    refused("{a|exists: 1}", "broken-rule: `selection`: `a|exists`: `exists` is `true` or `false`, not `1`");
    refused(
        "{a|re|contains: x}",
        "broken-rule: `selection`: `startswith`, `endswith` and `contains` have no meaning with values that are no texts",
    );
    refused("{a|re|cidr: x}", "broken-rule: `selection`: two modifiers say how values are compared");
    refused("{a|contains: null}", "broken-rule: `selection`: `a|contains`: a value says nothing (null)");
    refused(
        "{a|base64: 'a*'}",
        "broken-rule: `selection`: `a|base64`: a value with wildcards cannot be encoded",
    );
    refused(
        "{a|utf16: a}",
        "broken-rule: `selection`: `a|utf16`: these octets are in no text: put `base64` or `base64offset` after the encoding",
    );
    refused("{a: {b: c}}", "broken-rule: `selection`: `a`: a value is a map");
    refused("{a: []}", "broken-rule: `selection`: `a`: the list of values is empty");
    refused("{}", "broken-rule: `selection`: the map is empty");
    refused("[[a]]", "broken-rule: `selection`: a list stands inside a list");
    refused(
        "{'|cidr': 10.0.0.0/8}",
        "broken-rule: `selection`: keywords have no meaning with a modifier that asks one field",
    );
    refused(
        &format!("{{a: '*{}x'}}", "?".repeat(300)),
        "too-large: `selection`: `a`: more than 256 characters with gaps stand between two `*`",
    );
    refused(
        &format!("{{a: '{}'}}", "x".repeat(20_000)),
        "too-large: `selection`: `a`: a value is longer than 16384 bytes",
    );
    refused(
        "{a|windash|base64: '-------'}",
        "too-large: `selection`: `a|windash|base64`: dashes make more than 10000 values",
    );
}

#[test]
fn log_sources_come_first() {
    #[track_caller]
    fn check(rule_source: &str, class: Option<&str>, want: bool) {
        let text =
            format!("title: t\nlogsource: {{{rule_source}}}\ndetection: {{s: {{a: 1}}, condition: s}}");
        let Ok(Document::Rule(rule)) = sigma::read("test", &text, &options()).remove(0) else {
            panic!("{text}")
        };
        let mut event = event(&json!({"a": 1}));
        let class = class.map(|category| LogClass {
            mapping: "test 1".into(),
            sources: vec![LogSource {
                product: Some("windows".into()),
                category: Some(category.into()),
                service: None,
            }],
        });
        event.log = class.as_ref();
        assert_eq!(rule.verdict(&event), Verdict::from(want), "{rule_source}\n{}", rule.explain(&event));
    }
    check("product: windows", Some("dns"), true);
    check("product: Windows, category: dns", Some("dns"), true);
    check("product: windows, category: file", Some("dns"), false);
    check("product: windows, service: sysmon", Some("dns"), false);
    check("product: windows", None, false);
    check("definition: x", None, true);
    check("", Some("dns"), true);
}

#[test]
fn an_expression_without_an_answer_is_undecided_and_not_false() {
    let runaway = rule("{s: {a|re: '(?=a)(a+)+$'}, condition: not s}").unwrap();
    let event = event(&json!({"a": format!("{}!", "a".repeat(5_000))}));
    assert_eq!(runaway.verdict(&event), Verdict::Undecided);
}
