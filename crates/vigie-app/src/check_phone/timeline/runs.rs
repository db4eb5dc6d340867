//! Lines put in the order of time, more of them than the memory holds.
//!
//! Lines are gathered up to a bound, put in order and appended to a file as one run; in the end all runs are merged. The file
//! has no name any more once it is open, so nothing of it is left when the check is broken off.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Bytes of one run that are read at once.
const CHUNK: usize = 128 << 10;

/// When; what has no time comes last.
type Key = (bool, i64);

/// A pair of lines in memory.
struct Held {
    key: Key,
    at: usize,
    first: usize,
    length: usize,
}

/// Pairs of lines to be put in order.
pub(super) struct Runs {
    folder: PathBuf,
    bound: usize,
    bytes: Vec<u8>,
    held: Vec<Held>,
    file: Option<File>,
    /// Where each run lies in the file.
    written: Vec<Range<u64>>,
    lines: u64,
}

impl Runs {
    pub(super) fn new(folder: &Path, bound: usize) -> Self {
        let folder = folder.to_owned();
        Self { folder, bound, bytes: Vec::new(), held: Vec::new(), file: None, written: Vec::new(), lines: 0 }
    }

    /// Adds two lines that belong together: `write` appends both and says where the first ends.
    pub(super) fn add(
        &mut self,
        time: Option<i64>,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<usize>,
    ) -> io::Result<()> {
        let at = self.bytes.len();
        let end = write(&mut self.bytes)?;
        let key = (time.is_none(), time.unwrap_or_default());
        self.held.push(Held { key, at, first: end - at, length: self.bytes.len() - at });
        self.lines += 1;
        if self.bytes.len() >= self.bound { self.spill() } else { Ok(()) }
    }

    /// Puts what is in memory in order and appends it to the file.
    fn spill(&mut self) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => nameless(&self.folder)?,
        };
        let start = self.written.last().map_or(0, |it| it.end);
        let mut end = start;
        let mut out = BufWriter::with_capacity(CHUNK, &file);
        self.held.sort_by_key(|it| it.key);
        for it in &self.held {
            let head = head(it.key, it.first, it.length);
            out.write_all(&head)?;
            out.write_all(self.bytes.get(it.at..it.at + it.length).unwrap_or_default())?;
            end += (head.len() + it.length) as u64;
        }
        out.flush()?;
        drop(out);
        self.written.push(start..end);
        self.file = Some(file);
        self.held.clear();
        self.bytes.clear();
        Ok(())
    }

    /// Tells all pairs in order, and says how many there are. Those of the same time come as they were added.
    pub(super) fn end(mut self, mut tell: impl FnMut(&[u8], &[u8]) -> io::Result<()>) -> io::Result<u64> {
        if self.written.is_empty() {
            self.held.sort_by_key(|it| it.key);
            for it in &self.held {
                let pair = self.bytes.get(it.at..it.at + it.length).unwrap_or_default();
                let (first, second) = pair.split_at(it.first);
                tell(first, second)?;
            }
            return Ok(self.lines);
        }
        self.spill()?;
        self.bytes = Vec::new();
        let Some(file) = &self.file else { return Ok(self.lines) };
        let mut open: Vec<Run<'_>> =
            self.written.iter().map(|it| Run { file, rest: it.clone(), chunk: Vec::new(), at: 0 }).collect();
        let mut next = BinaryHeap::new();
        for (number, run) in open.iter_mut().enumerate() {
            next.extend(run.head()?.map(|it| Reverse((it.0, number, it.1, it.2))));
        }
        while let Some(Reverse((_, number, first, length))) = next.pop() {
            let Some(run) = open.get_mut(number) else { continue };
            let (first, second) = run.take(length)?.split_at(first);
            tell(first, second)?;
            next.extend(run.head()?.map(|it| Reverse((it.0, number, it.1, it.2))));
        }
        Ok(self.lines)
    }
}

/// A file that vanishes with this program.
fn nameless(folder: &Path) -> io::Result<File> {
    let path = folder.join("timeline.part");
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

/// What stands before a pair in a run.
const HEAD: usize = 17;

fn head(key: Key, first: usize, length: usize) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[0] = u8::from(key.0);
    head[1..9].copy_from_slice(&key.1.to_le_bytes());
    head[9..13].copy_from_slice(&(first as u32).to_le_bytes());
    head[13..].copy_from_slice(&(length as u32).to_le_bytes());
    head
}

/// A run that is being read.
struct Run<'f> {
    file: &'f File,
    rest: Range<u64>,
    chunk: Vec<u8>,
    at: usize,
}

impl Run<'_> {
    /// The key and lengths of the next pair.
    fn head(&mut self) -> io::Result<Option<(Key, usize, usize)>> {
        if self.at == self.chunk.len() && self.rest.is_empty() {
            return Ok(None);
        }
        let head: [u8; HEAD] = self.take(HEAD)?.try_into().map_err(io::Error::other)?;
        let [late, rest @ ..] = head;
        let number = |from: usize, bytes: usize| {
            rest.iter().skip(from).take(bytes).rev().fold(0_u64, |sum, it| sum << 8 | u64::from(*it))
        };
        let time = number(0, 8).cast_signed();
        Ok(Some(((late != 0, time), number(8, 4) as usize, number(12, 4) as usize)))
    }

    /// So many further bytes.
    fn take(&mut self, length: usize) -> io::Result<&[u8]> {
        if self.chunk.len() - self.at < length {
            self.chunk.drain(..self.at);
            self.at = 0;
            let held = self.chunk.len();
            let left = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
            let more = left.min(CHUNK.max(length - held));
            self.chunk.resize(held + more, 0);
            let to = self.chunk.get_mut(held..).unwrap_or_default();
            self.file.read_exact_at(to, self.rest.start)?;
            self.rest.start += more as u64;
        }
        let taken = self.chunk.get(self.at..self.at + length);
        self.at += length;
        taken.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// However little the memory holds, the order is that of a stable sort.
        #[test]
        fn agrees_with_a_sort_in_memory(
            times in proptest::collection::vec(proptest::option::of(-3_i64..4), 0..60),
            bound in 1_usize..400,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut runs = Runs::new(folder.path(), bound);
            for (number, time) in times.iter().enumerate() {
                let write = |out: &mut Vec<u8>| {
                    out.extend(format!("first {number}").bytes());
                    let end = out.len();
                    out.extend(format!("second {number}").bytes());
                    Ok(end)
                };
                runs.add(*time, write).unwrap();
            }
            let mut got = Vec::new();
            let told = runs.end(|first, second| {
                got.push((String::from_utf8_lossy(first).into_owned(), String::from_utf8_lossy(second).into_owned()));
                Ok(())
            });
            let mut order: Vec<usize> = (0..times.len()).collect();
            order.sort_by_key(|it| (times[*it].is_none(), times[*it]));
            let want: Vec<_> = order.iter().map(|it| (format!("first {it}"), format!("second {it}"))).collect();
            proptest::prop_assert_eq!(got, want);
            proptest::prop_assert_eq!(told.unwrap(), times.len() as u64);
            proptest::prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
