//! Deleting objects from a collection.

use std::collections::BTreeSet;

use vigie_model::id::CollectionId;
use vigie_model::journal::Act;
use vigie_model::label::LabelId;
use vigie_model::query::Query;
use vigie_policy::Clearance;
use vigie_stix::id::StixId;

use super::select::Selection;
use crate::error::StoreError;
use crate::outbox::Change;
use crate::sqlite::holding::{self, Holding};
use crate::sqlite::{intel, outbox};
use crate::tx::Tx;

impl Tx<'_> {
    /// Deletes the versions of one object that a viewer may see and the query asks for, and says how many. The query's
    /// identifiers, types and paging do not count.
    ///
    /// A text that no collection holds any more is gone. That the object existed, whose it is and whether it was revoked
    /// is remembered, so that nobody can take it over.
    pub fn delete_intel(
        &mut self,
        collection: CollectionId,
        id: &StixId,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<u64, StoreError> {
        let number = self.clock(collection)?.number;
        let query = Query {
            ids: [id.clone()].into(),
            versions: query.versions.clone(),
            spec_versions: query.spec_versions.clone(),
            ..Query::everything(usize::MAX)
        };
        let reader = self.reader()?;
        let (found, _) = Selection::new(&reader, number, &query, clearance)?.first(usize::MAX)?;
        let mut labels = BTreeSet::new();
        for it in &found {
            // Also where the same version is held for another label, or it would come to light there.
            for held in holding::of_version(&self.connection, it.held.object, it.held.spec, it.held.instant)?
            {
                if held.collection == number && clearance.allows(held.label) {
                    self.release_hold(&held)?;
                    labels.insert(held.label);
                }
            }
            self.forget_unheld(&it.held)?;
        }
        for label in &labels {
            self.tell_deleted(collection, *label, id)?;
        }
        if !labels.is_empty() {
            self.journal(&Act::Deleted { collection: collection.to_string(), object: id.to_string() })?;
        }
        Ok(found.len() as u64)
    }

    fn tell_deleted(
        &mut self,
        collection: CollectionId,
        label: LabelId,
        id: &StixId,
    ) -> Result<(), StoreError> {
        let subject = Some(id.as_str());
        Ok(outbox::add(&self.connection, Change::Deleted, Some(collection), Some(label), subject)?)
    }

    /// Removes a holding; the one before it under the same label is the newest then.
    pub(super) fn release_hold(&mut self, held: &Holding) -> Result<(), StoreError> {
        holding::remove(&self.connection, held)?;
        if held.newest {
            let top = holding::top(&self.connection, held.object, held.collection, held.label, held.spec)?;
            if let Some(top) = top {
                holding::set_newest(&self.connection, &top, true)?;
            }
        }
        self.intake.shelves.entry((held.collection, held.label)).or_default().held -= 1;
        Ok(())
    }

    fn forget_unheld(&mut self, held: &Holding) -> Result<(), StoreError> {
        if holding::of_version(&self.connection, held.object, held.spec, held.instant)?.is_empty() {
            intel::remove_version(&self.connection, held.version)?;
        }
        Ok(())
    }
}
