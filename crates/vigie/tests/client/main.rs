//! Clients of TAXII 2.1 against the real binary: the one of OASIS, and our own.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

mod oasis;
mod own;
mod serving;
