//! Writing: rows, journal entries and outbox messages, committed together. Each noun's file adds its verbs.
//!
//! Every verb leaves its own journal entry, except those that say otherwise. What comes in object by object is summed
//! up: one entry for a collection, one message for each label in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::Transaction;
use vigie_model::id::CollectionId;
use vigie_model::journal::Act;
use vigie_model::label::{Label, LabelId};

use crate::error::StoreError;
use crate::outbox::Change;
use crate::reader::Reader;
use crate::sqlite;
use crate::store::Options;

/// The one writing transaction, given by [`Store::write`](crate::Store::write).
pub struct Tx<'c> {
    pub(crate) connection: Transaction<'c>,
    pub(crate) now: i64,
    pub(crate) options: &'c Options,
    pub(crate) intake: Intake,
    actor: String,
    changes_before: u64,
    entries: u64,
}

/// What is gathered while objects come in, and written at the end.
#[derive(Default)]
pub(crate) struct Intake {
    pub(crate) labels: HashMap<Label, LabelId>,
    pub(crate) types: HashMap<String, i64>,
    /// By collection number and label; in order, so that the same input leaves the same rows.
    pub(crate) shelves: BTreeMap<(i64, LabelId), ShelfChange>,
    pub(crate) collections: BTreeMap<CollectionId, Clock>,
    /// Where something was added, by collection number and label.
    news: BTreeSet<(i64, LabelId)>,
}

/// What changed for one label in one collection.
#[derive(Default)]
pub(crate) struct ShelfChange {
    pub(crate) held: i64,
    pub(crate) last_added: i64,
}

/// A collection in use by a transaction.
pub(crate) struct Clock {
    pub(crate) number: i64,
    pub(crate) last_added: i64,
    pub(crate) moved: bool,
    pub(crate) added: u64,
    pub(crate) duplicates: u64,
    pub(crate) refused: u64,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: Transaction<'c>, options: &'c Options, actor: &str, now: i64) -> Self {
        let changes_before = connection.total_changes();
        let actor = actor.to_owned();
        Self { connection, now, options, intake: Intake::default(), actor, changes_before, entries: 0 }
    }

    /// Leaves a journal entry, for what no other verb of this transaction records.
    pub fn journal(&mut self, act: &Act) -> Result<(), StoreError> {
        sqlite::journal::add(&self.connection, self.now, &self.actor, act)?;
        self.entries += 1;
        Ok(())
    }

    /// Reads what is there, with what this transaction has written so far.
    pub fn reader(&mut self) -> Result<Reader<'_>, StoreError> {
        self.settle_shelves()?;
        Ok(Reader::new(&self.connection, self.options))
    }

    /// Writes what was gathered, checks that the journal tells of it, and makes all of it durable.
    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        self.settle_shelves()?;
        self.tell_news()?;
        self.settle_collections()?;
        if self.entries == 0 && self.connection.total_changes() > self.changes_before {
            return Err(StoreError::Unjournalled { actor: self.actor });
        }
        sqlite::outbox::trim(&self.connection, self.options.outbox_kept)?;
        Ok(self.connection.commit()?)
    }

    fn settle_shelves(&mut self) -> Result<(), StoreError> {
        for ((collection, label), change) in std::mem::take(&mut self.intake.shelves) {
            sqlite::shelf::change(&self.connection, collection, label, &change)?;
            if change.last_added > 0 {
                self.intake.news.insert((collection, label));
            }
        }
        Ok(())
    }

    fn tell_news(&mut self) -> Result<(), StoreError> {
        for (collection, label) in std::mem::take(&mut self.intake.news) {
            let id = sqlite::collection::id_of(&self.connection, collection)?;
            sqlite::outbox::add(&self.connection, Change::Intel, Some(id), Some(label), None)?;
        }
        Ok(())
    }

    fn settle_collections(&mut self) -> Result<(), StoreError> {
        for (id, clock) in std::mem::take(&mut self.intake.collections) {
            if clock.moved {
                sqlite::collection::tick(&self.connection, clock.number, clock.last_added)?;
            }
            if clock.added + clock.duplicates + clock.refused > 0 {
                self.journal(&Act::Ingested {
                    collection: id.to_string(),
                    added: clock.added,
                    duplicates: clock.duplicates,
                    refused: clock.refused,
                })?;
            }
        }
        Ok(())
    }
}
