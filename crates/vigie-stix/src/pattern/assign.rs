//! Finding distinct observations for a whole pattern (sections 9.5, 9.5.1, 9.5.2).
//!
//! The search leaves as few choices open as it can:
//! - `WITHIN` holds of a set exactly when some instant `t` exists such that each observation ends at `t` or later and
//!   begins before `t` plus the window; only ends of candidates need be tried for `t`.
//! - `a FOLLOWEDBY b` holds exactly when some instant `t` exists such that all of `a` begin at `t` or earlier and all of
//!   `b` end at `t` or later; only beginnings of candidates of `a` need be tried.
//! - `START … STOP` restricts candidates.
//! - With those instants and the branches of `OR` chosen, every bracket is a list of candidates, and whether each can
//!   have observations of its own is a flow ([`super::flow`]). `REPEATS` without choices inside is a larger demand.
//!
//! Before each choice the flow is asked for the pattern without the restrictions not yet chosen; if even that cannot be
//! met, the choice is not made. Where many choices remain the problem is hard by nature, and the steps are limited.
//!
//! Start with [`assign`], then `Search::run`.

use std::rc::Rc;

use super::flow::{Demand, Shares, Steps, TooManySteps, share};
use super::plan::Node;

/// When each observation happened and how often, in the order of their beginnings.
#[derive(Debug)]
pub(super) struct Timeline {
    /// The place in the caller's list.
    pub(super) origin: Vec<usize>,
    first: Vec<i128>,
    last: Vec<i128>,
    capacity: Vec<u64>,
    longest: i128,
    total: u64,
}

/// One observation on a timeline: its place in the caller's list, beginning, end and number.
pub(super) type Moment = (usize, i128, i128, u64);

impl Timeline {
    pub(super) fn new(mut moments: Vec<Moment>) -> Self {
        moments.sort_by_key(|(origin, first, ..)| (*first, *origin));
        Self {
            origin: moments.iter().map(|it| it.0).collect(),
            first: moments.iter().map(|it| it.1).collect(),
            last: moments.iter().map(|it| it.2).collect(),
            capacity: moments.iter().map(|it| it.3).collect(),
            longest: moments.iter().map(|it| it.2.saturating_sub(it.1)).max().unwrap_or(0),
            total: moments.iter().fold(0, |sum, it| sum.saturating_add(it.3)),
        }
    }

    fn first(&self, at: u32) -> i128 {
        self.first.get(at as usize).copied().unwrap_or(i128::MAX)
    }

    fn last(&self, at: u32) -> i128 {
        self.last.get(at as usize).copied().unwrap_or(i128::MIN)
    }

    fn capacity(&self, at: u32) -> u64 {
        self.capacity.get(at as usize).copied().unwrap_or(0)
    }

    /// The candidates that a span leaves, which are in the order of their beginnings.
    fn within<'c>(&self, candidates: &'c [u32], span: Span) -> impl Iterator<Item = u32> + use<'c, '_> {
        let earliest = span.ends_from.saturating_sub(self.longest);
        let from = candidates.partition_point(|it| self.first(*it) < earliest);
        let rest = candidates.get(from..).unwrap_or_default().iter().copied();
        rest.take_while(move |it| self.first(*it) < span.begins_before)
            .filter(move |it| self.last(*it) >= span.ends_from)
    }
}

/// A restriction of candidates in time.
#[derive(Clone, Copy, Debug)]
struct Span {
    ends_from: i128,
    begins_before: i128,
}

impl Span {
    const ALWAYS: Self = Self { ends_from: i128::MIN, begins_before: i128::MAX };

    fn and(self, ends_from: i128, begins_before: i128) -> Self {
        Self {
            ends_from: self.ends_from.max(ends_from),
            begins_before: self.begins_before.min(begins_before),
        }
    }
}

/// The pattern as demands on candidates.
#[derive(Debug)]
enum Goal {
    Slot(Slot),
    All(Vec<Goal>),
    Any(Vec<Goal>),
    /// Each after all to its left.
    Ordered(Vec<Goal>),
    Window(Box<Goal>, i128),
    Times(Box<Goal>, u64),
}

/// One observation out of a list.
#[derive(Debug)]
struct Slot {
    /// The single expressions that it may stand for, each with its restriction.
    singles: Vec<(usize, Span)>,
    candidates: Vec<u32>,
}

impl Goal {
    fn has_choice(&self) -> bool {
        match self {
            Self::Slot(_) => false,
            Self::All(goals) => goals.iter().any(Self::has_choice),
            Self::Times(goal, _) => goal.has_choice(),
            Self::Any(_) | Self::Ordered(_) | Self::Window(..) => true,
        }
    }

