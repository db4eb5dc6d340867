//! STIX patterns in the engine: found by a witness, decided by the interpreter of the standard.
//!
//! What stands in brackets is never evaluated by anything but [`vigie_stix::pattern::Compiled`], which follows the
//! standard clause by clause. What this module adds is when to evaluate it ([`witness`]), and a second, canonical
//! reading of it ([`canonical`]). A pattern that one event satisfies is decided here; of one over several events each
//! bracket is, and [`crate::window`] does the rest.
//!
//! Start with [`Detector`] and [`Verifier`].

use std::sync::Arc;
use std::sync::atomic::Ordering;

use vigie_model::alert::Matched;
use vigie_model::event::{Event, Observed};
use vigie_stix::json::Value;
use vigie_stix::pattern::{
    ComparisonExpression, Compiled, EvalError, Observation, ObservationExpression, Pattern, Proof, Semantics,
};

use crate::hit::{Match, hash};
use crate::observation::{Spelling, observation};
use crate::probe::Slot;
use crate::rule::{Indicator, Reason};
use crate::window::{Limits, Satisfied, Step, Timing};

pub(crate) mod canonical;
mod explain;
pub(crate) mod reach;
pub(crate) mod witness;

pub use explain::explain_pattern;
use witness::{Witness, witness};

/// A pattern, compiled.
#[derive(Debug)]
pub(crate) struct Detector {
    /// What stands in each pair of brackets, in the order of the text. Without a timing there is one.
    brackets: Box<[Bracket]>,
    /// How events must lie in time; none if one event satisfies the pattern, or none does.
    pub(crate) timing: Option<Arc<Timing>>,
}

/// What one event must satisfy, compiled in both readings.
#[derive(Debug)]
pub(crate) struct Bracket {
    expression: ComparisonExpression,
    literal: Compiled,
    /// None if it is the same as the literal reading.
    canonical: Option<Compiled>,
}

impl Detector {
    /// Compiles a pattern, or says why the engine cannot run it.
    pub(crate) fn new(
        pattern: &Pattern,
        semantics: Semantics,
        limits: &Limits,
    ) -> Result<Self, (Reason, String)> {
        let expression = pattern.expression();
        if !is_satisfiable(expression) {
            let detail = "no object satisfies it: AND joins tests of different types".to_owned();
            return Err((Reason::Unsatisfiable, detail));
        }
        let bracket = |it: ComparisonExpression| Bracket::new(it, semantics);
        if let Some(expression) = single(expression) {
            return Ok(Self { brackets: [bracket(expression)?].into(), timing: None });
        }
        let singles = expression.singles().into_iter().cloned();
        let brackets = singles.map(bracket).collect::<Result<_, _>>()?;
        let timing = Timing::new(expression, semantics, limits);
        let timing = timing.map_err(|it| (Reason::TooLarge, it.to_string()))?;
        Ok(Self { brackets, timing: Some(Arc::new(timing)) })
    }

    /// What an event must show for the pattern to be worth evaluating.
    pub(crate) fn witness(&self) -> Witness {
        let mut all = Witness::default();
        for bracket in &self.brackets {
            all.join(witness(&bracket.expression).unwrap_or_default());
        }
        all
    }

    /// The values of which one alone makes the pattern true, each with its path; none if it asks for anything else.
    pub(crate) fn values(&self) -> Option<Vec<Matched>> {
        let ([bracket], None) = (&*self.brackets, &self.timing) else { return None };
        let mut values = Vec::new();
        witness::values(&bracket.expression, &mut values)?;
        Some(values)
    }
}

impl Bracket {
    fn new(expression: ComparisonExpression, semantics: Semantics) -> Result<Self, (Reason, String)> {
        let compiled = |it: ComparisonExpression| {
            let pattern = Pattern::from(ObservationExpression::Single(it));
            Compiled::new(&pattern, semantics).map_err(|error| (Reason::BrokenPattern, error.to_string()))
        };
        let literal = compiled(expression.clone())?;
        let other = canonical::canonical(&expression);
        let canonical = (other != expression).then(|| compiled(other)).transpose()?;
        Ok(Self { expression, literal, canonical })
    }
}

/// Whether objects could satisfy it at all.
fn is_satisfiable(expression: &ObservationExpression) -> bool {
    match expression {
        ObservationExpression::Single(it) => witness(it).is_some(),
        ObservationExpression::Or(operands) => operands.iter().any(is_satisfiable),
        ObservationExpression::And(operands) | ObservationExpression::FollowedBy(operands) => {
            operands.iter().all(is_satisfiable)
        }
        ObservationExpression::Qualified(it) => is_satisfiable(&it.expression),
    }
}

