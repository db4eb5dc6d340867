//! What was read of one file, and what was not.

use std::fmt::Display;

use super::draft::Draft;
use crate::{Input, Record, State};

/// Takes the records of a file and keeps count.
pub(super) struct Tally<'t, 'i> {
    pub(super) input: &'t Input<'i>,
    artefact: &'static str,
    tell: &'t mut dyn FnMut(Record),
    read: u64,
    lost: u64,
    why: Option<String>,
    cut: Option<String>,
}

impl<'t, 'i> Tally<'t, 'i> {
    /// Nothing yet.
    pub(super) fn of(artefact: &'static str, input: &'t Input<'i>, tell: &'t mut dyn FnMut(Record)) -> Self {
        Self { input, artefact, tell, read: 0, lost: 0, why: None, cut: None }
    }

    /// Takes a record.
    pub(super) fn take(&mut self, draft: Draft) {
        self.read += 1;
        (self.tell)(draft.record(self.artefact, &self.input.file, self.input.limits.text_bytes));
    }

    /// One record could not be read.
    pub(super) fn lose(&mut self, why: impl Into<String>) {
        self.lost += 1;
        self.why.get_or_insert_with(|| why.into());
    }

    /// Nobody knows how many records could not be read.
    pub(super) fn cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert_with(|| why.into());
    }

    /// What became of the file.
    pub(super) fn state(self) -> State {
        let read = self.read;
        let of = self.cut.is_none().then(|| read + self.lost);
        let lost = self.why.map(|why| match self.lost {
            1 => why,
            lost => format!("{why}; {} more like it", lost - 1),
        });
        let parts: Vec<String> = self.cut.into_iter().chain(lost).collect();
        let why = parts.join("; ");
        match (why.is_empty(), read) {
            (true, records) => State::Present { records },
            (false, 0) => State::Unreadable { why },
            (false, read) => State::Partial { read, of, why },
        }
    }
}

/// The state of a file of which nothing can be read.
pub(super) fn unreadable(why: impl Display) -> State {
    State::Unreadable { why: format!("{why}") }
}
