//! Identifiers: `type--uuid` (section 2.9 of STIX 2.1).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Identifies a STIX object. Printed exactly as it was read when it was read in canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StixId {
    text: Box<str>,
    type_len: usize,
}

/// A text that is no STIX identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no STIX identifier; expected `type--uuid`")]
pub struct BadStixId(String);

impl StixId {
    /// Joins a type and a UUID.
    pub fn new(object_type: &str, uuid: Uuid) -> Self {
        Self { text: format!("{object_type}--{uuid}").into(), type_len: object_type.len() }
    }

    /// The whole identifier.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before `--`.
    pub fn object_type(&self) -> &str {
        self.text.get(..self.type_len).unwrap_or_default()
    }

    /// The part after `--`.
    pub fn uuid(&self) -> Uuid {
        let text = self.text.get(self.type_len + 2..).unwrap_or_default();
        text.parse().unwrap_or_default()
    }
}

impl FromStr for StixId {
    type Err = BadStixId;

    /// Lower-case hyphenated UUIDs only, as section 2.9 with RFC 4122 asks of producers.
    fn from_str(text: &str) -> Result<Self, BadStixId> {
        let bad = || BadStixId(text.chars().take(120).collect());
        let type_len = type_length(text).ok_or_else(bad)?;
        Ok(Self { text: text.into(), type_len })
    }
}

/// Whether the text would be read as a [`StixId`].
pub fn is_identifier(text: &str) -> bool {
    type_length(text).is_some()
}

/// The length of the part before `--`, if the text is an identifier.
fn type_length(text: &str) -> Option<usize> {
    let (object_type, uuid) = text.split_once("--")?;
    let letters = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-' || it == b'_';
    let good = !object_type.is_empty() && object_type.bytes().all(letters) && is_uuid(uuid);
    good.then_some(object_type.len())
}

/// Whether the text is a UUID in lower-case hyphenated spelling.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

impl fmt::Display for StixId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        assert_eq!(
            text.parse::<StixId>().ok().map(|it| it.object_type().to_owned()).as_deref(),
            want,
            "{text}"
        );
    }

    #[test]
    fn types_and_uuids() {
        check("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", Some("indicator"));
        check("x-acme-thing--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", Some("x-acme-thing"));
        check("indicator--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F", None);
        check("indicator--8e2e2d2b17d44cbf938f98ee46b3cd3f", None);
        check("Indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", None);
        check("--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", None);
        check("indicator--not-a-uuid", None);
    }
}
