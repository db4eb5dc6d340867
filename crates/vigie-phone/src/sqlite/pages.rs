//! The pages of a database: the file with the write-ahead log laid over it.

use std::ops::Deref;
use std::sync::Arc;

use super::wal::Overlay;

/// The bytes of a database that are not held in memory.
pub trait Source {
    /// How many there are.
    fn size(&self) -> u64;

    /// Reads from a place on; fewer bytes than asked for at the end, and where reading fails. Says how many.
    fn read_at(&self, at: u64, to: &mut [u8]) -> usize;
}

impl Source for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, to: &mut [u8]) -> usize {
        let rest = usize::try_from(at).ok().and_then(|it| self.get(it..)).unwrap_or_default();
        let length = rest.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        length
    }
}

/// The file of a database.
#[derive(Clone, Copy)]
pub(super) enum Main<'a> {
    /// In memory.
    Held(&'a [u8]),
    /// Read page by page.
    Source(&'a dyn Source),
}

impl Main<'_> {
    pub(super) fn size(self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::Source(source) => source.size(),
        }
    }
}

/// A page, which lives as long as something of it is looked at.
#[derive(Clone, Debug)]
pub(super) enum Page<'a> {
    Held(&'a [u8]),
    Read(Arc<Vec<u8>>),
}

impl Deref for Page<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Held(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

/// Where pages are got.
pub(super) struct Pages<'a> {
    pub(super) main: Main<'a>,
    pub(super) overlay: Option<Overlay<'a>>,
    pub(super) page_size: usize,
    pub(super) usable: usize,
}

impl<'a> Pages<'a> {
    /// A page by its number, the first being 1. It is shorter where the file ends within it.
    pub(super) fn get(&self, number: u32) -> Option<Page<'a>> {
        if let Some(changed) = self.overlay.as_ref().and_then(|it| it.page(number)) {
            return changed.get(..self.usable.min(changed.len())).map(Page::Held);
        }
        let start = u64::from(number.checked_sub(1)?).checked_mul(self.page_size as u64)?;
        match self.main {
            Main::Held(bytes) => {
                let rest = bytes.get(usize::try_from(start).ok()?..).filter(|it| !it.is_empty())?;
                rest.get(..self.usable.min(rest.len())).map(Page::Held)
            }
            Main::Source(source) => {
                let mut page = vec![0; self.usable];
                let read = source.read_at(start, &mut page);
                page.truncate(read);
                (read > 0).then(|| Page::Read(page.into()))
            }
        }
    }

    /// No page has a number above this one.
    pub(super) fn last(&self) -> u32 {
        let main = u32::try_from(self.main.size().div_ceil(self.page_size as u64)).unwrap_or(u32::MAX);
        // Pages beyond the file stand in the log, each in a frame of its own.
        main.saturating_add(self.overlay.as_ref().map_or(0, Overlay::held))
    }

    /// A set for marking pages.
    pub(super) fn none_seen(&self) -> Seen {
        Seen { last: self.last(), bits: Vec::new() }
    }
}

/// Which pages were seen: each may be read once, so that no pointer leads in a circle.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    last: u32,
    bits: Vec<u64>,
}

impl Seen {
    /// Marks a page; says whether it was new.
    pub(super) fn mark(&mut self, number: u32) -> bool {
        if number > self.last {
            return true;
        }
        if self.bits.is_empty() {
            self.bits = vec![0; self.last as usize / 64 + 1];
        }
        let bit = 1 << (number % 64);
        match self.bits.get_mut(number as usize / 64) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                true
            }
            _ => false,
        }
    }

    /// Whether a page was marked.
    pub(super) fn has(&self, number: u32) -> bool {
        self.bits.get(number as usize / 64).is_some_and(|it| it >> (number % 64) & 1 == 1)
    }
}
