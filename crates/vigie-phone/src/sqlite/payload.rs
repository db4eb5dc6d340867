//! The whole of what a cell holds, from its page and the pages chained to it.

use std::ops::Deref;

use super::bytes::u32_at;
use super::page::Payload;
use super::pages::{Pages, Seen};
use super::record::Fields;

/// Reads records. A page of a chain belongs to one record: it is read once, so that no chain costs more than the file.
#[derive(Debug)]
pub(super) struct Chains {
    seen: Seen,
    /// Pages that chains may lead to in vain, before those are not read twice either.
    patience: u64,
}

/// A record, perhaps without its end.
#[derive(Clone, Debug)]
pub(super) struct Record<'t> {
    pub(super) payload: Bytes<'t>,
    pub(super) fields: Fields,
    /// Whether its end is lost.
    pub(super) cut: bool,
}

/// All that a cell holds.
#[derive(Clone, Debug)]
pub(super) enum Bytes<'t> {
    /// In its page.
    Local(Payload<'t>),
    /// Put together.
    Whole(Vec<u8>),
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Local(payload) => payload.local(),
            Self::Whole(bytes) => bytes,
        }
    }
}

impl Chains {
    /// Nothing is read yet.
    pub(super) fn new(pages: &Pages<'_>) -> Self {
        Self { seen: pages.none_seen(), patience: u64::from(pages.last()) }
    }

    /// Reads a record, if it is one.
    pub(super) fn record<'t>(&mut self, pages: &Pages<'_>, payload: Payload<'t>) -> Option<Record<'t>> {
        if payload.overflow == 0 {
            let fields = Fields::read(payload.local()).filter(|it| it.end <= payload.size)?;
            return Some(Record { payload: Bytes::Local(payload), fields, cut: false });
        }
        if payload.size > u64::from(pages.last()) * pages.usable as u64 {
            return None;
        }
        let (whole, chain, cut) = self.follow(pages, &payload);
        let fields = Fields::read(&whole).filter(|it| it.end <= payload.size);
        let wasted = if fields.is_some() { 0 } else { chain.len() as u64 };
        self.patience = self.patience.saturating_sub(wasted);
        if fields.is_some() || self.patience == 0 {
            for page in chain {
                self.seen.mark(page);
            }
        }
        Some(Record { payload: Bytes::Whole(whole), fields: fields?, cut })
    }

    /// All bytes that are there, the pages they came from, and whether some are not.
    fn follow(&self, pages: &Pages<'_>, payload: &Payload<'_>) -> (Vec<u8>, Vec<u32>, bool) {
        let mut whole = payload.local().to_vec();
        let mut chain = Vec::new();
        let mut next = payload.overflow;
        let mut left = payload.size - whole.len() as u64;
        while left > 0 {
            let page = pages.get(next).filter(|_| next != 0 && !self.seen.has(next));
            let Some((page, after)) = page.and_then(|it| {
                let after = u32_at(&it, 0)?;
                Some((it, after))
            }) else {
                return (whole, chain, true);
            };
            chain.push(next);
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(pages.usable - 4);
            let Some(part) = page.get(4..4 + wanted) else {
                whole.extend(page.get(4..).unwrap_or_default());
                return (whole, chain, true);
            };
            left -= wanted as u64;
            // More must follow and does not; or a page of zeros follows one that is not: it was wiped.
            let ends_early = left > 0 && after == 0;
            let wiped = left == 0 && page.iter().all(|it| *it == 0);
            if ends_early || wiped && whole.iter().rev().take(16).any(|it| *it != 0) {
                return (whole, chain, true);
            }
            whole.extend(part);
            next = after;
        }
        (whole, chain, false)
    }
}
