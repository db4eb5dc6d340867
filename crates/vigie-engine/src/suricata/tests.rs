//! Tests of `suricata.rs`.

use proptest::prelude::*;

use super::Dialect::{Snort, Suricata};
use super::*;

const ID: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

#[track_caller]
fn check(dialect: Dialect, text: &str, want: &str) {
    let got = match Rule::parse(text, dialect, &Limits::default()) {
        Ok(rule) => format!("{} [{}]", rule.sid, rule.header()),
        Err(error) => error.to_string(),
    };
    assert!(got.contains(want), "{text}\n got: {got}\nwant: {want}");
}

#[test]
fn headers() {
    let rule = |header: &str| format!("{header} (msg:\"m\"; sid:7;)");
    let good = [
        "alert tcp any any -> any any",
        "alert  http $HOME_NET any\t-> $EXTERNAL_NET $HTTP_PORTS",
        "alert dns [10.0.0.0/8, !10.1.0.0/255.255.0.0,[::1,fe80::/10]] [1:1024,!80,[90:,:7]] <> !$HOME_NET !53",
        "alert ip 10.0.0.1-10.0.0.9 any -> any any",
        "alert dns:request_complete any any => any any",
    ];
    for header in good {
        check(Suricata, &rule(header), "7 [");
    }
    let bad = [
        ("", "expected an action"),
        ("alarm tcp any any -> any any", "`alarm` is no action"),
        ("alert tcp any any any any", "expected protocol, source"),
        ("alert tcq any any -> any any", "character 7: `tcq` is no protocol"),
        ("alert tcp any any <- any any", "`<-` is no direction"),
        ("alert tcp 10.0.0.300 any -> any any", "`10.0.0.300` is no address"),
        ("alert tcp 10.0.0.1/33 any -> any any", "`10.0.0.1/33` is no address"),
        ("alert tcp any 65536 -> any any", "`65536` is no port"),
        ("alert tcp any 90:80 -> any any", "`90:80` is no port"),
        ("alert tcp [any any -> any any", "expected protocol, source"),
        ("alert tcp $ any -> any any", "`$` is no address"),
        ("drop tcp any any -> any any", "`drop` is not passed on to sensors: it blocks"),
        ("pass tcp any any -> any any", "it silences other rules"),
        ("alert http", "expected protocol, source"),
    ];
    for (header, want) in bad {
        check(Suricata, &rule(header), want);
    }
    check(Snort, &rule("alert http"), "7 [http]");
    check(Snort, &rule("alert"), "7 []");
    check(Snort, &rule("block tcp any any -> any any"), "it blocks");
    check(
        Suricata,
        &rule(&format!("alert tcp {}any{} any -> any any", "[".repeat(17), "]".repeat(17))),
        "16 levels",
    );
}

