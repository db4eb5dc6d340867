//! The table of exact values: from a key to the rules that stand under it.
//!
//! All keys lie one after another in one arena. They are found through a flat table of slots, each of which holds half of
//! the hash of a key (its tag) and the number of an entry, and before the table lies a filter a tenth of its size: a probe
//! that finds nothing nearly always ends after one word of the filter. The tags are hashed under a secret of the node:
//! nobody outside can choose values that collide.
//!
//! Invariants
//! - A key is kept whole and compared whole: a collision of tags is never a match.
//! - Entries under one key form a chain, newest first, so each is followed by one of a lower number or by none.
//! - Slots lie in the order of their tags but for what collided, so a table grows and shrinks in one sweep, without
//!   reading the keys.
//!
//! Start with [`Filling`], which becomes an [`Index`]; `index/filter.rs` is the filter, `index/file.rs` the saved form.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

mod file;
mod filter;

use crate::key;
use filter::Filter;

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

/// Half of the hash of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(u32);

impl Tag {
    /// The tag as a number.
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// A place in a table of so many, the same part of the way through it as the tag is through all tags.
    fn place(self, places: usize) -> usize {
        ((u64::from(self.0) * places as u64) >> 32) as usize
    }
}

/// Makes tags under a secret.
#[derive(Clone, Debug)]
pub(crate) struct Tagger {
    secret: u64,
    state: FixedState,
}

impl Tagger {
    /// The maker of tags under a secret.
    pub(crate) fn new(secret: u64) -> Self {
        Self { secret, state: FixedState::with_seed(secret) }
    }

    /// The secret.
    pub(crate) fn secret(&self) -> u64 {
        self.secret
    }

    /// The tag of a key.
    pub(crate) fn tag(&self, key: &[u8]) -> Tag {
        Tag((self.state.hash_one(key) >> 32) as u32)
    }
}

impl Default for Tagger {
    fn default() -> Self {
        Self::new(0)
    }
}

/// Keys and entries.
#[derive(Debug)]
pub(crate) struct Index {
    tagger: Tagger,
    filter: Filter,
    slots: Slots,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    /// For each network among the keys, one of its entries.
    networks: Vec<u32>,
}

/// An index that entries are added to.
#[derive(Debug)]
pub(crate) struct Filling {
    index: Index,
}

impl Filling {
    /// An empty index, hashed under a secret.
    pub(crate) fn new(secret: u64) -> Self {
        let index = Index {
            tagger: Tagger::new(secret),
            filter: Filter::default(),
            slots: Slots::default(),
            arena: Vec::new(),
            entries: Vec::new(),
            networks: Vec::new(),
        };
        Self { index }
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
        let Index { tagger, slots, arena, entries, networks, .. } = &mut self.index;
        let number = u32::try_from(entries.len()).ok().filter(|it| *it != NONE).ok_or(Full)?;
        let tag = tagger.tag(key);
        let same = |head: u32| entries.get(head as usize).is_some_and(|it| key_at(arena, it.key) == key);
        if let Some(slot) = slots.find(tag, same) {
            let newest = entries.get(slot.head() as usize).copied().ok_or(Full)?;
            if repeats(&newest) {
                return Ok(false);
            }
            entries.push(Entry { key: newest.key, next: slot.head(), rule, source });
            *slot = Slot::new(tag, number);
        } else {
            let length = u16::try_from(key.len()).map_err(|_| Full)?;
            let at = u32::try_from(arena.len()).map_err(|_| Full)?;
            arena.extend(length.to_le_bytes());
            arena.extend(key);
            entries.push(Entry { key: at, next: NONE, rule, source });
            slots.insert(tag, number);
            if key::network_of(key).is_some() {
                networks.push(number);
            }
        }
        Ok(true)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.index.entries.len()
    }

    /// The newest entry under a key of which `is` says yes.
    pub(crate) fn find(&mut self, key: &[u8], is: impl Fn(&Entry) -> bool) -> Option<&mut Entry> {
        let index = &self.index;
        let same = |head: u32| index.entry(head).is_some_and(|it| index.key(it) == key);
        let head = index.slots.get(index.tagger.tag(key), same)?;
        let (number, _) = index.chain(head).find(|(_, it)| is(it))?;
        self.index.entries.get_mut(number as usize)
    }

    /// Ends the adding, and gives back memory that is not needed any more.
    pub(crate) fn finish(self) -> Index {
        let Self { mut index } = self;
        index.arena.shrink_to_fit();
        index.entries.shrink_to_fit();
        index.networks.shrink_to_fit();
        index.slots = index.slots.resized(Slots::places(index.slots.used));
        index.filter = index.slots.filter();
        index
    }
}

impl Index {
    /// What makes its tags.
    pub(crate) fn tagger(&self) -> &Tagger {
        &self.tagger
    }

    /// The number of the newest entry under a key, whose tag is given.
    pub(crate) fn head(&self, tag: Tag, key: &[u8]) -> Option<u32> {
        if !self.filter.may_hold(tag) {
            return None;
        }
        let same =
            |head: u32| self.entries.get(head as usize).is_some_and(|it| key_at(&self.arena, it.key) == key);
        self.slots.get(tag, same)
    }

