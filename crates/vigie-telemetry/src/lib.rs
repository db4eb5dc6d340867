//! Hostile log bytes in, events out.
//!
//! A [`Source`] is a file or a stream: it unpacks `.gz` and `.zst`, recognises the format by content, cuts the bytes
//! into records and turns each into an [`Event`](vigie_model::event::Event) that says in STIX paths what was seen. A
//! [`Follow`] does the same for a file that grows and is rotated.
//!
//! ```
//! use vigie_telemetry::{Limits, Source};
//! let log = br#"{"timestamp":"2026-01-01T00:00:00Z","event_type":"dns","dns":{"rrname":"a.example"}}"#;
//! let mut source = Source::from_reader("a log", &log[..], None, &Limits::default())?;
//! while let Some(record) = source.next() {
//!     assert_eq!(record?.event.kind, "dns");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The bytes flow through `unpack` → [`Limits`]-bounded `lines` → `eve` or `zeek` → `seen`, which holds all knowledge of
//! STIX; `meaning` is the vocabulary between them. `docs/spec/telemetry.md` says which field becomes what.
//!
//! Invariants
//! - No panic and no unbounded memory or recursion, whatever the bytes: [`Limits`].
//! - One bad record costs only itself, and is counted by reason ([`Summary::skipped`]).
//! - What a record says and the reader does not understand is counted by name ([`Summary::unread`]).
//!
//! Start with `source.rs`, then `eve.rs`.

mod detect;
mod eve;
mod follow;
mod json;
mod lines;
pub mod mapping;
mod meaning;
mod seen;
mod source;
mod summary;
mod time;
mod unpack;
mod zeek;

pub use follow::{BadCheckpoint, Checkpoint, Follow, FollowError};
pub use json::BadJson;
pub use source::{OpenError, Reason, Record, Skipped, Source};
pub use summary::{Notes, Summary};
pub use unpack::{Stream, unpack};

use std::fmt;
use std::str::FromStr;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Suricata's EVE: JSON, one event a line (or in a list).
    Eve,
    /// Zeek's logs: tab-separated with `#` headers, or JSON.
    Zeek,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Eve, Self::Zeek];

    /// The name on the command line and in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eve => "eve",
            Self::Zeek => "zeek",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

/// A name that is no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a telemetry format; there are `eve` and `zeek`")]
pub struct BadFormat(pub String);

impl FromStr for Format {
    type Err = BadFormat;

    fn from_str(text: &str) -> Result<Self, BadFormat> {
        Self::ALL.into_iter().find(|it| it.name() == text).ok_or_else(|| BadFormat(text.to_owned()))
    }
}

/// How much of a hostile input is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record; the rest of a longer one is passed over without being kept. 16 MiB.
    pub max_line_bytes: usize,
    /// Lists and objects inside each other in one record. 64; at most 512 are used, for the stack's sake.
    pub max_depth: u16,
    /// Properties of one event; further ones are dropped, and counted. 4,096.
    pub max_observables: usize,
    /// How many times its own size a compressed stream may unpack to, once that is more than 64 MiB. 1,000.
    pub max_expansion: u64,
    /// Bytes that a compressed stream may unpack to. 1 TiB.
    pub max_unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_line_bytes: 16 << 20,
            max_depth: 64,
            max_observables: 4096,
            max_expansion: 1000,
            max_unpacked_bytes: 1 << 40,
        }
    }
}
