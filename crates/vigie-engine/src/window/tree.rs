//! The order of a pattern in time, and a quick look whether a new event can complete it.
//!
//! Of each subexpression only the times of its first and last event matter to what stands around it. So the look asks,
//! from the leaves up, how late a match can begin and how early it can end, each by a search in sorted times. It
//! overlooks that one event cannot stand for two brackets, hence it may say yes where the search for distinct
//! events ([`super::pattern`]) then says no; it never says no where a match exists. Where every event satisfies one
//! bracket and none stands under a composite `REPEATS`, and events come in order, it is exact.
//!
//! Start with [`Look::completes`].

use std::cell::Cell;

use super::lane::Lane;

/// How often a window that slides over past matches is moved before the look takes the weakest answer.
const SLIDES: usize = 32;

/// How many subexpressions are looked at before the look takes the weakest answer, about ten nanoseconds each.
const VISITS: u32 = 10_000;

/// What a pattern asks of its slots. A slot stands for one bracket, or for several joined by `OR`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// So many events of a slot.
    Slot(usize, u64),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    FollowedBy(Vec<Tree>),
    /// All events less than so many nanoseconds apart.
    Within(Box<Tree>, i64),
    /// All events from the first instant to before the second.
    Span(Box<Tree>, i64, i64),
    /// Something with an order or a choice inside, so many times; then how many events of each slot that needs for
    /// sure.
    Copies(Box<Tree>, u64, Vec<(usize, u64)>),
}

impl Tree {
    /// So many times the tree, each on events of its own.
    pub(super) fn repeated(self, times: u64) -> Self {
        if times == 1 {
            return self;
        }
        match self {
            Self::Slot(slot, number) => Self::Slot(slot, number.saturating_mul(times)),
            Self::And(parts) => Self::And(parts.into_iter().map(|it| it.repeated(times)).collect()),
            Self::Span(inner, start, stop) => Self::Span(Box::new(inner.repeated(times)), start, stop),
            other => {
                let mut needs = Vec::new();
                other.needs(times, &mut needs);
                Self::Copies(Box::new(other), times, needs)
            }
        }
    }

    /// How many events of each slot any match needs.
    pub(super) fn needs(&self, times: u64, found: &mut Vec<(usize, u64)>) {
        match self {
            Self::Slot(slot, number) => found.push((*slot, number.saturating_mul(times))),
            Self::And(parts) | Self::FollowedBy(parts) => parts.iter().for_each(|it| it.needs(times, found)),
            Self::Or(_) => {}
            Self::Within(inner, _) | Self::Span(inner, ..) => inner.needs(times, found),
            Self::Copies(inner, copies, _) => inner.needs(times.saturating_mul(*copies), found),
        }
    }

    /// The most events that a match has any use for.
    pub(super) fn most(&self) -> u64 {
        match self {
            Self::Slot(_, number) => *number,
            Self::And(parts) | Self::FollowedBy(parts) => {
                parts.iter().fold(0, |sum: u64, it| sum.saturating_add(it.most()))
            }
            Self::Or(parts) => parts.iter().map(Self::most).max().unwrap_or(0),
            Self::Within(inner, _) | Self::Span(inner, ..) => inner.most(),
            Self::Copies(inner, times, _) => inner.most().saturating_mul(*times),
        }
    }
}

/// A look at the lanes, one for each slot, after a new event was put into some of them.
pub(super) struct Look<'l> {
    lanes: &'l [Lane],
    /// The time of the new event.
    time: i64,
    /// The slots that it can stand for.
    slots: &'l [usize],
    visits_left: Cell<u32>,
}

/// Bounds of the matches of a subexpression: none begins later than the first or ends before the second.
type Bounds = (i64, i64);

impl<'l> Look<'l> {
    pub(super) fn new(lanes: &'l [Lane], time: i64, slots: &'l [usize]) -> Self {
        Self { lanes, time, slots, visits_left: Cell::new(VISITS) }
    }

    /// False only if no match of the tree includes the new event.
    pub(super) fn completes(&self, tree: &Tree) -> bool {
        self.with(tree, i64::MIN, i64::MAX).is_some()
    }

    /// Bounds of the matches from `from` to `to` that include the new event.
    fn with(&self, tree: &Tree, from: i64, to: i64) -> Option<Bounds> {
        if self.is_tired() {
            return Some((self.time, self.time));
        }
        match tree {
            Tree::Slot(slot, number) => self.slot_with(*slot, *number, from, to),
            Tree::And(parts) => best((0..parts.len()).map(|new| {
                let mut bounds = self.with(parts.get(new)?, from, to)?;
                for (_, part) in parts.iter().enumerate().filter(|(place, _)| *place != new) {
                    bounds.0 = bounds.0.min(self.latest(part, from, to)?);
                    bounds.1 = bounds.1.max(self.earliest(part, from, to)?);
                }
                Some(bounds)
            })),
            Tree::Or(parts) => best(parts.iter().map(|it| self.with(it, from, to))),
            Tree::FollowedBy(parts) => best((0..parts.len()).map(|new| {
                let (before, rest) = parts.split_at_checked(new)?;
                let (part, after) = rest.split_first()?;
                let (start, end) = self.with(part, from, to)?;
                let start = before.iter().rev().try_fold(start, |start, it| self.latest(it, from, start))?;
                let end = after.iter().try_fold(end, |end, it| self.earliest(it, end, to))?;
                Some((start, end))
            })),
            Tree::Within(inner, nanos) => {
                let reach = nanos.saturating_sub(1);
                let from = from.max(self.time.saturating_sub(reach));
                let to = to.min(self.time.saturating_add(reach));
                self.with(inner, from, to).filter(|(start, end)| end.saturating_sub(*start) < *nanos)
            }
            Tree::Span(inner, start, stop) => {
                let (from, to) = (from.max(*start), to.min(stop.saturating_sub(1)));
                (from..=to).contains(&self.time).then(|| self.with(inner, from, to))?
            }
            Tree::Copies(inner, _, needs) => {
                self.has_all(needs, from, to).then(|| self.with(inner, from, to))?
            }
        }
    }

