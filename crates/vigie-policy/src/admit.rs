//! The door in: the only maker of [`Admitted`].

use vigie_model::label::{Clause, Label};

use crate::decide::{Decision, Policy, Withheld};
use crate::viewer::{Action, Viewer};

/// A value that may be stored, with its label.
///
/// There is no way to make one but [`Policy::admit`] and [`Policy::admit_derived`]:
///
/// ```compile_fail,E0451
/// fn forge(label: vigie_model::label::Label) {
///     let _ = vigie_policy::Admitted { value: "forged", label };
/// }
/// ```
/// ```compile_fail,E0277
/// fn copy<T: Clone>(_: T) {}
/// fn twice(it: vigie_policy::Admitted<String>) { copy(it) }
/// ```
/// ```compile_fail,E0277
/// fn from_nothing<T: Default>() -> T { T::default() }
/// from_nothing::<vigie_policy::Admitted<String>>();
/// ```
/// ```compile_fail,E0277
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<vigie_policy::Admitted<String>>();
/// ```
/// ```compile_fail,E0599
/// fn other(it: vigie_policy::Admitted<String>) { it.map(|_| "forged"); }
/// ```
#[derive(Debug)]
pub struct Admitted<T> {
    value: T,
    label: Label,
}

/// Why a value was not taken in.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// The contributor may not bring it in.
    #[error("it may not be brought in: {0}")]
    Contribution(Withheld),
    /// The contributor may not have what it was made from.
    #[error("it was made from something that its maker may not have: {0}")]
    Source(Withheld),
    /// Its label is less restricted than that of a source.
    #[error("its label is weaker than that of its source in: {}; use the join of both", .0.join(", "))]
    Weaker(Vec<&'static str>),
}

impl Policy {
    /// Takes in a value that a member brings. `now` is in nanoseconds since 1970.
    pub fn admit<T>(&self, value: T, label: &Label, from: &Viewer, now: i64) -> Result<Admitted<T>, Refusal> {
        match self.decide(from, label, Action::Contribute, now) {
            Decision::Release(_) => Ok(Admitted { value, label: label.clone() }),
            Decision::Withhold(why) => Err(Refusal::Contribution(why)),
        }
    }

    /// Takes in a value that a member made from others: an alert, a sighting. Its label must be at least as
    /// restricted as that of each source, and its maker, who will always see it, must be allowed to have each source.
    pub fn admit_derived<T>(
        &self,
        value: T,
        label: &Label,
        sources: &[&Label],
        by: &Viewer,
        now: i64,
    ) -> Result<Admitted<T>, Refusal> {
        for source in sources {
            let weaker = weaker_in(label, source);
            if !weaker.is_empty() {
                return Err(Refusal::Weaker(weaker));
            }
            if let Decision::Withhold(why) = self.decide(by, source, Action::Detect, now) {
                return Err(Refusal::Source(why));
            }
        }
        self.admit(value, label, by, now)
    }
}

impl<T> Admitted<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Its label.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// Both, on their way into the store.
    pub fn into_parts(self) -> (T, Label) {
        (self.value, self.label)
    }
}

/// In which respects a label is less restricted than a source; in none if it is at least as restricted as
/// [`Label::join`] would make it. A closed label lets in nobody but its maker, so only statements count for it.
fn weaker_in(label: &Label, source: &Label) -> Vec<&'static str> {
    let closed = label.tlp.is_none();
    let light = closed || source.tlp.is_some_and(|theirs| label.tlp.is_some_and(|ours| ours >= theirs));
    let audience =
        source.audience.iter().all(|theirs| label.audience.iter().any(|ours| implies(ours, theirs)));
    let purposes = match (&label.purposes, &source.purposes) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(ours), Some(theirs)) => ours.is_subset(theirs),
    };
    let expiry = source.expires.is_none_or(|theirs| label.expires.is_some_and(|ours| ours <= theirs));
    let statements = label.statements.is_superset(&source.statements);
    [
        ("light", light),
        ("audience", closed || audience),
        ("purposes", closed || purposes),
        ("expiry", closed || expiry),
        ("statements", statements),
    ]
    .into_iter()
    .filter_map(|(respect, held)| (!held).then_some(respect))
    .collect()
}

/// Whether all whom the one clause lets in are let in by the other.
fn implies(one: &Clause, other: &Clause) -> bool {
    one.any_of.is_subset(&other.any_of) && one.except.is_superset(&other.except)
}
