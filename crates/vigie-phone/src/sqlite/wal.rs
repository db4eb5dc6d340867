//! The write-ahead log beside a database: pages that were changed and not yet written back.
//!
//! A frame is believed as far as the salts and the running checksum go, and used up to the last frame that ends a
//! transaction. Nothing is written back: [`Overlay::page`] answers before the file does.

use std::collections::HashMap;

use super::bytes::u32_at;

const HEADER: usize = 32;
const FRAME: usize = 24;

/// What became of the write-ahead log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wal {
    /// None was given.
    Absent,
    /// It has no frames that count: nothing was changed since it was written back.
    Empty,
    /// Its changes are seen.
    Used {
        /// Frames up to the last whole transaction.
        frames: u32,
        /// What could not be used of it, and why.
        left: Option<String>,
    },
    /// It is there and has changes that are not seen.
    Unused {
        /// Why.
        why: String,
    },
}

impl Wal {
    /// What could not be used, for people.
    pub(super) fn complaint(&self) -> Option<String> {
        match self {
            Self::Absent | Self::Empty | Self::Used { left: None, .. } => None,
            Self::Used { left: Some(why), .. } => Some(format!("its write-ahead log: {why}")),
            Self::Unused { why } => Some(format!("its write-ahead log is not used: {why}")),
        }
    }
}

/// The pages that the log holds in place of those of the file.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    bytes: &'a [u8],
    page_size: usize,
    at: HashMap<u32, usize>,
    /// How many pages the database has.
    pub(super) pages: u32,
}

impl<'a> Overlay<'a> {
    /// The page as the log has it.
    pub(super) fn page(&self, number: u32) -> Option<&'a [u8]> {
        let at = *self.at.get(&number)?;
        self.bytes.get(at..at + self.page_size)
    }

    /// How many pages it holds.
    pub(super) fn held(&self) -> u32 {
        u32::try_from(self.at.len()).unwrap_or(u32::MAX)
    }
}

/// The size of pages that a log is for.
pub(super) fn page_size(wal: &[u8]) -> Option<usize> {
    let size = u32_at(wal, 8)?;
    (matches!(u32_at(wal, 0)? & !1, 0x377f_0682) && size.is_power_of_two() && (512..=65_536).contains(&size))
        .then_some(size as usize)
}

/// Reads a log for a database with pages of that size.
pub(super) fn read(wal: Option<&[u8]>, pages_of: usize) -> (Wal, Option<Overlay<'_>>) {
    let unused = |why: String| (Wal::Unused { why }, None);
    let Some(wal) = wal else { return (Wal::Absent, None) };
    if wal.is_empty() {
        return (Wal::Empty, None);
    }
    let Some(header) = wal.first_chunk::<HEADER>() else {
        return unused(format!("it ends within its header, after {} bytes", wal.len()));
    };
    let Some(page_size) = page_size(wal) else {
        return unused("its header is damaged, or it is no write-ahead log".to_owned());
    };
    if page_size != pages_of {
        return unused(format!(
            "it belongs to another database: its pages have {page_size} bytes and those of the file {pages_of}"
        ));
    }
    let big = header.get(3).is_some_and(|it| it & 1 == 1);
    let sum = checksum((0, 0), header.get(..24).unwrap_or_default(), big);
    if Some(sum.0) != u32_at(wal, 24) || Some(sum.1) != u32_at(wal, 28) {
        return unused("its header does not match its checksum".to_owned());
    }
    let mut reading = Reading { wal, page_size, big, sum, at: Committed::default(), pending: Vec::new() };
    let stopped = reading.run();
    let Committed { frames, pages, held } = reading.at;
    let left = match (stopped, reading.pending.len()) {
        (None, 0) => None,
        (None, open) => Some(format!("{open} frames at its end belong to a transaction that never ended")),
        (Some(why), open) => Some(format!("{why}; {open} frames before that belong to no whole transaction")),
    };
    match (frames, left) {
        (0, None) => (Wal::Empty, None),
        (0, Some(why)) => unused(why),
        (frames, left) => {
            (Wal::Used { frames, left }, Some(Overlay { bytes: wal, page_size, at: held, pages }))
        }
    }
}

/// What the last whole transaction left.
#[derive(Default)]
struct Committed {
    frames: u32,
    pages: u32,
    held: HashMap<u32, usize>,
}

struct Reading<'a> {
    wal: &'a [u8],
    page_size: usize,
    big: bool,
    sum: (u32, u32),
    at: Committed,
    /// Pages of a transaction that has not ended, and where they stand.
    pending: Vec<(u32, usize)>,
}

impl Reading<'_> {
    /// Reads frames until one does not belong; says why if that is damage.
    fn run(&mut self) -> Option<String> {
        let salts = self.wal.get(16..24)?;
        let mut at = HEADER;
        for frame in 1_u32.. {
            let Some(header) = self.wal.get(at..at + FRAME) else {
                let torn = at < self.wal.len();
                return torn.then(|| format!("it ends within the header of frame {frame}"));
            };
            if header.get(8..16) != Some(salts) {
                // What an earlier round of the log left behind.
                return None;
            }
            let from = at + FRAME;
            let Some(page) = self.wal.get(from..from + self.page_size) else {
                return Some(format!("it ends within frame {frame}"));
            };
            let sum = checksum(self.sum, header.get(..8)?, self.big);
            let sum = checksum(sum, page, self.big);
            if Some(sum.0) != u32_at(header, 16) || Some(sum.1) != u32_at(header, 20) {
                return Some(format!("frame {frame} does not match its checksum"));
            }
            self.sum = sum;
            self.pending.push((u32_at(header, 0)?, from));
            let pages = u32_at(header, 4)?;
            if pages > 0 {
                self.at.held.extend(self.pending.drain(..));
                (self.at.frames, self.at.pages) = (frame, pages);
            }
            at = from + self.page_size;
        }
        None
    }
}

/// Goes on with a checksum over pairs of words.
fn checksum(sum: (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    let (mut one, mut two) = sum;
    for pair in bytes.as_chunks::<8>().0 {
        let pair = u64::from_be_bytes(*pair);
        let word = |it: u64| if big { it as u32 } else { (it as u32).swap_bytes() };
        one = one.wrapping_add(word(pair >> 32)).wrapping_add(two);
        two = two.wrapping_add(word(pair)).wrapping_add(one);
    }
    (one, two)
}
