//! Chunks of a Windows event log: one size each, behind a header.

use super::{Cut, Lines};
use crate::evtx::{CHUNK_BYTES, FILE, HEADER_BYTES};
use std::io::Read;

impl<R: Read> Lines<R> {
    /// Cuts off the next chunk. A line is a chunk.
    pub(super) fn find_chunk(&mut self) -> Option<Cut> {
        if self.consumed == 0 && self.ahead().starts_with(FILE) {
            if self.ahead().len() < HEADER_BYTES {
                return None;
            }
            self.drop_to(self.start + HEADER_BYTES);
        }
        if self.ahead().len() < CHUNK_BYTES {
            return None;
        }
        let range = self.start..self.start + CHUNK_BYTES;
        self.line += 1;
        self.record_line = self.line;
        self.drop_to(range.end);
        Some(Cut::Record(range))
    }
}