/// The comparisons that one event must satisfy; none if the pattern is about several events, or about when they are.
/// `[a] OR [b]` is true of an event exactly when `[a OR b]` is.
fn single(expression: &ObservationExpression) -> Option<ComparisonExpression> {
    match expression {
        ObservationExpression::Single(it) => Some(it.clone()),
        ObservationExpression::Or(operands) => {
            operands.iter().map(single).collect::<Option<_>>().map(ComparisonExpression::Or)
        }
        ObservationExpression::And(_)
        | ObservationExpression::FollowedBy(_)
        | ObservationExpression::Qualified(_) => None,
    }
}

/// Decides patterns on one event.
pub(crate) struct Verifier<'e> {
    event: &'e Event<'e>,
    instant: i64,
    literal: [Observation<'e>; 1],
    canonical: [Observation<'e>; 1],
}

impl<'e> Verifier<'e> {
    /// Makes both observations of an event.
    pub(crate) fn new(event: &'e Event<'e>, instant: Option<i64>) -> Self {
        let instant = instant.unwrap_or_default();
        Self {
            event,
            instant,
            literal: [observation(event, instant, Spelling::Literal)],
            canonical: [observation(event, instant, Spelling::Canonical)],
        }
    }

    /// Puts an indicator to the event: a match if the event satisfies it, a step towards one if it satisfies a part of
    /// it.
    ///
    /// A pattern that reaches a limit of evaluation on this event (a runaway regular expression) is no match, and is
    /// counted.
    pub(crate) fn verify(&self, indicator: &Arc<Indicator>, steps: &mut Vec<Step>) -> Option<Match> {
        let Detector { brackets, timing } = indicator.detector.as_ref()?;
        let in_span = |number| timing.as_ref().is_none_or(|it| it.is_in_span(number, self.instant));
        let mut satisfied = Vec::new();
        for (expression, bracket) in brackets.iter().enumerate().filter(|(number, _)| in_span(*number)) {
            let Some((proof, literal)) = self.decided(bracket, indicator) else { continue };
            satisfied.push(Satisfied { expression, literal, matched: self.matched(proof) });
        }
        if timing.is_some() {
            if !satisfied.is_empty() {
                steps.push(Step::of_pattern(Arc::clone(indicator), self.instant, satisfied));
            }
            return None;
        }
        satisfied.pop().map(|it| Match {
            rule: indicator.rule(),
            indicator: Some(Arc::clone(indicator)),
            matched: it.matched,
            literal: it.literal,
            observations: Vec::new(),
            horizon: None,
            hash: Some(hash(&indicator.pattern)),
            mapping: None,
        })
    }

    /// Why a bracket is true in either reading, and whether in the literal one.
    fn decided(&self, bracket: &Bracket, indicator: &Indicator) -> Option<(Proof, bool)> {
        let proved = self.prove(bracket);
        if proved.is_err() {
            indicator.undecided.fetch_add(1, Ordering::Relaxed);
        }
        proved.ok().flatten()
    }

    fn prove(&self, bracket: &Bracket) -> Result<Option<(Proof, bool)>, EvalError> {
        if let Some(proof) = bracket.literal.prove(&self.literal)? {
            return Ok(Some((proof, true)));
        }
        let canonical = bracket.canonical.as_ref().unwrap_or(&bracket.literal).prove(&self.canonical)?;
        Ok(canonical.map(|it| (it, false)))
    }

    /// The comparisons that were true, with the values as the sensor wrote them.
    fn matched(&self, proof: Proof) -> Vec<Matched> {
        let mut matched: Vec<Matched> = Vec::new();
        for one in proof.bindings.into_iter().flat_map(|it| it.matched) {
            let value = match one.value {
                Some(Value::String(it)) => self.as_written(it.into_owned()),
                Some(Value::Integer(it)) => it.to_string(),
                Some(other) => serde_json::to_string(&other).unwrap_or_default(),
                None => String::new(),
            };
            let one = Matched { path: one.path, value };
            if !matched.contains(&one) {
                matched.push(one);
            }
        }
        matched
    }

    /// The text in the event of which this is the canonical form.
    fn as_written(&self, value: String) -> String {
        let texts = self.event.observables.iter().filter_map(|it| match &it.value {
            Observed::Text(text) => Some((it.path, text.as_ref())),
            Observed::Number(_) | Observed::Object(_) => None,
        });
        let mut written =
            texts.filter(|(path, text)| *text == value || canonical::value(Slot::of(*path), text) == value);
        written.next().map(|(_, text)| text.to_owned()).unwrap_or(value)
    }
}

#[cfg(test)]
mod tests;