    /// The new event and `number - 1` others of the slot.
    fn slot_with(&self, slot: usize, number: u64, from: i64, to: i64) -> Option<Bounds> {
        if !self.slots.contains(&slot) {
            return None;
        }
        let lane = self.lanes.get(slot)?;
        let others = usize::try_from(number).ok()?.checked_sub(1)?;
        // Those of the same time as the new one count on either side: the bounds stay right.
        let before = lane.count(from, self.time).saturating_sub(1);
        let after = lane.count(self.time, to).saturating_sub(1);
        if others > lane.count(from, to).saturating_sub(1) {
            return None;
        }
        let (left, right) = (others.saturating_sub(after), others.saturating_sub(before));
        let start = lane.latest(from, self.time, left + 1)?;
        let end = lane.earliest(self.time, to, right + 1)?;
        Some((start, end))
    }

    /// How late a match that lies from `from` to `to` can begin.
    fn latest(&self, tree: &Tree, from: i64, to: i64) -> Option<i64> {
        if self.is_tired() {
            return Some(to);
        }
        match tree {
            Tree::Slot(slot, number) => {
                self.lanes.get(*slot)?.latest(from, to, usize::try_from(*number).ok()?)
            }
            Tree::And(parts) => {
                parts.iter().try_fold(i64::MAX, |start, it| Some(start.min(self.latest(it, from, to)?)))
            }
            Tree::Or(parts) => parts.iter().filter_map(|it| self.latest(it, from, to)).max(),
            Tree::FollowedBy(parts) => parts.iter().rev().try_fold(to, |to, it| self.latest(it, from, to)),
            Tree::Within(inner, nanos) => {
                let mut to = to;
                for _ in 0..SLIDES {
                    let start = self.latest(inner, from, to)?;
                    let end = self.earliest(inner, start, to)?;
                    if end.saturating_sub(start) < *nanos {
                        return Some(start);
                    }
                    to = end.checked_sub(1)?;
                }
                self.latest(inner, from, to)
            }
            Tree::Span(inner, start, stop) => {
                self.latest(inner, from.max(*start), to.min(stop.saturating_sub(1)))
            }
            Tree::Copies(inner, _, needs) => {
                self.has_all(needs, from, to).then(|| self.latest(inner, from, to))?
            }
        }
    }

    /// How early a match that lies from `from` to `to` can end.
    fn earliest(&self, tree: &Tree, from: i64, to: i64) -> Option<i64> {
        if self.is_tired() {
            return Some(from);
        }
        match tree {
            Tree::Slot(slot, number) => {
                self.lanes.get(*slot)?.earliest(from, to, usize::try_from(*number).ok()?)
            }
            Tree::And(parts) => {
                parts.iter().try_fold(i64::MIN, |end, it| Some(end.max(self.earliest(it, from, to)?)))
            }
            Tree::Or(parts) => parts.iter().filter_map(|it| self.earliest(it, from, to)).min(),
            Tree::FollowedBy(parts) => parts.iter().try_fold(from, |from, it| self.earliest(it, from, to)),
            Tree::Within(inner, nanos) => {
                let mut from = from;
                for _ in 0..SLIDES {
                    let end = self.earliest(inner, from, to)?;
                    let start = self.latest(inner, from, end)?;
                    if end.saturating_sub(start) < *nanos {
                        return Some(end);
                    }
                    from = start.checked_add(1)?;
                }
                self.earliest(inner, from, to)
            }
            Tree::Span(inner, start, stop) => {
                self.earliest(inner, from.max(*start), to.min(stop.saturating_sub(1)))
            }
            Tree::Copies(inner, _, needs) => {
                self.has_all(needs, from, to).then(|| self.earliest(inner, from, to))?
            }
        }
    }

    /// Counts a visit; true when there were too many.
    fn is_tired(&self) -> bool {
        let left = self.visits_left.get();
        self.visits_left.set(left.saturating_sub(1));
        left == 0
    }

    /// Whether there are so many events of each slot from `from` to `to`.
    pub(super) fn has_all(&self, needs: &[(usize, u64)], from: i64, to: i64) -> bool {
        let has = |slot: usize, number: u64| {
            self.lanes.get(slot).is_some_and(|it| it.count(from, to) as u64 >= number)
        };
        needs.iter().all(|(slot, number)| has(*slot, *number))
    }
}

/// The weakest of several bounds; none if there are none.
fn best(all: impl Iterator<Item = Option<Bounds>>) -> Option<Bounds> {
    all.flatten().reduce(|one, other| (one.0.max(other.0), one.1.min(other.1)))
}
