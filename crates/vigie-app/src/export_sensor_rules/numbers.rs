//! Numbers for rules that stay the same from one export to the next.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::manifest::Numbered;

/// Numbers that rules may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub first: u32,
    /// How many there are.
    pub count: u32,
}

impl Default for Range {
    /// A million from 2,100,000,000 on, which no public set of rules uses.
    fn default() -> Self {
        Self { first: 2_100_000_000, count: 1_000_000 }
    }
}

/// There are more rules than numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are more rules than the {count} numbers from {first} on; give more with `--sids`")]
pub struct NoNumbers {
    /// The first number.
    pub first: u32,
    /// How many there are.
    pub count: u32,
}

/// Gives numbers out.
pub(super) struct Numbers {
    range: Range,
    before: BTreeMap<(String, usize), u32>,
    taken: BTreeSet<u32>,
    given: Vec<Numbered>,
}

impl Numbers {
    /// Numbers of an earlier export are kept for who has them, as far as they lie in the range.
    pub(super) fn new(range: Range, before: &[Numbered]) -> Self {
        let mut taken = BTreeSet::new();
        let mut kept = BTreeMap::new();
        for one in before.iter().filter(|it| range.holds(it.sid)) {
            if taken.insert(one.sid) {
                kept.insert((one.of.clone(), one.part), one.sid);
            }
        }
        Self { range, before: kept, taken, given: Vec::new() }
    }

    /// The number of a rule: the one it had, else one that its name leads to.
    pub(super) fn give(&mut self, of: &str, part: usize, file: &str) -> Result<u32, NoNumbers> {
        let known = self.before.get(&(of.to_owned(), part)).copied();
        let sid = match known {
            Some(sid) => sid,
            None => self.free(of, part)?,
        };
        self.taken.insert(sid);
        self.given.push(Numbered { sid, of: of.to_owned(), part, file: file.to_owned() });
        Ok(sid)
    }

    /// Which rule got which number.
    pub(super) fn given(self) -> Vec<Numbered> {
        self.given
    }

    fn free(&self, of: &str, part: usize) -> Result<u32, NoNumbers> {
        let Range { first, count } = self.range;
        if self.taken.len() as u64 >= u64::from(count) {
            return Err(NoNumbers { first, count });
        }
        let digest = Sha256::digest(format!("{of} {part}"));
        let start = digest.iter().take(8).fold(0, |all: u64, it| (all << 8) | u64::from(*it));
        let places = (0..u64::from(count)).map(|it| (start % u64::from(count) + it) % u64::from(count));
        let mut numbers = places.filter_map(|it| first.checked_add(u32::try_from(it).ok()?));
        numbers.find(|it| !self.taken.contains(it)).ok_or(NoNumbers { first, count })
    }
}

impl Range {
    fn holds(self, sid: u32) -> bool {
        sid.checked_sub(self.first).is_some_and(|it| it < self.count)
    }
}
