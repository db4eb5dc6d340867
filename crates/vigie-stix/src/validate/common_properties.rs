//! The properties that types share (section 3.2) and the small structures that they are made of.

use super::check::Check;
use super::report::{Path, shortened};
use super::rule;
use super::shape::{
    Boolean, Constraint, Hashes, Property, Shape, Structure, TEXTS, Targets, Text, may, must,
};
use super::text;
use crate::json::{Map, Value};

const CREATOR: Shape = Shape::Identifier(Targets::Creator);
const EXTERNAL_REFERENCES: Shape = Shape::List(&Shape::Object(&EXTERNAL_REFERENCE));
pub(super) const MARKINGS: Shape = Shape::List(&Shape::Identifier(Targets::Marking));
pub(super) const GRANULAR_MARKINGS: Shape = Shape::List(&Shape::Object(&GRANULAR_MARKING));
pub(super) const KILL_CHAIN_PHASES: Shape = Shape::List(&Shape::Object(&KILL_CHAIN_PHASE));

/// Of domain objects and relationships.
pub(super) const CORE: &[Property] = &[
    must("type", Text),
    must("spec_version", Text),
    must("id", Text),
    may("created_by_ref", CREATOR),
    must("created", Shape::Version),
    must("modified", Shape::Version),
    may("revoked", Boolean),
    may("labels", TEXTS),
    may("confidence", Shape::Confidence),
    may("lang", Shape::Language),
    may("external_references", EXTERNAL_REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
    may("extensions", Shape::Extensions),
];

/// Of cyber-observables. Those of versioning are not in the standard's tables, but section 3.6 speaks of observables
/// that have them.
pub(super) const OBSERVABLE: &[Property] = &[
    must("type", Text),
    may("spec_version", Text),
    must("id", Text),
    may("defanged", Boolean),
    may("created_by_ref", CREATOR),
    may("created", Shape::Version),
    may("modified", Shape::Version),
    may("revoked", Boolean),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
    may("extensions", Shape::Extensions),
];

/// Of observables in a container.
pub(super) const CONTAINED: &[Property] = &[
    must("type", Text),
    may("id", Text),
    may("spec_version", Text),
    may("defanged", Boolean),
    may("object_marking_refs", Shape::Elsewhere),
    may("granular_markings", Shape::Elsewhere),
    may("extensions", Shape::Extensions),
];

/// Of marking definitions.
pub(super) const MARKING: &[Property] = &[
    must("type", Text),
    must("spec_version", Text),
    must("id", Text),
    may("created_by_ref", CREATOR),
    must("created", Shape::Version),
    may("external_references", EXTERNAL_REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
    may("extensions", Shape::Extensions),
];

/// Of language content.
pub(super) const LANGUAGE_CONTENT: &[Property] = &[
    must("type", Text),
    must("spec_version", Text),
    must("id", Text),
    may("created_by_ref", CREATOR),
    must("created", Shape::Version),
    must("modified", Shape::Version),
    may("revoked", Boolean),
    may("labels", TEXTS),
    may("confidence", Shape::Confidence),
    may("external_references", EXTERNAL_REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
    may("extensions", Shape::Extensions),
];

/// Of extension definitions.
pub(super) const EXTENSION_DEFINITION: &[Property] = &[
    must("type", Text),
    must("spec_version", Text),
    must("id", Text),
    must("created_by_ref", CREATOR),
    must("created", Shape::Version),
    must("modified", Shape::Version),
    may("revoked", Boolean),
    may("labels", TEXTS),
    may("external_references", EXTERNAL_REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
];

/// A type of one's own that is versioned like a domain object.
pub(super) static OWN_OBJECT: Structure = Structure { properties: &[CORE], constraints: &[] };

/// A type of one's own that is an observable.
pub(super) static OWN_OBSERVABLE: Structure = Structure { properties: &[OBSERVABLE], constraints: &[] };

/// Section 2.5
pub(super) static EXTERNAL_REFERENCE: Structure = Structure {
    properties: &[&[
        must("source_name", Text),
        may("description", Text),
        may("url", Shape::Format(&text::URL)),
        may("hashes", Hashes),
        may("external_id", Text),
    ]],
    constraints: &[
        Constraint::AnyOf(rule::EXTERNAL_REFERENCE, &["description", "url", "external_id"]),
        Constraint::Also(external_id),
    ],
};

/// Section 2.11
pub(super) static KILL_CHAIN_PHASE: Structure = Structure {
    properties: &[&[
        must("kill_chain_name", Shape::Format(&text::KILL_CHAIN)),
        must("phase_name", Shape::Format(&text::KILL_CHAIN)),
    ]],
    constraints: &[],
};

/// Section 7.2.3
pub(super) static GRANULAR_MARKING: Structure = Structure {
    properties: &[&[
        may("lang", Shape::Language),
        may("marking_ref", Shape::Identifier(Targets::Marking)),
        must("selectors", TEXTS),
    ]],
    constraints: &[Constraint::OneOf(rule::GRANULAR, &["marking_ref", "lang"])],
};

/// An identifier of CVE or of CAPEC belongs to that source, and has its format.
fn external_id(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    let (Some(source), id) = (text("source_name"), text("external_id").unwrap_or_default()) else { return };
    let (rule, wants) = match source {
        "cve" if !is_cve(id) => (rule::EXTERNAL_ID, "`CVE-2024-12345`"),
        "capec" if !is_capec(id) => (rule::EXTERNAL_ID, "`CAPEC-123`"),
        "cve" | "capec" => return,
        _ if is_cve(id) => (rule::EXTERNAL_SOURCE, "that of the source `cve`"),
        _ if is_capec(id) => (rule::EXTERNAL_SOURCE, "that of the source `capec`"),
        _ => return,
    };
    let (source, here) = (shortened(source), path.key("external_id"));
    check.add(rule, &here, format_args!("the external_id is of the source `{source}`; expected {wants}"));
}

fn is_cve(id: &str) -> bool {
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    id.strip_prefix("CVE-").and_then(|it| it.split_once('-')).is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
    })
}

fn is_capec(id: &str) -> bool {
    id.strip_prefix("CAPEC-").is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}
