//! Reading what servers are known to write in place of what the standard asks for.

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

use crate::taxii::date::DateAdded;

/// `null` stands for absent.
pub(super) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A required text; `null` is empty, a number is its digits.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer).map(Option::unwrap_or_default)
}

/// A text; a number is its digits (cursors are numbers on some servers), anything else is absent.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A date; a text that is none is absent.
pub(super) fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateAdded>, D::Error> {
    Ok(optional_text(deserializer)?.and_then(|it| DateAdded::read_leniently(&it).ok()))
}

/// A count, perhaps written as a string; anything else is zero.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(optional_text(deserializer)?.and_then(|it| it.parse().ok()).unwrap_or(0))
}

/// The status of an error, a string or a number.
pub(super) fn http_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    Ok(optional_text(deserializer)?.and_then(|it| it.parse().ok()))
}

/// The status of an error as a string.
#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference to the field"
)]
pub(super) fn write_http_status<S: Serializer>(
    status: &Option<u16>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&status.map(|it| it.to_string()))
}
