//! Values of property lists.

use plist::{Dictionary, Value};

use super::tally::unreadable;
use crate::time;
use crate::{Certainty, Input, Moment, State};

/// The map that a file is; else what became of it.
pub(super) fn map_of(input: &Input<'_>) -> Result<Dictionary, State> {
    let list = crate::plist::read(input.bytes, input.limits).map_err(unreadable)?;
    list.into_dictionary().ok_or_else(|| unreadable("is a property list, but no map"))
}

/// A text by its key.
pub(super) fn text<'v>(map: &'v Dictionary, key: &str) -> Option<&'v str> {
    map.get(key)?.as_string().filter(|it| !it.is_empty())
}

/// A number by its key.
pub(super) fn number(map: &Dictionary, key: &str) -> Option<f64> {
    as_number(map.get(key)?)
}

/// A number.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    value.as_real().or_else(|| value.as_signed_integer().map(|it| it as f64))
}

/// Yes or no by its key, which some lists keep as a number.
pub(super) fn flag(map: &Dictionary, key: &str) -> Option<bool> {
    let value = map.get(key)?;
    value.as_boolean().or_else(|| as_number(value).map(|it| it != 0.0))
}

/// A date by its key.
pub(super) fn date(what: &'static str, map: &Dictionary, key: &str) -> Option<Moment> {
    exact(what, time::date(map.get(key)?.as_date()?))
}

/// A time that the phone keeps as an instant.
pub(super) fn exact(what: &'static str, time: Option<i64>) -> Option<Moment> {
    time.map(|time| Moment { what, time, certainty: Certainty::Exact })
}

/// Every text in a value, with the key that it or its list stands under, in order. The reader of lists bounds their depth.
pub(super) fn every_text<'v>(value: &'v Value, key: &'v str, found: &mut dyn FnMut(&'v str, &'v str)) {
    match value {
        Value::String(text) => found(key, text),
        Value::Array(values) => values.iter().for_each(|it| every_text(it, key, found)),
        Value::Dictionary(map) => map.iter().for_each(|(key, it)| every_text(it, key, found)),
        _ => {}
    }
}

/// What of some keys a map has, for people: `Product Type iPhone16,2, Serial Number X`.
pub(super) fn listing(map: &Dictionary, keys: &[&str]) -> String {
    let told = keys.iter().filter_map(|key| {
        let value = match map.get(key)? {
            Value::String(text) => text.clone(),
            Value::Boolean(it) => it.to_string(),
            Value::Integer(it) => it.to_string(),
            Value::Real(it) => it.to_string(),
            Value::Array(values) => values.iter().filter_map(Value::as_string).collect::<Vec<_>>().join(" "),
            _ => return None,
        };
        (!value.is_empty()).then(|| format!("{key} {value}"))
    });
    told.collect::<Vec<_>>().join(", ")
}
