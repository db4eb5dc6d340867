//! The events kept for one STIX pattern, and the search for a match among them.
//!
//! Invariants
//! - What is kept holds no match: each step is searched with the new event, and a match takes its events away.
//! - An event is in the lane of each slot that it can stand for, and kept once.
//!
//! Start with [`Watched::take`].

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use vigie_stix::pattern::Chosen;

use super::lane::{Entry, Lane};
use super::names::Place;
use super::step::{Satisfied, cut};
use super::{Figures, Limits, Seen, Timing, distinct};
use crate::hit::{Match, hash};
use crate::rule::{Indicator, State};

/// A pattern with the events that satisfied parts of it.
#[derive(Debug)]
pub(super) struct Watched {
    indicator: Arc<Indicator>,
    timing: Arc<Timing>,
    /// One for each slot.
    lanes: Vec<Lane>,
    kept: HashMap<u64, Kept>,
    /// How many events came: the number of the next.
    came: u64,
    /// The time of the newest event.
    newest: i64,
}

/// An event that is kept.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) time: i64,
    pub(super) place: Place,
    pub(super) satisfied: Box<[Satisfied]>,
}

impl Watched {
    pub(super) fn new(indicator: Arc<Indicator>, timing: Arc<Timing>) -> Self {
        let lanes = vec![Lane::default(); timing.slots()];
        Self { indicator, timing, lanes, kept: HashMap::new(), came: 0, newest: i64::MIN }
    }

    /// How many events are kept.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Brings what is kept in line with the version of the rule that a step comes from. False if that is not in force
    /// any more.
    pub(super) fn is_for(&mut self, indicator: Arc<Indicator>, figures: &mut Figures) -> bool {
        if Arc::ptr_eq(&self.indicator, &indicator) {
            return true;
        }
        if indicator.version < self.indicator.version {
            figures.outdated += 1;
            return false;
        }
        let Some(timing) = indicator.timing().map(Arc::clone) else { return false };
        if timing.fingerprint == self.timing.fingerprint {
            self.timing = timing;
            self.indicator = indicator;
            self.drop_where(figures, |indicator, it| indicator.validity.at(Some(it.time)) != State::Active);
        } else {
            figures.restarted += 1;
            figures.kept -= self.len() as u64;
            *self = Self::new(indicator, timing);
        }
        true
    }

    /// Takes an event that satisfies brackets, and says whether it completes a match.
    pub(super) fn take(
        &mut self,
        time: i64,
        place: Place,
        mut satisfied: Vec<Satisfied>,
        limits: &Limits,
        figures: &mut Figures,
    ) -> Option<Match> {
        figures.late += u64::from(time < self.newest.saturating_sub(limits.lateness));
        self.newest = self.newest.max(time);
        for one in &mut satisfied {
            cut(&mut one.matched, limits.value_bytes);
        }
        let slots = self.timing.slots_of(satisfied.iter().map(|it| it.expression));
        for slot in &slots {
            self.make_room(*slot, time, limits, figures);
        }
        self.keep(Kept { time, place, satisfied: satisfied.into() }, &slots);
        figures.kept += 1;
        if !self.timing.may_fire(&self.lanes, time, &slots) {
            return None;
        }
        let chosen = self.search(time, figures)?;
        figures.kept -= chosen.len() as u64;
        Some(self.fire(&chosen))
    }

    /// Adds an event that was kept before, where there is room.
    pub(super) fn restore(&mut self, kept: Kept, limits: &Limits, figures: &mut Figures) {
        let slots = self.timing.slots_of(kept.satisfied.iter().map(|it| it.expression));
        let is_full =
            |slot: &usize| self.lanes.get(*slot).is_none_or(|it| it.len() >= limits.events_per_part);
        if slots.is_empty() || slots.iter().any(is_full) {
            return figures.dropped += 1;
        }
        figures.kept += 1;
        self.newest = self.newest.max(kept.time);
        self.keep(kept, &slots);
    }

    pub(super) fn timing(&self) -> &Timing {
        &self.timing
    }

    /// The events that are kept, in the order in which they came.
    pub(super) fn events(&self) -> impl Iterator<Item = &Kept> {
        let mut all: Vec<(&u64, &Kept)> = self.kept.iter().collect();
        all.sort_unstable_by_key(|it| it.0);
        all.into_iter().map(|it| it.1)
    }

    fn keep(&mut self, kept: Kept, slots: &[usize]) {
        let number = self.came;
        self.came += 1;
        for slot in slots {
            if let Some(lane) = self.lanes.get_mut(*slot) {
                lane.insert((kept.time, number));
            }
        }
        self.kept.insert(number, kept);
    }

    /// Gives up the event of a full lane that lies farthest from the new one.
    fn make_room(&mut self, slot: usize, time: i64, limits: &Limits, figures: &mut Figures) {
        let full = |it: &&Lane| it.len() >= limits.events_per_part;
        while let Some(entry) = self.lanes.get(slot).filter(full).and_then(|it| it.farthest(time)) {
            let out_of_reach = self.is_out_of_reach(entry.0, time, limits);
            figures.lose(out_of_reach);
            self.remove(entry.1);
        }
    }

