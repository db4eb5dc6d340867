//! Reading pages of objects.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use vigie_model::id::{CollectionId, MemberId};
use vigie_model::intel::{Intel, IntelRef};
use vigie_model::label::LabelId;
use vigie_model::query::{Query, VersionFilter};
use vigie_policy::{Clearance, Released};
use vigie_stix::id::StixId;
use vigie_stix::timestamp::Timestamp;

use super::select::{Found, Selection, spec_version};
use super::{Quarantined, Waiting};
use crate::error::StoreError;
use crate::page::{Merge, Page, Sorted};
use crate::reader::Reader;
use crate::sqlite::intel;

/// How far somebody has read in each collection: the `date_added` of the last row, microseconds since 1970.
pub type Position = BTreeMap<CollectionId, i64>;

impl Sorted for Quarantined {
    type Key = Reverse<i64>;

    fn key(&self) -> Reverse<i64> {
        Reverse(self.number)
    }
}

impl Reader<'_> {
    /// Objects of a collection that a viewer may see, by `date_added`.
    ///
    /// A page has at most [`Query::limit`] objects, and ends before that when their text reaches
    /// [`Options::page_bytes`](crate::Options).
    pub fn intel(
        &self,
        collection: CollectionId,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<Page<Released<Intel>>, StoreError> {
        self.texts(self.found(collection, query, clearance)?, clearance)
    }

    /// The last versions of objects that a viewer may see, of these types or of any, the newest first, before a
    /// `date_added`. Bounded as [`Reader::intel`] is.
    pub fn newest(
        &self,
        collection: CollectionId,
        types: &BTreeSet<String>,
        before: Option<i64>,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<Page<Released<Intel>>, StoreError> {
        let number = self.collection_number(collection)?;
        let query = Query { types: types.clone(), ..Query::everything(limit) };
        let selection = Selection::new(self, number, &query, clearance)?;
        let found = selection.newest(before.unwrap_or(i64::MAX), limit)?;
        self.texts(found, clearance)
    }

    /// The same without the texts (TAXII 2.1 section 5.3).
    pub fn manifest(
        &self,
        collection: CollectionId,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<Page<Released<IntelRef>>, StoreError> {
        filled(self.found(collection, query, clearance)?, |found| {
            let (said, revoked) = intel::version_said(self.connection, found.held.version)?;
            let item = IntelRef {
                version: intel::said("version", found.id.as_str(), &said)?,
                id: found.id,
                spec_version: spec_version(found.held.spec),
                date_added: date_added(found.held.added),
                label: found.held.label,
                revoked,
            };
            Ok((clearance.release(item).ok(), false))
        })
    }

    /// All versions of one object (TAXII 2.1 section 5.8). Of the query the paging and the STIX versions count.
    pub fn versions(
        &self,
        collection: CollectionId,
        id: &StixId,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<Page<Released<IntelRef>>, StoreError> {
        let query = Query {
            ids: [id.clone()].into(),
            types: [].into(),
            versions: VersionFilter::All,
            ..query.clone()
        };
        self.manifest(collection, &query, clearance)
    }

    /// The last versions of indicators in all collections, for an engine: those added after a position, at most about
    /// `limit`. Goes on from the position returned until nothing more comes.
    ///
    /// An object in two collections comes twice, perhaps in different versions: the greater one counts. What was
    /// deleted is told by the [outbox](Reader::outbox) alone.
    pub fn indicators(
        &self,
        after: &Position,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<(Vec<Released<Intel>>, Position), StoreError> {
        let mut found = Vec::new();
        let mut position = after.clone();
        for collection in self.collections()? {
            let room = limit.saturating_sub(found.len());
            if room == 0 {
                break;
            }
            let query = Query {
                added_after: position.get(&collection.id).copied(),
                types: ["indicator".to_owned()].into(),
                ..Query::everything(room)
            };
            let page = self.intel(collection.id, &query, clearance)?;
            if let Some(last) = page.items.last() {
                position.insert(collection.id, micros(&last.get().date_added));
            }
            found.extend(page.items);
        }
        Ok((found, position))
    }

    /// The text of a marking definition, whoever brought it: for making out labels, never for showing.
    pub fn marking(&self, id: &str) -> Result<Option<String>, StoreError> {
        Ok(intel::latest_text(self.connection, id)?)
    }

    /// Versions whose label waits for this marking definition, after a number, 0 at first. For making out labels, never
    /// for showing.
    pub fn waiting_for(&self, marking: &str, after: i64, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        let rows = intel::awaiting(self.connection, marking, after, limit)?;
        let waiting = rows.into_iter().map(|it| {
            let awaits = intel::awaited(self.connection, it.version, it.label)?;
            it.waiting(awaits)
        });
        waiting.collect()
    }

    /// Versions that were set aside, the last first, before a number.
    pub fn quarantine(
        &self,
        before: Option<i64>,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<Page<Released<Quarantined>>, StoreError> {
        let labels = clearance.label_ids().to_vec();
        let start = Reverse(before.unwrap_or(i64::MAX));
        let mut merge =
            Merge::new(labels, start, limit.saturating_add(1), |label, after: Reverse<i64>, rows| {
                let rows = intel::quarantined(self.connection, *label, after.0, rows)?;
                rows.into_iter().map(Quarantined::try_from).collect()
            })?;
        let mut items: Vec<Released<Quarantined>> = Vec::new();
        while let Some(row) = merge.next()? {
            if items.len() == limit {
                let next = items.last().map(|it| it.get().number);
                return Ok(Page { items, more: true, next });
            }
            items.extend(clearance.release(row).ok());
        }
        Ok(Page { items, more: false, next: None })
    }

    fn found(
        &self,
        collection: CollectionId,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<(VecDeque<Found>, bool), StoreError> {
        let number = self.collection_number(collection)?;
        Selection::new(self, number, query, clearance)?.first(query.limit)
    }

    /// Turns what was selected into objects with their texts.
    fn texts(
        &self,
        found: (VecDeque<Found>, bool),
        clearance: &Clearance,
    ) -> Result<Page<Released<Intel>>, StoreError> {
        let mut producers = HashMap::new();
        let mut bytes = 0;
        filled(found, |found| {
            let row = intel::version_text(self.connection, found.held.version)?;
            bytes += row.text.len() as u64;
            let producer = self.producer(found.held.label, &mut producers)?;
            let item = Intel {
                version: intel::said("version", found.id.as_str(), &row.said)?,
                id: found.id,
                spec_version: spec_version(found.held.spec),
                date_added: date_added(found.held.added),
                producer,
                label: found.held.label,
                revoked: row.revoked,
                text: row.text,
            };
            let full = bytes >= self.options.page_bytes;
            Ok((clearance.release(item).ok(), full))
        })
    }

    fn producer(
        &self,
        label: LabelId,
        known: &mut HashMap<LabelId, MemberId>,
    ) -> Result<MemberId, StoreError> {
        if let Some(it) = known.get(&label) {
            return Ok(*it);
        }
        let found = self.label(label)?;
        let found = found.ok_or_else(|| StoreError::NotFound { noun: "label", id: label.0.to_string() })?;
        known.insert(label, found.originator);
        Ok(found.originator)
    }
}

/// Turns what was selected into a page. `read` makes an item, unless policy withholds it, and says whether the page is
/// full with it.
fn filled<T>(
    (mut found, mut more): (VecDeque<Found>, bool),
    mut read: impl FnMut(Found) -> Result<(Option<Released<T>>, bool), StoreError>,
) -> Result<Page<Released<T>>, StoreError> {
    let mut items = Vec::with_capacity(found.len());
    let mut last = None;
    while let Some(next) = found.pop_front() {
        last = Some(next.held.added);
        let (item, full) = read(next)?;
        items.extend(item);
        if full && !found.is_empty() {
            more = true;
            break;
        }
    }
    Ok(Page { items, more, next: last.filter(|_| more) })
}

fn date_added(micros: i64) -> Timestamp {
    Timestamp::from_nanos_micros(i128::from(micros) * 1_000)
}

fn micros(date_added: &Timestamp) -> i64 {
    i64::try_from(date_added.nanos() / 1_000).unwrap_or(i64::MAX)
}
