//! Hostile log bytes in, events out.
//!
//! A [`Source`] is a file or a stream: it unpacks `.gz` and `.zst`, recognises the format by content, cuts the bytes
//! into records and turns each into an [`Event`](vigie_model::event::Event) that says in STIX paths what was seen. A
//! [`Follow`] does the same for a file that grows and is rotated.
//!
//! ```
//! use vigie_telemetry::{Options, Source};
//! let log = br#"{"timestamp":"2026-01-01T00:00:00Z","event_type":"dns","dns":{"rrname":"a.example"}}"#;
//! let mut source = Source::from_reader("a log", &log[..], &Options::default())?;
//! while let Some(record) = source.next() {
//!     assert_eq!(record?.event.kind, "dns");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The bytes flow through `unpack` → [`Limits`]-bounded `lines` → one reader for each format. The network sensors'
//! readers, `eve` and `zeek`, know what their fields mean; every other gives a `Flat` record, which says what it says
//! under its own names, and a mapping file ([`mapping`]) knows what those mean. `seen` holds all knowledge of STIX;
//! `meaning` is the vocabulary between them. `docs/spec/telemetry.md` says which field becomes what.
//!
//! Invariants
//! - No panic and no unbounded memory or recursion, whatever the bytes: [`Limits`].
//! - One bad record costs only itself, and is counted by reason ([`Summary::skipped`]).
//! - What a record says and the reader does not understand is counted by name ([`Summary::unread`]).
//!
//! Start with `source.rs`, then `records.rs`, then `winlog.rs`.

mod auditd;
mod cef;
mod csv;
mod detect;
mod ecs;
mod eve;
mod evtx;
mod flat;
mod follow;
mod json;
mod leef;
mod lines;
pub mod mapping;
mod meaning;
mod ndjson;
mod ocsf;
mod pairs;
mod quoted;
mod records;
mod seen;
mod source;
mod squid;
mod summary;
mod syslog;
mod target;
mod time;
mod unpack;
mod w3c;
mod web;
mod winlog;
mod zeek;

pub use follow::{BadCheckpoint, Came, Checkpoint, Follow, FollowError};
pub use json::BadJson;
pub use mapping::{BadMapping, Mappings};
pub use source::{OpenError, Pieces, Reason, Record, Skipped, Source};
pub use summary::{Notes, Summary};
pub use unpack::{Stream, unpack};

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use vigie_model::event::Wanted;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Suricata's EVE: JSON, one event a line (or in a list).
    Eve,
    /// Zeek's logs: tab-separated with `#` headers, or JSON.
    Zeek,
    /// Windows event logs as Windows keeps them.
    Evtx,
    /// Windows events as JSON, as tools write them.
    Winlog,
    /// JSON in the Elastic Common Schema.
    Ecs,
    /// JSON in the Open Cybersecurity Schema Framework.
    Ocsf,
    /// Syslog, and records of other formats inside its messages.
    Syslog,
    /// `ArcSight`'s Common Event Format.
    Cef,
    /// `QRadar`'s Log Event Extended Format.
    Leef,
    /// Access and error logs of Apache and nginx.
    Web,
    /// Squid's access log.
    Squid,
    /// The extended log format of the W3C: IIS and others.
    W3c,
    /// The Linux auditor's log.
    Auditd,
    /// Tables with a first row of names.
    Csv,
    /// Any other JSON.
    Ndjson,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Eve,
        Self::Zeek,
        Self::Evtx,
        Self::Winlog,
        Self::Ecs,
        Self::Ocsf,
        Self::Syslog,
        Self::Cef,
        Self::Leef,
        Self::Web,
        Self::Squid,
        Self::W3c,
        Self::Auditd,
        Self::Csv,
        Self::Ndjson,
    ];

    /// The name on the command line and in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eve => "eve",
            Self::Zeek => "zeek",
            Self::Evtx => "evtx",
            Self::Winlog => "winlog",
            Self::Ecs => "ecs",
            Self::Ocsf => "ocsf",
            Self::Syslog => "syslog",
            Self::Cef => "cef",
            Self::Leef => "leef",
            Self::Web => "web",
            Self::Squid => "squid",
            Self::W3c => "w3c",
            Self::Auditd => "auditd",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// Whether a line can be read without those before it.
    fn stands_alone(self) -> bool {
        self.block().is_none() && !matches!(self, Self::Zeek | Self::W3c | Self::Auditd | Self::Csv)
    }

    /// For a log that is no text: the bytes of its header, and of each block behind that.
    fn block(self) -> Option<(usize, usize)> {
        (self == Self::Evtx).then_some((evtx::HEADER_BYTES, evtx::CHUNK_BYTES))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

/// A name that is no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a telemetry format; there are {all}", all = names())]
pub struct BadFormat(pub String);

/// The names of all formats, for messages.
fn names() -> String {
    let names: Vec<_> = Format::ALL.iter().map(|it| format!("`{it}`")).collect();
    names.join(", ")
}

impl FromStr for Format {
    type Err = BadFormat;

    fn from_str(text: &str) -> Result<Self, BadFormat> {
        Self::ALL.iter().copied().find(|it| it.name() == text).ok_or_else(|| BadFormat(text.to_owned()))
    }
}

/// How a log is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its format; none: it is recognised by content.
    pub format: Option<Format>,
    /// The views of each record that are made.
    pub wanted: Wanted,
    /// What the fields of each log mean.
    pub mappings: Arc<Mappings>,
    /// How much is accepted.
    pub limits: Limits,
    /// When the log was last written, in nanoseconds since 1970: it places a time that has no year, as syslog writes it.
    /// None: the file says so itself; records of a stream then have no time.
    pub not_after: Option<i64>,
}

/// Any format, both views, the mappings of this crate.
impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            wanted: Wanted::ALL,
            mappings: Mappings::built_in(),
            limits: Limits::default(),
            not_after: None,
        }
    }
}

/// How much of a hostile input is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record; the rest of a longer one is passed over without being kept. 16 MiB.
    pub max_line_bytes: usize,
    /// Lists and objects inside each other in one record. 64; at most 512 are used, for the stack's sake.
    pub max_depth: u16,
    /// Properties of one event, and fields; further ones are dropped, and counted. 4,096.
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
