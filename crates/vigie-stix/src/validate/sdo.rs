//! Domain objects: the tables of section 4, in its order.

use super::check::Check;
use super::common_properties::{CORE, KILL_CHAIN_PHASES};
use super::report::Path;
use super::rule;
use super::shape::{
    Boolean, Constraint, Float, Shape, Structure, TEXTS, Targets, Text, Timestamp, may, must, to,
};
use super::text;
use super::vocabulary::{
    ATTACK_MOTIVATION, ATTACK_RESOURCE_LEVEL, GROUPING_CONTEXT, IDENTITY_CLASS, IMPLEMENTATION_LANGUAGE,
    INDICATOR_TYPE, INDUSTRY_SECTOR, INFRASTRUCTURE_TYPE, MALWARE_CAPABILITY, MALWARE_RESULT, MALWARE_TYPE,
    OPINION, PATTERN_TYPE, PROCESSOR_ARCHITECTURE, REGION, REPORT_TYPE, THREAT_ACTOR_ROLE,
    THREAT_ACTOR_SOPHISTICATION, THREAT_ACTOR_TYPE, TOOL_TYPE,
};
use crate::json::{Map, Value};
use crate::object::{Kind, SpecVersion};
use crate::pattern::Pattern;

const ANYTHING: Shape = Shape::List(&Shape::Identifier(Targets::Any));
const SEEN: Constraint = Constraint::NotBefore(rule::SEEN_ORDER, "last_seen", "first_seen");

/// The table of a type.
pub(super) fn structure(object_type: &str) -> Option<&'static Structure> {
    Some(match object_type {
        "attack-pattern" => &ATTACK_PATTERN,
        "campaign" => &CAMPAIGN,
        "course-of-action" => &COURSE_OF_ACTION,
        "grouping" => &GROUPING,
        "identity" => &IDENTITY,
        "incident" => &INCIDENT,
        "indicator" => &INDICATOR,
        "infrastructure" => &INFRASTRUCTURE,
        "intrusion-set" => &INTRUSION_SET,
        "location" => &LOCATION,
        "malware" => &MALWARE,
        "malware-analysis" => &MALWARE_ANALYSIS,
        "note" => &NOTE,
        "observed-data" => &OBSERVED_DATA,
        "opinion" => &OPINION_TABLE,
        "report" => &REPORT,
        "threat-actor" => &THREAT_ACTOR,
        "tool" => &TOOL,
        "vulnerability" => &VULNERABILITY,
        _ => return None,
    })
}

/// Section 4.1
static ATTACK_PATTERN: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("aliases", TEXTS),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
        ],
    ],
    constraints: &[],
};

/// Section 4.2
static CAMPAIGN: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("aliases", TEXTS),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("objective", Text),
        ],
    ],
    constraints: &[SEEN],
};

/// Section 4.3
static COURSE_OF_ACTION: Structure =
    Structure { properties: &[CORE, &[must("name", Text), may("description", Text)]], constraints: &[] };

/// Section 4.4
static GROUPING: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("name", Text),
            may("description", Text),
            must("context", Shape::Open(GROUPING_CONTEXT)),
            must("object_refs", ANYTHING),
        ],
    ],
    constraints: &[],
};

/// Section 4.5
static IDENTITY: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("roles", TEXTS),
            may("identity_class", Shape::Open(IDENTITY_CLASS)),
            may("sectors", Shape::List(&Shape::Open(INDUSTRY_SECTOR))),
            may("contact_information", Text),
        ],
    ],
    constraints: &[],
};

/// Section 4.6
static INCIDENT: Structure =
    Structure { properties: &[CORE, &[must("name", Text), may("description", Text)]], constraints: &[] };

