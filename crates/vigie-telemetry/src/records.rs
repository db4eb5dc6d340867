//! The records of a stream, whatever their format: what [`Source`](crate::Source) and [`Follow`](crate::Follow) share.
//!
//! [`Records::cut`] cuts the next record off, [`Records::take`] has it read. A reader that needs what came before a
//! record (Zeek's header) is kept here.
//!
//! To add a format: its reader in a file of its own, a variant of [`Format`], an arm in [`Records::take`], its mark in
//! `detect.rs`, and a file in `mappings/`.

use crate::flat::{Flat, flatten};
use crate::json::{BadJson, Cursor};
use crate::lines::{Cut, Lines};
use crate::source::{Raw, Reason};
use crate::summary::Notes;
use crate::{
    Format, Limits, Mappings, Options, Record, Skipped, Summary, detect, ecs, eve, ocsf, winlog, zeek,
};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use vigie_model::event::{Event, Wanted};

/// How many bytes are looked at before a stream is called unknown.
const HEAD_BYTES: usize = 1 << 20;

/// Whether a stream's format could be told.
#[derive(PartialEq, Eq)]
pub(crate) enum Recognised {
    Yes,
    No,
    Empty,
}

/// A stream, and what is known of it.
pub(crate) struct Records<R> {
    pub(crate) lines: Lines<R>,
    pub(crate) zeek: zeek::Reader,
    pub(crate) format: Option<Format>,
    pub(crate) summary: Summary,
    wanted: Wanted,
    mappings: Arc<Mappings>,
    limits: Limits,
    framed: bool,
    /// The current record, where it was not UTF-8.
    repaired: String,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, options: &Options, grows: bool) -> Self {
        let limits = Limits { max_depth: options.limits.max_depth.min(512), ..options.limits.clone() };
        Self {
            lines: Lines::new(input, &limits, grows),
            zeek: zeek::Reader::default(),
            format: options.format,
            summary: Summary::default(),
            wanted: options.wanted,
            mappings: Arc::clone(&options.mappings),
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
        let Self { lines, zeek, format, summary, wanted, mappings, limits, repaired, .. } = self;
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
                let format = format.unwrap_or(Format::Eve);
                let mut reading =
                    Reading { format, wanted: *wanted, mappings, limits, notes: &mut summary.unread };
                match format {
                    Format::Eve => reading.eve(text),
                    Format::Zeek => reading.zeek(zeek, text),
                    Format::Winlog => reading.json(text, winlog::read),
                    Format::Ecs => reading.json(text, ecs::read),
                    Format::Ocsf => reading.json(text, ocsf::read),
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

/// How one record is to be read.
struct Reading<'a, 'n> {
    format: Format,
    wanted: Wanted,
    mappings: &'a Mappings,
    limits: &'a Limits,
    notes: &'n mut Notes,
}

impl<'a> Reading<'a, '_> {
    /// A record of JSON whose fields a mapping understands.
    fn json(
        &mut self,
        text: &'a str,
        read: fn(&'a str, &Limits, &mut Notes) -> Result<Flat<'a>, BadJson>,
    ) -> Result<(Event<'a>, Raw<'a>), Reason> {
        let flat = read(text, self.limits, self.notes)?;
        Ok((self.mapped(flat).0, Raw::Json(text)))
    }

    /// A record of any other form whose fields a mapping understands.
    #[expect(dead_code, reason = "for the readers that land next")]
    fn fields(&mut self, flat: Flat<'a>) -> (Event<'a>, Raw<'a>) {
        let own = flat.fields.len();
        let (event, left) = self.mapped(flat);
        let raw = if self.wanted.fields { Raw::Own(own) } else { Raw::Fields(left) };
        (event, raw)
    }

    /// The event, and the record's fields where the event was not to have them.
    fn mapped(&mut self, flat: Flat<'a>) -> (Event<'a>, Vec<vigie_model::event::Field<'a>>) {
        let mut event = self.mappings.event(&flat, self.format, self.wanted, self.limits, self.notes);
        if !self.wanted.fields {
            return (event, flat.fields);
        }
        self.mappings.add_fields(&mut event, self.format, flat.fields, self.limits);
        (event, Vec::new())
    }

    fn eve(&mut self, text: &'a str) -> Result<(Event<'a>, Raw<'a>), Reason> {
        let mut event = eve::read(text, self.limits, self.notes)?;
        if self.wanted.fields && self.mappings.knows_kind(Format::Eve, &event.kind) {
            let mut fields = Vec::with_capacity(64);
            let mut cursor = Cursor::new(text, self.limits.max_depth);
            flatten(&mut cursor, &Cow::Borrowed(""), &mut fields, self.limits.max_observables)?;
            self.mappings.add_fields(&mut event, Format::Eve, fields, self.limits);
        }
        Ok((event, Raw::Json(text)))
    }

    fn zeek(&mut self, reader: &'a zeek::Reader, text: &'a str) -> Result<(Event<'a>, Raw<'a>), Reason> {
        let (mut event, raw) = reader.read(text, self.limits, self.notes)?;
        if self.wanted.fields && self.mappings.knows_kind(Format::Zeek, &event.kind) {
            let fields = reader.fields(text, self.limits)?;
            self.mappings.add_fields(&mut event, Format::Zeek, fields, self.limits);
        }
        Ok((event, raw))
    }
}

/// A line without its carriage return, a byte order mark, and the zero bytes of a log that was cut while being written.
fn trimmed(text: &str) -> &str {
    detect::without_mark(text.strip_suffix('\r').unwrap_or(text))
}
