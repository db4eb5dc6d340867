//! The naive interpreter: the standard, clause by clause.
//!
//! Every observation expression is put to every object of every observation; then [`super::assign`] looks for distinct
//! observations. Nothing is guessed and nothing indexed: faster matchers are tested against this one.
//!
//! A comparison that cannot be decided (a runaway regular expression, a broken timestamp) makes the verdict an error
//! only if the verdict depends on it.
//!
//! Start with [`Compiled::prove`].

use super::Pattern;
use super::address::Network;
use super::ast::Operator;
use super::compare::{Datum, MalformedTimestamp, compare, to_nfc};
use super::compile::{Check, CompileError, Compiled, Condition, Matcher};
use super::observation::Observation;
use super::path::{Found, resolve};
use super::plan::Moment;
use super::semantics::{NegatedAny, NegatedOrder, NotExists, Semantics};
use crate::json::{Map, Value};

/// Why a pattern has no verdict on some observations.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A constant of the pattern is invalid.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A property that is compared with a timestamp holds none (section 2.16).
    #[error("`{path}` holds `{value}`, which is no timestamp")]
    Malformed {
        /// The path.
        path: String,
        /// The value.
        value: String,
    },
    /// A regular expression reached a limit of PCRE2.
    #[error("`{path}`: the regular expression could not be evaluated: {why}")]
    Expression {
        /// The path.
        path: String,
        /// What PCRE2 says.
        why: String,
    },
    /// A `LIKE` reached [`EvalLimits::like_steps`](super::EvalLimits::like_steps).
    #[error("`{path}`: LIKE took more than {limit} steps")]
    Like {
        /// The path.
        path: String,
        /// The limit.
        limit: u64,
    },
    /// The search reached [`EvalLimits::search_steps`](super::EvalLimits::search_steps).
    #[error("the search for distinct observations took more than {limit} steps")]
    Search {
        /// The limit.
        limit: u64,
    },
}

/// Why a pattern matched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proof {
    /// Observations that together satisfy the pattern, in the order of the expressions and then of the observations. Of
    /// a pattern with `OR`, one alternative.
    pub bindings: Vec<Binding>,
}

/// An observation that satisfied an observation expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The expression in square brackets, counted from 0 in the order of the text.
    pub expression: usize,
    /// The observation, as its place in the list given.
    pub observation: usize,
    /// How many of the times that it was observed are used.
    pub times: u64,
    /// The id of the object that satisfied the expression.
    pub object: String,
    /// The comparisons that were true of it.
    pub matched: Vec<Matched>,
}

/// A comparison that was true.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// The path as the pattern has it.
    pub path: String,
    /// A value that made it true; none for a property that is absent, as `NOT EXISTS` asks.
    pub value: Option<Value<'static>>,
}

