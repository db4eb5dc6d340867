//! `vigie explain`: every clause of a rule is told, whether it holds, and which values were seen.

use crate::samples::{envelope, indicator_of, question};
use crate::watching::Desk;

const WHOAMI: &str = r"
title: Somebody asks who he is
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, category: process_creation}
detection:
  asked: {Image|endswith: '\whoami.exe', CommandLine|contains: '/all'}
  known: {SubjectUserName: jane}
  condition: asked and not known
";

/// Three records of Windows: one that the rule above fires on, one that its filter takes out, and one of another kind.
fn windows() -> String {
    let process = |user: &str| {
        format!(
            r#"{{"EventID":4688,"Channel":"Security","@timestamp":"2026-01-01T08:00:01Z","NewProcessName":"C:\\Windows\\System32\\whoami.exe","CommandLine":"whoami /all","SubjectUserName":"{user}"}}"#
        )
    };
    let other = r#"{"EventID":5156,"Channel":"Security","@timestamp":"2026-01-01T08:00:02Z"}"#;
    format!("{}\n{}\n{other}\n", process("mallory"), process("jane"))
}

#[track_caller]
fn check_pattern(pattern: &str, status: i32, out: &[&str]) {
    let desk = Desk::with(&[("eve.json", &question("bad.example"))]);
    desk.run(&["explain", pattern, "eve.json"]).check(status, out, &[]);
}

#[test]
fn a_pattern_is_told_clause_by_clause() {
    check_pattern(
        "[domain-name:value = 'bad.example' OR ipv4-addr:value = '192.0.2.9']",
        3,
        &[
            "line 1: {\"timestamp\"",
            "\nholds     [domain-name:value",
            "\n    holds     domain-name:value = 'bad.example': seen: `bad.example`",
            "\n    fails     ipv4-addr:value = '192.0.2.9': the object is of another type",
        ],
    );
    check_pattern(
        "[domain-name:value = 'other.example']",
        0,
        &[
            "\nfails     [domain-name:value",
            "as written",
            "fails     domain-name:value",
            "seen: `bad.example`",
        ],
    );
    check_pattern("[file:name = 'a.exe']", 0, &["no object of type `file` was seen"]);
}

#[test]
fn both_readings_of_a_pattern_are_told() {
    check_pattern(
        "[domain-name:value = 'BAD.example']",
        3,
        &[
            "\n  fails     as written",
            "\n  holds     between canonical forms",
            "domain-name:value = 'bad.example'",
        ],
    );
}

/// Where the text of the standard and the tools of OASIS differ, the other verdict is told.
#[test]
fn contested_readings_are_mentioned() {
    check_pattern(
        "[NOT EXISTS domain-name:x_owner]",
        3,
        &["is absent; it would fail if NOT EXISTS were never true"],
    );
    check_pattern(
        "[domain-name:value NOT < 5]",
        3,
        &["it would fail if NOT were false of values without an order"],
    );
    check_pattern(
        "[ipv4-addr:value = '192.0.2.1/32']",
        3,
        &[
            "fails     as written",
            "it would hold if addresses were compared as addresses",
            "holds     between",
        ],
    );
}

/// One record is not enough for such a pattern; which part it is, is told.
#[test]
fn a_pattern_over_several_records_tells_which_part_this_one_is() {
    check_pattern(
        "([domain-name:value = 'bad.example'] FOLLOWEDBY [domain-name:value = 'worse.example']) WITHIN 60 SECONDS",
        0,
        &[
            "holds     [domain-name:value = 'bad.example']",
            "fails     [domain-name:value = 'worse.example']",
            "seen: `bad.example`",
        ],
    );
}

#[test]
fn a_sigma_rule_is_told_clause_by_clause() {
    let desk = Desk::with(&[("rule.yml", WHOAMI), ("log.json", &windows())]);
    let explain = |line: &str| desk.run(&["explain", "rule.yml", "log.json", "--line", line]);
    let title = "sigma Somebody asks who he is (11111111-1111-4111-8111-111111111111)";
    explain("1").check(
        3,
        &[
            title,
            "holds     Somebody",
            "holds     log source windows/process_creation/*: the event counts for windows/process_creation/security",
            "holds     asked",
            r"holds     Image|endswith: \whoami.exe: `Image` is `C:\Windows\System32\whoami.exe`",
            "holds     CommandLine|contains: /all: `CommandLine` is `whoami /all`",
            "holds     not",
            "fails     known",
            "fails     SubjectUserName: jane: `SubjectUserName` is `mallory`",
        ],
        &[],
    );
    explain("2").check(
        0,
        &[title, "fails     Somebody", "holds     asked", "fails     not", "holds     known"],
        &[],
    );
    explain("3").check(
        0,
        &[
            "line 3:",
            "fails     log source windows/process_creation/*: the event counts for windows/network_connection",
            "`Image` is absent",
        ],
        &[],
    );
}

