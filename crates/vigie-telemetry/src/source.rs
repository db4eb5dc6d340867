//! One file or stream of telemetry, record by record.

use crate::json::{self, BadJson};
use crate::lines::Framing;
use crate::records::{Recognised, Records};
use crate::unpack::{Stream, unpack};
use crate::{Format, Options, Summary, flat, zeek};
use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use vigie_model::event::{Event, Field};

/// When a file was last written, in nanoseconds since 1970.
pub(crate) fn written(about: &Metadata) -> Option<i64> {
    let since = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

/// A file or stream, opened and recognised.
pub struct Source {
    name: String,
    records: Records<Stream>,
}

/// How a log can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pieces {
    /// At the ends of lines.
    Lines,
    /// Behind a header, and then behind each block.
    Blocks {
        /// Bytes of the header.
        header: usize,
        /// Bytes of a block.
        size: usize,
    },
}

/// One record, as long as the next one is not asked for.
pub struct Record<'a> {
    /// What it says, in STIX paths and under the names of its log, as far as that was wanted.
    pub event: Event<'a>,
    /// The line where it begins, from 1.
    pub line: u64,
    pub(crate) raw: Raw<'a>,
}

/// The record as it stands in the log.
pub(crate) enum Raw<'a> {
    Json(&'a str),
    Row(&'a zeek::Header, &'a str),
    /// The first so many of the event's fields.
    Own(usize),
    /// Fields that the event was not to have.
    Fields(Vec<Field<'a>>),
}

impl Record<'_> {
    /// The record as a JSON object on one line: its own text, or an object made of its fields and their names.
    pub fn json(&self) -> Cow<'_, str> {
        match &self.raw {
            Raw::Json(text) => json::presentable(text),
            Raw::Row(header, row) => Cow::Owned(header.row_json(row)),
            Raw::Own(count) => Cow::Owned(flat::json(self.event.fields.get(..*count).unwrap_or_default())),
            Raw::Fields(fields) => Cow::Owned(flat::json(fields)),
        }
    }
}

/// A record that was lost.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Skipped {
    /// The line where it begins, from 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
}

/// Why a record was lost.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// It is not one JSON object.
    #[error(transparent)]
    Json(#[from] BadJson),
    /// It is longer than [`Limits::max_line_bytes`].
    #[error("longer than {limit} bytes; raise `max_line_bytes` if that is right")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A row of a Zeek log whose header never came.
    #[error("a row before any `#fields` line, so its columns have no names")]
    NoFields,
    /// A row that does not fit its header, as when a log was cut while being written.
    #[error("{got} columns where `#fields` names {want}")]
    Columns {
        /// Columns in the row.
        got: usize,
        /// Columns in the header.
        want: usize,
    },
    /// It does not have the form that records of its format have.
    #[error("expected {expected}")]
    Form {
        /// What would have been right.
        expected: &'static str,
    },
    /// A record or chunk of a Windows event log that is damaged.
    #[error("a damaged part of the log: {0}")]
    Evtx(String),
    /// The stream could not be read further: cut or damaged compression, a failing disk. What came before counts.
    #[error("the input ends here: {0}")]
    Broken(io::Error),
}

impl Reason {
    /// A short name to count by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Json(BadJson::Syntax { .. }) => "syntax",
            Self::Json(BadJson::TooDeep { .. }) => "too-deep",
            Self::TooLong { .. } => "too-long",
            Self::NoFields => "no-fields",
            Self::Columns { .. } => "columns",
            Self::Form { .. } => "form",
            Self::Evtx(_) => "damaged",
            Self::Broken(_) => "broken-input",
        }
    }
}

/// Why a source could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read, or its compression is damaged from the start.
    #[error("could not read `{name}`")]
    Io {
        /// The file.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// No known format begins like this.
    #[error(
        "`{name}` is no log of a known format; it begins with `{head}`. If it is one, say which with its format"
    )]
    Unrecognised {
        /// The file.
        name: String,
        /// Its first bytes, made printable.
        head: String,
    },
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        if path == Path::new("-") {
            return Self::from_reader("-", io::stdin(), options);
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => {
                let written = options.not_after.or_else(|| file.metadata().ok().as_ref().and_then(written));
                Self::from_reader(&name, file, &Options { not_after: written, ..options.clone() })
            }
            Err(source) => Err(OpenError::Io { name, source }),
        }
    }

    /// Reads any stream; `name` stands for it in messages. Compression is recognised here too.
    pub fn from_reader(
        name: &str,
        input: impl Read + Send + 'static,
        options: &Options,
    ) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { name: name.to_owned(), source };
        let stream = unpack(Box::new(input), &options.limits).map_err(failed)?;
        let mut records = Records::new(stream, options, false);
        match records.recognise().map_err(failed)? {
            Recognised::Yes | Recognised::Empty => Ok(Self { name: name.to_owned(), records }),
            Recognised::No => {
                let head: String = String::from_utf8_lossy(records.lines.ahead()).chars().take(40).collect();
                Err(OpenError::Unrecognised { name: name.to_owned(), head: head.escape_debug().to_string() })
            }
        }
    }

    /// The next record, or why it was lost; None at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record borrows from the source, which an iterator cannot say"
    )]
    pub fn next(&mut self) -> Option<Result<Record<'_>, Skipped>> {
        self.records.next()
    }

    /// The file's name, `-` for standard input.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The format; None while an empty stream has shown nothing.
    pub fn format(&self) -> Option<Format> {
        self.records.format
    }

    /// How the log can be cut into pieces that are read apart; none if its records cannot be told apart, or not be
    /// understood, without those before them.
    pub fn pieces(&self) -> Option<Pieces> {
        let format = self.format()?;
        match (self.records.lines.framing(), format.block()) {
            (Framing::Chunks, Some((header, size))) => Some(Pieces::Blocks { header, size }),
            (Framing::Lines, None) if format.stands_alone() => Some(Pieces::Lines),
            _ => None,
        }
    }

    /// A piece of a log of a known format: whole lines or blocks, behind `before` others. The first piece of a log that is
    /// cut into blocks begins with its header.
    pub fn of_piece(name: &str, format: Format, piece: Vec<u8>, before: u64, options: &Options) -> Self {
        let options = Options { format: Some(format), ..options.clone() };
        Self { name: name.to_owned(), records: Records::of_piece(format, piece, before, &options) }
    }

    /// What was read until now.
    pub fn summary(&self) -> &Summary {
        &self.records.summary
    }
}
