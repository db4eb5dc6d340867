//! STIX 2.0 objects, in the words of `shape.rs`: most feeds are still of this version.
//!
//! Only what 2.0 itself requires is asked; what 2.1 added or renamed is no finding here. Observables stand inside
//! observed data; their tables are those of 2.1, with the names that 2.0 used beside them ([`observable_property`]).

use super::common_properties::{EXTERNAL_REFERENCE, GRANULAR_MARKINGS, KILL_CHAIN_PHASES, MARKINGS};
use super::sdo::stix_pattern_v20;
use super::shape::{
    Boolean, Constraint, Property, Shape, Structure, TEXTS, Targets, Text, Timestamp, may, must, to,
};
use super::vocabulary::{
    ATTACK_MOTIVATION, ATTACK_RESOURCE_LEVEL, IDENTITY_CLASS, INDUSTRY_SECTOR, THREAT_ACTOR_ROLE,
    THREAT_ACTOR_SOPHISTICATION, Terms,
};
use super::{meta, rule, sro, text};
use crate::object::Object;

/// The table of an object.
pub(super) fn structure(object: &Object<'_>) -> &'static Structure {
    match object.object_type() {
        "attack-pattern" => &ATTACK_PATTERN,
        "campaign" => &CAMPAIGN,
        "course-of-action" | "vulnerability" => &NAMED,
        "identity" => &IDENTITY,
        "indicator" => &INDICATOR,
        "intrusion-set" => &INTRUSION_SET,
        "malware" => &MALWARE,
        "observed-data" => &OBSERVED_DATA,
        "report" => &REPORT,
        "threat-actor" => &THREAT_ACTOR,
        "tool" => &TOOL,
        "relationship" => &RELATIONSHIP,
        "sighting" => &SIGHTING,
        "marking-definition" => &MARKING_DEFINITION,
        _ => &OWN,
    }
}

const CORE: &[Property] = &[
    must("type", Text),
    may("spec_version", Text),
    must("id", Text),
    may("created_by_ref", Shape::Identifier(Targets::Creator)),
    must("created", Shape::Version),
    must("modified", Shape::Version),
    may("revoked", Boolean),
    may("external_references", EXTERNAL_REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR_MARKINGS),
];
const EXTERNAL_REFERENCES: Shape = Shape::List(&Shape::Object(&EXTERNAL_REFERENCE));
const SEEN: Constraint = Constraint::NotBefore(rule::SEEN_ORDER, "last_seen", "first_seen");
const MOTIVATION: Shape = Shape::Open(ATTACK_MOTIVATION);

static OWN: Structure = Structure { properties: &[CORE, &[may("labels", TEXTS)]], constraints: &[] };

static NAMED: Structure = Structure {
    properties: &[CORE, &[may("labels", TEXTS), must("name", Text), may("description", Text)]],
    constraints: &[],
};

static ATTACK_PATTERN: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            must("name", Text),
            may("description", Text),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
        ],
    ],
    constraints: &[],
};

static CAMPAIGN: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
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

static IDENTITY: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            must("name", Text),
            may("description", Text),
            must("identity_class", Shape::Open(IDENTITY_CLASS)),
            may("sectors", Shape::List(&Shape::Open(INDUSTRY_SECTOR))),
            may("contact_information", Text),
        ],
    ],
    constraints: &[],
};

static INDICATOR: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("labels", Shape::List(&Shape::Open(INDICATOR_LABEL))),
            may("name", Text),
            may("description", Text),
            must("pattern", Text),
            must("valid_from", Timestamp),
            may("valid_until", Timestamp),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
        ],
    ],
    constraints: &[
        Constraint::Later(rule::VALID_UNTIL, "valid_until", "valid_from"),
        Constraint::Also(stix_pattern_v20),
    ],
};

static INTRUSION_SET: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            must("name", Text),
            may("description", Text),
            may("aliases", TEXTS),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("goals", TEXTS),
            may("resource_level", Shape::Open(ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", MOTIVATION),
            may("secondary_motivations", Shape::List(&MOTIVATION)),
        ],
    ],
    constraints: &[SEEN],
};

static MALWARE: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("labels", Shape::List(&Shape::Open(MALWARE_LABEL))),
            must("name", Text),
            may("description", Text),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
        ],
    ],
    constraints: &[],
};

static OBSERVED_DATA: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            must("first_observed", Timestamp),
            must("last_observed", Timestamp),
            must("number_observed", Shape::Integer(1, 999_999_999)),
            must("objects", Shape::Container),
        ],
    ],
    constraints: &[Constraint::NotBefore(rule::SEEN_ORDER, "last_observed", "first_observed")],
};

static REPORT: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("labels", Shape::List(&Shape::Open(REPORT_LABEL))),
            must("name", Text),
            may("description", Text),
            must("published", Timestamp),
            must("object_refs", Shape::List(&Shape::Identifier(Targets::Any))),
        ],
    ],
    constraints: &[],
};

