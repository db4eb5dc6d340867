//! Splits what carries objects into the texts of those objects.
//!
//! A STIX bundle, a TAXII 2.1 envelope, a JSON list and a bare object are all taken. Nothing is copied or written
//! anew: every [`Part`] is a slice of the input with its exact place, ready for [`crate::object::Object::parse`].
//!
//! Invariants
//! - A part is refused alone: an item that is no object, or is too long, does not cost its neighbours.
//! - Memory is bounded by [`Limits`]: one slice for each object and the few properties of the container.
//! - A text that is not JSON as a whole is refused as a whole, for then no border inside it can be trusted.
//!
//! Start with [`split`].

use std::ops::Range;

use crate::json::{self, BadJson, Map};

mod reader;

/// How much is taken at once. The bytes of the whole text are for the caller to limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most objects in one text; more refuse the text.
    pub max_objects: usize,
    /// The longest object, in bytes; a longer one is refused alone.
    pub max_object_bytes: usize,
    /// The most findings that validation reports for one object.
    pub max_findings: usize,
    /// The most findings that it reports for all of them; what comes after is not looked at.
    pub max_findings_in_all: usize,
}

impl Default for Limits {
    /// A million objects of at most 16 MiB; a hundred findings for each, a hundred thousand for all.
    fn default() -> Self {
        Self {
            max_objects: 1_000_000,
            max_object_bytes: 16 << 20,
            max_findings: 100,
            max_findings_in_all: 100_000,
        }
    }
}

/// A text, split.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// What held the objects.
    pub container: Container,
    /// The properties of the container other than `objects`; empty for a list and for a bare object.
    pub outer: Map<'a>,
    /// Whether the container has a property `objects`; true for a list and for a bare object.
    pub has_objects: bool,
    /// The objects, in the order of the text.
    pub objects: Vec<Part<'a>>,
    /// The items that cannot be objects, in the order of the text.
    pub refused: Vec<BadPart>,
}

/// What held the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A STIX bundle (section 8).
    Bundle,
    /// A TAXII 2.1 envelope (TAXII section 3.7): `objects`, perhaps `more` and `next`, and no `type`.
    Envelope,
    /// A JSON list.
    List,
    /// Nothing: the text is one object.
    Bare,
}

/// The text of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Which item of the container it is, from zero.
    pub index: usize,
    /// Its exact text, from `{` to `}`.
    pub text: &'a str,
    /// Where that begins, in bytes from the start of the input.
    pub start: usize,
}

impl Part<'_> {
    /// The bytes of the input that it is.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Why one item was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPart {
    /// It is JSON, but no object.
    #[error("item {index} is no object; it begins with `{first}`")]
    NotAnObject {
        /// Which item of the container it is, from zero.
        index: usize,
        /// Its first character.
        first: char,
    },
    /// It is longer than [`Limits::max_object_bytes`].
    #[error("object {index} is {got} bytes; the limit `max_object_bytes` is {limit}")]
    TooLong {
        /// Which item of the container it is, from zero.
        index: usize,
        /// Its length in bytes.
        got: usize,
        /// The limit.
        limit: usize,
    },
}

impl BadPart {
    /// Which item of the container it is, from zero.
    pub fn index(&self) -> usize {
        match self {
            Self::NotAnObject { index, .. } | Self::TooLong { index, .. } => *index,
        }
    }
}

/// Why a text was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum BadBundle {
    /// The text is not JSON.
    #[error(transparent)]
    Json(#[from] BadJson),
    /// There are more objects than [`Limits::max_objects`].
    #[error("there are more than {0} objects; the limit is `max_objects`")]
    TooMany(usize),
    /// The text is JSON, but holds no objects.
    #[error("expected a bundle, an envelope, a list of objects or one object, found {0}")]
    NotObjects(&'static str),
    /// `objects` is something other than a list.
    #[error("`objects` must be a list, found {0}")]
    ObjectsNotAList(&'static str),
}

/// Bytes that are no UTF-8, which all STIX must be (section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} (line {line}) is not UTF-8")]
pub struct BadUtf8 {
    /// How many bytes before it are good.
    pub at: usize,
    /// The line that it stands in, from one.
    pub line: usize,
}

/// Reads bytes as text.
pub fn from_bytes(bytes: &[u8]) -> Result<&str, BadUtf8> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let line = 1 + bytes.iter().take(at).filter(|it| **it == b'\n').count();
        BadUtf8 { at, line }
    })
}

/// Finds the objects in a text. A byte order mark before it is passed over.
pub fn split(input: &str, limits: Limits) -> Result<Parts<'_>, BadBundle> {
    let marked = input.strip_prefix('\u{feff}').unwrap_or(input);
    let text = marked.trim_matches([' ', '\t', '\n', '\r']);
    if text.starts_with('[') {
        return sorted_out(input, Container::List, Map::default(), text, limits);
    }
    if !text.starts_with('{') {
        return Err(BadBundle::NotObjects(json::parse(text)?.kind()));
    }
    let properties = reader::properties(text)?;
    let value = |wanted: &str| properties.iter().find(|(key, _)| key == wanted).map(|(_, value)| *value);
    let objects = value("objects");
    let container = match value("type").map(json::parse).transpose()? {
        Some(object_type) if object_type.as_str() == Some("bundle") => Container::Bundle,
        None if objects.is_some() || value("id").is_none() => Container::Envelope,
        _ => return Ok(bare(input, text, limits)),
    };
    let has_objects = objects.is_some();
    let objects = objects.unwrap_or("[]");
    if !objects.starts_with('[') {
        return Err(BadBundle::ObjectsNotAList(json::parse(objects)?.kind()));
    }
    let outer = properties.iter().filter(|(key, _)| key != "objects");
    let outer = outer.map(|(key, value)| Ok((key.clone(), json::parse(value)?)));
    let outer = Map::from_distinct(outer.collect::<Result<_, BadJson>>()?);
    let parts = sorted_out(input, container, outer, objects, limits)?;
    Ok(Parts { has_objects, ..parts })
}

fn bare<'a>(input: &'a str, text: &'a str, limits: Limits) -> Parts<'a> {
    let mut parts = Parts::empty(Container::Bare, Map::default());
    parts.take(input, 0, text, limits.max_object_bytes);
    parts
}

fn sorted_out<'a>(
    input: &'a str,
    container: Container,
    outer: Map<'a>,
    list: &'a str,
    limits: Limits,
) -> Result<Parts<'a>, BadBundle> {
    let items = reader::items(list, limits.max_objects)?.ok_or(BadBundle::TooMany(limits.max_objects))?;
    let mut parts = Parts::empty(container, outer);
    parts.objects.reserve_exact(items.len());
    for (index, text) in items.into_iter().enumerate() {
        parts.take(input, index, text, limits.max_object_bytes);
    }
    Ok(parts)
}

impl<'a> Parts<'a> {
    fn empty(container: Container, outer: Map<'a>) -> Self {
        Self { container, outer, has_objects: true, objects: Vec::new(), refused: Vec::new() }
    }

    fn take(&mut self, input: &'a str, index: usize, text: &'a str, limit: usize) {
        let first = text.chars().next().unwrap_or_default();
        if first != '{' {
            self.refused.push(BadPart::NotAnObject { index, first });
        } else if text.len() > limit {
            self.refused.push(BadPart::TooLong { index, got: text.len(), limit });
        } else {
            // The text is a slice of the input, so the difference of the addresses is its place.
            let start = text.as_ptr().addr() - input.as_ptr().addr();
            self.objects.push(Part { index, text, start });
        }
    }
}

#[cfg(test)]
mod tests;
