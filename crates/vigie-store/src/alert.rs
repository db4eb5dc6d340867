//! Alerts.

use std::cmp::Reverse;

use vigie_model::alert::{Alert, Hit};
use vigie_model::id::AlertId;
use vigie_model::journal::Act;
use vigie_policy::{Admitted, Clearance, Released};
use vigie_stix::id::StixId;

use crate::error::StoreError;
use crate::outbox::Change;
use crate::page::{Mark, Merge, Page, Sorted};
use crate::reader::Reader;
use crate::sqlite;
use crate::sqlite::alert::AlertRow;
use crate::tx::Tx;

/// An alert on its way in; see [`Alert`] for its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAlert {
    /// Stable in this node.
    pub id: AlertId,
    /// When this node noticed, nanoseconds since 1970.
    pub noticed: i64,
    /// The match itself.
    pub hit: Hit,
    /// The STIX indicator that fired, when the rule is one.
    pub indicator: Option<StixId>,
}

impl Sorted for AlertRow {
    type Key = Reverse<Mark>;

    fn key(&self) -> Reverse<Mark> {
        Reverse(self.mark)
    }
}

impl Reader<'_> {
    /// One alert, if the viewer may see it.
    pub fn alert(&self, id: AlertId, clearance: &Clearance) -> Result<Option<Released<Alert>>, StoreError> {
        let Some(row) = sqlite::alert::by_id(self.connection, id)? else { return Ok(None) };
        Ok(clearance.release(Alert::try_from(row)?).ok())
    }

    /// Alerts that a viewer may see, on one indicator or all, the last noticed first, from the beginning or after a mark.
    pub fn alerts(
        &self,
        of: Option<&StixId>,
        after: Option<Mark>,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<Page<Released<Alert>, Mark>, StoreError> {
        let labels = clearance.label_ids().to_vec();
        let start = Reverse(after.unwrap_or(Mark::START));
        let merge =
            Merge::new(labels, start, limit.saturating_add(1), |label, after: Reverse<Mark>, rows| {
                Ok(match of {
                    Some(it) => sqlite::alert::of_indicator(self.connection, it, *label, after.0, rows)?,
                    None => sqlite::alert::by_label(self.connection, *label, after.0, rows)?,
                })
            })?;
        merge.released(limit, clearance)
    }
}

impl Tx<'_> {
    /// Stores an alert.
    pub fn add_alert(&mut self, alert: Admitted<NewAlert>) -> Result<(), StoreError> {
        let (alert, label) = alert.into_parts();
        let label = self.intern_label(&label)?;
        let id = alert.id.to_string();
        sqlite::alert::add(&self.connection, &alert, label).map_err(|it| {
            if StoreError::is_conflict(&it) {
                StoreError::Taken { noun: "alert", name: id.clone() }
            } else {
                it.into()
            }
        })?;
        sqlite::outbox::add(&self.connection, Change::Alert, None, Some(label), Some(&id))?;
        self.journal(&Act::Alerted { alert: id, rule: alert.hit.rule.id })
    }
}
