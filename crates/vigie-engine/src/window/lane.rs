//! Lanes: the events that can stand for one part of a rule, in the order of their times.

use std::collections::VecDeque;
use std::ops::Range;

/// An event: when it happened, and the number under which it is kept.
pub(super) type Entry = (i64, u64);

/// Events in the order of their times, and of equal times in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    entries: VecDeque<Entry>,
}

impl Lane {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Events that come in order are added in constant time.
    pub(super) fn insert(&mut self, entry: Entry) {
        if self.entries.back().is_none_or(|last| *last < entry) {
            self.entries.push_back(entry);
        } else {
            let place = self.entries.partition_point(|it| *it < entry);
            self.entries.insert(place, entry);
        }
    }

    pub(super) fn remove(&mut self, entry: Entry) {
        if let Ok(place) = self.entries.binary_search(&entry) {
            self.entries.remove(place);
        }
    }

    /// How many events lie from `from` to `to`.
    pub(super) fn count(&self, from: i64, to: i64) -> usize {
        self.places(from, to).len()
    }

    /// The time of the `number`th last event from `from` to `to`; `number` counts from 1.
    pub(super) fn latest(&self, from: i64, to: i64, number: usize) -> Option<i64> {
        let places = self.places(from, to);
        let place = places.end.checked_sub(number).filter(|it| *it >= places.start)?;
        self.entries.get(place).map(|it| it.0)
    }

    /// The last event from `from` to `to`.
    pub(super) fn last(&self, from: i64, to: i64) -> Option<Entry> {
        let places = self.places(from, to);
        self.entries.get(places.end.checked_sub(1).filter(|it| *it >= places.start)?).copied()
    }

    /// The events from `from` to `to`, in order.
    pub(super) fn between(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = Entry> + use<'_> {
        self.entries.range(self.places(from, to)).copied()
    }

    /// The time of the `number`th event from `from` to `to`; `number` counts from 1.
    pub(super) fn earliest(&self, from: i64, to: i64, number: usize) -> Option<i64> {
        let places = self.places(from, to);
        let place = places.start.checked_add(number)?.checked_sub(1).filter(|it| *it < places.end)?;
        self.entries.get(place).map(|it| it.0)
    }

    /// The events from `from` to `to`: of those not after `time` the last `number`, of the others the first `number`.
    pub(super) fn near(
        &self,
        time: i64,
        from: i64,
        to: i64,
        number: usize,
    ) -> impl Iterator<Item = Entry> + use<'_> {
        let places = self.places(from, to);
        let middle = self.entries.partition_point(|it| it.0 <= time);
        let start = places.start.max(middle.saturating_sub(number));
        let end = places.end.min(middle.saturating_add(number));
        self.entries.range(start.min(end)..end).copied()
    }

    /// Of the first and the last event the one that lies farther from `time`.
    pub(super) fn farthest(&self, time: i64) -> Option<Entry> {
        let (first, last) = (self.entries.front().copied()?, self.entries.back().copied()?);
        Some(if first.0.abs_diff(time) >= last.0.abs_diff(time) { first } else { last })
    }

    fn places(&self, from: i64, to: i64) -> Range<usize> {
        let start = self.entries.partition_point(|it| it.0 < from);
        let end = self.entries.partition_point(|it| it.0 <= to);
        start..end.max(start)
    }
}
