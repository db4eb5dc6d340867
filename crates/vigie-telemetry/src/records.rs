//! The records of a stream, whatever their format: what [`Source`](crate::Source) and [`Follow`](crate::Follow) share.
//!
//! [`Records::cut`] cuts the next record off, [`Records::take`] has it read. A reader that needs what came before a
//! record (Zeek's header) is kept here.
//!
//! To add a format: its reader in a file of its own, a variant of [`Format`], an arm in [`Records::take`], its mark in
//! `detect.rs`, and a file in `mappings/`.

mod memory;
mod reading;

use crate::auditd::join::Place;
use crate::lines::{Cut, Framing, Lines};
use crate::source::Reason;
use crate::{Format, Limits, Mappings, Options, Record, Skipped, Stream, Summary, detect};
use memory::Memory;
use reading::Reading;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use vigie_model::event::Wanted;

/// How many bytes are looked at before a stream is called unknown.
const HEAD_BYTES: usize = 1 << 20;

/// How much room there is at most for texts that cannot be borrowed from a record.
const MAX_ROOM_BYTES: usize = 1 << 20;

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
    pub(crate) memory: Memory,
    pub(crate) format: Option<Format>,
    pub(crate) summary: Summary,
    /// When the log was last written.
    pub(crate) not_after: Option<i64>,
    grows: bool,
    wanted: Wanted,
    mappings: Arc<Mappings>,
    limits: Limits,
    framed: bool,
    /// The current record, where it was not UTF-8.
    repaired: String,
    /// For the texts of the current record that cannot be borrowed from it.
    room: Vec<u8>,
}

