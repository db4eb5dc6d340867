//! Property lists, binary and XML, under limits.
//!
//! A binary list is a table of objects that refer to each other, so a few bytes may stand for lists of any depth and any
//! number of values: [`Table`] reads it with both counted. Of XML, depth and number are checked before it is read.
//!
//! Start with [`read`].

mod binary;
mod xml;

use crate::Limits;

pub(crate) use binary::date;
pub use binary::{Object, Table};

/// Why a property list was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlist {
    /// Neither a binary list nor XML.
    #[error("is no property list: it is neither binary nor XML")]
    NotOne,
    /// Lists and maps inside each other.
    #[error("is {limit} lists deep and more")]
    TooDeep {
        /// The limit.
        limit: u16,
    },
    /// Values, counted as often as they are referred to.
    #[error("has more than {limit} values")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// Bytes, counted as often as they are referred to.
    #[error("has more than {limit} bytes of text and data")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// What it says of itself does not hold.
    #[error("is a damaged property list: {0}")]
    Damaged(String),
}

/// Reads a property list whole.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<::plist::Value, BadPlist> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() as u64 > limits.file_bytes {
        return Err(BadPlist::TooLarge { limit: limits.file_bytes });
    }
    if bytes.starts_with(b"bplist") {
        return Table::new(bytes)?.value(limits);
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return xml::read(bytes, limits);
    }
    Err(BadPlist::NotOne)
}

#[cfg(test)]
mod tests;
