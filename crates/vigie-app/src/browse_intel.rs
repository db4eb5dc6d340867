//! Looking through intelligence as a person does: the newest first, over all collections that the caller may read.
//!
//! What a page costs does not grow with the store: it reads back from a date until it has enough, and a search for words
//! looks at [`SEARCHED`] objects before it says how far it came.

use std::collections::{BTreeMap, BTreeSet};

use vigie_model::collection::Collection;
use vigie_model::id::MemberId;
use vigie_model::intel::Intel;
use vigie_model::label::Label;
use vigie_model::query::Query;
use vigie_policy::{Action, Clearance, Released};
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_store::{Reader, StoreError};

use crate::app::{App, AppError};
use crate::session::Session;

/// Objects that one search looks at.
pub const SEARCHED: usize = 2_000;

/// Objects that a search reads in one go.
const CHUNK: usize = 200;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Object types; empty for any.
    pub types: BTreeSet<String>,
    /// Words of its text, upper and lower case alike; empty for any.
    pub words: String,
    /// Only what came before this instant, microseconds since 1970: where the list before ended.
    pub before: Option<i64>,
}

/// A part of what was found.
#[derive(Debug, Default)]
pub struct Browsed {
    /// The newest first.
    pub items: Vec<Found>,
    /// Where to go on, if there may be more.
    pub next: Option<i64>,
    /// How many objects were looked at.
    pub searched: usize,
}

/// An object that was found: its last version, its label, and who brought it.
#[derive(Debug)]
pub struct Found {
    /// The object.
    pub intel: Released<Intel>,
    /// Its label.
    pub label: Label,
    /// The name of the member who brought it, for the node's own people.
    pub producer: Option<String>,
}

/// The newest objects, at most about `limit`: those added in the same microsecond stay together.
pub async fn run(app: &App, session: &Session, wanted: Wanted, limit: usize) -> Result<Browsed, AppError> {
    let (own, session) = (app.clone(), session.clone());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &session.viewer, Action::View)?;
        let shelves = readable(reader, &session)?;
        let words = wanted.words.to_lowercase();
        let names = if session.is_own(&own) { names(reader)? } else { BTreeMap::new() };
        let mut browsed = Browsed { next: wanted.before, ..Browsed::default() };
        let chunk = if words.is_empty() { limit } else { CHUNK };
        loop {
            let (items, next) = chunk_of(reader, &shelves, &wanted.types, browsed.next, chunk, &clearance)?;
            browsed.next = next;
            for (added, intel) in items {
                if browsed.items.len() >= limit
                    && browsed.items.last().is_some_and(|it| added_micros(it.intel.get()) != added)
                {
                    return Ok(browsed);
                }
                browsed.searched += 1;
                browsed.next = Some(added);
                if words.is_empty() || intel.get().text.to_lowercase().contains(&words) {
                    browsed.items.extend(found(reader, intel, &names)?);
                }
            }
            browsed.next = next;
            if next.is_none() || browsed.items.len() >= limit || browsed.searched >= SEARCHED {
                return Ok(browsed);
            }
        }
    })
    .await
}

/// The collections that a session may read.
pub(crate) fn readable(reader: &Reader<'_>, session: &Session) -> Result<Vec<Collection>, StoreError> {
    let mut collections = reader.collections()?;
    collections.retain(|it| session.read.covers(it.id));
    Ok(collections)
}

/// What the members are called.
pub(crate) fn names(reader: &Reader<'_>) -> Result<BTreeMap<MemberId, String>, StoreError> {
    Ok(reader.members()?.into_iter().map(|it| (it.id, it.name)).collect())
}

/// What the objects of these ids are called, as far as the session may see them.
pub(crate) fn titles(
    reader: &Reader<'_>,
    shelves: &[Collection],
    ids: BTreeSet<StixId>,
    clearance: &Clearance,
) -> Result<BTreeMap<StixId, String>, StoreError> {
    let limit = ids.len();
    let query = Query { ids, ..Query::everything(limit) };
    let mut titles = BTreeMap::new();
    for shelf in shelves.iter().filter(|_| limit > 0) {
        for item in reader.intel(shelf.id, &query, clearance)?.items {
            titles.extend(title(&item.get().text).map(|it| (item.get().id.clone(), it)));
        }
    }
    Ok(titles)
}

/// What an object calls itself.
pub fn title(text: &str) -> Option<String> {
    let object = Object::parse(text).ok()?;
    let says = |property| object.get(property)?.as_str().map(str::to_owned);
    [
        "name",
        "value",
        "abstract",
        "subject",
        "opinion",
        "content",
        "path",
        "key",
        "relationship_type",
        "definition_type",
    ]
    .into_iter()
    .find_map(says)
}

/// The newest of all shelves together before a date, and from where to go on.
fn chunk_of(
    reader: &Reader<'_>,
    shelves: &[Collection],
    types: &BTreeSet<String>,
    before: Option<i64>,
    limit: usize,
    clearance: &Clearance,
) -> Result<(Vec<(i64, Released<Intel>)>, Option<i64>), StoreError> {
    let mut items = Vec::new();
    // A shelf that was not read to its end says nothing about what is older than its last row.
    let mut floor = None;
    for shelf in shelves {
        let page = reader.newest(shelf.id, types, before, limit.saturating_add(1), clearance)?;
        floor = floor.max(page.next);
        items.extend(page.items.into_iter().map(|it| (added_micros(it.get()), it)));
    }
    items.sort_by_key(|(added, _)| std::cmp::Reverse(*added));
    items.retain(|(added, _)| floor.is_none_or(|it| *added >= it));
    Ok((items, floor))
}

fn found(
    reader: &Reader<'_>,
    intel: Released<Intel>,
    names: &BTreeMap<MemberId, String>,
) -> Result<Option<Found>, StoreError> {
    let producer = names.get(&intel.get().producer).cloned();
    let label = reader.label(intel.get().label)?;
    Ok(label.map(|label| Found { intel, label, producer }))
}

fn added_micros(intel: &Intel) -> i64 {
    i64::try_from(intel.date_added.nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
}
