//! Sightings: one row for each STIX sighting, so that counts need no parsing.

use std::cmp::Reverse;

use vigie_model::id::MemberId;
use vigie_model::journal::Act;
use vigie_model::sighting::Sighting;
use vigie_policy::{Admitted, Clearance, Released};
use vigie_stix::id::StixId;

use crate::error::StoreError;
use crate::outbox::Change;
use crate::page::{Mark, Merge, Page, Sorted};
use crate::reader::Reader;
use crate::sqlite;
use crate::sqlite::sighting::SightingRow;
use crate::tx::Tx;

/// A sighting on its way in; see [`Sighting`] for its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSighting {
    /// The STIX sighting's identifier.
    pub id: StixId,
    /// What was seen.
    pub indicator: StixId,
    /// Who saw it.
    pub member: MemberId,
    /// How often; 0 says that it was looked for and not seen.
    pub count: u32,
    /// When it was first seen, nanoseconds since 1970.
    pub first_seen: i64,
    /// When it was last seen, nanoseconds since 1970.
    pub last_seen: i64,
}

impl Sorted for SightingRow {
    type Key = Reverse<Mark>;

    fn key(&self) -> Reverse<Mark> {
        Reverse(self.mark)
    }
}

impl Reader<'_> {
    /// Sightings that a viewer may see, of one indicator or of all, the last that came first, from the beginning or
    /// after a mark.
    pub fn sightings(
        &self,
        of: Option<&StixId>,
        after: Option<Mark>,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<Page<Released<Sighting>, Mark>, StoreError> {
        let labels = clearance.label_ids().to_vec();
        let start = Reverse(after.unwrap_or(Mark::START));
        let merge =
            Merge::new(labels, start, limit.saturating_add(1), |label, after: Reverse<Mark>, rows| {
                Ok(match of {
                    Some(it) => sqlite::sighting::of_indicator(self.connection, it, *label, after.0, rows)?,
                    None => sqlite::sighting::by_label(self.connection, *label, after.0, rows)?,
                })
            })?;
        merge.released(limit, clearance)
    }
}

impl Tx<'_> {
    /// Stores a sighting, or what its member says of it now. Says whether it was taken: a sighting keeps its member
    /// and its indicator.
    pub fn add_sighting(&mut self, sighting: Admitted<NewSighting>) -> Result<bool, StoreError> {
        let (sighting, label) = sighting.into_parts();
        let label = self.intern_label(&label)?;
        let taken = sqlite::sighting::set(&self.connection, &sighting, label, self.now)?;
        if taken {
            let id = Some(sighting.id.as_str());
            sqlite::outbox::add(&self.connection, Change::Sighting, None, Some(label), id)?;
        }
        self.journal(&Act::Sighted {
            sighting: sighting.id.to_string(),
            indicator: sighting.indicator.to_string(),
        })?;
        Ok(taken)
    }
}