    /// The least number of observations that meets it.
    fn least(&self) -> u64 {
        let sum = |goals: &[Self]| goals.iter().fold(0_u64, |sum, it| sum.saturating_add(it.least()));
        match self {
            Self::Slot(_) => 1,
            Self::All(goals) | Self::Ordered(goals) => sum(goals),
            Self::Any(goals) => goals.iter().map(Self::least).min().unwrap_or(0),
            Self::Window(goal, _) => goal.least(),
            Self::Times(goal, times) => goal.least().saturating_mul(*times),
        }
    }

    fn slots<'g>(&'g self, found: &mut Vec<&'g Slot>) {
        match self {
            Self::Slot(it) => found.push(it),
            Self::All(goals) | Self::Any(goals) | Self::Ordered(goals) => {
                for goal in goals {
                    goal.slots(found);
                }
            }
            Self::Window(goal, _) | Self::Times(goal, _) => goal.slots(found),
        }
    }
}

/// Turns the tree into goals; `matched` holds, for each single expression, the observations that satisfy it.
fn plan(node: &Node, span: Span, matched: &[Vec<u32>], timeline: &Timeline) -> Goal {
    let all = |nodes: &[Node]| nodes.iter().map(|it| plan(it, span, matched, timeline)).collect::<Vec<_>>();
    match node {
        Node::Single(index) => {
            let satisfied = matched.get(*index).map(Vec::as_slice).unwrap_or_default();
            let candidates = timeline.within(satisfied, span).collect();
            Goal::Slot(Slot { singles: vec![(*index, span)], candidates })
        }
        Node::And(nodes) => Goal::All(all(nodes)),
        Node::FollowedBy(nodes) => Goal::Ordered(all(nodes)),
        Node::Or(nodes) => either(all(nodes)),
        Node::Repeats(node, times) => match plan(node, span, matched, timeline) {
            goal if *times == 1 => goal,
            goal => Goal::Times(Box::new(goal), *times),
        },
        Node::Within(node, nanos) => match plan(node, span, matched, timeline) {
            // One observation is always within a window of itself.
            goal @ Goal::Slot(_) => goal,
            goal => Goal::Window(Box::new(goal), *nanos),
        },
        Node::StartStop(node, start, stop) => {
            // An interval around both instants would pass each test, though no instant lies between them.
            let stop = if start < stop { *stop } else { i128::MIN };
            plan(node, span.and(*start, stop), matched, timeline)
        }
    }
}

/// One of several: those that are single slots become one slot, so that nothing need be chosen among them.
fn either(goals: Vec<Goal>) -> Goal {
    let mut merged: Option<Slot> = None;
    let mut others = Vec::new();
    for goal in goals {
        match (goal, &mut merged) {
            (Goal::Slot(slot), Some(merged)) => {
                merged.singles.extend(slot.singles);
                merged.candidates.extend(slot.candidates);
            }
            (Goal::Slot(slot), merged) => *merged = Some(slot),
            (other, _) => others.push(other),
        }
    }
    if let Some(mut slot) = merged {
        slot.candidates.sort_unstable();
        slot.candidates.dedup();
        others.insert(0, Goal::Slot(slot));
    }
    match (others.pop(), others.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            others.extend(last);
            Goal::Any(others)
        }
    }
}

/// A single expression, an observation that satisfies it (its place on the timeline), and how often it is used.
pub(super) type Assigned = (usize, u32, u64);

/// Distinct observations that satisfy the whole; none if there are none.
pub(super) fn assign(
    root: &Node,
    matched: &[Vec<u32>],
    timeline: &Timeline,
    steps: &mut Steps,
) -> Result<Option<Vec<Assigned>>, TooManySteps> {
    let goal = plan(root, Span::ALWAYS, matched, timeline);
    if goal.least() > timeline.total {
        return Ok(None);
    }
    let mut search = Search { timeline, steps };
    let Some((needs, shares)) = search.run(&goal)? else { return Ok(None) };
    let mut assigned = Vec::new();
    for (need, share) in needs.iter().zip(shares) {
        for (observation, times) in share {
            let fits = |single: usize, span: Span| {
                let satisfied = matched.get(single).map(Vec::as_slice).unwrap_or_default();
                satisfied.binary_search(&observation).is_ok()
                    && timeline.within(&[observation], span).next().is_some()
            };
            let single = need.slot.singles.iter().find(|(single, span)| fits(*single, *span));
            assigned.extend(single.map(|(single, _)| (*single, observation, times)));
        }
    }
    Ok(Some(assigned))
}

