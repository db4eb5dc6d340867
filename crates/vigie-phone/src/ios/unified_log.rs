//! The unified log: what every program of an iPhone writes down, in files named `*.tracev3`.
//!
//! ```text
//! Files ─► asking.rs ──── a log, files of strings ───► work.rs, in a process of its own ─► the library
//!             │  ▲                                        │
//!   Record… ◄─┘  └──── talk.rs: wants, entries, counts ◄──┘
//! ```
//!
//! The format is large and without a description, so a library reads it (`macos-unifiedlogs`), and reads it apart: it gives up
//! on input that it does not expect, and a log may be written to attack its reader. `asking.rs` takes nothing from that
//! process but lines under limits, and finds in them by itself what can be compared.
//!
//! A log has tens of millions of entries. So each program, library and subsystem is told once for each file, with how many
//! entries it wrote and when; of messages those are told that name something for the first time.
//!
//! Start with `talk.rs`, then `asking.rs`.

mod asking;
mod names;
mod places;
mod talk;
mod work;

pub use work::work;

pub(super) use asking::{NAME, read};
