//! Who may bring in, see and pass on: both doors of the node.
//!
//! A [`Label`](vigie_model::label::Label) travels with every object. [`Policy::decide`] weighs it against a
//! [`Viewer`] and an [`Action`] and answers with a [`Decision`] and its reasons. The rules are Cedar policies, one
//! idea in each file of `policies/`; this crate states the facts that they judge. `docs/spec/handling.md` explains
//! the rules and where they come from.
//!
//! Invariants
//! - No I/O, no clock: the same question always gets the same answer.
//! - Only [`Clearance::release`] makes a [`Released`], and everything that leaves takes one.
//! - Only [`Policy::admit`] and [`Policy::admit_derived`] make an [`Admitted`], and every write of a labelled object
//!   takes one. A derived object is never less restricted than its sources.
//! - An unknown, empty or contradictory audience means nobody but the originator.
//!
//! Start with `decide.rs`, then `tests/matrix.txt`.

mod admit;
mod clearance;
mod decide;
mod marking;
mod releasability;
mod rules;
mod viewer;

pub use admit::{Admitted, Refusal};
pub use clearance::{Clearance, Released};
pub use decide::{Decision, Policy, Reason, Withheld};
pub use marking::{Meaning, Terms, Unreadable, label_of, label_of_object};
pub use releasability::{
    BadReleasability, RELEASABILITY_EXTENSION, RELEASABILITY_NAMESPACE, releasability_marking,
};
pub use rules::PolicyError;
pub use viewer::{Action, Role, Viewer};
