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
    clearance: Arc<Clearance>,
    /// How many of the labels it was decided over.
    labels: usize,
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
        decided.retain(|it| it.clearance.good_until().is_none_or(|it| it > now));
        let of = |it: &Decided| it.clearance.action() == action && it.clearance.viewer() == viewer;
        let current = match decided.iter().position(of) {
            Some(at) if decided.get(at).is_some_and(|it| it.labels == labels.len()) => decided.remove(at),
            Some(at) => {
                let Decided { mut clearance, labels: done } = decided.remove(at);
                let fresh = labels.iter().skip(done).map(|(id, label)| (*id, label));
                Arc::make_mut(&mut clearance).extend(&self.inner().policy, now, fresh);
                Decided { clearance, labels: labels.len() }
            }
            None => {
                let all = labels.iter().map(|(id, label)| (*id, label));
                let clearance = Arc::new(self.inner().policy.clearance(viewer, action, now, all));
                Decided { clearance, labels: labels.len() }
            }
        };
        let clearance = Arc::clone(&current.clearance);
        // The last used stands last; the first is forgotten.
        decided.push(current);
        if decided.len() > KEEP {
            decided.remove(0);
        }
        Ok(clearance)
    }
}
