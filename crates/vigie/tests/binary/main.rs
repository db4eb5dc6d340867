//! The real binary, end to end: real data in and out byte for byte, and bad input, bad clients and bad disks.
//!
//! Real data lies outside the repository (`$VIGIE_SHARED_DATA`, or `../shared/data` beside the checkout); where it is
//! missing those tests say that they were skipped. What each test of bad input shows is the table of
//! `docs/robustness.md`.
//!
//! Start with `node.rs`, then `real_data.rs` and `bad_bodies.rs`.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]
#![expect(
    clippy::print_stdout,
    reason = "the figures of docs/spec/real-data.md are printed, and so is what was skipped"
)]

mod dataset;
mod node;
mod samples;
mod watching;

mod real_data;
mod reference_data;
mod saved_rules;
mod sigma;
mod suites;

mod evidence_files;
mod explain;
mod mixed_evidence;
mod rule_files;
mod sensor_rules;
mod warning_lists;
mod windows;

mod phone;
mod phone_recheck;

mod bad_bodies;
mod bad_clients;
mod bad_disk;
mod bad_evidence;
mod bad_logs;
mod bad_rules;
mod growing;
mod killed;