/// Section 4.7
static INDICATOR: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("name", Text),
            may("description", Text),
            may("indicator_types", Shape::List(&Shape::Open(INDICATOR_TYPE))),
            must("pattern", Text),
            must("pattern_type", Shape::Open(PATTERN_TYPE)),
            may("pattern_version", Text),
            must("valid_from", Timestamp),
            may("valid_until", Timestamp),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
        ],
    ],
    constraints: &[
        Constraint::Later(rule::VALID_UNTIL, "valid_until", "valid_from"),
        Constraint::Also(stix_pattern),
    ],
};

/// Section 4.8
static INFRASTRUCTURE: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("infrastructure_types", Shape::List(&Shape::Open(INFRASTRUCTURE_TYPE))),
            may("aliases", TEXTS),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
        ],
    ],
    constraints: &[SEEN],
};

/// Section 4.9
static INTRUSION_SET: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("aliases", TEXTS),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("goals", TEXTS),
            may("resource_level", Shape::Open(ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", Shape::Open(ATTACK_MOTIVATION)),
            may("secondary_motivations", Shape::List(&Shape::Open(ATTACK_MOTIVATION))),
        ],
    ],
    constraints: &[SEEN],
};

/// Section 4.10
static LOCATION: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("name", Text),
            may("description", Text),
            may("latitude", Float(-90.0, 90.0)),
            may("longitude", Float(-180.0, 180.0)),
            may("precision", Float(0.0, f64::MAX)),
            may("region", Shape::Open(REGION)),
            may("country", Shape::Format(&text::COUNTRY)),
            may("administrative_area", Text),
            may("city", Text),
            may("street_address", Text),
            may("postal_code", Text),
        ],
    ],
    constraints: &[
        Constraint::AnyOf(rule::LOCATION, &["region", "country", "latitude"]),
        Constraint::Needs(rule::COORDINATES, "latitude", "longitude"),
        Constraint::Needs(rule::COORDINATES, "longitude", "latitude"),
        Constraint::Needs(rule::COORDINATES, "precision", "latitude"),
    ],
};

/// Section 4.11
static MALWARE: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("name", Text),
            may("description", Text),
            may("malware_types", Shape::List(&Shape::Open(MALWARE_TYPE))),
            must("is_family", Boolean),
            may("aliases", TEXTS),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("operating_system_refs", Shape::List(&to(&["software"]))),
            may("architecture_execution_envs", Shape::List(&Shape::Open(PROCESSOR_ARCHITECTURE))),
            may("implementation_languages", Shape::List(&Shape::Open(IMPLEMENTATION_LANGUAGE))),
            may("capabilities", Shape::List(&Shape::Open(MALWARE_CAPABILITY))),
            may("sample_refs", Shape::List(&to(&["artifact", "file"]))),
        ],
    ],
    constraints: &[SEEN, Constraint::Also(family_name)],
};

/// Section 4.12
static MALWARE_ANALYSIS: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("product", Shape::Format(&text::PRODUCT)),
            may("version", Text),
            may("host_vm_ref", to(&["software"])),
            may("operating_system_ref", to(&["software"])),
            may("installed_software_refs", Shape::List(&to(&["software"]))),
            may("configuration_version", Text),
            may("modules", TEXTS),
            may("analysis_engine_version", Text),
            may("analysis_definition_version", Text),
            may("submitted", Timestamp),
            may("analysis_started", Timestamp),
            may("analysis_ended", Timestamp),
            may("result_name", Text),
            may("result", Shape::Open(MALWARE_RESULT)),
            may("analysis_sco_refs", Shape::List(&Shape::Identifier(Targets::Observable))),
            may("sample_ref", to(&["artifact", "file", "network-traffic"])),
        ],
    ],
    constraints: &[Constraint::AnyOf(rule::ANALYSIS_RESULT, &["result", "analysis_sco_refs"])],
};

/// Section 4.13
static NOTE: Structure = Structure {
    properties: &[
        CORE,
        &[may("abstract", Text), must("content", Text), may("authors", TEXTS), must("object_refs", ANYTHING)],
    ],
    constraints: &[],
};

