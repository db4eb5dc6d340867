//! Cyber-observables: the tables of section 6, in its order. Extensions are in `sco_extension.rs`.

use super::check::Check;
use super::common_properties::{CONTAINED, OBSERVABLE};
use super::report::Path;
use super::rule;
use super::shape::{
    Binary, Boolean, COUNT, Constraint, Hashes, Hex, INTEGER, PORT, Property, Shape, Structure, TEXTS,
    Targets, Text, Timestamp, may, must, to,
};
use super::text;
use super::vocabulary::{ACCOUNT_TYPE, ENCRYPTION_ALGORITHM, REGISTRY_TYPE};
use crate::json::{Map, Value};

/// One type: its table for an object of its own, and for one in a container.
struct Observable {
    own: Structure,
    contained: Structure,
}

macro_rules! observable {
    ($(#[$section:meta])* $name:ident, $properties:expr, $constraints:expr) => {
        $(#[$section])*
        static $name: Observable = {
            const PROPERTIES: &[Property] = $properties;
            const CONSTRAINTS: &[Constraint] = $constraints;
            Observable {
                own: Structure { properties: &[OBSERVABLE, PROPERTIES], constraints: CONSTRAINTS },
                contained: Structure { properties: &[CONTAINED, PROPERTIES], constraints: CONSTRAINTS },
            }
        };
    };
}

/// The table of a type.
pub(super) fn structure(object_type: &str) -> Option<&'static Structure> {
    observable(object_type).map(|it| &it.own)
}

/// The table of a type in a container.
pub(super) fn contained(object_type: &str) -> Option<&'static Structure> {
    observable(object_type).map(|it| &it.contained)
}

fn observable(object_type: &str) -> Option<&'static Observable> {
    Some(match object_type {
        "artifact" => &ARTIFACT,
        "autonomous-system" => &AUTONOMOUS_SYSTEM,
        "directory" => &DIRECTORY,
        "domain-name" => &DOMAIN_NAME,
        "email-addr" => &EMAIL_ADDR,
        "email-message" => &EMAIL_MESSAGE,
        "file" => &FILE,
        "ipv4-addr" => &IPV4_ADDR,
        "ipv6-addr" => &IPV6_ADDR,
        "mac-addr" => &MAC_ADDR,
        "mutex" => &MUTEX,
        "network-traffic" => &NETWORK_TRAFFIC,
        "process" => &PROCESS,
        "software" => &SOFTWARE,
        "url" => &URL,
        "user-account" => &USER_ACCOUNT,
        "windows-registry-key" => &WINDOWS_REGISTRY_KEY,
        "x509-certificate" => &X509_CERTIFICATE,
        _ => return None,
    })
}

const ENDPOINT: Shape = to(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]);
const MAC_ADDRS: Shape = Shape::List(&to(&["mac-addr"]));
const SYSTEMS: Shape = Shape::List(&to(&["autonomous-system"]));
const MIME_PARTS: Shape = Shape::List(&Shape::Object(&MIME_PART));
const REGISTRY_VALUES: Shape = Shape::List(&Shape::Object(&REGISTRY_VALUE));
const ADDRESSES: Shape = Shape::List(&to(&["email-addr"]));

observable!(
    /// Section 6.1
    ARTIFACT,
    &[
        may("mime_type", Shape::Format(&text::MIME_TYPE)),
        may("payload_bin", Binary),
        may("url", Shape::Format(&text::URL)),
        may("hashes", Hashes),
        may("encryption_algorithm", Shape::Closed(ENCRYPTION_ALGORITHM)),
        may("decryption_key", Text),
    ],
    &[
        Constraint::OneOf(rule::ARTIFACT, &["payload_bin", "url"]),
        Constraint::Needs(rule::ARTIFACT, "url", "hashes"),
        Constraint::Needs(rule::DECRYPTION_KEY, "decryption_key", "encryption_algorithm"),
    ]
);

observable!(
    /// Section 6.2
    AUTONOMOUS_SYSTEM,
    &[must("number", INTEGER), may("name", Text), may("rir", Text)],
    &[]
);

observable!(
    /// Section 6.3
    DIRECTORY,
    &[
        must("path", Text),
        may("path_enc", Shape::Format(&text::CHARACTER_SET)),
        may("ctime", Timestamp),
        may("mtime", Timestamp),
        may("atime", Timestamp),
        may("contains_refs", Shape::List(&to(&["file", "directory"]))),
    ],
    &[Constraint::Needs(rule::ENCODING, "path_enc", "path")]
);

observable!(
    /// Section 6.4
    DOMAIN_NAME,
    &[
        must("value", Shape::Format(&text::DOMAIN)),
        may("resolves_to_refs", Shape::List(&to(&["ipv4-addr", "ipv6-addr", "domain-name"]))),
    ],
    &[]
);

