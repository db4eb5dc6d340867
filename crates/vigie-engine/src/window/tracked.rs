//! The groups of one correlation, and what fires in them.
//!
//! Start with [`Tracked::take`].

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::correlation::Plan;
use super::group::{Group, Kept};
use super::names::Place;
use super::step::{Counted, cut};
use super::tally::Value;
use super::{Figures, Limits, Seen};

/// The values of the fields that a correlation groups by.
type Key = Box<[Box<str>]>;

/// A correlation with the events that it counts.
#[derive(Debug)]
pub(super) struct Tracked {
    plan: Arc<Plan>,
    groups: HashMap<Key, Group>,
    len: usize,
    /// How many events came: the number of the next.
    came: u64,
    /// The time of the newest event.
    newest: i64,
}

/// A correlation that fired.
#[derive(Debug)]
pub(super) struct Fired {
    /// The time of the last of its events.
    pub(super) time: i64,
    pub(super) place: Place,
    /// The values of the event that came last.
    pub(super) values: Box<[Option<Box<str>>]>,
    pub(super) observations: Vec<Seen>,
}

impl Tracked {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        Self { plan, groups: HashMap::new(), len: 0, came: 0, newest: i64::MIN }
    }

    pub(super) fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// How many events are kept.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Brings what is kept in line with the correlation that a step comes from.
    pub(super) fn renew(&mut self, plan: &Arc<Plan>, figures: &mut Figures) {
        if Arc::ptr_eq(&self.plan, plan) {
            return;
        }
        if self.plan.fingerprint == plan.fingerprint {
            self.plan = Arc::clone(plan);
        } else {
            figures.restarted += 1;
            figures.kept -= self.len as u64;
            *self = Self::new(Arc::clone(plan));
        }
    }

    /// Takes an event of a member, and says whether it completes a match.
    pub(super) fn take(
        &mut self,
        counted: Counted,
        time: i64,
        place: Place,
        limits: &Limits,
        figures: &mut Figures,
    ) -> Option<Fired> {
        figures.late += u64::from(time < self.newest.saturating_sub(limits.lateness));
        let correlation = Arc::clone(&self.plan.correlation);
        let Counted { member, values, mut matched, .. } = counted;
        cut(&mut matched, limits.value_bytes);
        let key: Option<Key> = values.iter().take(correlation.group_by.len()).cloned().collect();
        let (Some(key), Some(value)) = (key, Value::of(&correlation, &values)) else {
            figures.unusable += 1;
            return None;
        };
        let kept = Kept { time, member, place, value, matched, values };
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group::new(&self.plan));
        if group.has_counted(&correlation, &kept) {
            return None;
        }
        while let Some(gone) = group.in_the_way(&correlation, member, time, limits.events_per_part) {
            group.remove(&correlation, gone.1);
            figures.lose(gone.0.abs_diff(time) > reach(&self.plan, limits));
            self.len -= 1;
        }
        let number = self.keep(key.clone(), kept);
        figures.kept += 1;
        let group = self.groups.get_mut(&key)?;
        let chosen = group.completed(&correlation, number)?;
        let completed = group.event(number)?.values.clone();
        let events: Vec<Kept> = chosen.iter().filter_map(|it| group.remove(&correlation, it.1)).collect();
        if group.len() == 0 {
            self.groups.remove(&key);
        }
        self.len -= events.len();
        figures.kept -= events.len() as u64;
        let last = events.last()?;
        let (time, place) = (last.time, last.place.clone());
        let observations = events.into_iter().map(|it| self.seen(it)).collect();
        Some(Fired { time, place, values: completed, observations })
    }

    /// Adds an event to its group; returns its number.
    fn keep(&mut self, key: Key, kept: Kept) -> u64 {
        let number = self.came;
        self.came += 1;
        self.len += 1;
        self.newest = self.newest.max(kept.time);
        let group = self.groups.entry(key).or_insert_with(|| Group::new(&self.plan));
        group.keep(&self.plan.correlation, number, kept);
        number
    }

    /// The events that are kept, in the order in which they came.
    pub(super) fn events(&self) -> impl Iterator<Item = &Kept> {
        let mut all: Vec<(u64, &Kept)> = self.groups.values().flat_map(Group::events).collect();
        all.sort_unstable_by_key(|it| it.0);
        all.into_iter().map(|it| it.1)
    }

    /// Adds an event that was kept before, where there is room.
    pub(super) fn restore(&mut self, kept: Kept, limits: &Limits, figures: &mut Figures) {
        let correlation = &self.plan.correlation;
        let key: Option<Key> = kept.values.iter().take(correlation.group_by.len()).cloned().collect();
        let Some(key) = key else { return figures.unusable += 1 };
        let group = self.groups.get(&key);
        let full =
            group.and_then(|it| it.in_the_way(correlation, kept.member, kept.time, limits.events_per_part));
        if full.is_some() {
            return figures.dropped += 1;
        }
        figures.kept += 1;
        self.keep(key, kept);
    }

    /// Gives up all events that are out of reach from `now`.
    pub(super) fn expire(&mut self, now: i64, limits: &Limits, figures: &mut Figures) {
        let reach = reach(&self.plan, limits);
        self.give_up(|time| time.abs_diff(now) > reach, usize::MAX, true, figures);
    }

    /// Gives up the events that lie farthest from the newest: so many of them.
    pub(super) fn shed(&mut self, number: usize, figures: &mut Figures) {
        self.give_up(|_| true, number, false, figures);
    }

    fn give_up(
        &mut self,
        may_go: impl Fn(i64) -> bool,
        number: usize,
        out_of_reach: bool,
        figures: &mut Figures,
    ) {
        let going = self.groups.values().flat_map(Group::events).filter(|(_, it)| may_go(it.time));
        let mut gone: Vec<(Reverse<u64>, u64)> =
            going.map(|(number, it)| (Reverse(it.time.abs_diff(self.newest)), number)).collect();
        if number < gone.len() {
            gone.select_nth_unstable(number);
            gone.truncate(number);
        }
        let gone: HashSet<u64> = gone.into_iter().map(|it| it.1).collect();
        for group in self.groups.values_mut() {
            let numbers: Vec<u64> =
                group.events().map(|it| it.0).filter(|number| gone.contains(number)).collect();
            for number in numbers {
                group.remove(&self.plan.correlation, number);
            }
        }
        self.groups.retain(|_, it| it.len() > 0);
        self.len -= gone.len();
        for _ in &gone {
            figures.lose(out_of_reach);
        }
    }

    fn seen(&self, kept: Kept) -> Seen {
        let part = self.plan.members.get(kept.member).map(|it| it.title.to_string());
        Seen {
            time: kept.time,
            source: kept.place.source(),
            mapping: kept.place.mapping(),
            part: part.unwrap_or_default(),
            matched: kept.matched,
        }
    }
}

/// How far, in nanoseconds, an event may lie from a new one and still be in a match with what may come.
fn reach(plan: &Plan, limits: &Limits) -> u64 {
    plan.correlation.timespan.saturating_add(limits.lateness).unsigned_abs()
}

#[cfg(test)]
mod tests;
