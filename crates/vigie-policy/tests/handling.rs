//! The handling rules from outside: what the doors let through, for whom, and why.
//!
//! Start with `matrix.txt`.

mod accord;
mod doors;
mod marking;
mod matrix;
mod properties;
mod releasability;
mod truth;
