//! The handling rules from outside: what the doors let through, for whom, and why.
//!
//! Start with `matrix.txt`.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

mod accord;
mod doors;
mod marking;
mod matrix;
mod properties;
mod releasability;
mod truth;