#[test]
fn a_list_tells_of_each_value_whether_it_is_listed() {
    let desk = Desk::with(&[
        ("list.txt", "# ours\nbad.example\tsomebody\n"),
        ("eve.json", &question("a.bad.example")),
    ]);
    desk.run(&["explain", "list.txt", "eve.json"]).check(
        3,
        &[
            "holds     any value is listed",
            "holds     domain-name:value = `a.bad.example`: listed as bad.example",
            "list.txt:2",
            "fails     ipv4-addr:value = `192.0.2.1`: not listed",
        ],
        &[],
    );
    desk.write("list.txt", "other.example\n");
    desk.run(&["explain", "list.txt", "eve.json"]).check(0, &["fails     any value is listed"], &[]);
}

/// An indicator that is not in force is told to be so, with its clauses.
#[test]
fn an_indicator_out_of_force_says_so() {
    let over = indicator_of(1, "[domain-name:value = 'bad.example']").replacen(
        '{',
        r#"{"valid_until":"2020-01-01T00:00:00Z","#,
        1,
    );
    let desk = Desk::with(&[("rules.json", &envelope(&[over])), ("eve.json", &question("bad.example"))]);
    desk.run(&["explain", "rules.json", "eve.json"]).check(
        0,
        &["fails     in force: at the time of the event the indicator is expired", "holds     [domain-name"],
        &[],
    );
}

#[test]
fn what_cannot_be_explained_is_said() {
    let alert = r#"alert dns any any -> any any (msg:"x"; content:"bad"; sid:1;)"#;
    let eve = question("bad.example");
    let desk = Desk::with(&[
        ("eve.json", &eve),
        ("list.txt", "bad.example\n"),
        ("broken.yml", "title: nothing to detect\n"),
        ("sensor.rules", alert),
        ("broken.json", &question("bad.example").replace("\"dns\":{", "\"dns\":")),
        ("picture.png", "\u{89}PNG\r\n"),
    ]);
    let check = |rule: &str, more: &[&str], out: &str, told: &str| {
        let arguments = [&["explain", rule], more].concat();
        let ran = desk.run(&arguments);
        ran.check(2, &[out], &[told]);
        assert_eq!(ran.told.matches("os error").count().max(1), 1, "a cause is told once: {}", ran.told);
    };
    check(
        "[domain-name:value = 'bad",
        &["eve.json"],
        "(broken-pattern): line 1, column 22",
        "no rule that could be compiled",
    );
    check("broken.yml", &["eve.json"], "nothing to detect (broken-rule)", "no rule that could be compiled");
    check("sensor.rules", &["eve.json"], "", "no rule over logs");
    check("absent.yml", &["eve.json"], "", "could not read `absent.yml`");
    check("list.txt", &["absent.json"], "", "could not read `absent.json`");
    check("list.txt", &["eve.json", "--line", "2"], "", "`eve.json` has no record that begins in line 2");
    check("list.txt", &["broken.json"], "", "the record cannot be read: line 1");
    check("list.txt", &["picture.png"], "", "`picture.png` is no log of a known format");
    check("list.txt", &["-"], "", "`-` has no record");
}

#[test]
fn a_correlation_is_told_by_what_the_record_is_to_it() {
    let correlations = r"
title: Somebody asks often who he is
id: 22222222-2222-4222-8222-222222222222
correlation: {type: event_count, rules: [11111111-1111-4111-8111-111111111111], group-by: [Computer, CommandLine], timespan: 5m, condition: {gte: 3}}
---
title: Somebody asks who he is, once
id: 33333333-3333-4333-8333-333333333333
correlation: {type: event_count, rules: [22222222-2222-4222-8222-222222222222, 11111111-1111-4111-8111-111111111111], group-by: [CommandLine], timespan: 1h, condition: {gte: 1}}
";
    let rules = format!("{WHOAMI}---{correlations}");
    let desk = Desk::with(&[("rule.yml", &rules), ("log.json", &windows())]);
    let explain = |line: &str| desk.run(&["explain", "rule.yml", "log.json", "--line", line]);
    explain("1").check(
        0,
        &[
            "sigma Somebody asks often who he is (22222222-2222-4222-8222-222222222222)",
            "\nfails     event_count by `Computer`, `CommandLine` within 300 s: gte 3: this event does not count",
            "\n  holds     `Somebody asks who he is` fires",
            "\n    fails     `Computer`: absent, so the event is not counted",
            "\n    holds     `CommandLine`: `whoami /all`",
            "\nholds     event_count by `CommandLine` within 3600 s: gte 1: this event alone is enough",
            "\n  fails     `Somebody asks often who he is` fires: a correlation",
        ],
        &[],
    );
    explain("2").check(0, &["within 3600 s: gte 1: this event does not count"], &[]);
}
