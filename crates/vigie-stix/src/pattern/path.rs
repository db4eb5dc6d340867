//! From an object along a path to values (section 9.7).

use std::collections::HashSet;

use super::ast::{ObjectPath, Step};
use super::observation::Observation;
use super::octets;
use crate::json::{Map, Value};

/// A value at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'v> {
    /// As it stands in the object.
    pub(super) value: &'v Value<'v>,
    /// How the name of its property says that it is encoded.
    pub(super) encoding: Encoding,
}

/// What the end of a property's name says of its value (sections 2.1, 2.8, 9.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Nothing.
    None,
    /// `_bin`: base64.
    Base64,
    /// `_hex`: hexadecimal.
    Hex,
}

impl Encoding {
    /// The encoding of the values that a path leads to.
    pub(super) fn of(path: &ObjectPath) -> Self {
        let key = path
            .steps
            .iter()
            .rev()
            .find_map(|it| if let Step::Key(key) = it { Some(key.as_str()) } else { None });
        match key {
            Some(key) if key.ends_with("_bin") => Self::Base64,
            Some(key) if key.ends_with("_hex") => Self::Hex,
            _ => Self::None,
        }
    }

    /// The octets that a text stands for.
    pub(super) fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::None => None,
            Self::Base64 => octets::from_base64(text),
            Self::Hex => octets::from_hex(text),
        }
    }
}

/// Where a path has led so far: to an object, or to a value inside one.
#[derive(Clone, Copy)]
enum Place<'v> {
    Object(&'v Map<'v>),
    Value(&'v Value<'v>),
}

/// Every value that a path leads to from an object; none if it is not present.
///
/// A step reaches each place once however many ways lead there, so references in a circle cost no more than the
/// observation is large. `null`, which STIX has not (section 2), counts as absent.
pub(super) fn resolve<'v>(
    path: &ObjectPath,
    root: &'v Map<'v>,
    observation: &'v Observation<'v>,
) -> Vec<Found<'v>> {
    let mut places = vec![Place::Object(root)];
    let mut referring = false;
    for step in &path.steps {
        let mut next = Vec::new();
        for place in places {
            take(step, place, referring, observation, &mut next);
        }
        if next.len() > 1 {
            let mut seen = HashSet::with_capacity(next.len());
            next.retain(|it| seen.insert(address(*it)));
        }
        places = next;
        if let Step::Key(key) = step {
            referring = key.ends_with("_ref") || key.ends_with("_refs");
        }
    }
    let encoding = Encoding::of(path);
    let values = places.into_iter().filter_map(|it| match it {
        Place::Value(Value::Null) | Place::Object(_) => None,
        Place::Value(value) => Some(Found { value, encoding }),
    });
    values.collect()
}

fn take<'v>(
    step: &Step,
    place: Place<'v>,
    referring: bool,
    observation: &'v Observation<'v>,
    next: &mut Vec<Place<'v>>,
) {
    match (step, place) {
        (Step::Key(key), Place::Object(map) | Place::Value(Value::Object(map))) => {
            next.extend(map.get(key).map(Place::Value));
        }
        // A reference is followed only when a property of what it refers to is asked for; a path that ends at it leads
        // to the identifier itself. References lead only to objects of the same observation (section 9.7.4).
        (Step::Key(key), Place::Value(Value::String(id))) if referring => {
            next.extend(observation.object(id).and_then(|it| it.get(key)).map(Place::Value));
        }
        (Step::Index(index), Place::Value(Value::Array(items))) => {
            next.extend(usize::try_from(*index).ok().and_then(|it| items.get(it)).map(Place::Value));
        }
        (Step::Any, Place::Value(Value::Array(items))) => next.extend(items.iter().map(Place::Value)),
        _ => {}
    }
}

fn address(place: Place<'_>) -> *const u8 {
    match place {
        Place::Object(map) => std::ptr::from_ref(map).cast(),
        Place::Value(value) => std::ptr::from_ref(value).cast(),
    }
}
