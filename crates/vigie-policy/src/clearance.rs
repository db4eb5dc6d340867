//! The door out: what one viewer may have, and the only maker of [`Released`].
//!
//! A [`Clearance`] is decided once for a viewer and all labels of a store. The store turns
//! [`Clearance::label_ids`] into its filter, and [`Clearance::release`] checks each value that comes back, so that SQL
//! makes it fast and policy makes it true.

use std::collections::BTreeMap;

use vigie_model::label::{Label, LabelId, Labelled};

use crate::decide::{Decision, Policy, Reason, Withheld};
use crate::viewer::{Action, Viewer};

/// A value that policy let through, for one viewer and one action.
///
/// There is no way to make one but [`Clearance::release`]:
///
/// ```compile_fail,E0423
/// let page = vigie_policy::Released("secret");
/// ```
/// ```compile_fail,E0277
/// fn copy<T: Clone>(_: T) {}
/// fn twice(it: vigie_policy::Released<String>) { copy(it) }
/// ```
/// ```compile_fail,E0277
/// fn from_nothing<T: Default>() -> T { T::default() }
/// from_nothing::<vigie_policy::Released<String>>();
/// ```
/// ```compile_fail,E0277
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<vigie_policy::Released<String>>();
/// ```
/// ```compile_fail,E0599
/// fn other(it: vigie_policy::Released<String>) { it.map(|_| "secret"); }
/// ```
#[derive(Debug)]
pub struct Released<T>(T);

/// Which labels one viewer may act on.
#[derive(Clone, Debug)]
pub struct Clearance {
    viewer: Viewer,
    action: Action,
    allowed: Vec<LabelId>,
    withheld: BTreeMap<LabelId, Withheld>,
    good_until: Option<i64>,
}

impl Policy {
    /// Decides every label for one viewer and action. `now` is in nanoseconds since 1970.
    pub fn clearance<'l>(
        &self,
        viewer: &Viewer,
        action: Action,
        now: i64,
        labels: impl IntoIterator<Item = (LabelId, &'l Label)>,
    ) -> Clearance {
        let mut clearance = Clearance {
            viewer: viewer.clone(),
            action,
            allowed: Vec::new(),
            withheld: BTreeMap::new(),
            good_until: None,
        };
        clearance.extend(self, now, labels);
        clearance
    }
}

impl Clearance {
    /// Decides labels that were interned since. A label already decided keeps its answer.
    pub fn extend<'l>(
        &mut self,
        policy: &Policy,
        now: i64,
        labels: impl IntoIterator<Item = (LabelId, &'l Label)>,
    ) {
        let mut fresh = Vec::new();
        for (id, label) in labels {
            if self.allows(id) || self.withheld.contains_key(&id) {
                continue;
            }
            match policy.decide(&self.viewer, label, self.action, now) {
                Decision::Release(_) => {
                    fresh.push(id);
                    self.good_until = [self.good_until, label.expires].into_iter().flatten().min();
                }
                Decision::Withhold(why) => drop(self.withheld.insert(id, why)),
            }
        }
        self.allowed.append(&mut fresh);
        self.allowed.sort_unstable();
        self.allowed.dedup();
    }

    /// The labels that the viewer may act on, ascending.
    pub fn label_ids(&self) -> &[LabelId] {
        &self.allowed
    }

    /// Whether the viewer may act on what carries this label. A label that was not decided is not allowed.
    pub fn allows(&self, label: LabelId) -> bool {
        self.allowed.binary_search(&label).is_ok()
    }

    /// Lets a value out, or says why not.
    pub fn release<T: Labelled>(&self, value: T) -> Result<Released<T>, Withheld> {
        let label = value.label_id();
        if self.allows(label) { Ok(Released(value)) } else { Err(self.why_not(label)) }
    }

    /// For whom it was decided.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// For what it was decided.
    pub fn action(&self) -> Action {
        self.action
    }

    /// From this instant on (nanoseconds since 1970) a label allowed here has run out, and the clearance must be
    /// decided anew. None: never.
    pub fn good_until(&self) -> Option<i64> {
        self.good_until
    }

    fn why_not(&self, label: LabelId) -> Withheld {
        self.withheld.get(&label).cloned().unwrap_or_else(|| {
            let sentence = "its label was not among those decided for the viewer".to_owned();
            Withheld::new([Reason { policy: "undecided".to_owned(), sentence }])
        })
    }
}

impl<T> Released<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value, on its way out.
    pub fn into_inner(self) -> T {
        self.0
    }
}
