//! What a pattern is evaluated against.
//!
//! An [`Observation`] is a set of objects by id, an interval of time and a number: an observed-data object (section
//! 4.14) with what it refers to, or an event that was turned into objects.
//!
//! Invariants
//! - `first <= last` and `number >= 1`.
//! - It holds only what its observed-data object names; a reference to anything else leads nowhere (section 9.7.4).
//!
//! Start with [`Observation::from_documents`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::parse::Edition;
use crate::json::{Map, Value};
use crate::object::Kind;
use crate::timestamp::{BadTimestamp, Timestamp};

/// Objects that were seen together.
#[derive(Clone, Debug)]
pub struct Observation<'a> {
    id: Option<String>,
    objects: BTreeMap<String, Arc<Map<'a>>>,
    first: i128,
    last: i128,
    number: u64,
}

/// Why a document is no observation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadObservation {
    /// Neither a bundle nor an observed-data object.
    #[error("document {document}: expected a bundle or an observed-data object, found {found}")]
    Document {
        /// Its number, from 0.
        document: usize,
        /// What it is.
        found: String,
    },
    /// A property is absent or of the wrong type.
    #[error("`{id}`: `{property}` must be {expected}")]
    Property {
        /// The observed-data object.
        id: String,
        /// The property.
        property: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A time is none.
    #[error("`{id}`: `{property}`: {error}")]
    Time {
        /// The observed-data object.
        id: String,
        /// The property.
        property: &'static str,
        /// What is wrong.
        error: BadTimestamp,
    },
    /// The end lies before the beginning.
    #[error("`{id}`: `last_observed` is before `first_observed`")]
    Backwards {
        /// The observed-data object.
        id: String,
    },
}

/// What stands in for the id of an observed-data object that has none.
const NAMELESS: &str = "observed-data";

