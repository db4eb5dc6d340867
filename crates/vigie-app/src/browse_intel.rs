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
    /// What it calls itself; a sighting is called what the object seen is called.
    pub title: Option<String>,
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
        let (items, next, searched) = gather(reader, &shelves, &wanted, limit, &clearance)?;
        let names = if session.is_own(&own) { names(reader)? } else { BTreeMap::new() };
        let seen = items.iter().filter_map(|it| sighted(&it.get().text)).collect();
        let titles = titles(reader, &shelves, seen, &clearance)?;
        let found = |intel: Released<Intel>| {
            let Some(label) = reader.label(intel.get().label)? else { return Ok(None) };
            let of_seen = sighted(&intel.get().text).and_then(|it| titles.get(&it).cloned());
            let title = of_seen.or_else(|| title(&intel.get().text));
            let producer = names.get(&intel.get().producer).cloned();
            Ok(Some(Found { intel, title, label, producer }))
        };
        let items =
            items.into_iter().filter_map(|it| found(it).transpose()).collect::<Result<_, StoreError>>()?;
        Ok(Browsed { items, next, searched })
    })
    .await
}

/// What one object is called, if the session may see it; a sighting is called what the object seen is called.
pub async fn title_of(app: &App, session: &Session, intel: &Intel) -> Result<Option<String>, AppError> {
    let Some(seen) = sighted(&intel.text) else { return Ok(title(&intel.text)) };
    let (own, session) = (app.clone(), session.clone());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &session.viewer, Action::View)?;
        let shelves = readable(reader, &session)?;
        Ok(titles(reader, &shelves, [seen].into(), &clearance)?.into_values().next())
    })
    .await
}

/// What is wanted, from where to go on, and how many objects were looked at.
type Gathered = (Vec<Released<Intel>>, Option<i64>, usize);

fn gather(
    reader: &Reader<'_>,
    shelves: &[Collection],
    wanted: &Wanted,
    limit: usize,
    clearance: &Clearance,
) -> Result<Gathered, StoreError> {
    let words = wanted.words.to_lowercase();
    let step = if words.is_empty() { limit } else { CHUNK };
    let (mut found, mut before, mut searched) = (Vec::<Released<Intel>>::new(), wanted.before, 0);
    loop {
        let (items, next) = chunk(reader, shelves, &wanted.types, before, step, clearance)?;
        for (added, intel) in items {
            let enough =
                found.len() >= limit && found.last().is_some_and(|it| added_micros(it.get()) != added);
            if enough {
                return Ok((found, before, searched));
            }
            searched += 1;
            before = Some(added);
            if words.is_empty() || intel.get().text.to_lowercase().contains(&words) {
                found.push(intel);
            }
        }
        before = next;
        if next.is_none() || found.len() >= limit || searched >= SEARCHED {
            return Ok((found, next, searched));
        }
    }
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

/// What a sighting says was seen.
fn sighted(text: &str) -> Option<StixId> {
    let object = Object::parse(text).ok().filter(|it| it.object_type() == "sighting")?;
    object.get("sighting_of_ref")?.as_str()?.parse().ok()
}

/// What an object calls itself.
fn title(text: &str) -> Option<String> {
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

/// Objects with when they were added, and from where to go on.
type Chunk = (Vec<(i64, Released<Intel>)>, Option<i64>);

/// The newest of all shelves together before a date, and from where to go on.
fn chunk(
    reader: &Reader<'_>,
    shelves: &[Collection],
    types: &BTreeSet<String>,
    before: Option<i64>,
    limit: usize,
    clearance: &Clearance,
) -> Result<Chunk, StoreError> {
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

fn added_micros(intel: &Intel) -> i64 {
    i64::try_from(intel.date_added.nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
}
