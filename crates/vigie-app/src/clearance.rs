//! What each viewer may have, decided once for every label and kept.
//!
//! A decision is made anew when the viewer changes in any way (its membership and groups are part of the key), when
//! its clearance has run out because a label expired, and is extended when the store has interned new labels.

use std::sync::Arc;

use vigie_model::label::{Label, LabelId};
use vigie_policy::{Action, Clearance, Viewer};
use vigie_store::{Reader, StoreError};

use crate::app::App;
use crate::clock;

/// The labels seen so far and the clearances decided over them.
#[derive(Default)]
pub(crate) struct Clearances {
    labels: Vec<(LabelId, Label)>,
    decided: Vec<Decided>,
}

struct Decided {
    viewer: Viewer,
    action: Action,
    clearance: Arc<Clearance>,
    labels: usize,
    runs_out: i64,
}

/// More viewers than this at once and the oldest is forgotten.
const KEEP: usize = 256;

impl App {
    /// What this viewer may have of all that the reader's snapshot holds.
    pub(crate) fn clearance(
        &self,
        reader: &Reader,
        viewer: &Viewer,
        action: Action,
    ) -> Result<Arc<Clearance>, StoreError> {
        let now = clock::now();
        let mut cache = self.inner().clearances.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = cache.labels.last().map_or(LabelId(0), |(id, _)| *id);
        cache.labels.extend(reader.labels_after(last)?);
        let Clearances { labels, decided } = &mut *cache;
        decided.retain(|it| it.runs_out > now);
        let found = decided.iter().position(|it| it.action == action && it.viewer == *viewer);
        if let Some(found) = found.and_then(|at| decided.get(at)).filter(|it| it.labels == labels.len()) {
            return Ok(Arc::clone(&found.clearance));
        }
        if let Some(stale) = found {
            decided.remove(stale);
        }
        let all = labels.iter().map(|(id, label)| (*id, label));
        let clearance = Arc::new(self.inner().policy.clearance(viewer, action, now, all));
        let runs_out = labels.iter().filter_map(|(_, it)| it.expires).filter(|it| *it > now).min();
        decided.push(Decided {
            viewer: viewer.clone(),
            action,
            clearance: Arc::clone(&clearance),
            labels: labels.len(),
            runs_out: runs_out.unwrap_or(i64::MAX),
        });
        if decided.len() > KEEP {
            decided.remove(0);
        }
        Ok(clearance)
    }
}
