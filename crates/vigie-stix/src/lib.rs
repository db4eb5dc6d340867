//! STIX 2.1: objects, validation, identifiers, markings and the pattern language.
//!
//! Nothing here knows of Vigie: the crate takes text and gives values, and can be used and audited alone.
//!
//! Invariants
//! - No I/O and no clock.
//! - Bytes in are bytes out: an [`object::Object`] keeps the exact text that it was read from.
//! - Objects are taken in any order; a reference to something absent is a warning, never an error.
//! - The pattern interpreter follows the standard clause by clause; it is the truth that faster matchers are tested
//!   against.
//!
//! Start with `object.rs`, then `validate.rs` and `pattern.rs`.

pub mod bundle;
pub mod canonical;
pub mod id;
pub mod json;
pub mod marking;
pub mod object;
pub mod pattern;
pub mod timestamp;
pub mod validate;
