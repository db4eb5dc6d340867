//! Cuts a stream into blocks that can be read apart: whole lines, or chunks of one size.

use std::io::{self, Read};

use vigie_telemetry::Stream;

/// The bytes of a block, unless a line is longer.
const BLOCK_BYTES: usize = 1 << 20;

/// The room for one read.
const READ_BYTES: usize = 1 << 16;

/// Whole lines or chunks of a stream.
#[derive(Debug)]
pub(crate) struct Block {
    /// The lines or chunks, the last perhaps not whole.
    pub(crate) bytes: Vec<u8>,
    /// How many there are before the first.
    pub(crate) before: u64,
}

/// A stream that is cut at the ends of lines.
pub(crate) struct Blocks {
    stream: Stream,
    rest: Vec<u8>,
    /// Lines that were given.
    lines: u64,
    /// A line may be so long; of a longer one the beginning is given and the rest is passed over.
    max_line_bytes: usize,
    /// Whether a block is given as soon as it has a line, because nobody knows when the next comes.
    live: bool,
    passing_over: bool,
    /// Why the stream cannot be read further; what was read before is given first.
    failed: Option<io::Error>,
}

impl Blocks {
    pub(crate) fn new(stream: Stream, max_line_bytes: usize, live: bool) -> Self {
        Self { stream, rest: Vec::new(), lines: 0, max_line_bytes, live, passing_over: false, failed: None }
    }

    /// The next block; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        if !self.live {
            bytes.reserve(BLOCK_BYTES + 2 * READ_BYTES);
        }
        let want = if self.live { 1 } else { BLOCK_BYTES };
        loop {
            let before = bytes.len();
            let read = self.read(&mut bytes);
            let ended = !matches!(read, Ok(1..));
            if self.passing_over && !self.pass_over(&mut bytes) && !ended {
                continue;
            }
            let last = bytes.get(before.min(bytes.len())..).and_then(|it| memchr::memrchr(b'\n', it));
            if ended {
                return match read {
                    Err(error) if bytes.is_empty() => Err(error),
                    read => {
                        self.failed = read.err();
                        Ok((!bytes.is_empty()).then(|| self.block(bytes)))
                    }
                };
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
        let read = io::Cursor::new(first).chain(io::Cursor::new(self.rest));
        match self.failed {
            Some(error) => Box::new(read.chain(Failed(Some(error)))),
            None => Box::new(read.chain(self.stream)),
        }
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
        let before = self.lines;
        self.lines += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Block { bytes, before }
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
        self.lines += u64::from(end.is_some());
        self.passing_over = end.is_none();
        end.is_some()
    }
}

/// The end of a stream that failed.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A stream that is cut behind a header and then behind each chunk.
pub(crate) struct Chunks {
    stream: Stream,
    /// Bytes of the header, until it was given.
    header: usize,
    size: usize,
    /// Chunks that were given.
    given: u64,
    /// Why the stream cannot be read further; what was read before is given first.
    failed: Option<io::Error>,
}

impl Chunks {
    pub(crate) fn new(stream: Stream, header: usize, size: usize) -> Self {
        Self { stream, header, size, given: 0, failed: None }
    }

    /// The next chunks, the first behind the header; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let chunks = (BLOCK_BYTES / self.size).max(1);
        let want = std::mem::take(&mut self.header) + chunks * self.size;
        let mut bytes = Vec::with_capacity(want);
        match self.stream.by_ref().take(want as u64).read_to_end(&mut bytes) {
            Err(error) if bytes.is_empty() => return Err(error),
            read => self.failed = read.err(),
        }
        let before = self.given;
        self.given += chunks as u64;
        Ok((!bytes.is_empty()).then_some(Block { bytes, before }))
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
            got.push((block.before, String::from_utf8(block.bytes).expect("text")));
        }
        let want: Vec<(u64, String)> = want.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
        assert_eq!(got, want);
    }

    /// Some bytes, and then a failing disk.
    fn failing(text: &str) -> Stream {
        let failure = Failed(Some(io::Error::other("the disk fails")));
        Box::new(io::Cursor::new(text.as_bytes().to_vec()).chain(failure))
    }

    #[test]
    fn what_came_before_a_failure_is_given() {
        let mut blocks = Blocks::new(failing("a\nb"), 9, false);
        let mut chunks = Chunks::new(failing("headerab"), 6, 1);
        for (block, want) in [(blocks.next(), "a\nb"), (chunks.next(), "headerab")] {
            let block = block.expect("some bytes").expect("some bytes");
            assert_eq!((block.bytes.as_slice(), block.before), (want.as_bytes(), 0));
        }
        assert!(blocks.next().is_err() && chunks.next().is_err());

        let mut blocks = Blocks::new(failing("a\nb"), 9, false);
        let first = blocks.next().expect("some bytes").expect("some bytes");
        let mut again = Vec::new();
        assert!(blocks.into_stream(first.bytes).read_to_end(&mut again).is_err());
        assert_eq!(again, b"a\nb");
    }

    #[test]
    fn chunks_stand_behind_a_header() {
        let text = format!("head{}", "x".repeat(2 * BLOCK_BYTES + 1));
        let mut chunks = Chunks::new(Box::new(io::Cursor::new(text.into_bytes())), 4, BLOCK_BYTES / 2);
        let mut got = Vec::new();
        while let Some(block) = chunks.next().expect("memory can be read") {
            got.push((block.before, block.bytes.len()));
        }
        assert_eq!(got, [(0, BLOCK_BYTES + 4), (2, BLOCK_BYTES), (4, 1)]);
    }

    #[test]
    fn blocks_end_with_a_line() {
        check("", 9, false, &[]);
        check("a\nb", 9, false, &[(0, "a\nb")]);
        check("a\nb", 9, true, &[(0, "a\n"), (1, "b")]);
        let long = "x".repeat(READ_BYTES * 20);
        let text = format!("a\n{long}\nb\n");
        check(&text, READ_BYTES * 40, false, &[(0, &text)]);
    }

    #[test]
    fn what_follows_of_a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(BLOCK_BYTES + READ_BYTES * 5);
        let text = format!("{long}\nb\n");
        let given = "x".repeat(BLOCK_BYTES + READ_BYTES);
        check(&text, 100, false, &[(0, &given), (1, "b\n")]);
    }
}
