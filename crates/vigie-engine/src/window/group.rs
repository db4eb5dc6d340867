//! The events of one group of a correlation: those with the same values of the fields that it groups by.
//!
//! A window ends with one of the events, and reaches back over the timespan, both ends included. A new event can complete
//! the windows that end with it or within a timespan after it; where events come in order there is but one, and it is
//! tallied as they come and go.
//!
//! Start with [`Group::take`].

use std::collections::{HashMap, VecDeque};

use vigie_model::alert::Matched;

use super::correlation::Plan;
use super::lane::{Entry, Lane};
use super::names::Place;
use super::tally::{Tally, Value};
use crate::sigma::Correlation;
use crate::sigma::correlation::Kind;

/// The events of a group.
#[derive(Debug)]
pub(super) struct Group {
    /// One for each member where it matters which rule matched, else one for all.
    lanes: Vec<Lane>,
    kept: HashMap<u64, Kept>,
    /// What is counted over the window that ends with the newest event, in [`Self::inside`].
    tally: Tally,
    /// The events of that window, in order.
    inside: VecDeque<Entry>,
    /// The time of the newest event.
    newest: i64,
}

/// An event that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) time: i64,
    pub(super) member: usize,
    pub(super) place: Place,
    pub(super) value: Value,
    pub(super) matched: Vec<Matched>,
    /// All values that the plan asks for.
    pub(super) values: Box<[Option<Box<str>>]>,
}

