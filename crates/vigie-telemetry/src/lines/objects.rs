//! Records that end where their braces close.

use super::{Cut, Lines};
use std::io::Read;

/// How far into a record the buffer was looked through.
pub(super) struct Braces {
    depth: u64,
    in_string: bool,
    escaped: bool,
    /// Bytes of white space before the first record on its line, where it begins a line: the next one begins alike.
    indent: Option<usize>,
    /// White space since the last end of a line; None once something else has come.
    margin: Option<usize>,
    newlines: u64,
    /// Whether a brace between records is that of the object around them all.
    pub(super) wrapped: bool,
}

impl Default for Braces {
    fn default() -> Self {
        Self {
            depth: 0,
            in_string: false,
            escaped: false,
            indent: None,
            margin: Some(0),
            newlines: 0,
            wrapped: false,
        }
    }
}

impl<R: Read> Lines<R> {
    /// Finds the end of the object at the front. What stands between objects (`[`, `,`, `]`) is passed over; anything
    /// else there is a record of its own, which no reader will like.
    pub(super) fn find_object(&mut self) -> Option<Cut> {
        if self.braces.depth == 0 && !self.skipping {
            self.pass_between();
        }
        while let Some(&byte) = self.buffer.get(self.scanned).filter(|_| self.scanned < self.end) {
            if byte == b'{' && self.begins_another() {
                return Some(self.end_object(self.scanned));
            }
            self.scanned += 1;
            self.step(byte);
            let stray = self.braces.depth == 0 && matches!(byte, b',' | b'\n');
            if (byte == b'}' && self.braces.depth == 0) || stray {
                return Some(self.end_object(self.scanned));
            }
        }
        None
    }

    fn step(&mut self, byte: u8) {
        let braces = &mut self.braces;
        if byte == b'\n' {
            braces.newlines += 1;
            (braces.in_string, braces.escaped) = (false, false); // no JSON string holds a bare newline
            braces.margin = Some(0);
            return;
        }
        braces.margin = braces.margin.filter(|_| matches!(byte, b' ' | b'\t')).map(|it| it + 1);
        if braces.in_string {
            (braces.escaped, braces.in_string) = match byte {
                _ if braces.escaped => (false, true),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (false, true),
            };
            return;
        }
        match byte {
            b'"' => braces.in_string = true,
            b'{' | b'[' => braces.depth += 1,
            b'}' | b']' => braces.depth = braces.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether the brace here begins another record although the one before was never closed.
    fn begins_another(&self) -> bool {
        let braces = &self.braces;
        braces.depth > 0 && !braces.in_string && braces.indent.is_some() && braces.margin == braces.indent
    }

    fn pass_between(&mut self) {
        while let Some(&byte) = self.buffer.get(self.start).filter(|_| self.start < self.end) {
            match byte {
                b' ' | b'\t' => self.braces.margin = self.braces.margin.map(|it| it + 1),
                b'\n' => {
                    self.line += 1;
                    self.braces.margin = Some(0);
                }
                b'\r' | b',' | b'[' | b']' | 0 => self.braces.margin = None,
                b'}' if self.braces.wrapped => self.braces.margin = None,
                b'{' if self.braces.indent.is_none() => {
                    self.braces.indent = self.braces.margin;
                    break;
                }
                _ => break,
            }
            self.drop_to(self.start + 1);
        }
    }

    fn end_object(&mut self, end: usize) -> Cut {
        let range = self.start..end;
        self.record_line = self.line + 1;
        self.line += std::mem::take(&mut self.braces.newlines);
        (self.braces.depth, self.braces.in_string, self.braces.escaped) = (0, false, false);
        self.drop_to(end);
        let too_long = std::mem::take(&mut self.skipping) || range.len() > self.limit;
        if too_long { Cut::TooLong } else { Cut::Record(range) }
    }
}