observable!(
    /// Section 6.5
    EMAIL_ADDR,
    &[
        must("value", Shape::Format(&text::EMAIL)),
        may("display_name", Text),
        may("belongs_to_ref", to(&["user-account"])),
    ],
    &[]
);

observable!(
    /// Section 6.6
    EMAIL_MESSAGE,
    &[
        must("is_multipart", Boolean),
        may("date", Timestamp),
        may("content_type", Text),
        may("from_ref", to(&["email-addr"])),
        may("sender_ref", to(&["email-addr"])),
        may("to_refs", ADDRESSES),
        may("cc_refs", ADDRESSES),
        may("bcc_refs", ADDRESSES),
        may("message_id", Text),
        may("subject", Shape::Elsewhere),
        may("received_lines", TEXTS),
        may("additional_header_fields", Shape::Dictionary(&Shape::Any)),
        may("body", Shape::Elsewhere),
        may("body_multipart", MIME_PARTS),
        may("raw_email_ref", to(&["artifact"])),
    ],
    &[Constraint::Also(multipart), Constraint::Also(email_texts)]
);

/// Section 6.6.2
static MIME_PART: Structure = Structure {
    properties: &[&[
        may("body", Text),
        may("body_raw_ref", to(&["artifact", "file"])),
        may("content_type", Text),
        may("content_disposition", Text),
    ]],
    constraints: &[Constraint::OneOf(rule::MIME_PART, &["body", "body_raw_ref"])],
};

observable!(
    /// Section 6.7
    FILE,
    &[
        may("hashes", Hashes),
        may("size", COUNT),
        may("name", Text),
        may("name_enc", Shape::Format(&text::CHARACTER_SET)),
        may("magic_number_hex", Hex),
        may("mime_type", Shape::Format(&text::FILE_MIME_TYPE)),
        may("ctime", Timestamp),
        may("mtime", Timestamp),
        may("atime", Timestamp),
        may("parent_directory_ref", to(&["directory"])),
        may("contains_refs", Shape::List(&Shape::Identifier(Targets::Observable))),
        may("content_ref", to(&["artifact"])),
    ],
    &[
        Constraint::AnyOf(rule::FILE, &["hashes", "name"]),
        Constraint::Needs(rule::ENCODING, "name_enc", "name"),
    ]
);

observable!(
    /// Section 6.8
    IPV4_ADDR,
    &[
        must("value", Shape::Format(&text::IPV4)),
        may("resolves_to_refs", MAC_ADDRS),
        may("belongs_to_refs", SYSTEMS),
    ],
    &[]
);

observable!(
    /// Section 6.9
    IPV6_ADDR,
    &[
        must("value", Shape::Format(&text::IPV6)),
        may("resolves_to_refs", MAC_ADDRS),
        may("belongs_to_refs", SYSTEMS),
    ],
    &[]
);

observable!(
    /// Section 6.10
    MAC_ADDR,
    &[must("value", Shape::Format(&text::MAC))],
    &[]
);

observable!(
    /// Section 6.11
    MUTEX,
    &[must("name", Text)],
    &[]
);

observable!(
    /// Section 6.12
    NETWORK_TRAFFIC,
    &[
        may("start", Timestamp),
        may("end", Timestamp),
        may("is_active", Boolean),
        may("src_ref", ENDPOINT),
        may("dst_ref", ENDPOINT),
        may("src_port", PORT),
        may("dst_port", PORT),
        must("protocols", TEXTS),
        may("src_byte_count", COUNT),
        may("dst_byte_count", COUNT),
        may("src_packets", COUNT),
        may("dst_packets", COUNT),
        may("ipfix", Shape::Dictionary(&Shape::Any)),
        may("src_payload_ref", to(&["artifact"])),
        may("dst_payload_ref", to(&["artifact"])),
        may("encapsulates_refs", Shape::List(&to(&["network-traffic"]))),
        may("encapsulated_by_ref", to(&["network-traffic"])),
    ],
    &[
        Constraint::AnyOf(rule::TRAFFIC_ENDS, &["src_ref", "dst_ref"]),
        Constraint::NotBefore(rule::TRAFFIC_ORDER, "end", "start"),
        Constraint::Also(active),
    ]
);

observable!(
    /// Section 6.13
    PROCESS,
    &[
        may("is_hidden", Boolean),
        may("pid", INTEGER),
        may("created_time", Timestamp),
        may("cwd", Text),
        may("command_line", Text),
        may("environment_variables", Shape::Dictionary(&Shape::Any)),
        may("opened_connection_refs", Shape::List(&to(&["network-traffic"]))),
        may("creator_user_ref", to(&["user-account"])),
        may("image_ref", to(&["file"])),
        may("parent_ref", to(&["process"])),
        may("child_refs", Shape::List(&to(&["process"]))),
    ],
    &[Constraint::Something(rule::SOMETHING)]
);

