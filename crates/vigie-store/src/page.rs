//! Pages: a bounded part of an answer, merged from sorted runs.
//!
//! What a viewer may see under one label lies in order in the database. A page is the merge of these runs, each read
//! a little at a time, so its cost depends on its own length and on the number of labels, not on what is stored.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use vigie_model::label::Labelled;
use vigie_policy::{Clearance, Released};

use crate::error::StoreError;

/// A part of an answer. `C` says where the next part begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T, C = i64> {
    /// In the order of the question.
    pub items: Vec<T>,
    /// Whether there are more after these.
    pub more: bool,
    /// Where to go on; None on the last page. For objects, the `date_added` of the last, microseconds since 1970.
    pub next: Option<C>,
}

/// A place in a list that has the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When the last one read was noticed, nanoseconds since 1970.
    pub noticed: i64,
    /// Its row, which orders those noticed in the same nanosecond.
    pub row: i64,
}

impl Mark {
    /// Before everything: the list's beginning.
    pub(crate) const START: Self = Self { noticed: i64::MAX, row: i64::MAX };
}

/// A row that has its place in a run.
pub(crate) trait Sorted {
    type Key: Ord + Copy;

    fn key(&self) -> Self::Key;
}

/// Many sorted runs as one.
pub(crate) struct Merge<S, T: Sorted, F> {
    runs: Vec<Run<S, T>>,
    /// The first row of each run that has one left.
    heads: BinaryHeap<Reverse<(T::Key, usize)>>,
    fetch: F,
}

struct Run<S, T> {
    source: S,
    rows: VecDeque<T>,
    /// How many rows to ask for next.
    step: usize,
    ended: bool,
}

/// The most rows that are read ahead in one run.
const LONGEST_STEP: usize = 1_024;

impl<S, T, F> Merge<S, T, F>
where
    T: Sorted,
    F: FnMut(&S, T::Key, usize) -> Result<Vec<T>, StoreError>,
{
    /// Merges what lies after `start` in each run, given that about `wanted` rows will be taken. `fetch` reads at most
    /// so many rows of a run after a key.
    pub(crate) fn new(sources: Vec<S>, start: T::Key, wanted: usize, fetch: F) -> Result<Self, StoreError> {
        let step = (wanted.min(LONGEST_STEP) / sources.len().max(1)).clamp(4, LONGEST_STEP) + 1;
        let run = |source| Run { source, rows: VecDeque::new(), step, ended: false };
        let runs: Vec<_> = sources.into_iter().map(run).collect();
        let mut merge = Self { heads: BinaryHeap::with_capacity(runs.len()), runs, fetch };
        for at in 0..merge.runs.len() {
            merge.refill(at, start)?;
        }
        Ok(merge)
    }

    /// The next row of all runs.
    pub(crate) fn next(&mut self) -> Result<Option<T>, StoreError> {
        let Some(Reverse((key, at))) = self.heads.pop() else { return Ok(None) };
        let Some(run) = self.runs.get_mut(at) else { return Ok(None) };
        let row = run.rows.pop_front();
        match run.rows.front() {
            Some(head) => self.heads.push(Reverse((head.key(), at))),
            None => self.refill(at, key)?,
        }
        Ok(row)
    }

    fn refill(&mut self, at: usize, after: T::Key) -> Result<(), StoreError> {
        let Some(run) = self.runs.get_mut(at) else { return Ok(()) };
        if run.ended {
            return Ok(());
        }
        let rows = (self.fetch)(&run.source, after, run.step)?;
        run.ended = rows.len() < run.step;
        run.step = (run.step * 2).min(LONGEST_STEP);
        run.rows.extend(rows);
        if let Some(head) = run.rows.front() {
            self.heads.push(Reverse((head.key(), at)));
        }
        Ok(())
    }
}

impl<S, T, F> Merge<S, T, F>
where
    T: Sorted<Key = Reverse<Mark>>,
    F: FnMut(&S, T::Key, usize) -> Result<Vec<T>, StoreError>,
{
    /// A page of a list that has the newest first, of what policy lets out.
    pub(crate) fn released<D>(
        mut self,
        limit: usize,
        clearance: &Clearance,
    ) -> Result<Page<Released<D>, Mark>, StoreError>
    where
        D: Labelled + TryFrom<T, Error = StoreError>,
    {
        let mut items = Vec::new();
        let mut last = None;
        while let Some(row) = self.next()? {
            if items.len() == limit {
                return Ok(Page { items, more: true, next: last });
            }
            last = Some(row.key().0);
            items.extend(clearance.release(D::try_from(row)?).ok());
        }
        Ok(Page { items, more: false, next: None })
    }
}
