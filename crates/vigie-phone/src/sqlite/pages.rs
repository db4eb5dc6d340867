//! The pages of a database: the file with the write-ahead log laid over it.

use super::wal::Overlay;

/// Where pages are got.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    pub(super) main: &'a [u8],
    pub(super) overlay: Option<Overlay<'a>>,
    pub(super) page_size: usize,
    pub(super) usable: usize,
}

impl<'a> Pages<'a> {
    /// A page by its number, the first being 1. It is shorter where the file ends within it.
    pub(super) fn get(&self, number: u32) -> Option<&'a [u8]> {
        let changed = self.overlay.as_ref().and_then(|it| it.page(number));
        let whole = changed.or_else(|| {
            let start = (number.checked_sub(1)? as usize).checked_mul(self.page_size)?;
            let rest = self.main.get(start..).filter(|it| !it.is_empty())?;
            Some(rest.get(..self.page_size).unwrap_or(rest))
        })?;
        whole.get(..self.usable.min(whole.len()))
    }

    /// No page has a number above this one.
    pub(super) fn last(&self) -> u32 {
        let main = u32::try_from(self.main.len().div_ceil(self.page_size)).unwrap_or(u32::MAX);
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
