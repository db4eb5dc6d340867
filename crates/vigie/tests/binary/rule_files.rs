//! `vigie rule check` and `vigie rule compile`: each refused rule is named and counted, and an image says what its
//! sources say.

use serde_json::Value;

use crate::samples::{envelope, indicator_of, question};
use crate::watching::{Desk, Ran};

/// A rule that is read.
const SIGMA: &str =
    "title: a question\nlogsource: {category: dns}\ndetection: {s: {query: bad.example}, condition: s}\n";

/// Rules of every language, some of each not usable, in a folder.
fn mixed() -> Desk {
    let texts = [
        indicator_of(1, "[domain-name:value = 'bad.example']"),
        indicator_of(2, "[domain-name:value = "),
        indicator_of(3, "[domain-name:value > 1 AND file:size = 1]"),
        indicator_of(4, "[domain-name:value = 'x']")
            .replace(r#""pattern_type":"stix""#, r#""pattern_type":"pcre""#),
    ];
    let sensor = concat!(
        "alert dns any any -> any any (msg:\"x\"; content:\"bad\"; sid:1;)\n",
        "drop dns any any -> any any (msg:\"x\"; sid:2;)\n",
    );
    Desk::with(&[
        ("rules/a.yml", SIGMA),
        ("rules/b.yml", "title: no condition\ndetection: {s: {a: 1}}\n"),
        ("rules/c.yml", &SIGMA.replace("query: bad", "query|sometimes: bad")),
        ("rules/d.json", &envelope(&texts)),
        ("rules/e.rules", sensor),
        ("rules/f.json", "{\"type\":"),
        ("rules/README.md", "These are rules of a test.\n"),
    ])
}

/// The refused rules, as `REASON PLACE`.
fn refused(ran: &Ran) -> Vec<String> {
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(!line["detail"].as_str().unwrap().is_empty(), "{line}");
        format!("{} {}", line["reason"].as_str().unwrap(), line["place"].as_str().unwrap())
    };
    let mut refused: Vec<String> = ran.out.lines().map(line).collect();
    refused.sort();
    refused
}

#[test]
fn each_refused_rule_is_named_with_its_reason() {
    let ran = mixed().run(&["rule", "check", "rules"]);
    assert_eq!(ran.status, 3, "{}", ran.told);
    let id = |number| crate::samples::id("indicator", number);
    let mut want = vec![
        "broken-rule rules/b.yml: no condition".to_owned(),
        "unsupported-rule rules/c.yml: a question".to_owned(),
        format!("broken-pattern {}", id(2)),
        format!("broken-pattern {}", id(3)),
        format!("other-language {}", id(4)),
        "acts-on-sensor rules/e.rules:2".to_owned(),
        "unreadable-file rules/README.md".to_owned(),
        "unreadable-file rules/f.json".to_owned(),
    ];
    want.sort();
    assert_eq!(refused(&ran), want);
    for count in [
        "2 active",
        "1 exported",
        "8 refused",
        "2   because of broken-pattern",
        "2   because of unreadable-file",
    ] {
        assert!(ran.told.contains(&format!(" {count}\n")), "`{count}` is not in\n{}", ran.told);
    }
}

#[test]
fn rules_that_are_all_right_and_rules_that_are_not_there() {
    let desk = Desk::with(&[("a.yml", SIGMA)]);
    desk.run(&["rule", "check", "a.yml"]).check(0, &[], &["1 active"]);
    let absent = desk.run(&["rule", "check", "a.yml", "absent.yml"]);
    absent.check(2, &[], &["`absent.yml`"]);
    assert_eq!(absent.out, "");
    desk.run(&["rule", "compile", "absent.json", "--out", "x.image"]).check(2, &[], &["`absent.json`"]);
    assert!(!desk.path("x.image").exists());
    desk.run(&["rule", "compile", "a.yml", "--out", "nowhere/x.image"]).check(2, &[], &["`nowhere/x.image`"]);
}

