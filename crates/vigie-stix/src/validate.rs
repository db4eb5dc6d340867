//! Whether objects follow the standard: every MUST as an error, every SHOULD that can be checked as a warning.
//!
//! The standard's tables of properties are data here, one file for each family: `sdo.rs`, `sro.rs`, `sco.rs`,
//! `meta.rs`, in the words of `shape.rs`. `check.rs` holds an object against its table, `rule.rs` lists all rules.
//!
//! Invariants
//! - An object without findings costs no allocation beyond its own reading; it is on the path of all that comes in.
//! - Findings never change what is stored: an object is judged, not mended.
//! - What the standard leaves to later or to others (unknown properties, extensions, types) is at most a warning.
//!
//! Start with [`validate_object`] and [`validate_bundle`].

mod across;
mod charset;
mod check;
mod common_properties;
mod container;
mod extension;
mod language;
mod meta;
mod report;
pub mod rule;
mod sco;
mod sco_extension;
mod sdo;
mod shape;
mod sro;
mod text;
mod v20;
mod vocabulary;

use crate::bundle::Limits;
use crate::canonical;
use crate::json::Value;
use crate::marking::Selector;
use crate::object::{Kind, Object, SpecVersion};

pub use across::{validate_bundle, validate_parts};
pub use report::{Finding, Subject};
pub use rule::{Rule, Severity};

use check::Check;
use report::{Of, Path, Report};
use shape::Structure;

/// Everything about one object that departs from the standard, as far as the object alone tells.
pub fn validate_object(object: &Object<'_>) -> Vec<Finding> {
    validate_object_within(object, Limits::default().max_findings)
}

/// The same, with at most so many findings and one more that says that there are more.
pub fn validate_object_within(object: &Object<'_>, max_findings: usize) -> Vec<Finding> {
    let properties = object.properties();
    let mut check = Check {
        report: Report::new(Of::Object(object.id()), max_findings),
        object_type: object.object_type(),
        container: None,
        version: object.spec_version(),
        defanged: properties.get("defanged").and_then(Value::as_bool) == Some(true),
        extended: object.kind() == Kind::Custom
            || extension::declares(properties, &["toplevel-property-extension"]),
        customised: false,
    };
    check.structure(structure(object), properties, &Path::Root);
    type_of_its_own(object, &mut check);
    identifier(object, &mut check);
    versions(object, &mut check);
    selectors(object, &mut check);
    marks_itself(object, &mut check);
    check.report.into_findings()
}

/// The table that an object is held against.
fn structure(object: &Object<'_>) -> &'static Structure {
    if object.spec_version() == SpecVersion::V20 {
        return v20::structure(object);
    }
    let object_type = object.object_type();
    let known = match object.kind() {
        Kind::Sdo => sdo::structure(object_type),
        Kind::Sro => sro::structure(object_type),
        Kind::Sco => sco::structure(object_type),
        Kind::MarkingDefinition | Kind::LanguageContent | Kind::ExtensionDefinition => {
            meta::structure(object_type)
        }
        Kind::Custom => None,
    };
    let observable = || {
        let properties = object.properties();
        extension::declares(properties, &["new-sco"])
            || (object.created().is_none() && !extension::declares(properties, &["new-sdo", "new-sro"]))
    };
    known.unwrap_or_else(|| {
        if observable() { &common_properties::OWN_OBSERVABLE } else { &common_properties::OWN_OBJECT }
    })
}

/// A type that the standard does not have needs a good name, and an extension that defines it.
fn type_of_its_own<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    if object.kind() != Kind::Custom {
        return;
    }
    let name = report::shortened(object.object_type());
    let path = Path::Root;
    let here = path.key("type");
    if name == "action" {
        check.add(rule::RESERVED, &here, format_args!("`action` is reserved and must not be used"));
    } else if !text::is_type_name(object.object_type()) {
        check.add(rule::TYPE_NAME, &here, format_args!("`{name}` is no name for a type"));
    } else if object.spec_version() == SpecVersion::V20 {
        if !v20::is_own_type(name) {
            check.add(
                rule::CUSTOM_OBJECT,
                &here,
                format_args!("`{name}` should be `x-`, its source, and a name"),
            );
        }
    } else if !extension::declares(object.properties(), &["new-sdo", "new-sco", "new-sro"]) {
        check.add(
            rule::CUSTOM_OBJECT,
            &here,
            format_args!("`{name}` is none of the standard's; an extension should define it"),
        );
    }
}