impl Records<Stream> {
    /// Whole lines or blocks of a log of a known format, behind `before` others.
    pub(crate) fn of_piece(format: Format, piece: Vec<u8>, before: u64, options: &Options) -> Self {
        let mut records = Self::new(Box::new(io::empty()), options, false);
        records.format = Some(format);
        records.lines.set_piece(piece, before);
        if format.block().is_some() {
            records.lines.set_framing(Framing::Chunks);
            records.memory.evtx.passed(before);
        }
        records
    }
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, options: &Options, grows: bool) -> Self {
        let limits = Limits { max_depth: options.limits.max_depth.min(512), ..options.limits.clone() };
        Self {
            lines: Lines::new(input, &limits, grows),
            memory: Memory::default(),
            format: options.format,
            summary: Summary::default(),
            not_after: options.not_after,
            grows,
            wanted: options.wanted,
            mappings: Arc::clone(&options.mappings),
            limits,
            framed: grows,
            repaired: String::new(),
            room: Vec::new(),
        }
    }

    /// Looks at the first bytes until they tell the format and the framing.
    pub(crate) fn recognise(&mut self) -> io::Result<Recognised> {
        loop {
            let head = self.lines.ahead();
            let found = detect::recognise(head.get(..HEAD_BYTES).unwrap_or(head), &self.limits);
            if let Some((format, framing)) = found {
                let format = *self.format.get_or_insert(format);
                if !self.framed {
                    self.lines.set_framing(if format == Format::Evtx { Framing::Chunks } else { framing });
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
        match self.format {
            Some(Format::Auditd) => return self.cut_event(),
            Some(Format::Evtx) => return self.cut_of_chunk(),
            _ => {}
        }
        loop {
            match self.lines.cut() {
                Cut::Record(range) if self.is_silent(range.clone()) => {}
                cut => return cut,
            }
        }
    }

    /// Goes to the next record of a chunk, cutting off chunks until one has a record.
    fn cut_of_chunk(&mut self) -> Cut {
        loop {
            if self.memory.evtx.advance() {
                return Cut::Joined;
            }
            match self.lines.cut() {
                Cut::Record(range) => self.memory.evtx.load(self.lines.bytes(range)),
                cut => return cut,
            }
        }
    }

    /// Cuts off lines until all that belong to the oldest event of the auditor have come.
    fn cut_event(&mut self) -> Cut {
        loop {
            if self.join(false) {
                return Cut::Joined;
            }
            let place = Place { offset: self.lines.consumed(), line: self.lines.lines() };
            match self.lines.cut() {
                Cut::Record(range) => {
                    if !self.is_silent(range.clone()) && !self.gather(range.clone(), place) {
                        return Cut::Record(range);
                    }
                }
                Cut::End if !self.grows && self.join(true) => return Cut::Joined,
                cut => return cut,
            }
        }
    }

    /// Has a line wait for others of its event. False: it is no record of an event.
    fn gather(&mut self, range: Range<usize>, place: Place) -> bool {
        let bytes = self.lines.bytes(range);
        let repaired = std::str::from_utf8(bytes).is_err();
        let good = self.memory.audit.push(trimmed(&String::from_utf8_lossy(bytes)), place);
        self.summary.repaired += u64::from(repaired && good);
        good
    }

    /// Takes the oldest event of the auditor, if all of it has come or `at_end` says that no more will.
    fn join(&mut self, at_end: bool) -> bool {
        let joined = self.memory.audit.next(self.limits.max_line_bytes, at_end);
        joined.map(|it| self.memory.joined = it).is_some()
    }

    /// The record at the front of a growing stream, although its end has not come.
    pub(crate) fn flush(&mut self) -> Cut {
        let place = Place { offset: self.lines.consumed(), line: self.lines.lines() };
        let cut = match self.lines.flush() {
            Cut::Record(range) if self.is_silent(range.clone()) => Cut::End,
            Cut::Record(range)
                if self.format == Some(Format::Auditd) && self.gather(range.clone(), place) =>
            {
                Cut::End
            }
            cut => cut,
        };
        if matches!(cut, Cut::End) && self.join(true) { Cut::Joined } else { cut }
    }

    /// The place from where on nothing was given yet: reading that begins there loses and repeats nothing.
    pub(crate) fn place(&self) -> Place {
        let here = Place { offset: self.lines.consumed(), line: self.lines.lines() };
        self.memory.audit.waiting_since().unwrap_or(here)
    }

    /// Takes in the format and the headers of a stream that is not read from its start: `head` is how it begins, and
    /// `before` what stands not far before the place where reading goes on.
    pub(crate) fn headers(&mut self, head: &[u8], before: &[u8]) {
        self.memory = Memory::default();
        if self.format.is_none() {
            self.format = detect::recognise(head, &self.limits).map(|it| it.0);
        }
        for line in String::from_utf8_lossy(head).split('\n') {
            let line = trimmed(line);
            if !line.is_empty() && !self.memory.directive(self.format, line) {
                break;
            }
        }
        for line in String::from_utf8_lossy(before).split('\n') {
            self.memory.before(self.format, trimmed(line));
        }
    }

    /// Makes a record of what was cut off.
    pub(crate) fn take(&mut self, cut: Cut) -> Option<Result<Record<'_>, Skipped>> {
        let Self {
            lines, memory, format, summary, wanted, mappings, limits, repaired, not_after, room, ..
        } = self;
        summary.bytes = lines.bytes_read();
        let mut line = lines.record_line();
        let format = format.unwrap_or(Format::Eve);
        let length = match &cut {
            Cut::Record(range) => range.len(),
            _ => memory.evtx.length(),
        };
        if room.len() < 2 * length {
            room.resize((4 * length).min(MAX_ROOM_BYTES), 0);
        }
        let mut reading = Reading {
            format,
            wanted: *wanted,
            mappings,
            limits,
            not_after: *not_after,
            notes: &mut summary.unread,
            room,
        };
        let read = match cut {
            Cut::End => return None,
            Cut::TooLong => Err(Reason::TooLong { limit: limits.max_line_bytes }),
            Cut::Broken(error) => Err(Reason::Broken(error)),
            Cut::Joined if format == Format::Evtx => {
                let (text, id) = memory.evtx.current();
                line = id;
                text.and_then(|it| reading.record(memory, it))
            }
            Cut::Joined => {
                line = memory.joined.place.line + 1;
                reading.record(memory, &memory.joined.text)
            }
            Cut::Record(range) => {
                let bytes = lines.bytes(range);
                let text = if let Ok(text) = std::str::from_utf8(bytes) {
                    text
                } else {
                    summary.repaired += 1;
                    *repaired = String::from_utf8_lossy(bytes).into_owned();
                    repaired
                };
                reading.record(memory, trimmed(text))
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

    /// Whether a line is no record: blank, or a header, which is taken in here.
    fn is_silent(&mut self, range: Range<usize>) -> bool {
        let bytes = self.lines.bytes(range);
        match bytes.first() {
            None => true,
            Some(b' ' | b'\r' | b'\t' | 0) if bytes.iter().all(|it| it.is_ascii_whitespace() || *it == 0) => {
                true
            }
            Some(b'#' | 0xef | 0) if matches!(self.format, Some(Format::Zeek | Format::W3c)) => {
                self.memory.directive(self.format, trimmed(&String::from_utf8_lossy(bytes)))
            }
            Some(_) if self.format == Some(Format::Csv) => {
                self.memory.directive(self.format, trimmed(&String::from_utf8_lossy(bytes)))
            }
            Some(_) => false,
        }
    }
}

/// A line without its carriage return, a byte order mark, and the zero bytes of a log that was cut while being written.
fn trimmed(text: &str) -> &str {
    detect::without_mark(text.strip_suffix('\r').unwrap_or(text))
}
