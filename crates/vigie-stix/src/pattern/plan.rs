//! A pattern without its comparisons: how many observations it asks for, and how they must lie in time.
//!
//! [`Plan::choose`] is for callers that know already which observations satisfy which brackets, such as an engine that
//! saw them one by one. The interpreter ([`super::evaluate`]) asks the same plan.
//!
//! Start with [`Plan::choose`].

use super::Pattern;
use super::assign::{Assigned, Timeline, assign};
use super::ast::{ObservationExpression, Qualifier};
use super::evaluate::EvalError;
use super::flow::Steps;
use super::semantics::{Count, ObservationTime, Semantics, Within};

/// What a pattern asks of its observations beyond the comparisons in brackets.
#[derive(Debug)]
pub struct Plan {
    semantics: Semantics,
    root: Node,
    expressions: usize,
}

/// An observation expression; single ones are numbers, in the order of the text.
#[derive(Debug)]
pub(super) enum Node {
    Single(usize),
    And(Vec<Node>),
    Or(Vec<Node>),
    FollowedBy(Vec<Node>),
    Repeats(Box<Node>, u64),
    /// All observations lie in a window of so many nanoseconds, its end excluded.
    Within(Box<Node>, i128),
    /// All observations lie in the window, its end excluded.
    StartStop(Box<Node>, i128, i128),
}

/// When something was observed, in nanoseconds since 1970, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The first instant.
    pub first: i128,
    /// The last instant, not before the first.
    pub last: i128,
    /// How often, at least once.
    pub number: u64,
}

/// An observation chosen for an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chosen {
    /// The expression in square brackets, counted from 0 in the order of the text.
    pub expression: usize,
    /// The observation, as its place among the moments given.
    pub observation: usize,
    /// How many of the times that it was observed are used.
    pub times: u64,
}

impl Plan {
    /// The plan of a pattern.
    pub fn new(pattern: &Pattern, semantics: Semantics) -> Self {
        let mut plan = Self { semantics, root: Node::And(Vec::new()), expressions: 0 };
        plan.root = plan.node(pattern.expression());
        plan
    }

    /// How many expressions in square brackets there are.
    pub fn expressions(&self) -> usize {
        self.expressions
    }

    /// Distinct observations that together satisfy the pattern, in order; none if there are none.
    ///
    /// `satisfied` holds for each expression the observations that satisfy it, as places in `moments`.
    ///
    /// # Errors
    /// [`EvalError::Search`] if the limit of steps was reached before the question was decided.
    pub fn choose(
        &self,
        moments: &[Moment],
        satisfied: &[Vec<usize>],
    ) -> Result<Option<Vec<Chosen>>, EvalError> {
        let timeline = self.timeline(moments.iter().copied());
        let mut ranks = vec![0_u32; moments.len()];
        for (rank, origin) in (0_u32..).zip(&timeline.origin) {
            if let Some(it) = ranks.get_mut(*origin) {
                *it = rank;
            }
        }
        let ranked = |all: &Vec<usize>| {
            let mut found: Vec<u32> = all.iter().filter_map(|it| ranks.get(*it).copied()).collect();
            found.sort_unstable();
            found
        };
        let satisfied: Vec<Vec<u32>> = satisfied.iter().map(ranked).collect();
        let Some(assigned) = self.assign(&satisfied, &timeline)? else { return Ok(None) };
        let chosen = assigned.into_iter().filter_map(|(expression, rank, times)| {
            Some(Chosen { expression, observation: *timeline.origin.get(rank as usize)?, times })
        });
        let mut chosen: Vec<Chosen> = chosen.collect();
        chosen.sort_unstable();
        Ok(Some(chosen))
    }

    /// The observations in the order of their times, as the semantics see them.
    pub(super) fn timeline(&self, moments: impl Iterator<Item = Moment>) -> Timeline {
        let moment = |(origin, it): (usize, Moment)| {
            let last = if self.semantics.time == ObservationTime::First { it.first } else { it.last };
            let number = if self.semantics.count == Count::One { 1 } else { it.number };
            (origin, it.first, last, number)
        };
        Timeline::new(moments.enumerate().map(moment).collect())
    }

    /// Distinct observations; `matched` holds for each expression the places on the timeline that satisfy it, sorted.
    pub(super) fn assign(
        &self,
        matched: &[Vec<u32>],
        timeline: &Timeline,
    ) -> Result<Option<Vec<Assigned>>, EvalError> {
        let limit = self.semantics.limits.search_steps;
        assign(&self.root, matched, timeline, &mut Steps::new(limit)).map_err(|_| EvalError::Search { limit })
    }

    fn node(&mut self, expression: &ObservationExpression) -> Node {
        match expression {
            ObservationExpression::Single(_) => {
                self.expressions += 1;
                Node::Single(self.expressions - 1)
            }
            ObservationExpression::And(operands) => Node::And(self.nodes(operands)),
            ObservationExpression::Or(operands) => Node::Or(self.nodes(operands)),
            ObservationExpression::FollowedBy(operands) => Node::FollowedBy(self.nodes(operands)),
            ObservationExpression::Qualified(it) => {
                let mut node = self.node(&it.expression);
                for qualifier in &it.qualifiers {
                    node = self.qualified(node, qualifier);
                }
                node
            }
        }
    }

    fn nodes(&mut self, operands: &[ObservationExpression]) -> Vec<Node> {
        operands.iter().map(|it| self.node(it)).collect()
    }

    fn qualified(&self, node: Node, qualifier: &Qualifier) -> Node {
        let node = Box::new(node);
        match qualifier {
            Qualifier::Repeats(times) => Node::Repeats(node, *times),
            Qualifier::Within(seconds) => Node::Within(node, self.semantics.window(*seconds)),
            Qualifier::StartStop { start, stop } => Node::StartStop(node, start.nanos(), stop.nanos()),
        }
    }
}

impl Semantics {
    /// The length of `WITHIN seconds SECONDS`, its end excluded, in nanoseconds.
    pub fn window(&self, seconds: f64) -> i128 {
        // Saturates; a window longer than time itself is no restriction.
        let nanos = (seconds * 1e9).round() as i128;
        nanos.saturating_add(i128::from(self.within == Within::Closed))
    }
}
