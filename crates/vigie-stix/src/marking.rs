//! Data markings: which handling marks lie on which part of an object (section 7.2).
//!
//! An object names its marks by reference: `object_marking_refs` lie on all of it, each entry of `granular_markings`
//! on the parts that its selectors name and on everything below them. [`effective`] answers for any part.
//!
//! Invariants
//! - Nothing here decides who may read what; that is policy. Here a mark is a reference, or a level of [`Tlp`].
//! - A malformed marking is an error and never "no marking", so that a caller can fail closed.
//!
//! Start with [`effective`]; levels are in `marking/tlp.rs`, the marks themselves in `marking/definition.rs`.

mod definition;
mod granular;
mod selector;
mod tlp;

pub use definition::{BadDefinition, MarkingDefinition};
pub use granular::{Granular, Mark, granular_markings};
pub use selector::{BadSelector, Selector, Step};
pub use tlp::{BadTlp, TLP_EXTENSION, Tlp};

use crate::json::{Map, Value};
use crate::object::Object;

/// The marks on a part of an object, each once, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effective<'o> {
    /// The marking definitions, by identifier.
    pub refs: Vec<&'o str>,
    /// The languages, by RFC 5646 code.
    pub langs: Vec<&'o str>,
}

/// Which marks count for a part, besides those that name it exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Those on the whole object and on what the part lies in.
    pub inherited: bool,
    /// Those on what lies in the part.
    pub descendants: bool,
}

/// Why the marks of an object cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMarking {
    /// `object_marking_refs` is something other than a list of strings.
    #[error("`object_marking_refs` must be a list of identifiers")]
    ObjectRefs,
    /// `granular_markings` is something other than a list of objects.
    #[error("`granular_markings` must be a list of objects")]
    Granular,
    /// An entry has neither or both of `marking_ref` and `lang`, or no list of selectors.
    #[error(
        "`granular_markings.[{index}]` must have `selectors` and exactly one of `marking_ref` and `lang`"
    )]
    Entry {
        /// Which entry, from zero.
        index: usize,
    },
    /// A selector cannot be read.
    #[error("`granular_markings.[{index}].selectors`: {error}")]
    Selector {
        /// Which entry, from zero.
        index: usize,
        /// What is wrong with it.
        error: BadSelector,
    },
}

/// Every mark on a part: on the object, on what the part lies in, on the part, and on what lies in it.
///
/// This is what whoever would hand out the part must obey. `get_markings(…, inherited=True, descendants=True)` of
/// python-stix2 gives the same for selectors that end at the border of a property name.
pub fn effective<'o>(object: &'o Object<'_>, selector: &Selector) -> Result<Effective<'o>, BadMarking> {
    markings_at(object, selector, Reach { inherited: true, descendants: true })
}

/// The marks on a part, as far as `reach` goes.
pub fn markings_at<'o>(
    object: &'o Object<'_>,
    selector: &Selector,
    reach: Reach,
) -> Result<Effective<'o>, BadMarking> {
    let mut found = Effective::default();
    if reach.inherited {
        found.refs = object_marking_refs(object)?;
    }
    for granular in granular_markings(object.properties())? {
        let hit = granular.selectors.iter().any(|it| {
            it == selector
                || (reach.inherited && it.covers(selector))
                || (reach.descendants && selector.covers(it))
        });
        match granular.mark {
            Mark::Ref(it) if hit => found.refs.push(it),
            Mark::Lang(it) if hit => found.langs.push(it),
            _ => {}
        }
    }
    sort(&mut found.refs);
    sort(&mut found.langs);
    Ok(found)
}

/// The marks on the object as a whole, as it names them.
pub fn object_marking_refs<'o>(object: &'o Object<'_>) -> Result<Vec<&'o str>, BadMarking> {
    let Some(value) = object.get("object_marking_refs") else { return Ok(Vec::new()) };
    let items = value.as_array().ok_or(BadMarking::ObjectRefs)?;
    items.iter().map(|it| it.as_str().ok_or(BadMarking::ObjectRefs)).collect()
}

/// Every marking definition that an object names, for all of it or for a part, each once, sorted.
pub fn all_marking_refs<'o>(object: &'o Object<'_>) -> Result<Vec<&'o str>, BadMarking> {
    let mut refs = object_marking_refs(object)?;
    refs.extend(granular_markings(object.properties())?.iter().filter_map(|it| match it.mark {
        Mark::Ref(it) => Some(it),
        Mark::Lang(_) => None,
    }));
    sort(&mut refs);
    Ok(refs)
}

/// Whether the properties carry any mark at all, well formed or not.
pub fn is_marked(properties: &Map<'_>) -> bool {
    let some = |it: &Value<'_>| it.as_array().is_none_or(|it| !it.is_empty());
    ["object_marking_refs", "granular_markings"].iter().any(|it| properties.get(it).is_some_and(some))
}

fn sort(refs: &mut Vec<&str>) {
    refs.sort_unstable();
    refs.dedup();
}

#[cfg(test)]
mod tests;
