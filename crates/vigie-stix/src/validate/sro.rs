//! Relationships and sightings: the tables of section 5, and which relationships the standard knows.

use super::check::Check;
use super::common_properties::CORE;
use super::report::{Path, shortened};
use super::rule;
use super::shape::{Boolean, Constraint, Shape, Structure, Targets, Text, Timestamp, may, must, to};
use super::text;
use crate::json::{Map, Value};
use crate::object::Kind;

/// The table of a type.
pub(super) fn structure(object_type: &str) -> Option<&'static Structure> {
    match object_type {
        "relationship" => Some(&RELATIONSHIP),
        "sighting" => Some(&SIGHTING),
        _ => None,
    }
}

/// Section 5.1
static RELATIONSHIP: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("relationship_type", Shape::Format(&text::RELATIONSHIP_TYPE)),
            may("description", Text),
            must("source_ref", Shape::Identifier(Targets::Joined)),
            must("target_ref", Shape::Identifier(Targets::Joined)),
            may("start_time", Timestamp),
            may("stop_time", Timestamp),
        ],
    ],
    constraints: &[
        Constraint::Later(rule::STOP_TIME, "stop_time", "start_time"),
        Constraint::Also(known_relationship),
    ],
};

/// Section 5.2
static SIGHTING: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("description", Text),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("count", Shape::Integer(0, 999_999_999)),
            must("sighting_of_ref", Shape::Identifier(Targets::Sighted)),
            may("observed_data_refs", Shape::List(&to(&["observed-data"]))),
            may("where_sighted_refs", Shape::List(&to(&["identity", "location"]))),
            may("summary", Boolean),
        ],
    ],
    constraints: &[Constraint::NotBefore(rule::SEEN_ORDER, "last_seen", "first_seen")],
};

/// The relationships of Appendix B: from a type, by these names, to these types.
const KNOWN: &[(&str, &[&str], &[&str])] = &[
    ("attack-pattern", &["delivers"], &["malware"]),
    ("attack-pattern", &["targets"], &["identity", "location", "vulnerability"]),
    ("attack-pattern", &["uses"], &["malware", "tool"]),
    ("campaign", &["attributed-to"], &["intrusion-set", "threat-actor"]),
    ("campaign", &["compromises"], &["infrastructure"]),
    ("campaign", &["originates-from"], &["location"]),
    ("campaign", &["targets"], &["identity", "location", "vulnerability"]),
    ("campaign", &["uses"], &["attack-pattern", "infrastructure", "malware", "tool"]),
    ("course-of-action", &["investigates"], &["indicator"]),
    (
        "course-of-action",
        &["mitigates"],
        &["attack-pattern", "indicator", "malware", "tool", "vulnerability"],
    ),
    ("course-of-action", &["remediates"], &["malware", "vulnerability"]),
    ("domain-name", &["resolves-to"], &["domain-name", "ipv4-addr", "ipv6-addr"]),
    ("identity", &["located-at"], &["location"]),
    (
        "indicator",
        &["indicates"],
        &["attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool"],
    ),
    ("indicator", &["based-on"], &["observed-data"]),
    (
        "infrastructure",
        &["communicates-with"],
        &["infrastructure", "ipv4-addr", "ipv6-addr", "domain-name", "url"],
    ),
    ("infrastructure", &["consists-of"], &["infrastructure", "observed-data"]),
    ("infrastructure", &["controls"], &["infrastructure", "malware"]),
    ("infrastructure", &["delivers"], &["malware"]),
    ("infrastructure", &["has"], &["vulnerability"]),
    ("infrastructure", &["hosts"], &["tool", "malware"]),
    ("infrastructure", &["located-at"], &["location"]),
    ("infrastructure", &["uses"], &["infrastructure"]),
    ("intrusion-set", &["attributed-to"], &["threat-actor"]),
    ("intrusion-set", &["compromises", "hosts", "owns"], &["infrastructure"]),
    ("intrusion-set", &["originates-from"], &["location"]),
    ("intrusion-set", &["targets"], &["identity", "location", "vulnerability"]),
    ("intrusion-set", &["uses"], &["attack-pattern", "infrastructure", "malware", "tool"]),
    ("ipv4-addr", &["resolves-to"], &["mac-addr"]),
    ("ipv4-addr", &["belongs-to"], &["autonomous-system"]),
    ("ipv6-addr", &["resolves-to"], &["mac-addr"]),
    ("ipv6-addr", &["belongs-to"], &["autonomous-system"]),
    ("malware", &["authored-by"], &["threat-actor", "intrusion-set"]),
    ("malware", &["beacons-to", "exfiltrates-to"], &["infrastructure"]),
    ("malware", &["communicates-with"], &["ipv4-addr", "ipv6-addr", "domain-name", "url"]),
    ("malware", &["controls"], &["malware"]),
    ("malware", &["downloads", "drops"], &["malware", "tool", "file"]),
    ("malware", &["exploits"], &["vulnerability"]),
    ("malware", &["originates-from"], &["location"]),
    ("malware", &["targets"], &["identity", "infrastructure", "location", "vulnerability"]),
    ("malware", &["uses"], &["attack-pattern", "infrastructure", "malware", "tool"]),
    ("malware", &["variant-of"], &["malware"]),
    (
        "malware-analysis",
        &["characterizes", "analysis-of", "av-analysis-of", "static-analysis-of", "dynamic-analysis-of"],
        &["malware"],
    ),
    ("threat-actor", &["attributed-to", "impersonates"], &["identity"]),
    ("threat-actor", &["compromises", "hosts", "owns"], &["infrastructure"]),
    ("threat-actor", &["located-at"], &["location"]),
    ("threat-actor", &["targets"], &["identity", "location", "vulnerability"]),
    ("threat-actor", &["uses"], &["attack-pattern", "infrastructure", "malware", "tool"]),
    ("tool", &["delivers", "drops"], &["malware"]),
    ("tool", &["has"], &["vulnerability"]),
    ("tool", &["targets"], &["identity", "infrastructure", "location", "vulnerability"]),
    ("tool", &["uses"], &["infrastructure"]),
];

/// Warns of a relationship that is not in the table; between types of one's own anything goes.
pub(super) fn known_relationship(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    let object_type = |name: &str| text(name).and_then(|it| it.split_once("--")).map(|(it, _)| it);
    let (Some(name), Some(source), Some(target)) =
        (text("relationship_type"), object_type("source_ref"), object_type("target_ref"))
    else {
        return;
    };
    let own = |it: &str| Kind::of(it) == Kind::Custom;
    let known = match name {
        "related-to" => true,
        "derived-from" | "duplicate-of" => source == target,
        _ => own(source) || own(target) || is_known(source, name, target),
    };
    if !known {
        check.add(
            rule::RELATIONSHIP_KNOWN,
            path,
            format_args!(
                "the standard has no `{}` from `{}` to `{}`",
                shortened(name),
                shortened(source),
                shortened(target)
            ),
        );
    }
}

fn is_known(source: &str, name: &str, target: &str) -> bool {
    let consists = source == "infrastructure" && name == "consists-of" && Kind::of(target) == Kind::Sco;
    consists
        || KNOWN.iter().any(|(from, by, to)| *from == source && by.contains(&name) && to.contains(&target))
}