/// Section 4.14
static OBSERVED_DATA: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("first_observed", Timestamp),
            must("last_observed", Timestamp),
            must("number_observed", Shape::Integer(1, 999_999_999)),
            may("objects", Shape::Container),
            may("object_refs", Shape::List(&Shape::Identifier(Targets::Observed))),
        ],
    ],
    constraints: &[
        Constraint::NotBefore(rule::SEEN_ORDER, "last_observed", "first_observed"),
        Constraint::OneOf(rule::OBSERVED, &["objects", "object_refs"]),
        Constraint::Also(observed_observables),
    ],
};

/// Section 4.15
static OPINION_TABLE: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("explanation", Text),
            may("authors", TEXTS),
            must("opinion", Shape::Closed(OPINION)),
            must("object_refs", ANYTHING),
        ],
    ],
    constraints: &[],
};

/// Section 4.16
static REPORT: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("report_types", Shape::List(&Shape::Open(REPORT_TYPE))),
            must("published", Timestamp),
            must("object_refs", ANYTHING),
        ],
    ],
    constraints: &[],
};

/// Section 4.17
static THREAT_ACTOR: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("threat_actor_types", Shape::List(&Shape::Open(THREAT_ACTOR_TYPE))),
            may("aliases", TEXTS),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("roles", Shape::List(&Shape::Open(THREAT_ACTOR_ROLE))),
            may("goals", TEXTS),
            may("sophistication", Shape::Open(THREAT_ACTOR_SOPHISTICATION)),
            may("resource_level", Shape::Open(ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", Shape::Open(ATTACK_MOTIVATION)),
            may("secondary_motivations", Shape::List(&Shape::Open(ATTACK_MOTIVATION))),
            may("personal_motivations", Shape::List(&Shape::Open(ATTACK_MOTIVATION))),
        ],
    ],
    constraints: &[SEEN],
};

/// Section 4.18
static TOOL: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("name", Text),
            may("description", Text),
            may("tool_types", Shape::List(&Shape::Open(TOOL_TYPE))),
            may("aliases", TEXTS),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
            may("tool_version", Text),
        ],
    ],
    constraints: &[],
};

/// Section 4.19
static VULNERABILITY: Structure =
    Structure { properties: &[CORE, &[must("name", Text), may("description", Text)]], constraints: &[] };

fn stix_pattern(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    if text("pattern_type") == Some("stix")
        && let Some(pattern) = text("pattern")
        && let Err(error) = Pattern::parse(pattern)
    {
        check.add(rule::PATTERN, &path.key("pattern"), format_args!("{error}"));
    }
}

/// In 2.0 every pattern is of this language.
pub(super) fn stix_pattern_v20(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    if let Some(pattern) = properties.get("pattern").and_then(Value::as_str)
        && let Err(error) = Pattern::parse_v20(pattern)
    {
        check.add(rule::PATTERN, &path.key("pattern"), format_args!("{error}"));
    }
}

fn family_name(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let family = properties.get("is_family").and_then(Value::as_bool) == Some(true);
    if family && !properties.contains("name") {
        check.add(rule::MALWARE_FAMILY, path, format_args!("a malware family must have a `name`"));
    }
}

fn observed_observables(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    if properties.contains("objects") && check.version == SpecVersion::V21 {
        let rule = rule::CONTAINER_DEPRECATED;
        check.add(
            rule,
            &path.key("objects"),
            format_args!("`objects` is deprecated; refer to observables by `object_refs`"),
        );
    }
    let Some(refs) = properties.get("object_refs").and_then(Value::as_array) else { return };
    let observable = |it: &Value<'_>| {
        let kind = it.as_str().and_then(|it| it.split_once("--")).map(|(it, _)| Kind::of(it));
        matches!(kind, Some(Kind::Sco | Kind::Custom))
    };
    if !refs.is_empty() && !refs.iter().any(observable) {
        let rule = rule::OBSERVED_SCO;
        check.add(rule, &path.key("object_refs"), format_args!("none of these is a cyber-observable"));
    }
}
