//! What was read of each artefact, and where the records go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::Draft;
use super::zone::Zone;
use crate::{Limits, Moment, Record, State, Told};

/// Takes every record of a reading and keeps count.
pub(super) struct Ledger<'o> {
    pub(super) limits: &'o Limits,
    pub(super) zone: Zone,
    /// When the evidence was made, in nanoseconds since 1970, where that is known.
    pub(super) made: Option<i64>,
    /// The artefacts that may have been in what was cut off.
    pub(super) cut: &'static [&'static str],
    out: &'o mut dyn FnMut(Record),
    tallies: BTreeMap<&'static str, Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    files: BTreeSet<Arc<str>>,
    records: u64,
    bad: u64,
    why: Option<String>,
}

impl<'o> Ledger<'o> {
    pub(super) fn new(limits: &'o Limits, out: &'o mut dyn FnMut(Record)) -> Self {
        Self { limits, zone: Zone::default(), made: None, cut: &[], out, tallies: BTreeMap::new() }
    }

    /// The artefact is there, in this file.
    pub(super) fn at<'l>(&'l mut self, name: &'static str, file: &Arc<str>) -> Sink<'l, 'o> {
        let tally = self.tallies.entry(name).or_default();
        if tally.files.len() < 2 {
            tally.files.insert(Arc::clone(file));
        }
        Sink { ledger: self, name, file: Arc::clone(file) }
    }

    /// What became of these artefacts, in their order; what is none of this kind of evidence is said.
    pub(super) fn close(self, all: &[&'static str], of_kind: &[&'static str]) -> Vec<Told> {
        let told = |name: &&'static str| {
            let tally = self.tallies.get(name);
            let state = match tally {
                Some(tally) => tally.state(),
                None if self.cut.contains(name) => {
                    State::Unreadable { why: "the bug report ends before it".to_owned() }
                }
                None if of_kind.contains(name) => State::Absent,
                None => State::NotInThisKind,
            };
            // An artefact of several files is told of as one; the reason for what is missing names the file.
            let file = tally.filter(|it| it.files.len() == 1).and_then(|it| it.files.first().cloned());
            Told { artefact: name, file, state }
        };
        all.iter().map(told).collect()
    }
}

impl Tally {
    fn state(&self) -> State {
        let why = || self.why.clone().unwrap_or_default();
        match (self.bad, self.records) {
            (0, records) => State::Present { records },
            (_, 0) => State::Unreadable { why: why() },
            (_, read) => State::Partial { read, of: None, why: why() },
        }
    }
}

/// Takes the records of one artefact in one file.
pub(super) struct Sink<'l, 'o> {
    ledger: &'l mut Ledger<'o>,
    name: &'static str,
    file: Arc<str>,
}

impl Sink<'_, '_> {
    /// Takes a record.
    pub(super) fn take(&mut self, mut draft: Draft) {
        cut(&mut draft.text, self.ledger.limits.text_bytes);
        if let Some(tally) = self.ledger.tallies.get_mut(self.name) {
            tally.records += 1;
        }
        (self.ledger.out)(Record {
            artefact: self.name,
            file: Arc::clone(&self.file),
            place: draft.place,
            moments: draft.moments,
            text: draft.text,
            seen: draft.seen,
            signs: draft.signs,
        });
    }

    /// Takes a record whose place is its number among those of the artefact.
    pub(super) fn take_numbered(&mut self, noun: &str, mut draft: Draft) {
        let number = self.ledger.tallies.get(self.name).map_or(0, |it| it.records) + 1;
        draft.place = format!("{noun} {number}");
        self.take(draft);
    }

    /// Something could not be read. The first reason is kept, with its place.
    pub(super) fn bad(&mut self, why: impl Into<String>) {
        let file = Arc::clone(&self.file);
        if let Some(tally) = self.ledger.tallies.get_mut(self.name) {
            tally.bad += 1;
            tally.why.get_or_insert_with(|| format!("{file}: {}", why.into()));
        }
    }

    /// When something happened, of a time as the phone wrote it.
    pub(super) fn when(&self, what: &'static str, text: &str) -> Option<Moment> {
        self.ledger.zone.moment(what, text)
    }

    /// When the evidence was made.
    pub(super) fn made(&self) -> Option<i64> {
        self.ledger.made
    }

    pub(super) fn limits(&self) -> &Limits {
        self.ledger.limits
    }
}

fn cut(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let mut end = bytes;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}
