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
//! ```
//! use vigie_model::label::{Label, LabelId, Tlp};
//! use vigie_policy::{Action, Policy, Viewer};
//! # use vigie_model::{id::MemberId, member::{Member, Membership}};
//! # let identity = "identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse()?;
//! # let id = |number| MemberId::new(uuid::Uuid::from_u128(number));
//! # let (country, groups, state) = ("IL".parse()?, [].into(), Membership::Active);
//! # let israel = Member { id: id(1), name: "CERT-IL".into(), country, identity, groups, state };
//! let policy = Policy::new()?;
//! let viewer = Viewer::of(&israel);
//! let (green, red) = (Label::plain(id(2), Tlp::Green), Label::plain(id(2), Tlp::Red));
//! let labels = [(LabelId(1), &green), (LabelId(2), &red)];
//! assert_eq!(policy.clearance(&viewer, Action::View, 0, labels).label_ids(), [LabelId(1)]);
//! let why = policy.decide(&viewer, &red, Action::View, 0);
//! assert_eq!(why.to_string(), "withhold: TLP:RED is for those whom it names, and it names nobody");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
