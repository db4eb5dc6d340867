//! The table of exact values: from a key to the rules that stand under it.
//!
//! All keys lie one after another in one arena and are found through a flat table of entry numbers, so that millions of
//! values cost about fifty bytes each and a probe that finds nothing touches one cache line. The table is hashed
//! under a secret of the node: nobody outside can choose values that collide.
//!
//! Invariants
//! - A key is kept whole and compared whole: a collision of digests is never a match.
//! - Entries under one key form a chain, newest first; adding one costs the same however long the chain is.
//!
//! Start with [`Filling`], which becomes an [`Index`].

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// What stands under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where the key lies in the arena.
    key: u32,
    /// The entry added before under the same key, or [`NONE`].
    next: u32,
    /// The line of a list, or the number of an indicator.
    pub(crate) rule: u32,
    /// The source of a listed value, or [`INDICATOR`].
    pub(crate) source: u32,
}

/// The number that no entry has.
const NONE: u32 = u32::MAX;

/// The source of entries that belong to indicators.
pub(crate) const INDICATOR: u32 = u32::MAX;

/// An entry did not fit: the arena is 4 GiB, or there are 2³² entries.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the index is full")]
pub(crate) struct Full;

/// Keys and entries.
#[derive(Debug)]
pub(crate) struct Index {
    hasher: FixedState,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    heads: HashTable<u32>,
}

/// An index that entries are added to.
#[derive(Debug)]
pub(crate) struct Filling {
    index: Index,
    /// The hash of each entry's key, so that the table grows without reading the arena.
    hashes: Vec<u64>,
}

impl Filling {
    /// An empty index, hashed under a secret.
    pub(crate) fn new(secret: u64) -> Self {
        let hasher = FixedState::with_seed(secret);
        let index = Index { hasher, arena: Vec::new(), entries: Vec::new(), heads: HashTable::new() };
        Self { index, hashes: Vec::new() }
    }

    /// Adds an entry under a key.
    ///
    /// `repeats` is asked about the newest entry of the same key, if there is one; when it says yes nothing is added
    /// and the answer is false.
    pub(crate) fn add(
        &mut self,
        key: &[u8],
        rule: u32,
        source: u32,
        repeats: impl FnOnce(&Entry) -> bool,
    ) -> Result<bool, Full> {
        let Self { index: Index { hasher, arena, entries, heads }, hashes } = self;
        let number = u32::try_from(entries.len()).ok().filter(|it| *it != NONE).ok_or(Full)?;
        let hash = hasher.hash_one(key);
        let same = |head: &u32| entries.get(*head as usize).is_some_and(|it| key_at(arena, it.key) == key);
        if let Some(head) = heads.find_mut(hash, same) {
            let newest = entries.get(*head as usize).copied().ok_or(Full)?;
            if repeats(&newest) {
                return Ok(false);
            }
            entries.push(Entry { key: newest.key, next: *head, rule, source });
            *head = number;
        } else {
            let length = u16::try_from(key.len()).map_err(|_| Full)?;
            let at = u32::try_from(arena.len()).map_err(|_| Full)?;
            arena.extend(length.to_le_bytes());
            arena.extend(key);
            entries.push(Entry { key: at, next: NONE, rule, source });
            heads.insert_unique(hash, number, |head| hashes.get(*head as usize).copied().unwrap_or_default());
        }
        hashes.push(hash);
        Ok(true)
    }

    /// Ends the adding, and gives back memory that is not needed any more.
    pub(crate) fn finish(self) -> Index {
        let Self { mut index, hashes } = self;
        index.arena.shrink_to_fit();
        index.entries.shrink_to_fit();
        index.heads.shrink_to_fit(|head| hashes.get(*head as usize).copied().unwrap_or_default());
        index
    }
}

impl Index {
    /// The number of the newest entry under a key.
    pub(crate) fn head(&self, key: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let same = |head: &u32| {
            self.entries.get(*head as usize).is_some_and(|it| key_at(&self.arena, it.key) == key)
        };
        self.heads.find(hash, same).copied()
    }

    /// The entries of a chain, newest first, each with its number.
    pub(crate) fn chain(&self, head: u32) -> impl Iterator<Item = (u32, &Entry)> {
        let first = self.entries.get(head as usize).map(|it| (head, it));
        std::iter::successors(first, |(_, entry)| {
            self.entries.get(entry.next as usize).map(|it| (entry.next, it))
        })
    }

    /// All entries with their numbers, oldest first.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (0_u32..).zip(&self.entries)
    }

    /// An entry.
    pub(crate) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    /// The key of an entry.
    pub(crate) fn key(&self, entry: &Entry) -> &[u8] {
        key_at(&self.arena, entry.key)
    }
}

fn key_at(arena: &[u8], at: u32) -> &[u8] {
    let stored = || {
        let (length, rest) = arena.get(at as usize..)?.split_first_chunk::<2>()?;
        rest.get(..u16::from_le_bytes(*length).into())
    };
    stored().unwrap_or_default()
}