struct Search<'a> {
    timeline: &'a Timeline,
    steps: &'a mut Steps,
}

/// A slot with the restrictions chosen so far.
#[derive(Clone, Copy)]
struct Need<'g> {
    slot: &'g Slot,
    span: Span,
    number: u64,
}

/// What is still to be met.
#[derive(Clone, Copy)]
enum Pending<'g> {
    Whole(&'g Goal, Span, u64),
    /// The first few of an order.
    Ordered(&'g [Goal], Span),
    /// So many copies, each with choices of its own; none takes an alternative before `from`, since copies that only
    /// swap places are the same.
    Copies {
        goal: &'g Goal,
        span: Span,
        left: u64,
        from: usize,
    },
}

#[derive(Clone, Default)]
struct State<'g> {
    needs: Vec<Need<'g>>,
    pending: Vec<Pending<'g>>,
}

/// Alternatives of which one is to be taken.
#[derive(Clone)]
enum Choice<'g> {
    Branch(&'g [Goal], Span),
    Window(&'g Goal, Span, i128, Rc<[i128]>),
    Order(&'g [Goal], Span, Rc<[i128]>),
}

struct Frame<'g> {
    state: State<'g>,
    choice: Choice<'g>,
    copies: Option<(&'g Goal, Span, u64)>,
    next: usize,
}

impl Search<'_> {
    fn run<'g>(&mut self, goal: &'g Goal) -> Result<Option<(Vec<Need<'g>>, Shares)>, TooManySteps> {
        let mut frames: Vec<Frame<'g>> = Vec::new();
        let mut state = State { needs: Vec::new(), pending: vec![Pending::Whole(goal, Span::ALWAYS, 1)] };
        loop {
            self.settle(&mut state)?;
            if let Some(shares) = self.relaxed(&state)? {
                match state.pending.pop() {
                    None => return Ok(Some((state.needs, shares))),
                    Some(pending) => frames.extend(self.frame(pending, state)?),
                }
            }
            state = loop {
                let Some(frame) = frames.last_mut() else { return Ok(None) };
                self.steps.take(8 * (1 + frame.state.needs.len() + frame.state.pending.len()))?;
                if let Some(state) = frame.take_next() {
                    break state;
                }
                frames.pop();
            };
        }
    }

    /// Does what needs no choice until a choice is on top, or nothing is left.
    fn settle(&mut self, state: &mut State<'_>) -> Result<(), TooManySteps> {
        while let Some(pending) = state.pending.pop() {
            self.steps.take(1)?;
            match pending {
                Pending::Whole(Goal::Slot(slot), span, number) => {
                    state.needs.push(Need { slot, span, number });
                }
                Pending::Whole(Goal::All(goals), span, number) => {
                    self.steps.take(goals.len())?;
                    state.pending.extend(goals.iter().map(|it| Pending::Whole(it, span, number)));
                }
                Pending::Whole(Goal::Times(goal, times), span, number) => {
                    let times = times.saturating_mul(number);
                    state.pending.push(if goal.has_choice() {
                        Pending::Copies { goal, span, left: times, from: 0 }
                    } else {
                        Pending::Whole(goal, span, times)
                    });
                }
                Pending::Whole(Goal::Ordered(goals), span, _) => {
                    state.pending.push(Pending::Ordered(goals, span));
                }
                Pending::Ordered([], _) | Pending::Copies { left: 0, .. } => {}
                Pending::Ordered([goal], span) => state.pending.push(Pending::Whole(goal, span, 1)),
                Pending::Copies { goal: goal @ (Goal::All(_) | Goal::Times(..)), span, left, from } => {
                    state.pending.push(Pending::Copies { goal, span, left: left - 1, from });
                    state.pending.push(Pending::Whole(goal, span, 1));
                }
                choice => {
                    state.pending.push(choice);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The alternatives of what is pending; `state` is what remains beside it.
    fn frame<'g>(
        &mut self,
        pending: Pending<'g>,
        state: State<'g>,
    ) -> Result<Option<Frame<'g>>, TooManySteps> {
        let (goal, span, copies, next) = match pending {
            Pending::Whole(goal, span, _) => (goal, span, None, 0),
            Pending::Copies { goal, span, left, from } => (goal, span, Some((goal, span, left - 1)), from),
            Pending::Ordered(goals, span) => {
                let choice = self.order(goals, span)?;
                return Ok(Some(Frame { state, choice, copies: None, next: 0 }));
            }
        };
        let choice = match goal {
            Goal::Any(goals) => Choice::Branch(goals, span),
            Goal::Window(inner, nanos) => {
                let instants = self.instants(std::slice::from_ref(&**inner), span, Timeline::last)?;
                Choice::Window(inner, span, *nanos, instants)
            }
            Goal::Ordered(goals) => self.order(goals, span)?,
            Goal::Slot(_) | Goal::All(_) | Goal::Times(..) => return Ok(None),
        };
        Ok(Some(Frame { state, choice, copies, next }))
    }

    fn order<'g>(&mut self, goals: &'g [Goal], span: Span) -> Result<Choice<'g>, TooManySteps> {
        let before = goals.split_last().map(|(_, before)| before).unwrap_or_default();
        Ok(Choice::Order(goals, span, self.instants(before, span, Timeline::first)?))
    }

    fn instants(
        &mut self,
        goals: &[Goal],
        span: Span,
        instant: fn(&Timeline, u32) -> i128,
    ) -> Result<Rc<[i128]>, TooManySteps> {
        let mut slots = Vec::new();
        for goal in goals {
            goal.slots(&mut slots);
        }
        let mut instants = Vec::new();
        for slot in slots {
            for candidate in self.timeline.within(&slot.candidates, span) {
                self.steps.take(1)?;
                instants.push(instant(self.timeline, candidate));
            }
        }
        instants.sort_unstable();
        instants.dedup();
        Ok(instants.into())
    }

    /// Whether what was chosen so far can be met, with everything still to be chosen left out.
    fn relaxed(&mut self, state: &State<'_>) -> Result<Option<Shares>, TooManySteps> {
        let mut needs = state.needs.clone();
        for pending in &state.pending {
            match pending {
                Pending::Whole(goal, span, number) => relax(goal, *span, *number, &mut needs),
                Pending::Ordered(goals, span) => goals.iter().for_each(|it| relax(it, *span, 1, &mut needs)),
                Pending::Copies { goal, span, left, .. } => relax(goal, *span, *left, &mut needs),
            }
        }
        let total = needs.iter().fold(0_u64, |sum, it| sum.saturating_add(it.number));
        if total > self.timeline.total {
            return Ok(None);
        }
        let mut demands = Vec::with_capacity(needs.len());
        for Need { slot, span, number } in needs {
            // All needs together use no more than `total`, so more candidates than that change nothing.
            let mut enough = 0_u64;
            let mut observations = Vec::new();
            for candidate in self.timeline.within(&slot.candidates, span) {
                self.steps.take(1)?;
                observations.push(candidate);
                enough = enough.saturating_add(self.timeline.capacity(candidate));
                if enough >= total {
                    break;
                }
            }
            if enough < number {
                return Ok(None);
            }
            demands.push(Demand { number, observations });
        }
        share(&demands, |it| self.timeline.capacity(it), self.steps)
    }
}