impl Group {
    pub(super) fn new(plan: &Plan) -> Self {
        let lanes = if plan.correlation.kind.is_temporal() { plan.members.len() } else { 1 };
        Self {
            lanes: vec![Lane::default(); lanes],
            kept: HashMap::new(),
            tally: Tally::default(),
            inside: VecDeque::new(),
            newest: i64::MIN,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn event(&self, number: u64) -> Option<&Kept> {
        self.kept.get(&number)
    }

    /// The events that are kept with their numbers, in no order.
    pub(super) fn events(&self) -> impl Iterator<Item = (u64, &Kept)> {
        self.kept.iter().map(|(number, it)| (*number, it))
    }

    /// The event that must go for a new one of a member to fit.
    pub(super) fn in_the_way(
        &self,
        correlation: &Correlation,
        member: usize,
        time: i64,
        limit: usize,
    ) -> Option<Entry> {
        let lane = self.lanes.get(lane_of(correlation, member))?;
        if lane.len() < limit { None } else { lane.farthest(time) }
    }

    /// Whether the same record was counted already, because another rule matched it too.
    pub(super) fn has_counted(&self, correlation: &Correlation, kept: &Kept) -> bool {
        if correlation.kind.is_temporal() {
            return false;
        }
        let same = self.lanes.iter().flat_map(|it| it.between(kept.time, kept.time));
        same.filter_map(|it| self.kept.get(&it.1))
            .any(|it| it.place == kept.place && it.member != kept.member)
    }

    /// Adds an event under its number.
    pub(super) fn keep(&mut self, correlation: &Correlation, number: u64, kept: Kept) {
        let entry = (kept.time, number);
        if let Some(lane) = self.lanes.get_mut(lane_of(correlation, kept.member)) {
            lane.insert(entry);
        }
        self.newest = self.newest.max(kept.time);
        if correlation.kind.needs_field() {
            let from = self.newest.saturating_sub(correlation.timespan);
            if kept.time >= from {
                self.tally.add(correlation.kind, &kept.value);
                let place = self.inside.partition_point(|it| *it < entry);
                self.inside.insert(place, entry);
            }
            while let Some(first) = self.inside.front().copied().filter(|it| it.0 < from) {
                self.inside.pop_front();
                if let Some(gone) = self.kept.get(&first.1) {
                    self.tally.remove(correlation.kind, &gone.value);
                }
            }
        }
        self.kept.insert(number, kept);
    }

    pub(super) fn remove(&mut self, correlation: &Correlation, number: u64) -> Option<Kept> {
        let kept = self.kept.remove(&number)?;
        let entry = (kept.time, number);
        if let Some(lane) = self.lanes.get_mut(lane_of(correlation, kept.member)) {
            lane.remove(entry);
        }
        if let Ok(place) = self.inside.binary_search(&entry) {
            self.inside.remove(place);
            self.tally.remove(correlation.kind, &kept.value);
        }
        Some(kept)
    }

    /// The events of a match that the event of this number, just kept, completes; in order.
    pub(super) fn completed(&self, correlation: &Correlation, new: u64) -> Option<Vec<Entry>> {
        let time = self.kept.get(&new)?.time;
        match correlation.kind {
            Kind::Temporal => {
                self.anchors(correlation, time).find_map(|it| self.together(correlation, it, new))
            }
            Kind::TemporalOrdered => self.in_order(correlation, time),
            Kind::EventCount => {
                let within = |it: i64| (it.saturating_sub(correlation.timespan), it);
                let holds = |(from, to)| {
                    let number = self.lanes.first().map_or(0, |it| it.count(from, to)) as f64;
                    correlation.condition.iter().all(|it| it.holds(number))
                };
                let (from, to) = self.anchors(correlation, time).map(within).find(|it| holds(*it))?;
                Some(self.lanes.first()?.between(from, to).collect())
            }
            Kind::ValueCount | Kind::ValueSum | Kind::ValueAverage | Kind::ValuePercentile => {
                self.counted(correlation, time)
            }
        }
    }

    /// The ends of the windows that an event of this time lies in.
    fn anchors(&self, correlation: &Correlation, time: i64) -> impl Iterator<Item = i64> + use<'_> {
        let to = time.saturating_add(correlation.timespan);
        let mut times: Vec<i64> = Vec::new();
        for lane in &self.lanes {
            times.extend(lane.between(time, to).map(|it| it.0));
        }
        times.sort_unstable();
        times.dedup();
        times.into_iter()
    }

    /// The events of the first window with an event of this time whose tally is within the bounds.
    fn counted(&self, correlation: &Correlation, time: i64) -> Option<Vec<Entry>> {
        if time == self.newest {
            return self.tally.holds(correlation).then(|| self.inside.iter().copied().collect());
        }
        let lane = self.lanes.first()?;
        let to = time.saturating_add(correlation.timespan);
        let mut window: VecDeque<Entry> = VecDeque::new();
        let mut tally = Tally::default();
        let mut coming = lane.between(time.saturating_sub(correlation.timespan), to).peekable();
        while let Some(entry) = coming.next() {
            tally.add(correlation.kind, &self.kept.get(&entry.1)?.value);
            window.push_back(entry);
            // A window ends with all events of its last instant.
            if entry.0 < time || coming.peek().is_some_and(|it| it.0 == entry.0) {
                continue;
            }
            let from = entry.0.saturating_sub(correlation.timespan);
            while let Some(first) = window.front().copied().filter(|it| it.0 < from) {
                window.pop_front();
                tally.remove(correlation.kind, &self.kept.get(&first.1)?.value);
            }
            if tally.holds(correlation) {
                return Some(window.into());
            }
        }
        None
    }

    /// Of each member the last event of the window that ends at `to`, if enough members have one; the new event stands
    /// for its own member.
    fn together(&self, correlation: &Correlation, to: i64, new: u64) -> Option<Vec<Entry>> {
        let from = to.saturating_sub(correlation.timespan);
        let kept = self.kept.get(&new)?;
        let chosen = |(member, lane): (usize, &Lane)| {
            if member == kept.member { Some((kept.time, new)) } else { lane.last(from, to) }
        };
        let mut found: Vec<Entry> = self.lanes.iter().enumerate().filter_map(chosen).collect();
        let holds = if correlation.condition.is_empty() {
            found.len() == self.lanes.len()
        } else {
            correlation.condition.iter().all(|it| it.holds(found.len() as f64))
        };
        found.sort_unstable();
        holds.then_some(found)
    }

    /// An event of each member, in the order of the members and no farther apart than the timespan.
    fn in_order(&self, correlation: &Correlation, time: i64) -> Option<Vec<Entry>> {
        let (last, before) = self.lanes.split_last()?;
        let ends = last.between(time, time.saturating_add(correlation.timespan));
        let chain = |end: Entry| {
            let from = end.0.saturating_sub(correlation.timespan);
            let mut found = vec![end];
            for lane in before.iter().rev() {
                found.push(lane.last(from, found.last()?.0)?);
            }
            found.reverse();
            Some(found)
        };
        ends.into_iter().find_map(chain)
    }
}

fn lane_of(correlation: &Correlation, member: usize) -> usize {
    if correlation.kind.is_temporal() { member } else { 0 }
}
