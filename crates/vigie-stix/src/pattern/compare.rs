//! One value against one constant (sections 9.2, 9.6.1 to 9.6.4).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::address::Network;
use super::ast::{Constant, Operator};
use super::octets;
use super::path::{Encoding, Found};
use super::semantics::{Addresses, Malformed, Semantics};
use crate::json::Value;
use crate::timestamp::Timestamp;

/// A value in its native format (section 9.6.4).
#[derive(Debug)]
pub(super) enum Datum<'v> {
    /// A string.
    Text(&'v str),
    /// What a `_bin` or `_hex` property holds.
    Octets(Vec<u8>),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// A list, a dictionary, or a text that does not decode: comparable with nothing.
    Other,
}

impl<'v> Datum<'v> {
    pub(super) fn of(found: &Found<'v>) -> Self {
        match found.value {
            Value::String(text) if found.encoding == Encoding::None => Self::Text(text),
            Value::String(text) => found.encoding.decode(text).map_or(Self::Other, Self::Octets),
            Value::Integer(it) => Self::Integer(*it),
            Value::Float(it) => Self::Float(*it),
            Value::Bool(it) => Self::Boolean(*it),
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Other,
        }
    }
}

/// A value that is meant as a timestamp and is none, with the text that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MalformedTimestamp(pub(super) String);

/// How a value stands to a constant; none if the two are of incompatible types.
fn order(
    datum: &Datum<'_>,
    constant: &Constant,
    semantics: &Semantics,
) -> Result<Option<Ordering>, MalformedTimestamp> {
    Ok(match (datum, constant) {
        (Datum::Integer(left), Constant::Integer(right)) => Some(left.cmp(right)),
        (Datum::Integer(left), Constant::Float(right)) => integer_to_float(*left, *right),
        (Datum::Float(left), Constant::Integer(right)) => {
            integer_to_float(*right, *left).map(Ordering::reverse)
        }
        (Datum::Float(left), Constant::Float(right)) => left.partial_cmp(right),
        (Datum::Boolean(left), Constant::Boolean(right)) => Some(left.cmp(right)),
        // Bytes of UTF-8 are in the order of the code points (section 9.6.2).
        (Datum::Text(left), Constant::String(right)) => Some(left.cmp(&right.as_str())),
        (Datum::Text(left), Constant::Binary(right) | Constant::Hex(right)) => {
            octets::from_string(left).map(|left| left.as_slice().cmp(right.as_slice()))
        }
        (Datum::Octets(left), Constant::Binary(right) | Constant::Hex(right)) => Some(left.cmp(right)),
        (Datum::Octets(left), Constant::String(right)) => {
            octets::from_string(right).map(|right| left.as_slice().cmp(right.as_slice()))
        }
        (Datum::Text(left), Constant::Timestamp(right)) => match left.parse::<Timestamp>() {
            Ok(left) => Some(left.cmp(right)),
            Err(_) if semantics.malformed == Malformed::Error && begins_like_a_date(left) => {
                return Err(MalformedTimestamp(left.chars().take(60).collect()));
            }
            Err(_) => None,
        },
        _ => None,
    })
}

/// Whether `value operator constant` holds, or none where the types are incompatible and the operator is an ordering.
pub(super) fn compare(
    datum: &Datum<'_>,
    operator: Operator,
    constant: &Constant,
    semantics: &Semantics,
) -> Result<Option<bool>, MalformedTimestamp> {
    let order = match same_address(datum, constant, semantics) {
        Some(true) if matches!(operator, Operator::Equal | Operator::NotEqual) => Some(Ordering::Equal),
        _ => order(datum, constant, semantics)?,
    };
    Ok(match operator {
        Operator::Equal => Some(order == Some(Ordering::Equal)),
        // The one operator that is true between incompatible types (section 9.6.1).
        Operator::NotEqual => Some(order != Some(Ordering::Equal)),
        Operator::Less => order.map(Ordering::is_lt),
        Operator::LessOrEqual => order.map(Ordering::is_le),
        Operator::Greater => order.map(Ordering::is_gt),
        Operator::GreaterOrEqual => order.map(Ordering::is_ge),
    })
}

fn same_address(datum: &Datum<'_>, constant: &Constant, semantics: &Semantics) -> Option<bool> {
    match (datum, constant, semantics.addresses) {
        (Datum::Text(left), Constant::String(right), Addresses::Canonical) => {
            Some(Network::parse(left)? == Network::parse(right)?)
        }
        _ => None,
    }
}

/// Exact: neither side is rounded (section 9.2).
fn integer_to_float(left: i64, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        return None;
    }
    // Beyond this every float is larger, or smaller, than every 64-bit number; within it `floor` fits i128 exactly.
    if right.abs() >= 1e19 {
        return Some(if right > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = right.floor();
    let fraction = if right > whole { Ordering::Less } else { Ordering::Equal };
    Some(i128::from(left).cmp(&(whole as i128)).then(fraction))
}

/// `dddd-` or `dddd/`: no name or number looks so by chance as often as a broken timestamp does.
fn begins_like_a_date(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.by_ref().take(4).filter(u8::is_ascii_digit).count() == 4
        && matches!(bytes.next(), Some(b'-' | b'/'))
}

/// The text in NFC, as `LIKE` and `MATCHES` need it (section 9.6.2).
pub(super) fn to_nfc(text: &str) -> Cow<'_, str> {
    if unicode_normalization::is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(unicode_normalization::UnicodeNormalization::nfc(text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: i64, right: f64, want: Ordering) {
        assert_eq!(integer_to_float(left, right), Some(want), "{left} to {right}");
    }

    #[test]
    fn whole_and_fractional_numbers_are_compared_exactly() {
        check(1, 1.5, Ordering::Less);
        check(2, 1.5, Ordering::Greater);
        check(-1, -1.5, Ordering::Greater);
        check(5, 5.0, Ordering::Equal);
        check(i64::MAX, 9_223_372_036_854_775_808.0, Ordering::Less);
        check(9_007_199_254_740_993, 9_007_199_254_740_992.0, Ordering::Greater);
        check(i64::MIN, -1e300, Ordering::Greater);
        check(i64::MIN, -9_223_372_036_854_775_808.0, Ordering::Equal);
    }
}
