//! How the events of a pattern must lie in time: compiled once, asked at each step.
//!
//! Start with [`Timing::new`].

use vigie_stix::pattern::{
    Chosen, EvalError, Moment, ObservationExpression, Pattern, Plan, Qualified, Qualifier, Semantics,
};

use super::lane::Lane;
use super::tree::{Look, Tree};
use super::{Horizon, Limits};

/// A pattern over several events without its comparisons.
#[derive(Debug)]
pub(crate) struct Timing {
    plan: Plan,
    tree: Tree,
    /// What no match can do without: how many events of which slots.
    needs: Vec<(usize, u64)>,
    /// For each bracket its slot, and the instants from which and before which `START … STOP` wants its events.
    parts: Vec<(usize, (i64, i64))>,
    slots: usize,
    pub(super) horizon: Horizon,
    /// The brackets as text, for people.
    pub(super) brackets: Vec<String>,
    /// Changes whenever the pattern, its reading or its horizon does.
    pub(super) fingerprint: u64,
}

/// Why a pattern is not compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it needs {needed} events for one pair of brackets; the node keeps {limit}")]
pub(crate) struct TooMany {
    needed: u64,
    limit: usize,
}

/// The longest text of a bracket that is kept, in bytes.
const MAX_BRACKET: usize = 1 << 10;

impl Timing {
    /// Compiles a pattern. One that may reach over any time is bound to [`Limits::horizon`].
    pub(crate) fn new(
        expression: &ObservationExpression,
        semantics: Semantics,
        limits: &Limits,
    ) -> Result<Self, TooMany> {
        let own = reach(expression, &semantics);
        let seconds = limits.horizon as f64 / 1e9;
        let nanos = own.unwrap_or_else(|| clamped(semantics.window(seconds)));
        let horizon = Horizon { nanos, assumed: own.is_none() };
        let mut whole = expression.clone();
        if horizon.assumed {
            let qualifiers = vec![Qualifier::Within(seconds)];
            whole = ObservationExpression::Qualified(Qualified { expression: Box::new(whole), qualifiers });
        }
        let mut parts = Parts { semantics, found: Vec::new(), slots: 0 };
        let tree = parts.tree(&whole, (i64::MIN, i64::MAX));
        let mut needs = Vec::new();
        tree.needs(1, &mut needs);
        let most = needs.iter().map(|it| it.1).max().unwrap_or(0);
        if most > limits.events_per_part as u64 {
            return Err(TooMany { needed: most, limit: limits.events_per_part });
        }
        let brackets = whole.singles().into_iter().map(|it| shortened(format!("[{it}]"))).collect();
        let pattern = Pattern::from(whole);
        Ok(Self {
            fingerprint: fingerprint(&format!("{pattern} {semantics:?}")),
            plan: Plan::new(&pattern, semantics),
            tree,
            needs,
            parts: parts.found,
            slots: parts.slots,
            horizon,
            brackets,
        })
    }

    /// Whether `START … STOP` lets an event of this instant stand for a bracket.
    pub(crate) fn is_in_span(&self, expression: usize, instant: i64) -> bool {
        self.parts.get(expression).is_some_and(|(_, (start, stop))| (*start..*stop).contains(&instant))
    }