    /// Whether no event that may still come in time near `now` can be in a match with one of `time`.
    fn is_out_of_reach(&self, time: i64, now: i64, limits: &Limits) -> bool {
        let reach = self.timing.horizon.nanos.saturating_add(limits.lateness);
        time.abs_diff(now) >= reach.unsigned_abs()
    }

    /// Gives up all events that are out of reach from `now`.
    pub(super) fn expire(&mut self, now: i64, limits: &Limits, figures: &mut Figures) {
        let reach = self.timing.horizon.nanos.saturating_add(limits.lateness).unsigned_abs();
        let before = self.len();
        self.retain(|_, it| it.time.abs_diff(now) < reach);
        let expired = (before - self.len()) as u64;
        figures.expired += expired;
        figures.kept -= expired;
    }

    /// Gives up the events that lie farthest from the newest: so many of them.
    pub(super) fn shed(&mut self, number: usize, figures: &mut Figures) {
        let distance = |(number, it): (&u64, &Kept)| (Reverse(it.time.abs_diff(self.newest)), *number);
        let mut gone: Vec<(Reverse<u64>, u64)> = self.kept.iter().map(distance).collect();
        if number < gone.len() {
            gone.select_nth_unstable(number);
            gone.truncate(number);
        }
        for (_, number) in gone {
            figures.lose(false);
            self.remove(number);
        }
    }

    fn drop_where(&mut self, figures: &mut Figures, gone: impl Fn(&Indicator, &Kept) -> bool) {
        let indicator = Arc::clone(&self.indicator);
        let before = self.len();
        self.retain(|_, it| !gone(&indicator, it));
        figures.kept -= (before - self.len()) as u64;
    }

    fn retain(&mut self, stays: impl Fn(&u64, &Kept) -> bool) {
        let gone: Vec<u64> =
            self.kept.iter().filter(|(number, it)| !stays(number, it)).map(|it| *it.0).collect();
        for number in gone {
            self.remove(number);
        }
    }

    fn remove(&mut self, number: u64) -> Option<Kept> {
        let kept = self.kept.remove(&number)?;
        for slot in self.timing.slots_of(kept.satisfied.iter().map(|it| it.expression)) {
            if let Some(lane) = self.lanes.get_mut(slot) {
                lane.remove((kept.time, number));
            }
        }
        Some(kept)
    }

    /// Distinct events that make a match with the new one: first among those next to it, then among all within reach.
    fn search(&self, time: i64, figures: &mut Figures) -> Option<Vec<(u64, Chosen)>> {
        let few = self.candidates(time, self.timing.likely());
        if let Some(found) = self.choose(&few, figures) {
            return Some(found);
        }
        let all = self.candidates(time, usize::MAX);
        (all.len() > few.len()).then(|| self.choose(&all, figures))?
    }

    /// Distinct events among the candidates that make a match.
    fn choose(&self, candidates: &[Entry], figures: &mut Figures) -> Option<Vec<(u64, Chosen)>> {
        let mut satisfied = vec![Vec::new(); self.timing.brackets.len()];
        let mut times = Vec::with_capacity(candidates.len());
        for (place, (time, number)) in candidates.iter().enumerate() {
            times.push(*time);
            for one in self.kept.get(number).into_iter().flat_map(|it| &it.satisfied) {
                if let Some(all) = satisfied.get_mut(one.expression) {
                    all.push(place);
                }
            }
        }
        let Ok(chosen) = self.timing.choose(&times, &satisfied) else {
            figures.undecided += 1;
            self.indicator.undecided.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let numbered = |it: Chosen| Some((candidates.get(it.observation)?.1, it));
        Some(chosen?.into_iter().filter_map(numbered).collect())
    }

    /// The events within reach of `time`, in order; of each lane no more than `number` on either side.
    fn candidates(&self, time: i64, number: usize) -> Vec<Entry> {
        let (from, to) = self.timing.around(time);
        let mut found: Vec<Entry> =
            self.lanes.iter().flat_map(|it| it.near(time, from, to, number)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The match of the chosen events, which are then gone.
    fn fire(&mut self, chosen: &[(u64, Chosen)]) -> Match {
        let mut literal = true;
        let mut observations = Vec::with_capacity(chosen.len());
        for (number, chosen) in chosen {
            let Some(kept) = self.remove(*number) else { continue };
            let stood = kept.satisfied.into_iter().find(|it| it.expression == chosen.expression);
            let Some(stood) = stood else { continue };
            literal &= stood.literal;
            observations.push(Seen {
                mapping: None,
                time: kept.time,
                source: kept.place.source(),
                part: self.timing.brackets.get(chosen.expression).cloned().unwrap_or_default(),
                matched: stood.matched,
            });
        }
        observations.sort_by_key(|it| it.time);
        Match {
            rule: self.indicator.rule(),
            indicator: Some(Arc::clone(&self.indicator)),
            matched: distinct(&observations),
            literal,
            observations,
            horizon: Some(self.timing.horizon),
            hash: Some(hash(&self.indicator.pattern)),
            mapping: None,
        }
    }
}