/// The UUID of the identifier: its version, and for an observable whether it is the right one.
fn identifier<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    let id = object.id().as_str();
    let path = Path::Root;
    let here = path.key("id");
    if !text::is_rfc_4122(id) {
        return check.add(rule::IDENTIFIER, &here, format_args!("the UUID of `{id}` is none of RFC 4122"));
    }
    let version = text::uuid_version(id).0;
    match object.kind() {
        // Always allowed, and spared the work of computing what it could have been.
        Kind::Sco if version == b'4' => return,
        Kind::Sco => {}
        Kind::Custom if object.created().is_none() => return,
        _ if version != b'4' => {
            let version = char::from(version);
            return check.add(
                rule::UUID_VERSION,
                &here,
                format_args!("the UUID is of version {version}; expected 4"),
            );
        }
        _ => return,
    }
    match canonical::deterministic_uuid(object.object_type(), object.properties()) {
        Ok(Some(want)) if version == b'5' && want != object.id().uuid() => check.add(
            rule::SCO_ID,
            &here,
            format_args!("the UUIDv5 should be `{want}`; another way to make identifiers should use UUIDv4"),
        ),
        Ok(Some(_)) if version == b'5' && (object.created().is_some() || object.modified().is_some()) => {
            check.add(
                rule::VERSIONED_SCO,
                &here,
                format_args!(
                    "an observable with versions must not have the identifier that all its producers share"
                ),
            );
        }
        Ok(None) => check.add(
            rule::SCO_ID_RANDOM,
            &here,
            format_args!("without contributing properties the UUID must be of version 4"),
        ),
        // Properties that have no canonical form were reported by the table.
        _ => {}
    }
}

/// A version is not older than its object.
fn versions<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    if object.modified().zip(object.created()).is_some_and(|(modified, created)| modified < created) {
        check.add(
            rule::MODIFIED,
            &Path::Root.key("modified"),
            format_args!("`modified` is before `created`"),
        );
    }
}

/// Selectors must be paths to something that is there, and stand once.
fn selectors<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    let Some(entries) = object.get("granular_markings").and_then(Value::as_array) else { return };
    let (path, root) = (Path::Root, object.properties());
    let path = path.key("granular_markings");
    for (index, entry) in entries.iter().enumerate() {
        let path = path.item(index);
        let path = path.key("selectors");
        let Some(texts) = entry.get("selectors").and_then(Value::as_array) else { continue };
        for (index, text) in texts.iter().enumerate() {
            let Some(text) = text.as_str() else { continue };
            match text.parse::<Selector>() {
                Err(error) => check.add(rule::SELECTOR, &path.item(index), format_args!("{error}")),
                Ok(it) if it.resolve(root).is_none() => {
                    let text = report::shortened(text);
                    check.add(rule::SELECTOR, &path.item(index), format_args!("the object has no `{text}`"));
                }
                Ok(_) => {}
            }
        }
        if let Some(index) = check::first_repeated(texts) {
            check.add(
                rule::LIST_REPEATS,
                &path.item(index),
                format_args!("this selector stood in the list before"),
            );
        }
    }
}

/// A marking definition must not mark itself.
fn marks_itself<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    if object.kind() != Kind::MarkingDefinition {
        return;
    }
    let itself = |it: &Value<'_>| it.as_str() == Some(object.id().as_str());
    let list = |name: &str| object.get(name).and_then(Value::as_array).unwrap_or_default();
    let granular = |it: &Value<'_>| it.get("marking_ref").is_some_and(itself);
    if list("object_marking_refs").iter().any(itself) || list("granular_markings").iter().any(granular) {
        check.add(rule::MARKING_CIRCLE, &Path::Root, format_args!("the marking definition marks itself"));
    }
}

#[cfg(test)]
mod tests;
