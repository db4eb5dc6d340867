//! Tests of `object.rs`.

use super::*;

/// Reads `{"type":…,"id":…}` with more properties, and says kind, version of the standard and version, or the error.
#[track_caller]
fn check(object_type: &str, more: &str, want: &str) {
    let uuid = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
    let text = format!("{{\"type\":\"{object_type}\",\"id\":\"{object_type}--{uuid}\"{more}}}");
    let got = match Object::parse(&text) {
        Ok(it) => {
            assert_eq!(it.text(), text);
            let version = it.version().map_or("none", Timestamp::as_str);
            format!("{:?} {:?} {version}", it.kind(), it.spec_version())
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{text}");
}

#[test]
fn the_version_of_the_standard_is_inferred() {
    let created = r#","created":"2020-01-01T00:00:00.000Z""#;
    let modified = r#","created":"2020-01-01T00:00:00.000Z","modified":"2020-01-02T00:00:00.123456789Z""#;
    check("indicator", r#","spec_version":"2.1""#, "Sdo V21 none");
    check("indicator", modified, "Sdo V20 2020-01-02T00:00:00.123456789Z");
    check("relationship", modified, "Sro V20 2020-01-02T00:00:00.123456789Z");
    check("marking-definition", created, "MarkingDefinition V20 2020-01-01T00:00:00.000Z");
    check("domain-name", r#","value":"example.com""#, "Sco V21 none");
    check("domain-name", created, "Sco V21 2020-01-01T00:00:00.000Z");
    check("x-acme-thing", modified, "Custom V20 2020-01-02T00:00:00.123456789Z");
    check("x-acme-observable", r#","a":1"#, "Custom V21 none");
    check("indicator", r#","spec_version":"2.2""#, "`spec_version` is `2.2`; expected `2.1` or `2.0`");
}

#[test]
fn what_makes_an_object_unusable_is_named() {
    check("bundle", "", "`type` is `bundle`; a bundle is a container and no STIX object");
    check("tool", r#","spec_version":2.1"#, "`spec_version` must be a string, found a number");
    check(
        "tool",
        r#","created":"yesterday""#,
        "`created`: `yesterday` is no timestamp; expected `YYYY-MM-DDThh:mm:ss[.s+]Z`",
    );
    check(
        "tool",
        r#","a":1,"a":1"#,
        "not acceptable JSON: the key `a` stands twice in one object at line 1 column 74",
    );
    for (text, want) in [
        ("[]", "expected a STIX object, found a list"),
        ("{}", "the property `type` is missing"),
        (r#"{"type":"tool"}"#, "the property `id` is missing"),
        (r#"{"type":"tool","id":"tool--1"}"#, "`id`: `tool--1` is no STIX identifier; expected `type--uuid`"),
        (
            r#"{"type":"tool","id":"note--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"}"#,
            "`id` is `note--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f`, but `type` is `tool`",
        ),
    ] {
        assert_eq!(Object::parse(text).unwrap_err().to_string(), want, "{text}");
    }
}

#[test]
fn white_space_around_is_no_part_of_the_text() {
    let text = "\r\n {\"type\":\"tool\",\"id\":\"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\" }\t";
    assert_eq!(Object::parse(text).unwrap().text(), text.trim());
}

#[test]
fn references_at_any_depth() {
    let text = r#"{"type":"email-message","id":"email-message--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "from_ref":"email-addr--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "body_multipart":[{"body_raw_ref":"artifact--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"}],
        "to_refs":["email-addr--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","0",7],
        "x_ref":"https://example.com/",
        "extensions":{"e":{"a_refs":["file--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]}}}"#;
    let object = Object::parse(text).unwrap();
    let got: Vec<_> = object
        .references()
        .into_iter()
        .map(|it| format!("{} {}", it.path, it.target.split_once("--").unwrap().0))
        .collect();
    assert_eq!(
        got,
        [
            "from_ref email-addr",
            "body_multipart.[0].body_raw_ref artifact",
            "to_refs.[0] email-addr",
            "extensions.e.a_refs.[0] file",
        ]
    );
}
