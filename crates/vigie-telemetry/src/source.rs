//! One file or stream of telemetry, record by record.

use crate::json::{self, BadJson};
use crate::lines::{Cut, Lines};
use crate::unpack::{Stream, unpack};
use crate::{Format, Limits, Summary, detect, eve, zeek};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use vigie_model::event::Event;

/// How many bytes are looked at before a stream is called unknown.
const HEAD_BYTES: usize = 1 << 20;

/// A file or stream, opened and recognised.
pub struct Source {
    name: String,
    records: Records<Stream>,
}

/// One record, as long as the next one is not asked for.
pub struct Record<'a> {
    /// What it says in STIX paths.
    pub event: Event<'a>,
    /// The line where it begins, from 1.
    pub line: u64,
    raw: Raw<'a>,
}

/// The record as it stands in the log.
pub(crate) enum Raw<'a> {
    Json(&'a str),
    Row(&'a zeek::Header, &'a str),
}

impl Record<'_> {
    /// The record as a JSON object on one line: its own text, or an object made of a row and its column names.
    pub fn json(&self) -> Cow<'_, str> {
        match self.raw {
            Raw::Json(text) => json::presentable(text),
            Raw::Row(header, row) => Cow::Owned(header.row_json(row)),
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
            Self::Broken(_) => "broken-input",
        }
    }
}

/// Why a source could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read, or its compression is damaged from the start.
    #[error("could not read `{name}`: {source}")]
    Io {
        /// The file.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// No known format begins like this.
    #[error(
        "`{name}` is neither Suricata EVE nor a Zeek log; it begins with `{head}`. If it is one, say which with its format"
    )]
    Unrecognised {
        /// The file.
        name: String,
        /// Its first bytes, made printable.
        head: String,
    },
}

impl Source {
    /// Opens a file, or standard input for `-`. Without a `format` it is recognised by content.
    pub fn open(path: &Path, format: Option<Format>, limits: &Limits) -> Result<Self, OpenError> {
        if path == Path::new("-") {
            return Self::from_reader("-", io::stdin(), format, limits);
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::from_reader(&name, file, format, limits),
            Err(source) => Err(OpenError::Io { name, source }),
        }
    }

    /// Reads any stream; `name` stands for it in messages. Compression is recognised here too.
    pub fn from_reader(
        name: &str,
        input: impl Read + Send + 'static,
        format: Option<Format>,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { name: name.to_owned(), source };
        let stream = unpack(Box::new(input), limits).map_err(failed)?;
        let mut records = Records::new(stream, format, limits, false);
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

    /// What was read until now.
    pub fn summary(&self) -> &Summary {
        &self.records.summary
    }
}

/// Whether a stream's format could be told.
#[derive(PartialEq, Eq)]
pub(crate) enum Recognised {
    Yes,
    No,
    Empty,
}

/// The records of a stream: what [`Source`] and [`Follow`](crate::Follow) share.
pub(crate) struct Records<R> {
    pub(crate) lines: Lines<R>,
    pub(crate) zeek: zeek::Reader,
    pub(crate) format: Option<Format>,
    pub(crate) summary: Summary,
    limits: Limits,
    framed: bool,
    /// The current record, where it was not UTF-8.
    repaired: String,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, format: Option<Format>, limits: &Limits, grows: bool) -> Self {
        let limits = Limits { max_depth: limits.max_depth.min(512), ..limits.clone() };
        Self {
            lines: Lines::new(input, &limits, grows),
            zeek: zeek::Reader::default(),
            format,
            summary: Summary::default(),
            limits,
            framed: grows,
            repaired: String::new(),
        }
    }