/// Indicators, lists and warning lists say from an image what they say from their files.
#[test]
fn an_image_gives_the_matches_of_its_sources() {
    let texts = [
        indicator_of(1, "[domain-name:value = 'BAD.example']"),
        indicator_of(2, "[domain-name:value LIKE '%.worse.example']"),
        indicator_of(3, "[domain-name:value = 'old.example']").replacen('{', r#"{"revoked":true,"#, 1),
        indicator_of(
            4,
            "([domain-name:value = 'one.example'] FOLLOWEDBY [domain-name:value = 'two.example']) WITHIN 9 SECONDS",
        ),
        indicator_of(5, "[broken"),
    ];
    let names = [
        "bad.example",
        "a.worse.example",
        "old.example",
        "x.listed.example",
        "one.example",
        "two.example",
        "google.com",
        "good.example",
    ];
    let warning = r#"{"name":"everybody","type":"hostname","version":1,"list":["google.com"],"matching_attributes":["domain"]}"#;
    let desk = Desk::with(&[
        ("rules.json", &envelope(&texts)),
        ("list.txt", "listed.example\nbad.example\ngoogle.com\nno value\n"),
        ("warning.json", warning),
        ("eve.json", &names.map(question).concat()),
    ]);
    let compiled = desk.run(&[
        "rule",
        "compile",
        "rules.json",
        "list.txt",
        "--warning-lists",
        "warning.json",
        "--out",
        "all.image",
    ]);
    assert_eq!(compiled.status, 3, "{}", compiled.told);
    assert_eq!(
        refused(&compiled),
        [
            format!("broken-pattern {}", crate::samples::id("indicator", 5)),
            "unreadable-line list.txt, line 4".to_owned()
        ]
    );
    let files = [
        "--indicators",
        "rules.json",
        "--indicators",
        "list.txt",
        "--warning-lists",
        "warning.json",
        "eve.json",
    ];
    let (from_files, from_image) = (desk.watch(&files), desk.watch(&["--image", "all.image", "eve.json"]));
    assert_eq!(from_files.ran.status, 3, "{}", from_files.ran.told);
    assert_eq!(from_files.lines.len(), 5, "{:?}", from_files.fired());
    assert_eq!(from_image.ran.status, 3, "{}", from_image.ran.told);
    assert_eq!(from_image.lines, from_files.lines);
    for name in ["rules", "refused", "suppressed", "matches"] {
        assert_eq!(from_image.summary[name], from_files.summary[name], "{name}");
    }
    // Its secret is in it.
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&desk.path("all.image").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

/// More rules beside an image count as well.
#[test]
fn an_image_and_files_go_together() {
    let desk = Desk::with(&[
        ("one.txt", "one.example\n"),
        ("two.txt", "two.example\n"),
        ("eve.json", &["one.example", "two.example"].map(question).concat()),
    ]);
    desk.run(&["rule", "compile", "one.txt", "--out", "one.image"]).check(0, &[], &["1 active"]);
    let both = desk.watch(&["--image", "one.image", "--indicators", "two.txt", "eve.json"]);
    assert_eq!(both.fired(), ["one.example at eve.json:1", "two.example at eve.json:2"], "{}", both.ran.told);
}

#[test]
fn an_image_that_is_none_is_refused() {
    let desk = Desk::with(&[("list.txt", "bad.example\n"), ("eve.json", &question("bad.example"))]);
    desk.run(&["rule", "compile", "list.txt", "--out", "good.image"]).check(0, &[], &[]);
    let good = std::fs::read(desk.path("good.image")).unwrap();
    desk.write("cut.image", &good[..good.len() - 9]);
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    desk.write("changed.image", changed);
    for name in ["cut.image", "changed.image", "list.txt"] {
        let ran = desk.run(&["watch", "--image", name, "eve.json"]);
        ran.check(2, &[], &[&format!("`{name}` cannot be used"), "compile the rules again"]);
        assert_eq!(ran.out, "");
    }
    desk.run(&["watch", "--image", "absent.image", "eve.json"]).check(2, &[], &["`absent.image`"]);
}
