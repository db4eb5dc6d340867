//! Cutting a stream into records, in a buffer that is bounded.
//!
//! Most logs hold one record a line. Some tools keep JSON records in a list, or spread each over several lines; those
//! are cut where their braces close ([`Framing::Objects`], in [`objects`]). A record longer than the limit is passed over
//! without being kept.
//!
//! Invariants
//! - The buffer never grows beyond the limit and one block.
//! - Each byte is looked at once, however long a line is.

mod chunks;
mod objects;

use crate::Limits;
use objects::Braces;
use std::io::{self, Read};
use std::ops::Range;

/// What the buffer starts with, and reads at once.
const BLOCK: usize = 256 * 1024;

/// How records are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A line each.
    Lines,
    /// From an opening brace to the one that closes it.
    Objects,
    /// The same, in a list that is itself in an object: so many bytes stand before the first.
    Wrapped(usize),
    /// Chunks of a Windows event log, all of one size.
    Chunks,
}

/// What was cut off.
#[derive(Debug)]
pub(crate) enum Cut {
    /// A record's bytes, without the end of its line; see [`Lines::bytes`].
    Record(Range<usize>),
    /// A record that stands on several lines, others between them; the reader holds it.
    Joined,
    /// A record that is longer than the limit.
    TooLong,
    /// The stream broke here.
    Broken(io::Error),
    /// Nothing more, for now.
    End,
}

/// A stream and the part of it that is being cut.
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Up to here the buffer was looked through for the end of the record at `start`.
    scanned: usize,
    limit: usize,
    /// The record at `start` is beyond the limit: what was read of it is gone.
    skipping: bool,
    ended: bool,
    grows: bool,
    framing: Framing,
    braces: Braces,
    /// Number of the line at `start`, from 0.
    line: u64,
    /// Number of the line where the last record began, from 1.
    record_line: u64,
    /// Bytes of the stream before `start`.
    consumed: u64,
    read: u64,
}

impl<R: Read> Lines<R> {
    /// A stream to cut at the ends of lines. If it `grows`, a line without an end is kept until its end comes.
    pub(crate) fn new(input: R, limits: &Limits, grows: bool) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            scanned: 0,
            limit: limits.max_line_bytes,
            skipping: false,
            ended: false,
            grows,
            framing: Framing::Lines,
            braces: Braces::default(),
            line: 0,
            record_line: 0,
            consumed: 0,
            read: 0,
        }
    }

    /// Puts whole lines or blocks into the buffer, before which there were `before` others.
    pub(crate) fn set_piece(&mut self, piece: Vec<u8>, before: u64) {
        self.end = piece.len();
        self.read = piece.len() as u64;
        self.buffer = piece;
        self.line = before;
    }

    /// From here on, another way to tell records apart.
    pub(crate) fn set_framing(&mut self, framing: Framing) {
        self.framing = framing;
        if let Framing::Wrapped(length) = framing {
            let end = self.end.min(self.start + length);
            let passed = self.buffer.get(self.start..end).unwrap_or_default();
            self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            self.braces.wrapped = true;
            self.drop_to(end);
        }
    }

    /// The way records are told apart.
    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// The bytes of a record that was just cut.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// What comes next, as far as it is in the buffer; nothing is consumed. False: no more can be had.
    pub(crate) fn look_further(&mut self) -> io::Result<bool> {
        self.fill()
    }

    /// What is in the buffer and was not cut off yet.
    pub(crate) fn ahead(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Cuts off the next record.
    pub(crate) fn cut(&mut self) -> Cut {
        loop {
            let found = match self.framing {
                Framing::Lines => self.find_line(),
                Framing::Objects | Framing::Wrapped(_) => self.find_object(),
                Framing::Chunks => self.find_chunk(),
            };
            if let Some(cut) = found {
                return cut;
            }
            if self.end - self.start > self.limit && self.framing != Framing::Chunks {
                self.skipping = true;
                self.drop_to(self.end);
            }
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return self.last(),
                Err(error) => {
                    self.record_line = self.line + 1;
                    self.ended = true;
                    self.grows = false;
                    return Cut::Broken(error);
                }
            }
        }
    }

    /// What is left when the stream has ended.
    fn last(&mut self) -> Cut {
        if self.grows || (self.start == self.end && !self.skipping) {
            return Cut::End;
        }
        self.flush()
    }

    /// The record at the front although its end has not come, as when the file was rotated away.
    pub(crate) fn flush(&mut self) -> Cut {
        self.record_line = self.line + 1;
        let range = self.start..self.end;
        self.drop_to(self.end);
        self.braces = Braces::default();
        match (std::mem::take(&mut self.skipping), range.is_empty()) {
            (true, _) => Cut::TooLong,
            (false, true) => Cut::End,
            (false, false) => Cut::Record(range),
        }
    }

    fn find_line(&mut self) -> Option<Cut> {
        let fresh = self.buffer.get(self.scanned..self.end).unwrap_or_default();
        let Some(found) = memchr::memchr(b'\n', fresh) else {
            self.scanned = self.end;
            return None;
        };
        let range = self.start..self.scanned + found;
        self.line += 1;
        self.record_line = self.line;
        self.drop_to(range.end + 1);
        let too_long = std::mem::take(&mut self.skipping) || range.len() > self.limit;
        Some(if too_long { Cut::TooLong } else { Cut::Record(range) })
    }

    /// Consumes what lies before `at`.
    fn drop_to(&mut self, at: usize) {
        self.consumed += (at - self.start) as u64;
        self.start = at;
        self.scanned = at;
    }

    /// Reads a block more behind what is in the buffer. False: the stream has ended.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.buffer.len() - self.end < BLOCK / 4 {
            self.make_room();
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let count = loop {
            match self.input.read(room) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        self.end += count;
        self.read += count as u64;
        self.ended = count == 0 && !self.grows;
        Ok(count > 0)
    }

    /// Moves what is left to the front, and doubles the buffer if that is not enough.
    fn make_room(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.scanned -= self.start;
        self.start = 0;
        if self.buffer.len() - self.end < BLOCK / 4 {
            let wanted = (self.buffer.len() * 2).min(self.limit.saturating_add(BLOCK));
            self.buffer.resize(wanted.max(self.end + BLOCK), 0);
        }
    }

    /// Number of the line where the last record began, from 1.
    pub(crate) fn record_line(&self) -> u64 {
        self.record_line
    }

    /// Bytes read from the stream.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Bytes of the stream that lie before the next record.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Bytes of the stream that were read into the buffer or are gone from it.
    pub(crate) fn position(&self) -> u64 {
        self.consumed + self.ahead().len() as u64
    }

    /// Lines before the next record.
    pub(crate) fn lines(&self) -> u64 {
        self.line
    }

    /// The stream itself.
    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// Starts over with another stream that begins at `offset`, after `line` lines.
    pub(crate) fn restart(&mut self, input: R, offset: u64, line: u64) {
        self.input = input;
        (self.start, self.end, self.scanned) = (0, 0, 0);
        (self.skipping, self.ended) = (false, false);
        (self.line, self.consumed) = (line, offset);
        self.braces = Braces::default();
    }
}

#[cfg(test)]
mod tests;
