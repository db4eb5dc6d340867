//! Tests of `marking.rs`.

use super::*;
use crate::object::Object;

const REPORT: &str = r#"{"type":"report","spec_version":"2.1","id":"report--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
    "created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z","published":"2020-01-01T00:00:00Z",
    "name":"n","description":"d","labels":["a","b"],"object_refs":["tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"],
    "external_references":[{"source_name":"s","description":"e","url":"https://example.com/"}],
    "object_marking_refs":["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
    "granular_markings":[
        {"marking_ref":"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed","selectors":["labels.[1]"]},
        {"marking_ref":"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82","selectors":["external_references"]},
        {"marking_ref":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da","selectors":["external_references.[0].url"]},
        {"lang":"fr","selectors":["description"]}]}"#;

/// The marks on a part of `REPORT`, for each reach: both, inherited only, descendants only, neither.
#[track_caller]
fn check(selector: &str, want: [&str; 4]) {
    let object = Object::parse(REPORT).unwrap();
    let selector: Selector = selector.parse().unwrap();
    assert!(selector.resolve(object.properties()).is_some(), "{selector}");
    let got = [(true, true), (true, false), (false, true), (false, false)].map(|(inherited, descendants)| {
        let found = markings_at(&object, &selector, Reach { inherited, descendants }).unwrap();
        let levels = found.refs.iter().map(|it| Tlp::of_marking(it).unwrap().as_str());
        let mut words: Vec<_> = levels.chain(found.langs.iter().copied()).collect();
        words.sort_unstable();
        if words.is_empty() { "-".to_owned() } else { words.join(",") }
    });
    assert_eq!(got, want, "{selector}");
}

/// The expectations are what `stix2.markings.get_markings` of python-stix2 3.0.2 says of the same object.
#[test]
fn marks_of_a_part() {
    check("name", ["clear", "clear", "-", "-"]);
    check("labels", ["clear,red", "clear", "red", "-"]);
    check("labels.[0]", ["clear", "clear", "-", "-"]);
    check("labels.[1]", ["clear,red", "clear,red", "red", "red"]);
    check("external_references", ["amber,clear,green", "amber,clear", "amber,green", "amber"]);
    check("external_references.[0]", ["amber,clear,green", "amber,clear", "green", "-"]);
    check("external_references.[0].source_name", ["amber,clear", "amber,clear", "-", "-"]);
    check("external_references.[0].url", ["amber,clear,green", "amber,clear,green", "green", "green"]);
    check("description", ["clear,fr", "clear,fr", "fr", "fr"]);
}

#[track_caller]
fn check_selector(text: &str, want: bool) {
    match text.parse::<Selector>() {
        Ok(it) => assert_eq!((it.to_string().as_str(), true), (text, want)),
        Err(error) => assert!(!want, "{error}"),
    }
}

#[test]
fn selectors() {
    for good in ["id", "labels.[0]", "a.[10].b.[0].[2]", "hashes.SHA-256", "extensions.archive-ext.comment"] {
        check_selector(good, true);
    }
    for bad in
        ["", ".", "a.", ".a", "[0]", "a.[]", "a.[-1]", "a.[01]", "a.[x]", "a.[0", "a[0]", "a b", "a..b", "é"]
    {
        check_selector(bad, false);
    }
    check_selector(&"a.".repeat(10_000), false);
    check_selector("a.[99999999999999999999999]", false);
}

#[test]
fn selectors_of_what_is_absent_resolve_to_nothing() {
    let object = Object::parse(REPORT).unwrap();
    for absent in ["x", "labels.[2]", "labels.a", "name.[0]", "external_references.[0].hashes"] {
        assert!(absent.parse::<Selector>().unwrap().resolve(object.properties()).is_none(), "{absent}");
    }
}

#[track_caller]
fn check_all(more: &str, want: &str) {
    let text = format!("{{\"type\":\"tool\",\"id\":\"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"{more}}}");
    let object = Object::parse(&text).unwrap();
    let got = match all_marking_refs(&object) {
        Ok(it) => it.join(" "),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{text}");
    assert_eq!(is_marked(object.properties()), !more.is_empty());
}

#[test]
fn all_marks_or_an_error() {
    check_all("", "");
    check_all(
        r#","object_marking_refs":["b","a"],"granular_markings":[{"marking_ref":"c","selectors":["id"]},{"marking_ref":"a","selectors":["id"]}]"#,
        "a b c",
    );
    check_all(r#","object_marking_refs":"a""#, "`object_marking_refs` must be a list of identifiers");
    check_all(r#","object_marking_refs":[1]"#, "`object_marking_refs` must be a list of identifiers");
    check_all(r#","granular_markings":{}"#, "`granular_markings` must be a list of objects");
    let entry = "`granular_markings.[0]` must have `selectors` and exactly one of `marking_ref` and `lang`";
    check_all(r#","granular_markings":[{"selectors":["id"]}]"#, entry);
    check_all(r#","granular_markings":[{"marking_ref":"a","lang":"fr","selectors":["id"]}]"#, entry);
    check_all(r#","granular_markings":[{"marking_ref":"a"}]"#, entry);
    check_all(
        r#","granular_markings":[{"marking_ref":"a","selectors":["a[0]"]}]"#,
        "`granular_markings.[0].selectors`: `a[0]` is no selector; expected names and list places like `a.[0].b`",
    );
}

#[track_caller]
fn check_definition(uuid: &str, more: &str, want: &str) {
    let text = format!("{{\"type\":\"marking-definition\",\"id\":\"marking-definition--{uuid}\"{more}}}");
    let object = Object::parse(&text).unwrap();
    let got = match MarkingDefinition::read(&object) {
        Ok(it) => format!("{} {}", it.tlp().map_or("-", Tlp::label), it.statement.unwrap_or("-")),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{text}");
}

#[test]
fn definitions() {
    let other = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
    check_definition("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "", "TLP:RED -");
    check_definition(other, "", "- -");
    check_definition(other, r#","definition_type":"tlp","definition":{"tlp":"clear"}"#, "TLP:CLEAR -");
    check_definition(
        other,
        r#","definition_type":"tlp","definition":{"tlp":"TLP:AMBER+STRICT"}"#,
        "TLP:AMBER+STRICT -",
    );
    check_definition(
        other,
        r#","definition_type":"statement","definition":{"statement":"(c) us"}"#,
        "- (c) us",
    );
    check_definition(
        other,
        r#","definition":{"tlp":"blue"}"#,
        "`blue` is no TLP level; expected `clear`, `green`, `amber`, `amber+strict` or `red`",
    );
    check_definition(other, r#","definition":{"tlp":1}"#, "`tlp` must be a string that names a TLP level");
    check_definition(
        "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
        r#","definition":{"tlp":"white"}"#,
        "`marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed` stands for TLP:RED and for TLP:CLEAR",
    );
}

#[test]
fn the_definitions_of_tlp_2_say_what_they_stand_for() {
    for level in Tlp::ALL {
        let object = Object::parse(level.definition()).unwrap();
        let read = MarkingDefinition::read(&object).unwrap();
        assert_eq!((read.standard, read.stated, read.name), (Some(level), Some(level), Some(level.label())));
        assert_eq!(object.id().as_str(), level.marking_id());
        assert_eq!(level.label().parse(), Ok(level));
        assert!(read.extensions.unwrap().contains(TLP_EXTENSION));
    }
}