impl<'a> Observation<'a> {
    /// The objects of one instant, such as those of an event. References between them go by the ids given here. Of two
    /// objects with one id the later stays.
    pub fn from_objects(time: &Timestamp, objects: impl IntoIterator<Item = (String, Map<'a>)>) -> Self {
        Self {
            id: None,
            objects: objects.into_iter().map(|(id, map)| (id, Arc::new(map))).collect(),
            first: time.nanos(),
            last: time.nanos(),
            number: 1,
        }
    }

    /// Every observation in the documents, in their order.
    ///
    /// A document is a bundle, or an observed-data object that carries its objects itself (STIX 2.0). The objects that
    /// `object_refs` names are looked for in all the documents together.
    pub fn from_documents(documents: &'a [Value<'a>]) -> Result<Vec<Self>, BadObservation> {
        let mut observed = Vec::new();
        let mut others: HashMap<&str, (&'a Map<'a>, Option<Arc<Map<'a>>>)> = HashMap::new();
        for (number, document) in documents.iter().enumerate() {
            let bad = || BadObservation::Document { document: number, found: named(document) };
            let map = document.as_object().ok_or_else(bad)?;
            if map.get("objects").and_then(Value::as_object).is_some() {
                observed.push(map);
                continue;
            }
            let members = map.get("objects").and_then(Value::as_array).ok_or_else(bad)?;
            for member in members.iter().filter_map(Value::as_object) {
                if is_observed_data(member) {
                    observed.push(member);
                } else if let Some(id) = member.get("id").and_then(Value::as_str) {
                    others.insert(id, (member, None));
                }
            }
        }
        observed.into_iter().map(|it| Self::from_observed_data(it, &mut others)).collect()
    }

    fn from_observed_data(
        map: &'a Map<'a>,
        others: &mut HashMap<&str, (&'a Map<'a>, Option<Arc<Map<'a>>>)>,
    ) -> Result<Self, BadObservation> {
        let id = map.get("id").and_then(Value::as_str);
        let name = || id.unwrap_or(NAMELESS).to_owned();
        let time = |property| -> Result<i128, BadObservation> {
            let text = map.get(property).and_then(Value::as_str);
            let text = text.ok_or_else(|| BadObservation::Property {
                id: name(),
                property,
                expected: "a timestamp",
            })?;
            let time: Result<Timestamp, _> = text.parse();
            time.map(|it| it.nanos()).map_err(|error| BadObservation::Time { id: name(), property, error })
        };
        let (first, last) = (time("first_observed")?, time("last_observed")?);
        if last < first {
            return Err(BadObservation::Backwards { id: name() });
        }
        let number = map.get("number_observed").and_then(Value::as_integer);
        let number = number.and_then(|it| u64::try_from(it).ok()).filter(|it| *it > 0).ok_or_else(|| {
            BadObservation::Property {
                id: name(),
                property: "number_observed",
                expected: "a whole number above 0",
            }
        })?;
        let mut objects = BTreeMap::new();
        match (
            map.get("object_refs").and_then(Value::as_array),
            map.get("objects").and_then(Value::as_object),
        ) {
            (Some(refs), _) => {
                for reference in refs.iter().filter_map(Value::as_str) {
                    let other = others.get_mut(reference).filter(|(object, _)| is_observable(object));
                    if let Some((object, shared)) = other {
                        let shared = shared.get_or_insert_with(|| Arc::new((*object).clone()));
                        objects.insert(reference.to_owned(), Arc::clone(shared));
                    }
                }
            }
            (None, Some(contained)) => {
                for (key, value) in contained.iter() {
                    if let Some(object) = value.as_object() {
                        objects.insert(key.to_owned(), Arc::new(object.clone()));
                    }
                }
            }
            (None, None) => {
                let expected = "present, or `objects`";
                return Err(BadObservation::Property { id: name(), property: "object_refs", expected });
            }
        }
        Ok(Self { id: id.map(str::to_owned), objects, first, last, number })
    }

    /// The id of the observed-data object.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The objects by id, in the order of the ids.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &Map<'a>)> {
        self.objects.iter().map(|(id, object)| (id.as_str(), object.as_ref()))
    }

    /// The object of an id.
    pub fn object(&self, id: &str) -> Option<&Map<'a>> {
        self.objects.get(id).map(AsRef::as_ref)
    }

    /// The first and the last instant, in nanoseconds since 1970.
    pub fn interval(&self) -> (i128, i128) {
        (self.first, self.last)
    }

    /// How often it was observed.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// The edition that the documents are in: STIX 2.0 when an observed-data object carries its objects itself and has no
/// `object_refs`. A pattern that stands beside them is in the same edition.
pub fn edition_of(documents: &[Value<'_>]) -> Edition {
    let carries = |map: &Map<'_>| {
        map.get("objects").and_then(Value::as_object).is_some() && !map.contains("object_refs")
    };
    let is_v20 = |document: &Value<'_>| {
        let members = document.get("objects").and_then(Value::as_array).unwrap_or_default();
        let mut maps = members.iter().filter_map(Value::as_object).filter(|it| is_observed_data(it));
        document.as_object().is_some_and(carries) || maps.any(carries)
    };
    if documents.iter().any(is_v20) { Edition::V20 } else { Edition::V21 }
}

fn is_observed_data(map: &Map<'_>) -> bool {
    map.get("type").and_then(Value::as_str) == Some("observed-data")
}

/// Patterns speak of cyber-observable objects only (section 9.7); `object_refs` may name relationships too.
fn is_observable(map: &Map<'_>) -> bool {
    let object_type = map.get("type").and_then(Value::as_str).unwrap_or_default();
    matches!(Kind::of(object_type), Kind::Sco | Kind::Custom)
}

fn named(document: &Value<'_>) -> String {
    match document.get("type").and_then(Value::as_str) {
        Some(it) => format!("`{}`", it.chars().take(60).collect::<String>()),
        None => document.kind().to_owned(),
    }
}
