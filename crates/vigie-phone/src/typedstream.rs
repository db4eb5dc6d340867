//! Typed streams: how Messages keeps the text of a message with its links, in the column `attributedBody`.
//!
//! The format, as the old `NSArchiver` writes it. A head: version 4, `streamtyped`, a number. Then groups: a text that tells
//! the types of the values that follow (`@` an object, `+` bytes, `i` a number …), and the values. Numbers of one byte stand
//! for themselves; `81` and `82` announce wider ones, `83` a fraction, `84` something new, `85` nothing, `86` the end of an
//! object; from `92` on they name, by order, something that was there before: texts of types among themselves, objects and
//! classes among themselves.
//!
//! Where a stream does not hold to that, what was understood until then counts, the text is searched for by its class, and
//! [`Body::whole`] says so.

mod reader;

use crate::Limits;

/// What a typed stream says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The text.
    pub text: Option<String>,
    /// Addresses of links that the text carries.
    pub links: Vec<String>,
    /// Other texts, such as names of attributes and of attached files.
    pub others: Vec<String>,
    /// Data, such as archives of objects that describe what was found in the text.
    pub data: Vec<Vec<u8>>,
    /// Whether all of it was understood.
    pub whole: bool,
}

/// A stream that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no typed stream: it does not begin with `streamtyped`")]
pub struct NoTypedStream;

/// Reads a typed stream.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Body, NoTypedStream> {
    let rest = bytes.strip_prefix(b"\x04\x0bstreamtyped").ok_or(NoTypedStream)?;
    let mut body = reader::walk(rest, limits);
    if body.text.is_none() {
        body.text = search(rest).map(|it| cut(it, limits));
        body.whole = false;
    }
    Ok(body)
}

/// The bytes after the first class of texts: `NSString`, then `+`, a length, and so many bytes.
fn search(bytes: &[u8]) -> Option<&[u8]> {
    let class = bytes.windows(8).position(|it| it == b"NSString")?;
    let rest = bytes.get(class + 8..)?;
    let rest = rest.get(rest.iter().position(|it| *it == b'+')? + 1..)?;
    let (length, rest) = match rest {
        [0x81, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [0x82, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        [length @ 0..=0x7f, rest @ ..] => (usize::from(*length), rest),
        _ => return None,
    };
    Some(rest.get(..length).unwrap_or(rest))
}

/// A text no longer than allowed.
fn cut(bytes: &[u8], limits: &Limits) -> String {
    let bytes = bytes.get(..limits.text_bytes).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
