//! From markings to labels.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vigie_model::label::{Label, Tlp};
use vigie_policy::{Meaning, label_of_object, releasability_marking};
use vigie_stix::marking::TLP_EXTENSION;
use vigie_stix::object::Object;

use crate::accord::{ORIGINATOR, member_id};
use crate::releasability::{REL_IL, definition, id_of, terms};

const STATEMENT: &str = r#""definition_type":"statement","definition":{"statement":"Ask first"}"#;

/// The marking definitions that the node knows, by a short name.
fn known() -> BTreeMap<String, Meaning> {
    let texts = [
        definition("statement", STATEMENT),
        definition("rel-il", REL_IL),
        definition(
            "acs",
            r#""extensions":{"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce":{}}"#,
        ),
        releasability_marking(&terms("red REL US UNTIL 3000000")).1,
        releasability_marking(&terms("unmarked FOR research")).1,
    ];
    texts.iter().map(|text| (marking_id(text), Meaning::of(&Object::parse(text).unwrap()))).collect()
}

fn marking_id(text: &str) -> String {
    Object::parse(text).unwrap().id().to_string()
}

/// Writes a name as an identifier: a TLP level, `tlp1:` and a level, or one of [`known`].
fn reference(name: &str) -> String {
    match name {
        "red-us" => marking_id(&releasability_marking(&terms("red REL US UNTIL 3000000")).1),
        "research" => marking_id(&releasability_marking(&terms("unmarked FOR research")).1),
        _ => match (name.parse::<Tlp>(), name.strip_prefix("tlp1:")) {
            (Ok(tlp), _) => tlp.marking_id().to_owned(),
            (_, Some(level)) => level.parse::<Tlp>().unwrap().tlp1_marking_id().unwrap().to_owned(),
            _ => id_of(name),
        },
    }
}

fn label_of_text(text: &str) -> Label {
    let known = known();
    label_of_object(&Object::parse(text).unwrap(), |id| known.get(id).cloned(), member_id(ORIGINATOR))
}

fn printed(label: &Label) -> String {
    let statements: Vec<&str> = label.statements.iter().map(String::as_str).collect();
    let purposes = label.purposes.as_ref().map(|it| format!(" FOR {it:?}")).unwrap_or_default();
    format!("{label}{purposes} {}", statements.join(" ")).trim().to_owned()
}

/// `whole` and `parts` are names of marks, with spaces between them.
#[track_caller]
fn check(whole: &str, parts: &str, want: &str) {
    let whole: Vec<String> = whole.split_whitespace().map(|it| format!("{:?}", reference(it))).collect();
    let part = |it| format!(r#"{{"marking_ref":{:?},"selectors":["name"]}}"#, reference(it));
    let parts: Vec<String> = parts.split_whitespace().map(part).collect();
    let mut text =
        r#"{"type":"x-thing","id":"x-thing--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","name":"n""#.to_owned();
    for (property, marks) in [("object_marking_refs", whole), ("granular_markings", parts)] {
        if !marks.is_empty() {
            write!(text, r#","{property}":[{}]"#, marks.join(",")).unwrap();
        }
    }
    text.push('}');
    assert_eq!(printed(&label_of_text(&text)), want, "{text}");
}

#[test]
fn no_marking_is_the_originator_only() {
    check("", "", "originator only");
    check("", "clear", "originator only");
    check("statement", "", "originator only Ask first");
    check("research", "", "originator only FOR {Research}");
}

#[test]
fn one_that_we_do_not_know_closes_all() {
    check("nowhere", "", "originator only");
    check("green nowhere", "", "originator only");
    check("green acs", "", "originator only");
    check("green", "acs", "originator only");
}

#[test]
fn both_families_of_tlp_are_read() {
    check("clear", "", "TLP:CLEAR");
    check("tlp1:white", "", "TLP:CLEAR");
    check("tlp1:amber", "", "TLP:AMBER");
    check("amber+strict", "", "TLP:AMBER+STRICT");
    check("tlp1:green tlp1:red", "", "TLP:RED");
}

#[test]
fn several_must_all_be_satisfied() {
    check("green statement", "", "TLP:GREEN Ask first");
    check("rel-il", "", "TLP:AMBER+STRICT REL IL");
    check("green rel-il", "", "TLP:GREEN REL IL");
    check("green rel-il red-us", "", "TLP:RED REL IL REL US UNTIL 1970-01-01T00:00:00.003Z");
    check("green research", "", "TLP:GREEN FOR {Research}");
}

#[test]
fn a_mark_on_a_part_counts_for_the_whole() {
    check("clear", "red", "TLP:RED");
    check("amber", "green", "TLP:AMBER");
    check("amber", "rel-il statement", "TLP:AMBER REL IL Ask first");
}

#[test]
fn malformed_markings_close() {
    for marks in [
        r#""object_marking_refs":"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487""#,
        r#""object_marking_refs":[1]"#,
        r#""object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"],"granular_markings":[{}]"#,
    ] {
        let text =
            format!(r#"{{"type":"x-thing","id":"x-thing--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",{marks}}}"#);
        assert_eq!(printed(&label_of_text(&text)), "originator only", "{text}");
    }
}

#[track_caller]
fn check_definition(text: &str, want: &str) {
    assert_eq!(printed(&label_of_text(text)), want, "{text}");
}

#[test]
fn a_definition_is_labelled_as_if_marked_with_itself() {
    for tlp in Tlp::ALL {
        check_definition(tlp.definition(), "TLP:CLEAR");
    }
    check_definition(&definition("rel-il", REL_IL), "TLP:AMBER+STRICT REL IL");
    check_definition(&releasability_marking(&terms("green REL AE")).1, "TLP:GREEN REL AE");
    check_definition(&definition("statement", STATEMENT), "originator only Ask first");
    let clear = Tlp::Clear.marking_id();
    let marked = format!(r#""object_marking_refs":["{clear}"],{STATEMENT}"#);
    check_definition(&definition("statement", &marked), "TLP:CLEAR Ask first");
    check_definition(
        &definition("what", r#""extensions":{"extension-definition--acs":{}}"#),
        "originator only",
    );
}

#[test]
fn a_false_definition_of_tlp_is_not_passed_on() {
    let lie = Tlp::Red.definition().replace(r#""tlp_2_0":"red""#, r#""tlp_2_0":"clear""#);
    check_definition(&lie, "originator only");
    assert!(lie.contains(TLP_EXTENSION));
}
