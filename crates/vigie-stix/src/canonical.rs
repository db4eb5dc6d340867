//! Deterministic identifiers of cyber-observables (sections 2.9 and 3.4).
//!
//! Two producers that see the same observable give it the same identifier: a `UUIDv5` over its contributing properties
//! in the canonical form of RFC 8785. Values enter as they are: `EXAMPLE.com` and `example.com` differ.
//!
//! Start with [`sco_id`]; the table of [`contributing`] properties is the standard's, type by type.

use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

use crate::id::StixId;
use crate::json::{Map, Value};
use crate::object::{Kind, Object};

/// The namespace of deterministic identifiers (section 2.9).
pub const NAMESPACE: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// What the standard says the identifier of an observable should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoId {
    /// This one.
    Deterministic(StixId),
    /// Any `UUIDv4`.
    Random(WhyRandom),
}

/// Why an observable has no deterministic identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyRandom {
    /// Its type, such as `process`, has no contributing properties, or is not one of the standard's.
    #[error("the standard names no properties that make the identifier of this type")]
    Type,
    /// It has none of the properties that contribute.
    #[error("it has none of the properties that make the identifier of its type")]
    NothingPresent,
}

/// Why no identifier can be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSco {
    /// Only cyber-observables have deterministic identifiers.
    #[error("`{0}` is no type of cyber-observable")]
    OtherType(String),
    /// `hashes` is something other than an object with at least one hash.
    #[error("`hashes` must be an object with at least one hash")]
    Hashes,
    /// A contributing property has no canonical form.
    #[error("the contributing properties have no canonical form: {0}")]
    Canonical(String),
}

/// The properties that make the identifier of a type; none for a type that is not listed.
pub fn contributing(object_type: &str) -> &'static [&'static str] {
    match object_type {
        "artifact" => &["hashes", "payload_bin"],
        "autonomous-system" => &["number"],
        "directory" => &["path"],
        "domain-name" | "email-addr" | "ipv4-addr" | "ipv6-addr" | "mac-addr" | "url" => &["value"],
        "email-message" => &["from_ref", "subject", "body"],
        "file" => &["hashes", "name", "parent_directory_ref", "extensions"],
        "mutex" => &["name"],
        "network-traffic" => {
            &["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"]
        }
        "software" => &["name", "cpe", "swid", "vendor", "version"],
        "user-account" => &["account_type", "user_id", "account_login"],
        "windows-registry-key" => &["key", "values"],
        "x509-certificate" => &["hashes", "serial_number"],
        _ => &[],
    }
}

/// Of several hashes only the first of these counts.
const HASH_CHOICE: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The identifier that an observable should have, whatever it has.
pub fn sco_id(object: &Object<'_>) -> Result<ScoId, BadSco> {
    let object_type = object.object_type();
    if !matches!(object.kind(), Kind::Sco | Kind::Custom) {
        return Err(BadSco::OtherType(object_type.to_owned()));
    }
    Ok(match deterministic_uuid(object_type, object.properties())? {
        Some(uuid) => ScoId::Deterministic(StixId::new(object_type, uuid)),
        None if contributing(object_type).is_empty() => ScoId::Random(WhyRandom::Type),
        None => ScoId::Random(WhyRandom::NothingPresent),
    })
}

/// The `UUIDv5` of an observable; none where it has no deterministic identifier.
pub(crate) fn deterministic_uuid(object_type: &str, properties: &Map<'_>) -> Result<Option<Uuid>, BadSco> {
    let mut parts = Vec::with_capacity(4);
    for name in contributing(object_type) {
        match properties.get(name) {
            Some(value) if *name == "hashes" => parts.push((*name, Part::Hash(one_hash(value)?))),
            Some(value) => parts.push((*name, Part::Whole(value))),
            None => {}
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let name = serde_json_canonicalizer::to_vec(&Contributing(parts));
    let name = name.map_err(|error| BadSco::Canonical(error.to_string()))?;
    Ok(Some(Uuid::new_v5(&NAMESPACE, &name)))
}

/// The hash that counts: of unknown algorithms, the one that stands first.
fn one_hash<'o>(hashes: &'o Value<'_>) -> Result<(&'o str, &'o Value<'o>), BadSco> {
    let hashes = hashes.as_object().ok_or(BadSco::Hashes)?;
    let known = HASH_CHOICE.iter().find_map(|it| hashes.get(it).map(|value| (*it, value)));
    known.or_else(|| hashes.iter().next()).ok_or(BadSco::Hashes)
}

enum Part<'o> {
    Whole(&'o Value<'o>),
    Hash((&'o str, &'o Value<'o>)),
}

struct Contributing<'o>(Vec<(&'static str, Part<'o>)>);

impl Serialize for Contributing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, part) in &self.0 {
            match part {
                Part::Whole(value) => map.serialize_entry(name, value)?,
                Part::Hash((algorithm, value)) => map.serialize_entry(name, &OneHash(algorithm, value))?,
            }
        }
        map.end()
    }
}

struct OneHash<'o>(&'o str, &'o Value<'o>);

impl Serialize for OneHash<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(object_type: &str, more: &str, want: &str) {
        let text = format!(
            "{{\"type\":\"{object_type}\",\"id\":\"{object_type}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"{more}}}"
        );
        let got = match sco_id(&Object::parse(&text).unwrap()) {
            Ok(ScoId::Deterministic(it)) => it.uuid().to_string(),
            Ok(ScoId::Random(why)) => format!("{why:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn values_of_the_standard() {
        check("ipv4-addr", r#","value":"198.51.100.3""#, "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
        check("ipv4-addr", r#","value":"198.51.100.3","x_other":1"#, "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
    }

    #[test]
    fn what_has_no_deterministic_identifier() {
        check("process", r#","pid":1"#, "Type");
        check("x-acme-observable", r#","value":"a""#, "Type");
        check("file", r#","size":1"#, "NothingPresent");
        check("file", r#","hashes":{}"#, "`hashes` must be an object with at least one hash");
        check("file", r#","hashes":"a""#, "`hashes` must be an object with at least one hash");
        check("indicator", "", "`indicator` is no type of cyber-observable");
    }
}
