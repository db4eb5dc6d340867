//! One row as it is stored: a header with the kind of each field, then the fields.

use std::borrow::Cow;

use super::bytes::varint_at;
use super::header::Encoding;

/// A value as the database has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// None.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Text; what is not valid in its encoding is replaced by U+FFFD.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
    /// It was there, on a page that could not be read.
    Lost,
}

impl<'a> Value<'a> {
    /// The same, borrowed.
    pub(super) fn borrowed(&'a self) -> Self {
        match self {
            Self::Text(it) => Self::Text(Cow::Borrowed(it)),
            Self::Blob(it) => Self::Blob(Cow::Borrowed(it)),
            other => other.clone(),
        }
    }
}

/// What a field can be; used to see whether records fit a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Null,
    Integer,
    Real,
    Text,
    Blob,
}

/// The fields of a record: the kind of each and where it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    at: Vec<(u64, usize)>,
    /// How many bytes the record says it has.
    pub(super) end: u64,
}

impl Fields {
    /// Reads the header, all of which must be there.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (length, mut at) = varint_at(payload, 0)?;
        let header = payload.get(..usize::try_from(length).ok()?)?;
        let mut body = header.len();
        let mut fields = Vec::with_capacity(header.len().saturating_sub(at));
        while at < header.len() {
            let (serial, next) = varint_at(header, at)?;
            at = next;
            fields.push((serial, body));
            body = body.checked_add(size(serial)?)?;
        }
        Some(Self { at: fields, end: body as u64 })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// What a field is.
    pub(super) fn class(&self, index: usize) -> Option<Class> {
        Some(match self.at.get(index)?.0 {
            0 => Class::Null,
            7 => Class::Real,
            serial if serial < 12 => Class::Integer,
            serial if serial % 2 == 0 => Class::Blob,
            _ => Class::Text,
        })
    }

    /// A field; none where the record has fewer.
    pub(super) fn value<'a>(&self, index: usize, payload: &'a [u8], encoding: Encoding) -> Option<Value<'a>> {
        let (serial, start) = *self.at.get(index)?;
        let length = size(serial)?;
        let Some(bytes) = payload.get(start..start.checked_add(length)?) else { return Some(Value::Lost) };
        Some(match serial {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(bytes)),
            7 => bytes.first_chunk().map_or(Value::Lost, |it| {
                let real = f64::from_be_bytes(*it);
                // SQLite has no such number; it reads NULL.
                if real.is_nan() { Value::Null } else { Value::Real(real) }
            }),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            _ if serial % 2 == 0 => Value::Blob(Cow::Borrowed(bytes)),
            _ => Value::Text(text(bytes, encoding)),
        })
    }
}

/// Bytes of a field; none for kinds that no record in a file has.
fn size(serial: u64) -> Option<usize> {
    match serial {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(serial).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        _ => usize::try_from((serial - 12) / 2).ok(),
    }
}

/// A number of one to eight bytes with a sign.
fn integer(bytes: &[u8]) -> i64 {
    let start = match bytes.first() {
        Some(first) if first & 0x80 != 0 => -1,
        _ => 0,
    };
    bytes.iter().fold(start, |value, byte| value << 8 | i64::from(*byte))
}

fn text(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let mut text: String = char::decode_utf16(pairs.iter().map(|it| unit(*it)))
            .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        if !rest.is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        Cow::Owned(text)
    };
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes),
        Encoding::Utf16Le => wide(u16::from_le_bytes),
        Encoding::Utf16Be => wide(u16::from_be_bytes),
    }
}