/// The needs of a goal whatever is chosen in it. An alternative has none that is sure.
fn relax<'g>(goal: &'g Goal, span: Span, number: u64, needs: &mut Vec<Need<'g>>) {
    match goal {
        Goal::Slot(slot) => needs.push(Need { slot, span, number }),
        Goal::All(goals) | Goal::Ordered(goals) => goals.iter().for_each(|it| relax(it, span, number, needs)),
        Goal::Window(goal, _) => relax(goal, span, number, needs),
        Goal::Times(goal, times) => relax(goal, span, number.saturating_mul(*times), needs),
        Goal::Any(_) => {}
    }
}

impl<'g> Frame<'g> {
    /// The state with the next alternative taken.
    fn take_next(&mut self) -> Option<State<'g>> {
        let taken = self.next;
        let mut state = State::default();
        match &self.choice {
            Choice::Branch(goals, span) => state.pending.push(Pending::Whole(goals.get(taken)?, *span, 1)),
            Choice::Window(goal, span, nanos, instants) => {
                let instant = *instants.get(taken)?;
                let span = span.and(instant, instant.saturating_add(*nanos));
                state.pending.push(Pending::Whole(goal, span, 1));
            }
            Choice::Order(goals, span, instants) => {
                let instant = *instants.get(taken)?;
                let (after, before) = goals.split_last()?;
                state.pending.push(Pending::Whole(after, span.and(instant, i128::MAX), 1));
                state.pending.push(Pending::Ordered(before, span.and(i128::MIN, instant.saturating_add(1))));
            }
        }
        if let Some((goal, span, left)) = self.copies {
            state.pending.insert(0, Pending::Copies { goal, span, left, from: taken });
        }
        state.needs.extend_from_slice(&self.state.needs);
        state.pending.splice(0..0, self.state.pending.iter().copied());
        self.next += 1;
        Some(state)
    }
}