    /// Looks at the first bytes until they tell the format and the framing.
    pub(crate) fn recognise(&mut self) -> io::Result<Recognised> {
        loop {
            let head = self.lines.ahead();
            let found = detect::recognise(head.get(..HEAD_BYTES).unwrap_or(head), &self.limits);
            if let Some((format, framing)) = found {
                self.format.get_or_insert(format);
                if !self.framed {
                    self.lines.set_framing(framing);
                    self.framed = true;
                }
                return Ok(Recognised::Yes);
            }
            if head.len() >= HEAD_BYTES || !self.lines.look_further()? {
                break;
            }
        }
        let nothing = self.lines.ahead().iter().all(u8::is_ascii_whitespace);
        Ok(match self.format {
            Some(_) => Recognised::Yes,
            None if nothing => Recognised::Empty,
            None => Recognised::No,
        })
    }

    /// The next record, or why it was lost; None when there is nothing more, for now.
    pub(crate) fn next(&mut self) -> Option<Result<Record<'_>, Skipped>> {
        let cut = self.cut();
        self.take(cut)
    }

    /// Cuts off the next record, taking in the headers before it.
    pub(crate) fn cut(&mut self) -> Cut {
        loop {
            match self.lines.cut() {
                Cut::Record(range) if self.is_silent(range.clone()) => {}
                cut => return cut,
            }
        }
    }

    /// The record at the front of a growing stream, although its end has not come.
    pub(crate) fn flush(&mut self) -> Cut {
        match self.lines.flush() {
            Cut::Record(range) if self.is_silent(range.clone()) => Cut::End,
            cut => cut,
        }
    }

    /// Takes in the format and the headers of a stream that is not read from its start.
    pub(crate) fn headers(&mut self, mut start: impl BufRead) -> io::Result<()> {
        let mut line = Vec::new();
        while start.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            let text = trimmed(text.trim_end_matches('\n'));
            if self.format.is_none() {
                self.format = detect::recognise(text.as_bytes(), &self.limits).map(|it| it.0);
            }
            if !self.zeek.directive(text) {
                break;
            }
            line.clear();
        }
        Ok(())
    }

    /// Makes a record of what was cut off.
    pub(crate) fn take(&mut self, cut: Cut) -> Option<Result<Record<'_>, Skipped>> {
        let Self { lines, zeek, format, summary, limits, repaired, .. } = self;
        summary.bytes = lines.bytes_read();
        let line = lines.record_line();
        let read = match cut {
            Cut::End => return None,
            Cut::TooLong => Err(Reason::TooLong { limit: limits.max_line_bytes }),
            Cut::Broken(error) => Err(Reason::Broken(error)),
            Cut::Record(range) => {
                let bytes = lines.bytes(range);
                let text = if let Ok(text) = std::str::from_utf8(bytes) {
                    text
                } else {
                    summary.repaired += 1;
                    *repaired = String::from_utf8_lossy(bytes).into_owned();
                    repaired
                };
                let text = trimmed(text);
                match format {
                    Some(Format::Zeek) => zeek.read(text, limits, &mut summary.unread),
                    _ => eve::read(text, limits, &mut summary.unread)
                        .map(|it| (it, Raw::Json(text)))
                        .map_err(Reason::from),
                }
            }
        };
        Some(match read {
            Ok((event, raw)) => {
                summary.events += 1;
                Ok(Record { event, line, raw })
            }
            Err(reason) => {
                *summary.skipped.entry(reason.name()).or_default() += 1;
                Err(Skipped { line, reason })
            }
        })
    }

    /// Whether a line is no record: blank, or a header of a Zeek log, which is taken in here.
    fn is_silent(&mut self, range: std::ops::Range<usize>) -> bool {
        let bytes = self.lines.bytes(range);
        match bytes.first() {
            None => true,
            Some(b' ' | b'\r' | b'\t' | 0) if bytes.iter().all(|it| it.is_ascii_whitespace() || *it == 0) => {
                true
            }
            Some(b'#' | 0xef | 0) if self.format == Some(Format::Zeek) => {
                let text = String::from_utf8_lossy(bytes);
                self.zeek.directive(trimmed(&text))
            }
            Some(_) => false,
        }
    }
}

/// A line without its carriage return, a byte order mark, and the zero bytes of a log that was cut while being written.
fn trimmed(text: &str) -> &str {
    detect::without_mark(text.strip_suffix('\r').unwrap_or(text))
}
