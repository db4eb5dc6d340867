//! What a phone check does to the system that it runs on, call by call, and how its report looks: the real binary under
//! `strace`, and what it wrote in a real browser.
//!
//! Nothing is written but into `--out`, what is encrypted or packed is nowhere written out, and no socket is made, not even
//! one that leads nowhere. Start with `checks.rs`; `calls.rs` says what a line of `strace` means. The report is in
//! `report.rs`, the log that a process of its own reads in `unified_log.rs`.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]
#![expect(clippy::cast_possible_truncation, reason = "the logs that are written here are short")]
#![expect(clippy::print_stdout, reason = "it says what it skips")]

mod asking;
mod calls;
mod checks;
#[path = "../../../vigie-phone/tests/unified_log/writer.rs"]
mod log_writer;
#[path = "../../../vigie-phone/tests/evidence/maker.rs"]
mod maker;
mod report;
mod unified_log;
