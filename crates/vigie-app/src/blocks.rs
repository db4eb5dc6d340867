//! Cuts a stream into blocks of whole lines.

use std::io::{self, Read};

use vigie_telemetry::Stream;

/// The bytes of a block, unless a line is longer.
const BLOCK_BYTES: usize = 1 << 20;

/// The room for one read.
const READ_BYTES: usize = 1 << 16;

/// Whole lines of a stream.
#[derive(Debug)]
pub(crate) struct Block {
    /// The lines, the last perhaps without its end.
    pub(crate) bytes: Vec<u8>,
    /// The number of the first, from 1.
    pub(crate) first_line: u64,
}

/// A stream that is cut.
pub(crate) struct Blocks {
    stream: Stream,
    rest: Vec<u8>,
    line: u64,
    /// A line may be so long; of a longer one the beginning is given and the rest is passed over.
    max_line_bytes: usize,
    /// Whether a block is given as soon as it has a line, because nobody knows when the next comes.
    live: bool,
    passing_over: bool,
}

impl Blocks {
    pub(crate) fn new(stream: Stream, max_line_bytes: usize, live: bool) -> Self {
        Self { stream, rest: Vec::new(), line: 1, max_line_bytes, live, passing_over: false }
    }

    /// The next block; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let want = if self.live { 1 } else { BLOCK_BYTES };
        loop {
            let before = bytes.len();
            let ended = self.read(&mut bytes)? == 0;
            if self.passing_over && !self.pass_over(&mut bytes) && !ended {
                continue;
            }
            let last = bytes.get(before.min(bytes.len())..).and_then(|it| memchr::memrchr(b'\n', it));
            if ended {
                return Ok((!bytes.is_empty()).then(|| self.block(bytes)));
            }
            if let Some(last) = last.filter(|_| bytes.len() >= want) {
                self.rest = bytes.split_off(before.min(bytes.len()) + last + 1);
                return Ok(Some(self.block(bytes)));
            }
            if bytes.len() > self.max_line_bytes.saturating_add(BLOCK_BYTES) {
                return Ok(Some(self.too_long(bytes)));
            }
        }
    }

    /// What was not cut yet, then the rest of the stream.
    pub(crate) fn into_stream(self, first: Vec<u8>) -> Stream {
        Box::new(io::Cursor::new(first).chain(io::Cursor::new(self.rest)).chain(self.stream))
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let before = bytes.len();
        bytes.resize(before + READ_BYTES, 0);
        let count = loop {
            match self.stream.read(bytes.get_mut(before..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        bytes.truncate(before + *count.as_ref().unwrap_or(&0));
        count
    }

    fn block(&mut self, bytes: Vec<u8>) -> Block {
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Block { bytes, first_line }
    }

    /// Gives all there is; if the last line is the long one, what follows of it is passed over.
    fn too_long(&mut self, mut bytes: Vec<u8>) -> Block {
        match memchr::memrchr(b'\n', &bytes) {
            Some(last) => self.rest = bytes.split_off(last + 1),
            None => self.passing_over = true,
        }
        self.block(bytes)
    }

    /// Drops the rest of a line that was too long. Whether its end was found.
    fn pass_over(&mut self, bytes: &mut Vec<u8>) -> bool {
        let end = memchr::memchr(b'\n', bytes);
        bytes.drain(..end.map_or(bytes.len(), |it| it + 1));
        self.line += u64::from(end.is_some());
        self.passing_over = end.is_none();
        end.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, max_line_bytes: usize, live: bool, want: &[(u64, &str)]) {
        let stream = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut blocks = Blocks::new(stream, max_line_bytes, live);
        let mut got = Vec::new();
        while let Some(block) = blocks.next().expect("memory can be read") {
            got.push((block.first_line, String::from_utf8(block.bytes).expect("text")));
        }
        let want: Vec<(u64, String)> = want.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn blocks_end_with_a_line() {
        check("", 9, false, &[]);
        check("a\nb", 9, false, &[(1, "a\nb")]);
        check("a\nb", 9, true, &[(1, "a\n"), (2, "b")]);
        let long = "x".repeat(READ_BYTES * 20);
        let text = format!("a\n{long}\nb\n");
        check(&text, READ_BYTES * 40, false, &[(1, &text)]);
    }

    #[test]
    fn what_follows_of_a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(BLOCK_BYTES + READ_BYTES * 5);
        let text = format!("{long}\nb\n");
        let given = "x".repeat(BLOCK_BYTES + READ_BYTES);
        check(&text, 100, false, &[(1, &given), (2, "b\n")]);
    }
}
