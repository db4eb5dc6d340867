//! What a source gave, in numbers: nothing that could not be read passes in silence.

use serde::Serialize;
use std::collections::BTreeMap;

/// How many different names [`Notes`] keeps; all further ones are counted together.
const NAMES: usize = 512;

/// How many bytes of a name are kept; names come from outside.
const NAME_BYTES: usize = 80;

/// Counts over one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Records that became an event.
    pub events: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Records that were lost, by the name of the reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Records read although they were not UTF-8; the wrong bytes became U+FFFD.
    pub repaired: u64,
    /// Parts of records that were not understood, by name.
    pub unread: Notes,
}

impl Summary {
    /// How many records were lost, for whatever reason.
    pub fn lost(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Adds the counts of another source.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.bytes += other.bytes;
        self.repaired += other.repaired;
        for (reason, count) in &other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        for (name, count) in &other.unread.0 {
            self.unread.add(name, *count);
        }
    }
}

/// Counts by name, such as ``eve shape `dns` ``. Bounded, whatever the names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Notes(BTreeMap<String, u64>);

impl Notes {
    /// Names and counts, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// Counts one more.
    #[cold]
    pub(crate) fn count(&mut self, kind: &str, name: &str) {
        let end = (0..=NAME_BYTES.min(name.len())).rev().find(|it| name.is_char_boundary(*it));
        let name = name.get(..end.unwrap_or(0)).unwrap_or_default();
        self.add(&format!("{kind} `{}`", name.escape_debug()), 1);
    }

    fn add(&mut self, name: &str, count: u64) {
        if let Some(known) = self.0.get_mut(name) {
            *known += count;
        } else if self.0.len() < NAMES {
            self.0.insert(name.to_owned(), count);
        } else {
            *self.0.entry("(further names)".to_owned()).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_outside_are_bounded() {
        let mut notes = Notes::default();
        for number in 0..10_000 {
            notes.count("eve", &format!("é{}{number}", "x".repeat(number % 200)));
        }
        assert!(notes.iter().count() <= NAMES + 1);
        assert!(notes.iter().all(|(name, _)| name.len() < 2 * NAME_BYTES));
        assert_eq!(notes.iter().map(|it| it.1).sum::<u64>(), 10_000);
    }

    #[test]
    fn summaries_add_up() {
        let mut one = Summary { events: 1, bytes: 10, ..Summary::default() };
        one.unread.count("eve", "x");
        let mut two = one.clone();
        two.skipped.insert("syntax", 2);
        one.add(&two);
        assert_eq!((one.events, one.bytes, one.lost()), (2, 20, 2));
        assert_eq!(one.unread.iter().collect::<Vec<_>>(), [("eve `x`", 2)]);
    }
}
