//! Vigie's own nouns.
//!
//! A [`member::Member`] is a nation's CERT. What it brings in carries a [`label::Label`]; what its sensors see is an
//! [`event::Event`]; a rule that fires on one makes an [`alert::Alert`], and telling an ally of it makes a
//! [`sighting::Sighting`]. Everything that a node does leaves an entry in the [`journal`].
//!
//! Invariants
//! - No I/O, no clock, no randomness: ids and times are given from outside.
//! - [`label::Label::join`] never yields a label less restricted than either of its sources.
//! - An identifier says its noun: `member--<uuid>`, `alert--<uuid>`.
//!
//! Start with `label.rs`, then `event.rs`.

pub mod alert;
pub mod collection;
pub mod country;
pub mod event;
pub mod id;
pub mod intel;
pub mod journal;
pub mod label;
pub mod log;
pub mod member;
pub mod peer;
pub mod query;
pub mod sighting;
pub mod token;