#[test]
fn options() {
    #[track_caller]
    fn one(dialect: Dialect, options: &str, want: &str) {
        check(dialect, &format!("alert tcp any any -> any any ({options})"), want);
    }
    for options in [
        "sid:1;",
        r#"msg:"a \"b\" c\; d"; content:"x|0D 0a|y|3b|"; nocase; depth:4; pcre:"/^a\/b$/Ri"; sid:1; rev:3;"#,
        r#"content:!"x\\"; offset:1; dns.query; content:"a\:b"; startswith; endswith; sid : 1 ;"#,
        r#"flow:established,to_server; metadata: a b, c d; reference:url,example.org/x; priority:1; sid:1"; "#
            .trim_end_matches(r#""; "#),
    ] {
        let want = if options.ends_with(';') { "1 [" } else { "expected `;`" };
        one(Suricata, options, want);
    }
    one(Suricata, r#"msg:"m";"#, "expected an option `sid`");
    one(Suricata, "sid:0;", "at least 1");
    one(Suricata, "sid:x;", "whole number");
    one(Suricata, "sid:1; sid:2;", "twice");
    one(Suricata, "sid:1; frobnicate;", "character 38: `frobnicate` is no option of Suricata");
    one(Suricata, "sid:1; nocase;", "no `content` before it");
    one(Suricata, "sid:1; http.uri:x;", "it takes no value");
    one(Suricata, "sid:1; flow;", "it needs a value");
    one(Suricata, r#"content:"a;b"; sid:1;"#, "`;` within quotes is written");
    one(Snort, r#"content:"a;b",nocase,offset 3; sid:1;"#, "1 [");
    one(Snort, r#"content:"a" nocase; sid:1;"#, "after a comma");
    one(Suricata, r#"content:"a",nocase; sid:1;"#, "stands in double quotes");
    one(Suricata, "content:a; sid:1;", "stands in double quotes");
    one(Suricata, r#"content:""; sid:1;"#, "it is empty");
    one(Suricata, r#"content:"|0|"; sid:1;"#, "pairs of hexadecimal digits");
    one(Suricata, r#"content:"|0g|"; sid:1;"#, "pairs of hexadecimal digits");
    one(Suricata, r#"content:"a|00"; sid:1;"#, "is not closed");
    one(Suricata, r#"content:"\n"; sid:1;"#, "a backslash stands before");
    one(Suricata, "content:\"a\nb\"; sid:1;", "control character");
    one(Suricata, r#"content:"a; sid:1;"#, "within quotes");
    one(Suricata, r#"pcre:"abc"; sid:1;"#, "/expression/flags");
    one(Suricata, r#"pcre:"/abc/1"; sid:1;"#, "its flags are letters");
    one(Snort, r#"pcre:"m#a/b#i"; sid:1;"#, "1 [");
    one(Suricata, "lua:x.lua; sid:1;", "it runs a script");
    one(Suricata, "dns.query; dataset:set,x,save /etc/passwd; sid:1;", "it keeps a list on the sensor");
    one(Suricata, "sid", "expected `:`");
    one(Suricata, "sid:1", "expected `;`");
    check(Suricata, "alert tcp any any -> any any (sid:1;", "`)` at the end");
    check(Suricata, "alert tcp any any -> any any", "expected `(`");
    check(
        Suricata,
        &format!("alert tcp any any -> any any ({}sid:1;)", "flow:to_server; ".repeat(600)),
        "512 options",
    );
    check(
        Suricata,
        &format!("alert tcp any any -> any any (msg:\"{}\"; sid:1;)", "x".repeat(40_000)),
        "32768 bytes",
    );
}

#[test]
fn a_rule_for_sensors_names_the_indicator_and_nobody_elses() {
    #[track_caller]
    fn check(options: &str, want: &str) {
        let text = format!("alert dns any any -> any any ({options})");
        let rule = Rule::parse(&text, Suricata, &Limits::default()).expect(options);
        let written = rule.for_sensor(42, ID).to_string();
        assert_eq!(written, format!("alert dns any any -> any any ({want})"));
        let again = Rule::parse(&written, Suricata, &Limits::default()).expect(&written);
        assert_eq!(again.for_sensor(42, ID).to_string(), written);
    }
    let own = format!("metadata:vigie_indicator {ID}; sid:42;");
    check(r#"msg:"m"; sid:1; gid:3; rev:2;"#, &format!(r#"msg:"m"; rev:2; {own}"#));
    check("metadata: a b, vigie_indicator x, c d; sid:1;", &format!("metadata:a b, c d; {own}"));
    check("metadata:vigie_indicator x,; sid:1;", &own);
    check(
        "dns.query;\n  sid:1;\\\n flow:established,\\\n to_server;",
        &format!("dns.query; flow:established, to_server; {own}"),
    );
}

#[test]
fn variables_of_the_sensor_are_named() {
    let rule = "alert tcp [$HOME_NET,!$DMZ] any -> any ![$HTTP_PORTS,80] (sid:1;)";
    let rule = Rule::parse(rule, Suricata, &Limits::default()).expect("a rule");
    assert_eq!(rule.variables().collect::<Vec<_>>(), ["HOME_NET", "DMZ", "HTTP_PORTS"]);
}

#[test]
fn files_are_cut_into_rules() {
    #[track_caller]
    fn check(text: &str, want: &[(usize, &str)]) {
        let got: Vec<(usize, &str)> = split(text, Snort).iter().map(|it| (it.line, it.text)).collect();
        assert_eq!(got, want, "{text}");
    }
    check("", &[]);
    check(
        "# alert x\n\n alert a (sid:1;)\nalert b (sid:2;)\r\n",
        &[(3, "alert a (sid:1;)"), (4, "alert b (sid:2;)")],
    );
    check(
        "alert a (\n  # not a comment\n sid:1;\n)\nalert b",
        &[(1, "alert a (\n  # not a comment\n sid:1;\n)"), (5, "alert b")],
    );
    check("alert a \\\n (sid:1;)", &[(1, "alert a \\\n (sid:1;)")]);
    check("alert a (sid:1;\nalert b (sid:2;)", &[(1, "alert a (sid:1;"), (2, "alert b (sid:2;)")]);
    check("junk\nmore", &[(1, "junk\nmore")]);
    check(
        "alert a (x:\"),\"; sid:1;), alert b (sid:2;),\nlog c (sid:3;)",
        &[(1, "alert a (x:\"),\"; sid:1;)"), (1, "alert b (sid:2;)"), (2, "log c (sid:3;)")],
    );
}

#[test]
fn every_rule_of_a_pattern_must_be_right() {
    let parse = |text: &str| Rule::parse_all(text, Suricata, &Limits { rules: 2, ..Limits::default() });
    let rule = "alert tcp any any -> any any (sid:1;)";
    assert_eq!(parse(&format!("{rule}\n{rule}")).map(|it| it.len()), Ok(2));
    assert_eq!(parse("# nothing").unwrap_err().to_string(), "character 1: expected a rule");
    assert_eq!(parse(&format!("{rule}\nalert")).unwrap_err().at, rule.len() + 7);
    assert!(parse(&[rule; 3].join("\n")).unwrap_err().to_string().contains("more than 2 rules"));
}

proptest! {
    /// Whatever the bytes, reading ends, and what is written for sensors is one line that reads the same again.
    #[test]
    fn what_is_read_is_written_on_one_line(
        options in prop::collection::vec(
            prop_oneof![
                Just("nocase".to_owned()), Just("content:\"a\\\"b\"".to_owned()), "msg:\"[ -~]{0,8}\"", "[a-z]{1,6}:[ -~]{0,9}",
                Just("metadata:a b,\n vigie_indicator c".to_owned()),
            ],
            0..6,
        ),
        header in "alert (tcp|dns) [\\[\\]!$A,. 0-9:-]{1,12} any -> any any",
    ) {
        let text = format!("{header} ({} ; sid:5;)", options.join("; "));
        for dialect in [Suricata, Snort] {
            if let Ok(rule) = Rule::parse(&text, dialect, &Limits::default()) {
                let written = rule.for_sensor(9, ID).to_string();
                prop_assert!(!written.contains('\n'), "{written}");
                let again = Rule::parse(&written, dialect, &Limits::default()).expect(&written);
                prop_assert_eq!(again.for_sensor(9, ID).to_string(), written);
            }
        }
    }
}
