//! The saved form of a segment that holds lists alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};

use super::{List, Refused, Segment, Source};
use crate::index::Index;
use crate::networks::Networks;
use crate::rule::{Counts, Reason, Refusal, State};
use crate::saved::{BadImage, Loader, Saver, damaged};

impl Segment {
    /// Saves the lists, and what was refused.
    pub(crate) fn save<W: Write>(&self, to: &mut Saver<W>) -> io::Result<()> {
        self.index.save(to)?;
        to.u64(self.lists.len() as u64)?;
        for list in &self.lists {
            to.text(&list.name)?;
            to.u64(list.suppressed)?;
            save_counts(&list.unused, to)?;
        }
        to.u64(self.sources.len() as u64)?;
        for source in &self.sources {
            to.u32(source.list)?;
            to.text(&source.name)?;
        }
        save_counts(&self.unused, to)?;
        to.u64(self.refused.len() as u64)?;
        for Refused { list, refusal } in &self.refused {
            to.maybe(list.map(u64::from))?;
            to.text(&refusal.place)?;
            to.text(refusal.reason.as_str())?;
            to.text(&refusal.detail)?;
        }
        Ok(())
    }

    pub(crate) fn load<R: Read>(from: &mut Loader<R>) -> Result<Self, BadImage> {
        let index = Index::load(from)?;
        let mut lists = Vec::new();
        for _ in 0..from.u64()? {
            let (name, suppressed) = (from.text()?.into(), from.u64()?);
            lists.push(List { name, values: 0, suppressed, unused: load_counts(from)? });
        }
        let mut sources = Vec::new();
        for _ in 0..from.u64()? {
            sources.push(Source { list: from.u32()?, name: from.text()?.into() });
        }
        let unused = load_counts(from)?;
        let mut refused = Vec::new();
        for _ in 0..from.u64()? {
            let list = from.maybe()?.and_then(|it| u32::try_from(it).ok());
            let (place, reason, detail) = (from.text()?, reason(&from.text()?)?, from.text()?);
            refused.push(Refused { list, refusal: Refusal { place, reason, detail } });
        }
        count(&index, &sources, &mut lists)?;
        Ok(Self {
            networks: Networks::new(index.networks()),
            index,
            lists,
            sources,
            indicators: Vec::new(),
            ids: HashMap::new(),
            scans: Vec::new(),
            scanned: 0,
            plain: 0,
            unused,
            refused,
            warned: Vec::new(),
            held: HashSet::new(),
            yara: Vec::new(),
            warnings: None,
            sigma: None,
            hash: OnceLock::new(),
        })
    }
}

/// Counts the values of each list, and makes sure that each value has one.
fn count(index: &Index, sources: &[Source], lists: &mut [List]) -> Result<(), BadImage> {
    let mut values = vec![0_u64; sources.len()];
    for entry in index.entries() {
        let values = values.get_mut(entry.source as usize).ok_or(damaged("a value has no source"))?;
        *values += 1;
    }
    for (source, values) in sources.iter().zip(values) {
        let list = lists.get_mut(source.list as usize).ok_or(damaged("a source has no list"))?;
        list.values += values;
    }
    if lists.iter().any(|it| it.suppressed > it.values) {
        return Err(damaged("more values are held back than there are"));
    }
    Ok(())
}

fn save_counts<W: Write>(counts: &Counts, to: &mut Saver<W>) -> io::Result<()> {
    to.u64(counts.states.len() as u64)?;
    for (state, number) in &counts.states {
        to.text(state.as_str())?;
        to.u64(*number)?;
    }
    to.u64(counts.reasons.len() as u64)?;
    for (reason, number) in &counts.reasons {
        to.text(reason.as_str())?;
        to.u64(*number)?;
    }
    to.u64(counts.warned.len() as u64)?;
    for (list, number) in &counts.warned {
        to.text(list)?;
        to.u64(*number)?;
    }
    Ok(())
}

fn load_counts<R: Read>(from: &mut Loader<R>) -> Result<Counts, BadImage> {
    let mut counts = Counts::default();
    for _ in 0..from.u64()? {
        let word = from.text()?;
        let state = State::ALL.into_iter().find(|it| it.as_str() == word);
        counts.states.insert(state.ok_or(damaged("a state is unknown"))?, from.u64()?);
    }
    for _ in 0..from.u64()? {
        counts.reasons.insert(reason(&from.text()?)?, from.u64()?);
    }
    let mut warned: BTreeMap<Arc<str>, u64> = BTreeMap::new();
    for _ in 0..from.u64()? {
        warned.insert(from.text()?.into(), from.u64()?);
    }
    Ok(Counts { warned, ..counts })
}

fn reason(word: &str) -> Result<Reason, BadImage> {
    let known = Reason::ALL.into_iter().find(|it| it.as_str() == word);
    known.ok_or(damaged("a reason is unknown"))
}