    /// The slots that the brackets stand for, each once.
    pub(super) fn slots_of(&self, expressions: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut slots: Vec<usize> = expressions.filter_map(|it| self.parts.get(it)).map(|it| it.0).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// How many lanes it needs.
    pub(super) fn slots(&self) -> usize {
        self.slots
    }

    /// The instants that a match which includes an event of `time` lies between, both included.
    pub(super) fn around(&self, time: i64) -> (i64, i64) {
        let reach = self.horizon.nanos.saturating_sub(1);
        (time.saturating_sub(reach), time.saturating_add(reach))
    }

    /// False only if no match includes the new event.
    pub(super) fn may_fire(&self, lanes: &[Lane], time: i64, slots: &[usize]) -> bool {
        let look = Look::new(lanes, time, slots);
        let (from, to) = self.around(time);
        look.has_all(&self.needs, from, to) && look.completes(&self.tree)
    }

    /// How many events on either side of a new one are likely to be enough to find a match.
    pub(super) fn likely(&self) -> usize {
        self.tree.most().clamp(1, 64) as usize
    }

    /// Distinct events that satisfy the pattern.
    pub(super) fn choose(
        &self,
        times: &[i64],
        satisfied: &[Vec<usize>],
    ) -> Result<Option<Vec<Chosen>>, EvalError> {
        let moment = |it: &i64| Moment { first: (*it).into(), last: (*it).into(), number: 1 };
        let moments: Vec<Moment> = times.iter().map(moment).collect();
        self.plan.choose(&moments, satisfied)
    }
}

/// How far apart, in nanoseconds and the end excluded, the events of a match may lie; none if the pattern does not say.
fn reach(expression: &ObservationExpression, semantics: &Semantics) -> Option<i64> {
    match expression {
        ObservationExpression::Single(_) => Some(1),
        ObservationExpression::Or(operands) => {
            operands.iter().try_fold(0, |most, it| Some(reach(it, semantics)?.max(most)))
        }
        ObservationExpression::And(operands) | ObservationExpression::FollowedBy(operands) => {
            match operands.as_slice() {
                [only] => reach(only, semantics),
                _ => None,
            }
        }
        ObservationExpression::Qualified(it) => {
            let mut found = reach(&it.expression, semantics);
            for qualifier in &it.qualifiers {
                let bound = match qualifier {
                    Qualifier::Repeats(1) => continue,
                    Qualifier::Repeats(_) => {
                        found = None;
                        continue;
                    }
                    Qualifier::Within(seconds) => clamped(semantics.window(*seconds)),
                    Qualifier::StartStop { start, stop } => clamped(stop.nanos() - start.nanos()).max(1),
                };
                found = Some(found.map_or(bound, |it| it.min(bound)));
            }
            found
        }
    }
}

/// Gives the brackets their slots while the tree is made.
struct Parts {
    semantics: Semantics,
    found: Vec<(usize, (i64, i64))>,
    slots: usize,
}

impl Parts {
    fn tree(&mut self, expression: &ObservationExpression, span: (i64, i64)) -> Tree {
        match expression {
            ObservationExpression::Single(_) => {
                self.slots += 1;
                self.found.push((self.slots - 1, span));
                Tree::Slot(self.slots - 1, 1)
            }
            ObservationExpression::And(operands) => Tree::And(self.trees(operands, span)),
            ObservationExpression::FollowedBy(operands) => Tree::FollowedBy(self.trees(operands, span)),
            ObservationExpression::Or(operands) => self.either(operands, span),
            ObservationExpression::Qualified(it) => self.qualified(&it.expression, &it.qualifiers, span),
        }
    }

    fn trees(&mut self, operands: &[ObservationExpression], span: (i64, i64)) -> Vec<Tree> {
        operands.iter().map(|it| self.tree(it, span)).collect()
    }

    /// Brackets joined by `OR` share a slot, so that nothing need be chosen among them.
    fn either(&mut self, operands: &[ObservationExpression], span: (i64, i64)) -> Tree {
        let mut parts = Vec::new();
        let mut shared = None;
        for operand in operands {
            match (operand, shared) {
                (ObservationExpression::Single(_), Some(slot)) => self.found.push((slot, span)),
                (operand, _) => {
                    let tree = self.tree(operand, span);
                    if let Tree::Slot(slot, 1) = tree
                        && matches!(operand, ObservationExpression::Single(_))
                    {
                        shared = Some(slot);
                    }
                    parts.push(tree);
                }
            }
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                Tree::Or(parts)
            }
        }
    }

    fn qualified(
        &mut self,
        expression: &ObservationExpression,
        qualifiers: &[Qualifier],
        span: (i64, i64),
    ) -> Tree {
        let Some((last, before)) = qualifiers.split_last() else { return self.tree(expression, span) };
        match last {
            Qualifier::Repeats(times) => self.qualified(expression, before, span).repeated(*times),
            Qualifier::Within(seconds) => {
                let nanos = clamped(self.semantics.window(*seconds));
                Tree::Within(Box::new(self.qualified(expression, before, span)), nanos)
            }
            Qualifier::StartStop { start, stop } => {
                let (start, stop) = (clamped(start.nanos()), clamped(stop.nanos()));
                let inner = self.qualified(expression, before, (span.0.max(start), span.1.min(stop)));
                Tree::Span(Box::new(inner), start, stop)
            }
        }
    }
}

/// Beyond the years 1677 to 2262 nanoseconds do not fit; the nearest number that does means the same for events.
fn clamped(nanos: i128) -> i64 {
    nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

fn shortened(mut text: String) -> String {
    if text.len() > MAX_BRACKET {
        text.truncate(text.floor_char_boundary(MAX_BRACKET));
        text.push('…');
    }
    text
}

/// FNV-1a, 64 bits: the same in every process, so that kept state can name the pattern that it belongs to.
pub(super) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
