//! The entries of `granular_markings` (section 7.2.3).

use super::{BadMarking, Selector};
use crate::json::{Map, Value};

/// One entry: a mark and the parts that it lies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granular<'o> {
    /// The mark.
    pub mark: Mark<'o>,
    /// The parts.
    pub selectors: Vec<Selector>,
}

/// What a part is marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'o> {
    /// A marking definition, by identifier.
    Ref(&'o str),
    /// A language, by RFC 5646 code.
    Lang(&'o str),
}

/// The granular markings of an object, in its order.
pub fn granular_markings<'o>(properties: &'o Map<'_>) -> Result<Vec<Granular<'o>>, BadMarking> {
    let Some(value) = properties.get("granular_markings") else { return Ok(Vec::new()) };
    let entries = value.as_array().ok_or(BadMarking::Granular)?;
    entries.iter().enumerate().map(|(index, it)| entry(index, it)).collect()
}

fn entry<'o>(index: usize, value: &'o Value<'_>) -> Result<Granular<'o>, BadMarking> {
    let bad = BadMarking::Entry { index };
    let Some(properties) = value.as_object() else { return Err(BadMarking::Granular) };
    let mark = match (properties.get("marking_ref"), properties.get("lang")) {
        (Some(it), None) => it.as_str().map(Mark::Ref),
        (None, Some(it)) => it.as_str().map(Mark::Lang),
        _ => None,
    };
    let texts = properties.get("selectors").and_then(Value::as_array);
    let (Some(mark), Some(texts)) = (mark, texts) else { return Err(bad) };
    let mut selectors = Vec::with_capacity(texts.len());
    for text in texts {
        let text = text.as_str().ok_or(BadMarking::Entry { index })?;
        selectors.push(text.parse().map_err(|error| BadMarking::Selector { index, error })?);
    }
    Ok(Granular { mark, selectors })
}