observable!(
    /// Section 6.14
    SOFTWARE,
    &[
        must("name", Text),
        may("cpe", Shape::Format(&text::CPE)),
        may("swid", Text),
        may("languages", Shape::List(&Shape::Language)),
        may("vendor", Text),
        may("version", Text),
    ],
    &[]
);

observable!(
    /// Section 6.15
    URL,
    &[must("value", Shape::Format(&text::URL))],
    &[]
);

observable!(
    /// Section 6.16
    USER_ACCOUNT,
    &[
        may("user_id", Text),
        may("credential", Text),
        may("account_login", Text),
        may("account_type", Shape::Open(ACCOUNT_TYPE)),
        may("display_name", Text),
        may("is_service_account", Boolean),
        may("is_privileged", Boolean),
        may("can_escalate_privs", Boolean),
        may("is_disabled", Boolean),
        may("account_created", Timestamp),
        may("account_expires", Timestamp),
        may("credential_last_changed", Timestamp),
        may("account_first_login", Timestamp),
        may("account_last_login", Timestamp),
    ],
    &[Constraint::Something(rule::SOMETHING)]
);

observable!(
    /// Section 6.17
    WINDOWS_REGISTRY_KEY,
    &[
        may("key", Shape::Format(&text::REGISTRY_KEY)),
        may("values", REGISTRY_VALUES),
        may("modified_time", Timestamp),
        may("creator_user_ref", to(&["user-account"])),
        may("number_of_subkeys", INTEGER),
    ],
    &[Constraint::Something(rule::SOMETHING)]
);

/// Section 6.17.2
static REGISTRY_VALUE: Structure = Structure {
    properties: &[&[
        may("name", Shape::Elsewhere),
        may("data", Shape::Elsewhere),
        may("data_type", Shape::Closed(REGISTRY_TYPE)),
    ]],
    constraints: &[
        Constraint::AnyOf(rule::SOMETHING, &["name", "data", "data_type"]),
        Constraint::Also(registry_texts),
    ],
};

observable!(
    /// Section 6.18
    X509_CERTIFICATE,
    &[
        may("is_self_signed", Boolean),
        may("hashes", Hashes),
        may("version", Text),
        may("serial_number", Text),
        may("signature_algorithm", Text),
        may("issuer", Text),
        may("validity_not_before", Timestamp),
        may("validity_not_after", Timestamp),
        may("subject", Text),
        may("subject_public_key_algorithm", Text),
        may("subject_public_key_modulus", Text),
        may("subject_public_key_exponent", INTEGER),
        may("x509_v3_extensions", Shape::Object(&X509_V3)),
    ],
    &[Constraint::Something(rule::SOMETHING)]
);

/// Section 6.18.2
static X509_V3: Structure = Structure {
    properties: &[&[
        may("basic_constraints", Text),
        may("name_constraints", Text),
        may("policy_constraints", Text),
        may("key_usage", Text),
        may("extended_key_usage", Text),
        may("subject_key_identifier", Text),
        may("authority_key_identifier", Text),
        may("subject_alternative_name", Text),
        may("issuer_alternative_name", Text),
        may("subject_directory_attributes", Text),
        may("crl_distribution_points", Text),
        may("inhibit_any_policy", Text),
        may("private_key_usage_period_not_before", Timestamp),
        may("private_key_usage_period_not_after", Timestamp),
        may("certificate_policies", Text),
        may("policy_mappings", Text),
    ]],
    constraints: &[Constraint::Something(rule::SOMETHING)],
};

fn multipart(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let wrong = match properties.get("is_multipart").and_then(Value::as_bool) {
        Some(true) => "body",
        Some(false) => "body_multipart",
        None => return,
    };
    if properties.contains(wrong) {
        check.add(
            rule::MULTIPART,
            &path.key(wrong),
            format_args!("`{wrong}` must not stand with this `is_multipart`"),
        );
    }
}

/// A subject and a body may well be empty.
fn email_texts(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    check.strings(properties, &["subject", "body"], path);
}

/// The default value of a registry key has an empty name, and many values are empty.
fn registry_texts(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    check.strings(properties, &["name", "data"], path);
}

fn active(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    if properties.get("is_active").and_then(Value::as_bool) == Some(true) && properties.contains("end") {
        check.add(
            rule::TRAFFIC_ACTIVE,
            &path.key("end"),
            format_args!("`end` must not stand with `is_active`"),
        );
    }
}
