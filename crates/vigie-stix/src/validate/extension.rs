//! The property `extensions`: predefined extensions (section 3.10) and those with a definition (section 7.3).

use super::check::Check;
use super::report::{Path, shortened};
use super::rule;
use super::sco_extension;
use super::vocabulary::EXTENSION_TYPE;
use super::{text, v20};
use crate::id;
use crate::json::{Map, Value};
use crate::object::SpecVersion;

/// Checks the dictionary of extensions.
pub(super) fn check<'c>(value: &'c Value<'c>, path: &Path<'_>, check: &mut Check<'c>) {
    let Some(extensions) = value.as_object() else {
        let found = value.kind();
        return check.add(
            rule::DICTIONARY,
            path,
            format_args!("expected an object of extensions, found {found}"),
        );
    };
    if extensions.is_empty() {
        return check.add(
            rule::DICTIONARY,
            path,
            format_args!("there is no extension; leave the property out"),
        );
    }
    for (name, value) in extensions.iter() {
        let here = path.key(name);
        match value.as_object() {
            None => {
                let found = value.kind();
                check.add(rule::DICTIONARY, &here, format_args!("expected an object, found {found}"));
            }
            Some(it) if it.is_empty() => {
                check.add(rule::EXTENSION_EMPTY, &here, format_args!("the extension is empty; leave it out"));
            }
            Some(it) => one(name, value, it, &here, check),
        }
    }
}

fn one<'c>(
    name: &str,
    value: &'c Value<'c>,
    properties: &'c Map<'c>,
    path: &Path<'_>,
    check: &mut Check<'c>,
) {
    if let Some((object_type, structure)) = sco_extension::predefined(name) {
        if object_type == check.object_type {
            check.structure(structure, properties, path);
        } else {
            let found = check.object_type;
            check.add(
                rule::EXTENSION_PLACE,
                path,
                format_args!("`{name}` is for `{object_type}` and not for `{found}`"),
            );
        }
    } else if name.starts_with("extension-definition--") {
        if !id::is_identifier(name) || !text::is_rfc_4122(name) {
            let name = shortened(name);
            check.add(
                rule::IDENTIFIER,
                path,
                format_args!("`{name}` is no identifier; expected `type--UUID`"),
            );
        }
        extension_type(properties, path, check);
        check.value(value, super::shape::Shape::Any, path);
    } else if check.version == SpecVersion::V20 || (name.ends_with("-ext") && text::is_type_name(name)) {
        if check.version == SpecVersion::V21 || !v20::is_own_type(name) {
            check.add(
                rule::CUSTOM_EXTENSION,
                path,
                format_args!(
                    "`{}` is none of the standard's; an extension should define it",
                    shortened(name)
                ),
            );
        }
        check.value(value, super::shape::Shape::Any, path);
    } else {
        let name = shortened(name);
        check.add(
            rule::EXTENSION_KEY,
            path,
            format_args!("`{name}` is neither a predefined extension nor `extension-definition--UUID`"),
        );
    }
}

fn extension_type(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    match properties.get("extension_type").map(Value::as_str) {
        Some(Some(it)) if EXTENSION_TYPE.contains(&it) => {}
        Some(_) => check.add(
            rule::EXTENSION_TYPE,
            &path.key("extension_type"),
            format_args!("this is no type of extension; expected one of {}", EXTENSION_TYPE.join(", ")),
        ),
        None => {
            check.add(rule::EXTENSION_TYPE, path, format_args!("the property `extension_type` is missing"));
        }
    }
}

/// Whether an extension says of itself that it is of one of these types.
pub(super) fn declares(properties: &Map<'_>, types: &[&str]) -> bool {
    let Some(extensions) = properties.get("extensions").and_then(Value::as_object) else { return false };
    extensions
        .iter()
        .any(|(_, it)| it.get("extension_type").and_then(Value::as_str).is_some_and(|it| types.contains(&it)))
}
