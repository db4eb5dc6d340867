//! The saved form of an index: the arena, the entries, and the slots that are used, in their order.

use std::io::{self, Read, Write};

use super::{Entry, Index, NONE, Slot, Slots, Tagger, key_at};
use crate::key;
use crate::saved::{BadImage, Loader, Saver, damaged};

impl Index {
    pub(crate) fn save<W: Write>(&self, to: &mut Saver<W>) -> io::Result<()> {
        to.u64(self.tagger.secret())?;
        to.bytes(&self.arena)?;
        to.u64(self.entries.len() as u64)?;
        for entry in &self.entries {
            let [a, b, c, d] = [entry.key, entry.next, entry.rule, entry.source].map(u128::from);
            to.whole((a | b << 32 | c << 64 | d << 96).to_le_bytes())?;
        }
        to.u64(self.slots.used as u64)?;
        for slot in self.slots.used() {
            to.u64(slot.0)?;
        }
        to.u64(self.networks.len() as u64)?;
        for number in &self.networks {
            to.u32(*number)?;
        }
        Ok(())
    }

    pub(crate) fn load<R: Read>(from: &mut Loader<R>) -> Result<Self, BadImage> {
        let tagger = Tagger::new(from.u64()?);
        let arena = from.bytes()?;
        let number = from.u64()?;
        let entries = from.array(number, |bytes| {
            let packed = u128::from_le_bytes(bytes);
            let part = |at: u32| (packed >> at) as u32;
            Entry { key: part(0), next: part(32), rule: part(64), source: part(96) }
        })?;
        if u32::try_from(entries.len()).is_err() {
            return Err(damaged("there are more entries than numbers"));
        }
        // Each entry leads to an earlier one, so every chain ends.
        if (0_u32..).zip(&entries).any(|(number, it)| it.next != NONE && it.next >= number) {
            return Err(damaged("an entry leads to a later one"));
        }
        let used = from.u64()?;
        if used > entries.len() as u64 {
            return Err(damaged("there are more keys than entries"));
        }
        let slots = from.array(used, |bytes| Slot(u64::from_le_bytes(bytes)))?;
        if slots.iter().any(|it| it.head() as usize >= entries.len()) {
            return Err(damaged("a key leads to no entry"));
        }
        let slots = Slots::filled(&slots).ok_or(damaged("the keys crowd"))?;
        let networks = from.u64()?;
        let networks = from.array(networks, u32::from_le_bytes)?;
        let is_network = |it: &u32| {
            let entry = entries.get(*it as usize);
            entry.is_some_and(|it| key::network_of(key_at(&arena, it.key)).is_some())
        };
        if networks.len() > entries.len() || !networks.iter().all(is_network) {
            return Err(damaged("a network is none"));
        }
        Ok(Self { filter: slots.filter(), tagger, slots, arena, entries, networks })
    }
}