    /// The entries of a chain, newest first, each with its number.
    pub(crate) fn chain(&self, head: u32) -> impl Iterator<Item = (u32, &Entry)> {
        let first = self.entries.get(head as usize).map(|it| (head, it));
        std::iter::successors(first, |(_, entry)| {
            self.entries.get(entry.next as usize).map(|it| (entry.next, it))
        })
    }

    /// All entries, oldest first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An entry.
    pub(crate) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    /// The key of an entry.
    pub(crate) fn key(&self, entry: &Entry) -> &[u8] {
        key_at(&self.arena, entry.key)
    }

    /// The networks among the keys, each with the newest entry under it.
    pub(crate) fn networks(&self) -> impl Iterator<Item = (key::Network, u32)> {
        self.networks.iter().filter_map(|number| {
            let key = self.key(self.entry(*number)?);
            Some((key::network_of(key)?, self.head(self.tagger.tag(key), key)?))
        })
    }

    /// How many bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.capacity()
            + self.entries.capacity() * size_of::<Entry>()
            + self.slots.all.capacity() * size_of::<Slot>()
            + self.filter.bytes()
    }
}

/// A tag and the newest entry of a key that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot(u64);

impl Slot {
    const EMPTY: Self = Self(u64::MAX);

    fn new(tag: Tag, head: u32) -> Self {
        Self(u64::from(tag.0) << 32 | u64::from(head))
    }

    fn tag(self) -> Tag {
        Tag((self.0 >> 32) as u32)
    }

    fn head(self) -> u32 {
        self.0 as u32
    }

    fn is_empty(self) -> bool {
        self.head() == NONE
    }
}

/// A table with linear probing. There is always an empty slot.
#[derive(Debug, Default)]
struct Slots {
    all: Vec<Slot>,
    used: usize,
}

impl Slots {
    fn of(places: usize) -> Self {
        Self { all: vec![Slot::EMPTY; places], used: 0 }
    }

    /// The place of the slot with a tag and a head that is the same.
    fn place_of(&self, tag: Tag, same: impl Fn(u32) -> bool) -> Option<usize> {
        let mut at = tag.place(self.all.len());
        // Ends at an empty slot, which there always is, or at once if there are none at all.
        loop {
            let slot = self.all.get(at)?;
            if slot.is_empty() {
                return None;
            }
            if slot.tag() == tag && same(slot.head()) {
                return Some(at);
            }
            at = if at + 1 == self.all.len() { 0 } else { at + 1 };
        }
    }

    fn get(&self, tag: Tag, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.place_of(tag, same).and_then(|it| self.all.get(it)).map(|it| it.head())
    }

    fn find(&mut self, tag: Tag, same: impl Fn(u32) -> bool) -> Option<&mut Slot> {
        self.place_of(tag, same).and_then(|it| self.all.get_mut(it))
    }

    /// Puts in the head of a key that is not there yet.
    fn insert(&mut self, tag: Tag, head: u32) {
        if (self.used + 1) * 10 > self.all.len() * 7 {
            *self = self.resized(64.max(self.all.len() * 2));
        }
        self.put(Slot::new(tag, head));
    }

    /// Puts a slot into the first place that is free, and says how many were not.
    fn put(&mut self, slot: Slot) -> usize {
        let mut at = slot.tag().place(self.all.len());
        let mut steps = 0;
        while self.all.get(at).is_some_and(|it| !it.is_empty()) {
            at = if at + 1 == self.all.len() { 0 } else { at + 1 };
            steps += 1;
        }
        if let Some(free) = self.all.get_mut(at) {
            *free = slot;
            self.used += 1;
        }
        steps
    }

    /// The same slots in a table of so many places, which must be more than are used.
    fn resized(&self, places: usize) -> Self {
        let mut resized = Self::of(places.max(self.used + 1));
        for slot in self.used() {
            resized.put(slot);
        }
        resized
    }

    /// A table that holds these slots and will not grow; none if they crowd as no hash lets them.
    fn filled(slots: &[Slot]) -> Option<Self> {
        let mut filled = Self::of(Self::places(slots.len()));
        let mut patience = 1_000 + 64 * slots.len();
        for slot in slots {
            patience = patience.checked_sub(filled.put(*slot))?;
        }
        Some(filled)
    }

    /// How many places a table of so many slots has that will not grow.
    fn places(used: usize) -> usize {
        used * 4 / 3 + 1
    }

    /// The slots that hold something, in their order.
    fn used(&self) -> impl Iterator<Item = Slot> {
        self.all.iter().copied().filter(|it| !it.is_empty())
    }

    fn filter(&self) -> Filter {
        Filter::new(self.used().map(Slot::tag), self.used)
    }
}

fn key_at(arena: &[u8], at: u32) -> &[u8] {
    let stored = || {
        let (length, rest) = arena.get(at as usize..)?.split_first_chunk::<2>()?;
        rest.get(..u16::from_le_bytes(*length).into())
    };
    stored().unwrap_or_default()
}

#[cfg(test)]
mod tests;
