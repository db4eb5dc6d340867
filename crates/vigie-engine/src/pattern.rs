//! STIX patterns in the engine: found by a witness, decided by the interpreter of the standard.
//!
//! A pattern is never evaluated by anything but [`vigie_stix::pattern::Compiled`], which follows the standard clause by
//! clause. What this module adds is when to evaluate it ([`witness`]), and a second, canonical reading of it
//! ([`canonical`]).
//!
//! Start with [`Detector`] and [`Verifier`].

use std::sync::Arc;
use std::sync::atomic::Ordering;

use vigie_model::alert::{Matched, Rule};
use vigie_model::event::{Event, Observed};
use vigie_stix::json::Value;
use vigie_stix::pattern::{
    ComparisonExpression, Compiled, Observation, ObservationExpression, Pattern, Proof, Semantics,
};

use crate::hit::Match;
use crate::observation::{Spelling, observation};
use crate::probe::Slot;
use crate::rule::{Indicator, Reason};

pub(crate) mod canonical;
pub(crate) mod reach;
pub(crate) mod witness;

use witness::{Witness, witness};

/// A pattern of one observation, compiled in both readings.
#[derive(Debug)]
pub(crate) struct Detector {
    expression: ComparisonExpression,
    literal: Compiled,
    /// None if it is the same as the literal reading.
    canonical: Option<Compiled>,
}

impl Detector {
    /// Compiles a pattern, or says why the engine cannot run it.
    pub(crate) fn new(pattern: &Pattern, semantics: Semantics) -> Result<Self, (Reason, String)> {
        let expression = single(pattern.expression())?;
        if witness(&expression).is_none() {
            let detail = "no object satisfies it: AND joins tests of different types".to_owned();
            return Err((Reason::Unsatisfiable, detail));
        }
        let compiled = |it: ComparisonExpression| {
            let pattern = Pattern::from(ObservationExpression::Single(it));
            Compiled::new(&pattern, semantics).map_err(|error| (Reason::BrokenPattern, error.to_string()))
        };
        let literal = compiled(expression.clone())?;
        let other = canonical::canonical(&expression);
        let canonical = (other != expression).then(|| compiled(other)).transpose()?;
        Ok(Self { expression, literal, canonical })
    }

    /// What an event must show for the pattern to be worth evaluating.
    pub(crate) fn witness(&self) -> Witness {
        witness(&self.expression).unwrap_or_default()
    }
}

/// The comparisons that one event must satisfy. `[a] OR [b]` is true of an event exactly when `[a OR b]` is.
fn single(expression: &ObservationExpression) -> Result<ComparisonExpression, (Reason, String)> {
    match expression {
        ObservationExpression::Single(it) => Ok(it.clone()),
        ObservationExpression::Or(operands) => {
            operands.iter().map(single).collect::<Result<_, _>>().map(ComparisonExpression::Or)
        }
        ObservationExpression::And(_) | ObservationExpression::FollowedBy(_) => {
            Err((Reason::MultipleObservations, "it needs several observations".to_owned()))
        }
        ObservationExpression::Qualified(_) => {
            Err((Reason::Qualifier, "it has a qualifier (REPEATS, WITHIN or START)".to_owned()))
        }
    }
}

/// Decides patterns on one event.
pub(crate) struct Verifier<'e> {
    event: &'e Event<'e>,
    literal: [Observation<'e>; 1],
    canonical: [Observation<'e>; 1],
}

impl<'e> Verifier<'e> {
    /// Makes both observations of an event.
    pub(crate) fn new(event: &'e Event<'e>, instant: Option<i64>) -> Self {
        let instant = instant.unwrap_or_default();
        Self {
            event,
            literal: [observation(event, instant, Spelling::Literal)],
            canonical: [observation(event, instant, Spelling::Canonical)],
        }
    }

    /// The match of an indicator, if its pattern is true in either reading.
    ///
    /// A pattern that reaches a limit of evaluation on this event (a runaway regular expression) is no match, and is
    /// counted.
    pub(crate) fn verify(&self, indicator: &Arc<Indicator>) -> Option<Match> {
        let detector = &indicator.detector;
        let literal = detector.literal.prove(&self.literal);
        let is_literal = matches!(literal, Ok(Some(_)));
        let proved = match literal {
            Ok(Some(proof)) => Ok(Some(proof)),
            Ok(None) => detector.canonical.as_ref().unwrap_or(&detector.literal).prove(&self.canonical),
            Err(error) => Err(error),
        };
        if proved.is_err() {
            indicator.undecided.fetch_add(1, Ordering::Relaxed);
        }
        let proof = proved.ok().flatten()?;
        Some(Match {
            rule: Rule::new(indicator.id.to_string(), indicator.name.as_ref(), "stix"),
            indicator: Some(Arc::clone(indicator)),
            matched: self.matched(proof),
            literal: is_literal,
        })
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
