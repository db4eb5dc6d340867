//! Tests of `bundle.rs`.

use super::*;

const LIMITS: Limits =
    Limits { max_objects: 3, max_object_bytes: 20, max_findings: 1, max_findings_in_all: 1 };

/// Says the container, the objects with their places, and what was refused; or why all was.
#[track_caller]
fn check(input: &str, want: &str) {
    let got = match split(input, LIMITS) {
        Ok(parts) => {
            let mut lines =
                vec![format!("{:?} {}", parts.container, serde_json::to_string(&parts.outer).unwrap())];
            for part in &parts.objects {
                assert_eq!(&input[part.range()], part.text, "{input}");
                lines.push(format!("{} @{} {}", part.index, part.start, part.text));
            }
            lines.extend(parts.refused.iter().map(ToString::to_string));
            lines.join("\n")
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{input}");
}

#[test]
fn containers() {
    check(
        r#"{"type":"bundle","objects":[ {"a": 1} ,{}],"id":"b"}"#,
        "Bundle {\"type\":\"bundle\",\"id\":\"b\"}\n0 @29 {\"a\": 1}\n1 @39 {}",
    );
    check(r#"{"type":"bundle"}"#, r#"Bundle {"type":"bundle"}"#);
    check(r#"{"more":true,"next":"7","objects":[{}]}"#, "Envelope {\"more\":true,\"next\":\"7\"}\n0 @35 {}");
    check("{}", "Envelope {}");
    check("\u{feff}[{},\n{}]\n", "List {}\n0 @4 {}\n1 @8 {}");
    check(r#" {"type":"tool"} "#, "Bare {}\n0 @1 {\"type\":\"tool\"}");
    check(r#"{"id":"tool--1"}"#, "Bare {}\n0 @0 {\"id\":\"tool--1\"}");
}

#[test]
fn a_bad_item_costs_only_itself() {
    check(
        r#"[{},7,{"a":"éééééééééé"}]"#,
        "List {}\n0 @1 {}\nitem 1 is no object; it begins with `7`\n\
         object 2 is 28 bytes; the limit `max_object_bytes` is 20",
    );
}

#[test]
fn a_bad_whole_is_refused() {
    check("[{},{},{},{}]", "there are more than 3 objects; the limit is `max_objects`");
    check("[{},{},{}]", "List {}\n0 @1 {}\n1 @4 {}\n2 @7 {}");
    check("7", "expected a bundle, an envelope, a list of objects or one object, found an integer");
    check(r#"{"objects":7}"#, "`objects` must be a list, found an integer");
    check("", "not acceptable JSON: EOF while parsing a value at line 1 column 0");
    check("[{}] x", "not acceptable JSON: trailing characters at line 1 column 6");
    check(
        r#"{"objects":[],"objects":[]}"#,
        "not acceptable JSON: the key `objects` stands twice in one object at line 1 column 23",
    );
    let deep = "[".repeat(100_000);
    assert!(split(&deep, LIMITS).is_err());
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(from_bytes(b"{}"), Ok("{}"));
    assert_eq!(from_bytes(b"{\n\n\"a\xff"), Err(BadUtf8 { at: 5, line: 3 }));
}
