//! Rules times events gives matches; live and retro alike.
//!
//! Indicators (STIX patterns) and plain lists are compiled by a [`Builder`] into a [`Segment`]; an [`Image`] holds the
//! segments in force and says which rules fire on an event. docs/spec/engine.md writes down what is folded
//! together when values are compared, and every point where that goes beyond the letter of the standard.
//!
//! Invariants
//! - No I/O, no clock, no chance: bytes, instants and the hash secret are arguments.
//! - A pattern is decided by the naive interpreter of `vigie-stix`; the index only chooses which patterns to ask. What
//!   the image says is what the interpreter would say of every pattern (a property test).
//! - Nothing given to a builder vanishes: what cannot be compiled is counted, with a reason.
//! - An image never changes; a new one is swapped in while others still match against the old.
//!
//! - Rules over several events keep what they need in one place, [`Windows`], within stated bounds.
//!
//! Start with `image.rs`, then `builder.rs`; `key.rs` holds the canonical forms, `pattern/witness.rs` the trick.

pub mod atom;
mod builder;
pub mod explain;
mod hit;
mod image;
mod index;
pub mod key;
mod layer;
pub mod list;
mod merge;
mod networks;
mod observation;
mod pattern;
mod probe;
mod rule;
mod saved;
mod segment;
pub mod sigma;
pub mod suricata;
mod warning;
pub mod window;
mod work;
pub mod yara;

pub use builder::{Builder, ListNumber, Options};
pub use hit::{Found, Match, Suppressed};
pub use image::Image;
pub use merge::{Merge, Merged};
pub use observation::{Spelling, observation};
pub use pattern::explain_pattern;
pub use rule::{Counts, Indicator, Language, Reason, Refusal, State, Validity};
pub use saved::BadImage;
pub use segment::Segment;
pub use warning::Warnings;
pub use window::{Step, Windows};
pub use work::Work;
