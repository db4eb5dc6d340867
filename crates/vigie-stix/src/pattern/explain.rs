//! Why a pattern does or does not hold of some observations, clause by clause.
//!
//! Each clause is weighed by the interpreter itself, as a pattern of its own; nothing is decided here. Where another
//! reading of the standard ([`Semantics`]) would turn the verdict, the clause says so.
//!
//! Start with [`Pattern::explain`].

use super::Pattern;
use super::ast::{ComparisonExpression, ObservationExpression, Qualified, Qualifier};
use super::compile::{CompileError, Compiled, Condition};
use super::observation::Observation;
use super::path::resolve;
use super::semantics::{
    Addresses, Count, Lines, NegatedAny, NegatedOrder, NotExists, ObservationTime, Semantics, Within,
};
use crate::json::{Map, Value};

/// How many values of a property are shown.
const SHOWN_VALUES: usize = 5;

/// How much of a value is shown, in characters.
const SHOWN_CHARACTERS: usize = 200;

/// A clause of a pattern, weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The clause, as a pattern has it.
    pub clause: String,
    /// Whether it holds; none if that could not be decided.
    pub holds: Option<bool>,
    /// The values seen, what is absent, which qualifier is not met, and which reading was taken where another would
    /// give another verdict. Empty where the parts say all.
    pub why: String,
    /// The clauses that it is made of.
    pub parts: Vec<Explanation>,
}

/// A reading that is not the one taken, in words.
type Reading = (&'static str, Semantics);

impl Pattern {
    /// Why it does or does not hold of the observations.
    ///
    /// Comparisons are shown for the object that satisfies their bracket, else for the one that satisfies most of them.
    pub fn explain(
        &self,
        observations: &[Observation<'_>],
        semantics: &Semantics,
    ) -> Result<Explanation, CompileError> {
        Explainer { observations, semantics: *semantics }.expression(self.expression())
    }
}

struct Explainer<'o> {
    observations: &'o [Observation<'o>],
    semantics: Semantics,
}

