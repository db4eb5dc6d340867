//! Windows event logs, `.evtx`: a header, then chunks of 64 KiB that each stand alone.
//!
//! A chunk is read as a whole ([`Reader::load`]); then its records are given one by one, each as the JSON text that
//! [`winlog`](crate::winlog) reads. The line of a record is its record id; that of a chunk its number in the file.
//!
//! Invariants
//! - A chunk or record that is damaged is lost alone, and counted. What was erased or stands in unused room is not read.
//! - The memory of a chunk's records is bounded by the parser's own budget (16 MiB a record, 256 MiB a chunk).

use crate::source::Reason;
use evtx::err::EvtxError;
use evtx::{EvtxChunkData, ParserSettings};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// How a file begins.
pub(crate) const FILE: &[u8] = b"ElfFile\0";

/// How a chunk begins.
pub(crate) const CHUNK: &[u8] = b"ElfChnk\0";

/// Bytes before the first chunk.
pub(crate) const HEADER_BYTES: usize = 4096;

/// Bytes of a chunk.
pub(crate) const CHUNK_BYTES: usize = 65_536;

/// The records of one chunk, and which of them is the current one.
#[derive(Default)]
pub(crate) struct Reader {
    settings: Option<Arc<ParserSettings>>,
    texts: String,
    waiting: VecDeque<Waiting>,
    current: Option<Waiting>,
    chunks: u64,
}

/// A record that was read, or lost.
struct Waiting {
    /// Its record id, or the number of its chunk.
    line: u64,
    /// Where its text stands, or why it is lost.
    text: Result<Range<usize>, String>,
}

impl Reader {
    /// Counts chunks that somebody else reads.
    pub(crate) fn passed(&mut self, chunks: u64) {
        self.chunks += chunks;
    }

    /// Reads the records of a chunk. One of unused room has none.
    pub(crate) fn load(&mut self, chunk: &[u8]) {
        self.chunks += 1;
        self.texts.clear();
        self.waiting.clear();
        if chunk.iter().take(CHUNK.len()).all(|it| *it == 0) {
            return;
        }
        let settings = Arc::clone(self.settings.get_or_insert_with(Arc::default));
        let mut data = match EvtxChunkData::new(chunk.to_vec(), false) {
            Ok(data) => data,
            Err(error) => return self.lost(self.chunks, &error),
        };
        let mut chunk = match data.parse(settings) {
            Ok(chunk) => chunk,
            Err(error) => return self.lost(self.chunks, &error),
        };
        for record in chunk.iter() {
            let read = record.and_then(|it| it.into_json());
            match read {
                Ok(record) => {
                    let start = self.texts.len();
                    self.texts.push_str(&record.data);
                    let text = Ok(start..self.texts.len());
                    self.waiting.push_back(Waiting { line: record.event_record_id, text });
                }
                Err(error) => {
                    let line = match &error {
                        EvtxError::FailedToParseRecord { record_id, .. } => *record_id,
                        _ => self.chunks,
                    };
                    self.lost(line, &error);
                }
            }
        }
    }

    fn lost(&mut self, line: u64, why: &dyn std::error::Error) {
        let mut text = why.to_string();
        let mut cause = why.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        self.waiting.push_back(Waiting { line, text: Err(text) });
    }

    /// Goes to the next record of the chunk. False: there is none.
    pub(crate) fn advance(&mut self) -> bool {
        self.current = self.waiting.pop_front();
        self.current.is_some()
    }

    /// Bytes of the current record's text.
    pub(crate) fn length(&self) -> usize {
        let range = self.current.as_ref().and_then(|it| it.text.as_ref().ok());
        range.map_or(0, |it| it.len())
    }

    /// The current record's text and line.
    pub(crate) fn current(&self) -> (Result<&str, Reason>, u64) {
        match &self.current {
            Some(Waiting { line, text: Ok(range) }) => {
                (Ok(self.texts.get(range.clone()).unwrap_or_default()), *line)
            }
            Some(Waiting { line, text: Err(why) }) => (Err(Reason::Evtx(why.clone())), *line),
            None => (Ok(""), 0),
        }
    }
}