impl Pattern {
    /// Whether the observations match. Prepares the pattern each time; [`Compiled`] does it once.
    pub fn matches(
        &self,
        observations: &[Observation<'_>],
        semantics: &Semantics,
    ) -> Result<bool, EvalError> {
        Compiled::new(self, *semantics)?.matches(observations)
    }
}

impl Compiled {
    /// Whether the observations match.
    pub fn matches(&self, observations: &[Observation<'_>]) -> Result<bool, EvalError> {
        Ok(self.prove(observations)?.is_some())
    }

    /// Why the observations match; none if they do not.
    pub fn prove(&self, observations: &[Observation<'_>]) -> Result<Option<Proof>, EvalError> {
        let moment = |it: &Observation<'_>| {
            let (first, last) = it.interval();
            Moment { first, last, number: it.number() }
        };
        let timeline = self.plan.timeline(observations.iter().map(moment));
        let mut sure: Vec<Vec<u32>> = Vec::with_capacity(self.singles.len());
        let mut possible = Vec::with_capacity(self.singles.len());
        let mut undecided = None;
        for single in &self.singles {
            let (mut holds, mut may_hold) = (Vec::new(), Vec::new());
            for (at, origin) in (0_u32..).zip(&timeline.origin) {
                let Some(observation) = observations.get(*origin) else { continue };
                match self.satisfied(single, observation) {
                    Ok(false) => continue,
                    Ok(true) => holds.push(at),
                    Err(error) => undecided = undecided.or(Some(error)),
                }
                may_hold.push(at);
            }
            sure.push(holds);
            possible.push(may_hold);
        }
        if let Some(bindings) = self.plan.assign(&sure, &timeline)? {
            let bound = bindings.into_iter().filter_map(|(expression, at, times)| {
                let origin = *timeline.origin.get(at as usize)?;
                self.bind(expression, origin, times, observations.get(origin)?)
            });
            let mut bindings: Vec<Binding> = bound.collect();
            bindings.sort_by_key(|it| (it.expression, it.observation));
            return Ok(Some(Proof { bindings }));
        }
        match undecided {
            Some(error) if self.plan.assign(&possible, &timeline)?.is_some() => Err(error),
            _ => Ok(None),
        }
    }

    /// Whether some object of the observation satisfies the expression (section 9.5: all comparisons start from the
    /// same object).
    fn satisfied(&self, single: &Condition, observation: &Observation<'_>) -> Result<bool, EvalError> {
        any(observation.objects(), |(_, object)| self.holds(single, object, observation))
    }

    pub(super) fn holds(
        &self,
        condition: &Condition,
        object: &Map<'_>,
        observation: &Observation<'_>,
    ) -> Result<bool, EvalError> {
        match condition {
            Condition::And(operands) => {
                let fails = any(operands, |it| self.holds(it, object, observation).map(|it| !it))?;
                Ok(!fails)
            }
            Condition::Or(operands) => any(operands, |it| self.holds(it, object, observation)),
            Condition::Test(check) => self.check(check, object, observation),
        }
    }

    /// One comparison, with section 9.6: over a path that is not present it is false.
    fn check(
        &self,
        check: &Check,
        object: &Map<'_>,
        observation: &Observation<'_>,
    ) -> Result<bool, EvalError> {
        if object.get("type").and_then(Value::as_str) != Some(check.path.object_type.as_str()) {
            return Ok(false);
        }
        let found = resolve(&check.path, object, observation);
        if matches!(check.matcher, Matcher::Exists) {
            let exists = !found.is_empty();
            return Ok(match self.semantics.not_exists {
                _ if !check.negated => exists,
                NotExists::Negated => !exists,
                NotExists::Never => false,
                NotExists::Overlooked => exists,
            });
        }
        if check.negated && self.semantics.negated_any == NegatedAny::NoItem {
            let none = !any(&found, |it| Ok(!self.negated(check, it)?))?;
            return Ok(!found.is_empty() && none);
        }
        any(&found, |it| self.item(check, it))
    }

    /// The comparison over one value, `NOT` included (section 9.7.2).
    fn item(&self, check: &Check, found: &Found<'_>) -> Result<bool, EvalError> {
        if check.negated { self.negated(check, found) } else { Ok(self.test(check, found)?.unwrap_or(false)) }
    }

    fn negated(&self, check: &Check, found: &Found<'_>) -> Result<bool, EvalError> {
        let unordered = self.semantics.negated_order == NegatedOrder::True;
        Ok(self.test(check, found)?.map_or(unordered, |it| !it))
    }

    /// The comparison over one value, without `NOT`; none where the two cannot be ordered.
    fn test(&self, check: &Check, found: &Found<'_>) -> Result<Option<bool>, EvalError> {
        let datum = Datum::of(found);
        let malformed =
            |MalformedTimestamp(value)| EvalError::Malformed { path: check.path.to_string(), value };
        match &check.matcher {
            Matcher::Compare(operator, constant) => {
                compare(&datum, *operator, constant, &self.semantics).map_err(malformed)
            }
            Matcher::In(members) => {
                let equal =
                    |it| compare(&datum, Operator::Equal, it, &self.semantics).map(|it| it == Some(true));
                any(members, |it| equal(it).map_err(malformed)).map(Some)
            }
            Matcher::Like(like) => {
                let letters: Vec<char> = match &datum {
                    Datum::Text(text) => to_nfc(text).chars().collect(),
                    Datum::Octets(octets) if like.fits_octets() => {
                        octets.iter().map(|it| char::from(*it)).collect()
                    }
                    _ => return Ok(Some(false)),
                };
                let limit = self.semantics.limits.like_steps;
                let matched = like.is_match(&letters, limit);
                matched.map(Some).map_err(|_| EvalError::Like { path: check.path.to_string(), limit })
            }
            Matcher::Matches(regular) => {
                let matched = match (regular, &datum) {
                    (Some(regular), Datum::Text(text)) => regular.is_match(to_nfc(text).as_bytes()),
                    (Some(regular), Datum::Octets(octets)) => regular.is_match(octets),
                    _ => Ok(false),
                };
                matched.map(Some).map_err(|why| EvalError::Expression { path: check.path.to_string(), why })
            }
            Matcher::IsSubset(outer) => Ok(Some(network(&datum).is_some_and(|it| it.is_within(*outer)))),
            Matcher::IsSuperset(inner) => Ok(Some(network(&datum).is_some_and(|it| inner.is_within(it)))),
            Matcher::Exists => Ok(Some(true)),
        }
    }

    fn bind(
        &self,
        expression: usize,
        origin: usize,
        times: u64,
        observation: &Observation<'_>,
    ) -> Option<Binding> {
        let single = self.singles.get(expression)?;
        let holds = |object: &Map<'_>| self.holds(single, object, observation).unwrap_or(false);
        let (id, object) = observation.objects().find(|(_, object)| holds(object))?;
        let mut matched = Vec::new();
        self.collect(single, object, observation, &mut matched);
        Some(Binding { expression, observation: origin, times, object: id.to_owned(), matched })
    }

    fn collect(
        &self,
        condition: &Condition,
        object: &Map<'_>,
        observation: &Observation<'_>,
        matched: &mut Vec<Matched>,
    ) {
        if !self.holds(condition, object, observation).unwrap_or(false) {
            return;
        }
        match condition {
            Condition::And(operands) | Condition::Or(operands) => {
                for operand in operands {
                    self.collect(operand, object, observation, matched);
                }
            }
            Condition::Test(check) => {
                let found = resolve(&check.path, object, observation);
                let value = found.iter().find(|it| self.item(check, it).unwrap_or(false)).or(found.first());
                matched.push(Matched {
                    path: check.path.to_string(),
                    value: value.map(|it| it.value.clone().into_owned()),
                });
            }
        }
    }
}

fn network(datum: &Datum<'_>) -> Option<Network> {
    if let Datum::Text(text) = datum { Network::parse(text) } else { None }
}

/// Whether the test holds of any item. An error counts only if no item decides the question.
fn any<T>(
    items: impl IntoIterator<Item = T>,
    mut test: impl FnMut(T) -> Result<bool, EvalError>,
) -> Result<bool, EvalError> {
    let mut undecided = None;
    for item in items {
        match test(item) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => undecided = undecided.or(Some(error)),
        }
    }
    undecided.map_or(Ok(false), Err)
}