impl Explainer<'_> {
    fn expression(&self, expression: &ObservationExpression) -> Result<Explanation, CompileError> {
        let pattern = Pattern::from(expression.clone());
        let verdict = Compiled::new(&pattern, self.semantics)?.matches(self.observations);
        let holds = verdict.as_ref().ok().copied();
        let all = |operands: &[ObservationExpression]| -> Result<Vec<Explanation>, CompileError> {
            operands.iter().map(|it| self.expression(it)).collect()
        };
        let (parts, missed) = match expression {
            ObservationExpression::Single(it) => return self.single(it, holds),
            ObservationExpression::And(operands) => {
                (all(operands)?, "the parts have no observations of their own each".to_owned())
            }
            ObservationExpression::Or(operands) => (all(operands)?, String::new()),
            ObservationExpression::FollowedBy(operands) => {
                (all(operands)?, "the parts have no observations of their own in this order".to_owned())
            }
            ObservationExpression::Qualified(it) => {
                let Some((last, before)) = it.qualifiers.split_last() else {
                    return self.expression(&it.expression);
                };
                let inner = match before {
                    [] => (*it.expression).clone(),
                    _ => ObservationExpression::Qualified(Qualified {
                        expression: it.expression.clone(),
                        qualifiers: before.to_vec(),
                    }),
                };
                (vec![self.expression(&inner)?], missed_qualifier(last))
            }
        };
        let needs_all = !matches!(expression, ObservationExpression::Or(_));
        let together = needs_all && holds == Some(false) && parts.iter().all(|it| it.holds == Some(true));
        let mut why = vec![if together { missed } else { String::new() }];
        if let Err(error) = &verdict {
            why.push(error.to_string());
        }
        for (reading, semantics) in readings_of_time(self.semantics) {
            let other = Compiled::new(&pattern, semantics)?.matches(self.observations).ok();
            why.extend(differing(holds, other, reading));
        }
        Ok(Explanation { clause: pattern.to_string(), holds, why: joined(&why), parts })
    }

    fn single(
        &self,
        expression: &ComparisonExpression,
        holds: Option<bool>,
    ) -> Result<Explanation, CompileError> {
        let clause = format!("[{expression}]");
        let types = expression.object_types();
        let compiled = single(expression, self.semantics)?;
        let mut best: Option<(usize, usize, &str, &Map<'_>)> = None;
        for (number, observation) in self.observations.iter().enumerate() {
            for (id, object) in observation.objects() {
                let of_type = object.get("type").and_then(Value::as_str).is_some_and(|it| types.contains(it));
                let Some(condition) = compiled.singles.first().filter(|_| of_type) else { continue };
                let score = match compiled.holds(condition, object, observation) {
                    Ok(true) => usize::MAX,
                    _ => compiled.score(condition, object, observation),
                };
                if best.is_none_or(|it| it.0 < score) {
                    best = Some((score, number, id, object));
                }
            }
        }
        let Some((_, number, id, object)) = best else {
            let types: Vec<String> = types.iter().map(|it| format!("`{it}`")).collect();
            let why = format!("no object of type {} was seen", types.join(" or "));
            return Ok(Explanation { clause, holds, why, parts: Vec::new() });
        };
        let object_type = object.get("type").and_then(Value::as_str).unwrap_or_default();
        let why = format!("observation {}, object `{id}` of type `{object_type}`", number + 1);
        let Some(observation) = self.observations.get(number) else {
            return Ok(Explanation { clause, holds, why, parts: Vec::new() });
        };
        let parts = vec![self.comparison(expression, object, observation)?];
        Ok(Explanation { clause, holds, why, parts })
    }

    /// A comparison expression on one object.
    fn comparison(
        &self,
        expression: &ComparisonExpression,
        object: &Map<'_>,
        observation: &Observation<'_>,
    ) -> Result<Explanation, CompileError> {
        let verdict = |semantics| -> Result<Result<bool, String>, CompileError> {
            let compiled = single(expression, semantics)?;
            let condition = compiled.singles.first();
            let held = condition.map(|it| compiled.holds(it, object, observation));
            Ok(held.unwrap_or(Ok(false)).map_err(|error| error.to_string()))
        };
        let taken = verdict(self.semantics)?;
        let holds = taken.as_ref().ok().copied();
        let mut why = Vec::new();
        let parts = match expression {
            ComparisonExpression::And(operands) | ComparisonExpression::Or(operands) => operands
                .iter()
                .map(|it| self.comparison(it, object, observation))
                .collect::<Result<_, _>>()?,
            ComparisonExpression::Test(it) => {
                let own = object.get("type").and_then(Value::as_str);
                if own == Some(it.path.object_type.as_str()) {
                    let found = resolve(&it.path, object, observation);
                    why.push(seen(
                        &found.iter().map(|it| it.value).collect::<Vec<_>>(),
                        &it.path.to_string(),
                    ));
                } else {
                    why.push("the object is of another type".to_owned());
                }
                for (reading, semantics) in readings_of_values(self.semantics) {
                    why.extend(differing(holds, verdict(semantics)?.ok(), reading));
                }
                Vec::new()
            }
        };
        why.extend(taken.err());
        Ok(Explanation { clause: expression.to_string(), holds, why: joined(&why), parts })
    }
}

impl Compiled {
    /// How many comparisons hold of an object.
    fn score(&self, condition: &Condition, object: &Map<'_>, observation: &Observation<'_>) -> usize {
        match condition {
            Condition::And(operands) | Condition::Or(operands) => {
                operands.iter().map(|it| self.score(it, object, observation)).sum()
            }
            Condition::Test(_) => usize::from(self.holds(condition, object, observation) == Ok(true)),
        }
    }
}