static THREAT_ACTOR: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("labels", Shape::List(&Shape::Open(THREAT_ACTOR_LABEL))),
            must("name", Text),
            may("description", Text),
            may("aliases", TEXTS),
            may("roles", Shape::List(&Shape::Open(THREAT_ACTOR_ROLE))),
            may("goals", TEXTS),
            may("sophistication", Shape::Open(THREAT_ACTOR_SOPHISTICATION)),
            may("resource_level", Shape::Open(ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", MOTIVATION),
            may("secondary_motivations", Shape::List(&MOTIVATION)),
            may("personal_motivations", Shape::List(&MOTIVATION)),
        ],
    ],
    constraints: &[],
};

static TOOL: Structure = Structure {
    properties: &[
        CORE,
        &[
            must("labels", Shape::List(&Shape::Open(TOOL_LABEL))),
            must("name", Text),
            may("description", Text),
            may("kill_chain_phases", KILL_CHAIN_PHASES),
            may("tool_version", Text),
        ],
    ],
    constraints: &[],
};

static RELATIONSHIP: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            must("relationship_type", Shape::Format(&text::RELATIONSHIP_TYPE)),
            may("description", Text),
            must("source_ref", Shape::Identifier(Targets::Joined)),
            must("target_ref", Shape::Identifier(Targets::Joined)),
        ],
    ],
    constraints: &[Constraint::Also(sro::known_relationship)],
};

static SIGHTING: Structure = Structure {
    properties: &[
        CORE,
        &[
            may("labels", TEXTS),
            may("first_seen", Timestamp),
            may("last_seen", Timestamp),
            may("count", Shape::Integer(0, 999_999_999)),
            must("sighting_of_ref", Shape::Identifier(Targets::Sighted)),
            may("observed_data_refs", Shape::List(&to(&["observed-data"]))),
            may("where_sighted_refs", Shape::List(&to(&["identity"]))),
            may("summary", Boolean),
        ],
    ],
    constraints: &[SEEN],
};

static MARKING_DEFINITION: Structure = Structure {
    properties: &[&[
        must("type", Text),
        may("spec_version", Text),
        must("id", Text),
        may("created_by_ref", Shape::Identifier(Targets::Creator)),
        must("created", Shape::Version),
        may("modified", Shape::Version),
        may("labels", TEXTS),
        may("external_references", EXTERNAL_REFERENCES),
        may("object_marking_refs", MARKINGS),
        may("granular_markings", GRANULAR_MARKINGS),
        must("definition_type", Text),
        must("definition", Shape::Elsewhere),
    ]],
    constraints: &[Constraint::Also(meta::definition)],
};

const INDICATOR_LABEL: Terms =
    &["anomalous-activity", "anonymization", "benign", "compromised", "malicious-activity", "attribution"];
const MALWARE_LABEL: Terms = &[
    "adware",
    "backdoor",
    "bot",
    "ddos",
    "dropper",
    "exploit-kit",
    "keylogger",
    "ransomware",
    "remote-access-trojan",
    "resource-exploitation",
    "rogue-security-software",
    "rootkit",
    "screen-capture",
    "spyware",
    "trojan",
    "virus",
    "worm",
];
const REPORT_LABEL: Terms = &[
    "threat-report",
    "attack-pattern",
    "campaign",
    "identity",
    "indicator",
    "intrusion-set",
    "malware",
    "observed-data",
    "threat-actor",
    "tool",
    "vulnerability",
];
const THREAT_ACTOR_LABEL: Terms = &[
    "activist",
    "competitor",
    "crime-syndicate",
    "criminal",
    "hacker",
    "insider-accidental",
    "insider-disgruntled",
    "nation-state",
    "sensationalist",
    "spy",
    "terrorist",
];
const TOOL_LABEL: Terms = &[
    "denial-of-service",
    "exploitation",
    "information-gathering",
    "network-capture",
    "credential-exploitation",
    "remote-access",
    "vulnerability-scanning",
];

/// The hash algorithms that 2.0 has beside those of 2.1.
pub(super) const HASH_ALGORITHM: Terms =
    &["MD6", "RIPEMD-160", "SHA-224", "SHA-384", "SHA3-224", "SHA3-384", "ssdeep", "WHIRLPOOL"];

/// A property that an observable has in 2.0 only.
pub(super) fn observable_property(object_type: &str, name: &str) -> Option<Shape> {
    Some(match (object_type, name) {
        ("directory" | "file", "created" | "modified" | "accessed")
        | ("process", "created")
        | ("windows-registry-key", "modified")
        | ("user-account", "password_last_changed") => Timestamp,
        ("file", "is_encrypted") => Boolean,
        ("file", "encryption_algorithm" | "decryption_key" | "image_compression_algorithm" | "version")
        | ("process", "name")
        | ("network-traffic", "protocol_family") => Text,
        ("process", "arguments") => TEXTS,
        ("process", "binary_ref") => to(&["file"]),
        _ => return None,
    })
}

/// Whether a property of one's own has the prefix that 2.0 asks for: `x_`, its source, `_`.
pub(super) fn is_own_property(name: &str) -> bool {
    name.strip_prefix("x_").is_some_and(|it| it.trim_matches('_').contains('_'))
}

/// Whether a type or extension of one's own has the prefix that 2.0 asks for: `x-`, its source, `-`.
pub(super) fn is_own_type(name: &str) -> bool {
    name.strip_prefix("x-").is_some_and(|it| it.trim_matches('-').contains('-'))
}
