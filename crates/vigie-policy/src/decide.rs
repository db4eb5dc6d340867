//! May this viewer do that with this label? Cedar decides; every answer carries its reasons.
//!
//! A [`Label`] and a [`Viewer`] come down to a [`Question`]: a handful of facts, each with few values. So there are
//! few different questions however many labels there are, and Cedar is asked each of them once.
//!
//! Invariants
//! - The same question has the same answer: no clock, no I/O.
//! - A policy that cannot be evaluated withholds.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use vigie_model::label::{Label, Tlp};
use vigie_model::member::Membership;

use crate::rules::{PolicyError, Rules};
use crate::viewer::{Action, Role, Viewer};

/// The handling policies, loaded and checked.
#[derive(Debug)]
pub struct Policy {
    rules: Rules,
    answers: RwLock<HashMap<Question, Decision>>,
}

/// An answer, with the policies that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The viewer may.
    Release(Arc<[Reason]>),
    /// The viewer may not, and must not learn that there is anything.
    Withhold(Withheld),
}

/// Why something was withheld. This is for the node's own people; it never leaves to the viewer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("withheld: {}", sentences(.reasons))]
pub struct Withheld {
    reasons: Arc<[Reason]>,
}

/// One policy that counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The policy's `@id`, also the name of its file.
    pub policy: String,
    /// Its `@reason`, for people.
    pub sentence: String,
}

/// All that the policies get to know: how a viewer stands to a label, and what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) action: Action,
    pub(crate) membership: Membership,
    pub(crate) role: Role,
    pub(crate) light: Option<Tlp>,
    pub(crate) originator: bool,
    pub(crate) limited: bool,
    pub(crate) named: bool,
    pub(crate) excepted: bool,
    pub(crate) purpose: bool,
    pub(crate) expired: bool,
}

impl Policy {
    /// Loads the policies that are built in and checks them strictly against their schema.
    pub fn new() -> Result<Self, PolicyError> {
        Ok(Self { rules: Rules::load()?, answers: RwLock::default() })
    }

    /// Whether a viewer may act on what carries this label. `now` is in nanoseconds since 1970.
    pub fn decide(&self, viewer: &Viewer, label: &Label, action: Action, now: i64) -> Decision {
        self.answer(Question::new(viewer, label, action, now))
    }

    fn answer(&self, question: Question) -> Decision {
        let known = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(&question).cloned();
        known.unwrap_or_else(|| {
            let decision = self.rules.judge(question);
            let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
            answers.entry(question).or_insert(decision).clone()
        })
    }
}

impl Question {
    fn new(viewer: &Viewer, label: &Label, action: Action, now: i64) -> Self {
        Self {
            action,
            membership: viewer.membership,
            role: viewer.role,
            light: label.tlp,
            originator: viewer.is_originator(label),
            limited: !label.audience.is_empty(),
            named: label.audience.iter().all(|it| viewer.is_named_by(it)),
            excepted: label.audience.iter().any(|it| viewer.is_excepted_by(it)),
            purpose: label.purposes.as_ref().is_none_or(|it| it.contains(&viewer.purpose)),
            expired: label.is_expired(now),
        }
    }
}

impl Decision {
    /// Whether the viewer may.
    pub fn is_release(&self) -> bool {
        matches!(self, Self::Release(_))
    }

    /// The policies that made the decision, by name; at least one.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Release(reasons) => reasons,
            Self::Withhold(why) => &why.reasons,
        }
    }
}

impl Withheld {
    pub(crate) fn new(reasons: impl Into<Arc<[Reason]>>) -> Self {
        Self { reasons: reasons.into() }
    }

    /// The policies that withheld it, by name; at least one.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// `release: …` or `withhold: …`, with the sentences of all reasons.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_release() { "release" } else { "withhold" };
        write!(f, "{word}: {}", sentences(self.reasons()))
    }
}

fn sentences(reasons: &[Reason]) -> String {
    reasons.iter().map(|it| it.sentence.as_str()).collect::<Vec<_>>().join("; ")
}