fn single(expression: &ComparisonExpression, semantics: Semantics) -> Result<Compiled, CompileError> {
    Compiled::new(&Pattern::from(ObservationExpression::Single(expression.clone())), semantics)
}

fn missed_qualifier(qualifier: &Qualifier) -> String {
    match qualifier {
        Qualifier::Repeats(times) => format!("it does not hold {times} times on observations of their own"),
        Qualifier::Within(seconds) => format!("its observations do not lie within {seconds} seconds"),
        Qualifier::StartStop { start, stop } => {
            format!("its observations do not lie from {} to before {}", start.as_str(), stop.as_str())
        }
    }
}

/// The values at a path, for people.
fn seen(values: &[&Value<'_>], path: &str) -> String {
    if values.is_empty() {
        return format!("`{path}` is absent");
    }
    let shown: Vec<String> = values.iter().take(SHOWN_VALUES).map(|it| shown(it)).collect();
    let more = if values.len() > SHOWN_VALUES { ", …" } else { "" };
    format!("seen: {}{more}", shown.join(", "))
}

fn shown(value: &Value<'_>) -> String {
    let text = match value {
        Value::String(it) => it.to_string(),
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    let cut: String = text.chars().take(SHOWN_CHARACTERS).collect();
    if cut.len() < text.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}

/// A note where another reading gives another verdict.
fn differing(taken: Option<bool>, other: Option<bool>, reading: &str) -> Option<String> {
    let (taken, other) = (taken?, other?);
    let word = if other { "hold" } else { "fail" };
    (taken != other).then(|| format!("it would {word} if {reading}"))
}

fn joined(all: &[String]) -> String {
    let all: Vec<&str> = all.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    all.join("; ")
}

/// The other readings that concern when and how often observations were made.
fn readings_of_time(taken: Semantics) -> Vec<Reading> {
    others(
        taken,
        vec![
            ("the end of WITHIN belonged to it", Semantics { within: Within::Closed, ..taken }),
            ("the end of WITHIN did not belong to it", Semantics { within: Within::Open, ..taken }),
            (
                "an observation had the time of its beginning only",
                Semantics { time: ObservationTime::First, ..taken },
            ),
            (
                "an observation had any time from its beginning to its end",
                Semantics { time: ObservationTime::Interval, ..taken },
            ),
            ("`number_observed` did not count", Semantics { count: Count::One, ..taken }),
            ("`number_observed` counted", Semantics { count: Count::NumberObserved, ..taken }),
        ],
    )
}

/// The other readings that concern the comparison of values.
fn readings_of_values(taken: Semantics) -> Vec<Reading> {
    others(
        taken,
        vec![
            ("NOT EXISTS were true of what is absent", Semantics { not_exists: NotExists::Negated, ..taken }),
            ("NOT EXISTS were never true", Semantics { not_exists: NotExists::Never, ..taken }),
            (
                "NOT over `[*]` asked that some item differ",
                Semantics { negated_any: NegatedAny::SomeItem, ..taken },
            ),
            (
                "NOT over `[*]` asked that no item be equal",
                Semantics { negated_any: NegatedAny::NoItem, ..taken },
            ),
            (
                "NOT were true of values without an order",
                Semantics { negated_order: NegatedOrder::True, ..taken },
            ),
            (
                "NOT were false of values without an order",
                Semantics { negated_order: NegatedOrder::False, ..taken },
            ),
            ("addresses were compared as addresses", Semantics { addresses: Addresses::Canonical, ..taken }),
            ("addresses were compared as texts", Semantics { addresses: Addresses::Text, ..taken }),
            ("`%` and `.` stopped at the end of a line", Semantics { lines: Lines::Stop, ..taken }),
            ("`%` and `.` crossed the end of a line", Semantics { lines: Lines::Cross, ..taken }),
        ],
    )
}

fn others(taken: Semantics, mut readings: Vec<Reading>) -> Vec<Reading> {
    readings.retain(|it| it.1 != taken);
    readings
}
