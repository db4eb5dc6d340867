//! Comparing what two objects say.

use crate::json::{self, Map, Value};
use crate::object::Object;
use crate::timestamp::instant;
use crate::validate::report::{Path, Report, shortened};
use crate::validate::rule;

/// The object that language content translates, and which version of it, if it says so.
pub(super) fn translates(language: &str) -> Option<(String, Option<i128>)> {
    let language = json::parse(language).ok()?;
    let version = language.get("object_modified").and_then(Value::as_str).and_then(instant);
    Some((language.get("object_ref")?.as_str()?.to_owned(), version))
}

/// Reports the properties that language content translates and the object does not have.
pub(super) fn translated(language: &str, object: &Object<'_>, report: &mut Report<'_>) {
    let Ok(language) = json::parse(language) else { return };
    let root = Path::Root;
    let root = root.key("contents");
    let contents = language.get("contents").and_then(Value::as_object);
    for (code, texts) in contents.into_iter().flat_map(Map::iter) {
        for (name, _) in texts.as_object().into_iter().flat_map(Map::iter) {
            if object.get(name).is_none() {
                let (id, here) = (object.id(), root.key(code));
                let message = format_args!("`{id}` has no property `{}`", shortened(name));
                report.add(rule::LANGUAGE_CONTENT_PLACE, &here.key(name), message);
            }
        }
    }
}

/// Whether two texts say the same, whatever the order of properties.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other
        || match (json::parse(one), json::parse(other)) {
            (Ok(one), Ok(other)) => same_value(&one, &other),
            _ => false,
        }
}

fn same_value(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let (one, other) = (sorted(one), sorted(other));
            one.len() == other.len()
                && one.iter().zip(&other).all(|(one, other)| one.0 == other.0 && same_value(one.1, other.1))
        }
        _ => one == other,
    }
}

fn sorted<'m, 'a>(map: &'m Map<'a>) -> Vec<(&'m str, &'m Value<'a>)> {
    let mut properties: Vec<_> = map.iter().collect();
    properties.sort_unstable_by_key(|(key, _)| *key);
    properties
}
