//! One STIX object over its exact text.
//!
//! [`Object::parse`] reads what every stage needs (type, id, version, creator) and nothing more; whether the object
//! follows the standard is for [`crate::validate`]. It is on the path of every object that comes in, so it makes one
//! pass over the properties and copies only the identifier and the timestamps.
//!
//! Invariants
//! - [`Object::text`] is a slice of the input: what goes out is what came in, byte for byte.
//! - The type, the identifier and the timestamps of an `Object` are well formed, and the identifier names the type.
//! - An object that says nothing of its version is STIX 2.0 exactly when 2.1 would have required it to speak.
//!
//! Start with [`Object`]; the types are in `object/kind.rs`, references in `object/reference.rs`.

use crate::id::{BadStixId, StixId};
use crate::json::{self, BadJson, Map, Value};
use crate::timestamp::{BadTimestamp, Timestamp};

mod kind;
mod reference;

pub use kind::Kind;
pub use reference::Reference;

/// A STIX object and the text that it was read from.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    text: &'a str,
    properties: Map<'a>,
    id: StixId,
    kind: Kind,
    spec_version: SpecVersion,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
}

/// The version of the standard that an object follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpecVersion {
    /// STIX 2.0, whose objects do not say so.
    V20,
    /// STIX 2.1
    V21,
}

/// Why a text is no STIX object. Whatever else may be wrong with it, these make it impossible to store it.
#[derive(Debug, thiserror::Error)]
pub enum BadObject {
    /// The text is not JSON, or a key stands twice.
    #[error(transparent)]
    Json(#[from] BadJson),
    /// The text is JSON, but not an object.
    #[error("expected a STIX object, found {0}")]
    NotAnObject(&'static str),
    /// A bundle inside a bundle, or given where one object belongs.
    #[error("`type` is `bundle`; a bundle is a container and no STIX object")]
    Bundle,
    /// `type` or `id` is absent.
    #[error("the property `{0}` is missing")]
    Missing(&'static str),
    /// A property that must be a string is none.
    #[error("`{property}` must be a string, found {found}")]
    NotAString {
        /// Its name.
        property: &'static str,
        /// What JSON type it is.
        found: &'static str,
    },
    /// `id` is no identifier.
    #[error("`id`: {0}")]
    Id(#[from] BadStixId),
    /// `id` begins with another type.
    #[error("`id` is `{id}`, but `type` is `{object_type}`")]
    OtherType {
        /// The identifier.
        id: StixId,
        /// The type that the object says it has.
        object_type: String,
    },
    /// `created` or `modified` is no timestamp.
    #[error("`{property}`: {error}")]
    Timestamp {
        /// Its name.
        property: &'static str,
        /// What is wrong with it.
        error: BadTimestamp,
    },
    /// A version of the standard that we do not know.
    #[error("`spec_version` is `{0}`; expected `2.1` or `2.0`")]
    SpecVersion(String),
}

impl<'a> Object<'a> {
    /// Reads one object and nothing after it. White space around it is not part of its text.
    pub fn parse(text: &'a str) -> Result<Self, BadObject> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        match json::parse(text)? {
            Value::Object(properties) => Self::from_properties(text, properties),
            other => Err(BadObject::NotAnObject(other.kind())),
        }
    }

    fn from_properties(text: &'a str, properties: Map<'a>) -> Result<Self, BadObject> {
        let mut first = FirstLook::default();
        for (key, value) in properties.iter() {
            first.see(key, value)?;
        }
        let object_type = first.object_type.ok_or(BadObject::Missing("type"))?;
        if object_type == "bundle" {
            return Err(BadObject::Bundle);
        }
        let id: StixId = first.id.ok_or(BadObject::Missing("id"))?.parse()?;
        if id.object_type() != object_type {
            return Err(BadObject::OtherType { id, object_type: shortened(object_type) });
        }
        let kind = Kind::of(object_type);
        let created = timestamp("created", first.created)?;
        let modified = timestamp("modified", first.modified)?;
        let spec_version = match first.spec_version {
            Some("2.1") => SpecVersion::V21,
            Some("2.0") => SpecVersion::V20,
            Some(other) => return Err(BadObject::SpecVersion(shortened(other))),
            None if kind == Kind::Sco || created.is_none() => SpecVersion::V21,
            None => SpecVersion::V20,
        };
        Ok(Self { text, properties, id, kind, spec_version, created, modified })
    }

    /// The exact text, from `{` to `}`.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// All properties, in the order of the text.
    pub fn properties(&self) -> &Map<'a> {
        &self.properties
    }

    /// The value of a property.
    pub fn get(&self, property: &str) -> Option<&Value<'a>> {
        self.properties.get(property)
    }

    /// The identifier.
    pub fn id(&self) -> &StixId {
        &self.id
    }

    /// The type, such as `indicator`.
    pub fn object_type(&self) -> &str {
        self.id.object_type()
    }

    /// What sort of object its type is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The version of the standard that it follows, said or inferred.
    pub fn spec_version(&self) -> SpecVersion {
        self.spec_version
    }

    /// When its first version was made.
    pub fn created(&self) -> Option<&Timestamp> {
        self.created.as_ref()
    }

    /// When this version was made.
    pub fn modified(&self) -> Option<&Timestamp> {
        self.modified.as_ref()
    }

    /// What tells its versions apart: `modified`, for want of it `created` (marking definitions have no versions),
    /// and nothing for an object without both (cyber-observables), as TAXII 2.1 section 3.4.1 orders it.
    pub fn version(&self) -> Option<&Timestamp> {
        self.modified.as_ref().or(self.created.as_ref())
    }

    /// Who made it, if it says so.
    pub fn created_by_ref(&self) -> Option<&str> {
        self.get("created_by_ref")?.as_str()
    }

    /// Whether its creator took it back.
    pub fn is_revoked(&self) -> bool {
        self.get("revoked").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Every identifier under a property whose name ends in `_ref` or `_refs`, at any depth, in the order of the text.
    ///
    /// Values that are no identifiers are left out: in STIX 2.0, observables refer to each other by number.
    pub fn references(&self) -> Vec<Reference<'_>> {
        reference::collect(&self.properties)
    }
}

/// The texts of the properties that [`Object::parse`] looks at.
#[derive(Default)]
struct FirstLook<'v> {
    object_type: Option<&'v str>,
    id: Option<&'v str>,
    spec_version: Option<&'v str>,
    created: Option<&'v str>,
    modified: Option<&'v str>,
}

impl<'v> FirstLook<'v> {
    fn see(&mut self, key: &str, value: &'v Value<'_>) -> Result<(), BadObject> {
        let (property, place) = match key {
            "type" => ("type", &mut self.object_type),
            "id" => ("id", &mut self.id),
            "spec_version" => ("spec_version", &mut self.spec_version),
            "created" => ("created", &mut self.created),
            "modified" => ("modified", &mut self.modified),
            _ => return Ok(()),
        };
        let text = value.as_str().ok_or(BadObject::NotAString { property, found: value.kind() })?;
        *place = Some(text);
        Ok(())
    }
}

fn timestamp(property: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, BadObject> {
    text.map(str::parse).transpose().map_err(|error| BadObject::Timestamp { property, error })
}

/// At most so much of a hostile text goes into a message.
fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests;
