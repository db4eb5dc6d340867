//! Collections, and how much of each a viewer may see.

use std::collections::btree_map::Entry;

use vigie_model::collection::Collection;
use vigie_model::id::CollectionId;
use vigie_model::journal::Act;
use vigie_policy::Clearance;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::{Clock, Tx};

impl Reader<'_> {
    /// All collections, in the order of their identifiers.
    pub fn collections(&self) -> Result<Vec<Collection>, StoreError> {
        sqlite::collection::all(self.connection)?.into_iter().map(TryInto::try_into).collect()
    }

    /// A collection by its identifier or its alias.
    pub fn collection(&self, id_or_alias: &str) -> Result<Option<Collection>, StoreError> {
        let row = match sqlite::collection::by_id(self.connection, id_or_alias)? {
            Some(row) => Some(row),
            None => sqlite::collection::by_alias(self.connection, id_or_alias)?,
        };
        row.map(TryInto::try_into).transpose()
    }

    /// How many versions of objects a viewer may see in a collection; one brought in under two labels counts twice.
    pub fn count(&self, collection: CollectionId, clearance: &Clearance) -> Result<u64, StoreError> {
        let number = self.collection_number(collection)?;
        let shelves = sqlite::shelf::counts(self.connection, number)?;
        let visible = shelves.into_iter().filter(|(label, _)| clearance.allows(*label));
        Ok(visible.map(|(_, held)| u64::try_from(held).unwrap_or_default()).sum())
    }

    pub(crate) fn collection_number(&self, id: CollectionId) -> Result<i64, StoreError> {
        let row = sqlite::collection::by_id(self.connection, &id.to_string())?;
        row.map(|it| it.number).ok_or_else(|| not_found(id))
    }
}

impl Tx<'_> {
    /// Makes a collection. Its identifier and alias must be free.
    pub fn add_collection(&mut self, collection: &Collection) -> Result<(), StoreError> {
        sqlite::collection::add(&self.connection, collection).map_err(|it| taken(it, collection))?;
        self.journal(&Act::CollectionAdded { collection: collection.id.to_string() })
    }

    /// Changes the title, description and alias of a collection.
    pub fn set_collection(&mut self, collection: &Collection) -> Result<(), StoreError> {
        let found =
            sqlite::collection::set(&self.connection, collection).map_err(|it| taken(it, collection))?;
        if !found {
            return Err(not_found(collection.id));
        }
        self.journal(&Act::CollectionSet { collection: collection.id.to_string() })
    }

    /// Counts objects that were refused before they reached the store, for the journal.
    pub fn count_refused(&mut self, collection: CollectionId, objects: u64) -> Result<(), StoreError> {
        self.clock(collection)?.refused += objects;
        Ok(())
    }

    /// The collection in this transaction.
    pub(crate) fn clock(&mut self, id: CollectionId) -> Result<&mut Clock, StoreError> {
        match self.intake.collections.entry(id) {
            Entry::Occupied(it) => Ok(it.into_mut()),
            Entry::Vacant(it) => {
                let row = sqlite::collection::by_id(&self.connection, &id.to_string())?;
                let row = row.ok_or_else(|| not_found(id))?;
                Ok(it.insert(Clock {
                    number: row.number,
                    last_added: row.last_added,
                    moved: false,
                    added: 0,
                    duplicates: 0,
                    refused: 0,
                }))
            }
        }
    }

    /// The next `date_added` of a collection: the time, or the microsecond after the last one given.
    pub(crate) fn tick(&mut self, id: CollectionId) -> Result<i64, StoreError> {
        let now = self.now / 1_000;
        let clock = self.clock(id)?;
        clock.last_added = now.max(clock.last_added + 1);
        clock.moved = true;
        Ok(clock.last_added)
    }
}

fn not_found(id: CollectionId) -> StoreError {
    StoreError::NotFound { noun: "collection", id: id.to_string() }
}

fn taken(error: rusqlite::Error, collection: &Collection) -> StoreError {
    if StoreError::is_conflict(&error) {
        let name = collection.alias.clone().unwrap_or_else(|| collection.id.to_string());
        StoreError::Taken { noun: "collection", name }
    } else {
        error.into()
    }
}
