//! A pattern made ready: regular expressions compiled, addresses read, strings brought to NFC.
//!
//! Everything that can be wrong with a constant comes out here, before any observation is looked at (section 9.4: an
//! invalid constant must not match).

use super::Pattern;
use super::address::Network;
use super::ast::{
    Comparison, ComparisonExpression, Constant, ObjectPath, ObservationExpression, Operator, Qualifier, Test,
};
use super::compare::to_nfc;
use super::like::Like;
use super::path::Encoding;
use super::regular::Regular;
use super::semantics::{Semantics, Within};

/// A pattern that is ready to be evaluated any number of times.
#[derive(Debug)]
pub struct Compiled {
    pub(super) semantics: Semantics,
    pub(super) root: Node,
    /// The observation expressions in square brackets, in the order of the text.
    pub(super) singles: Vec<Condition>,
}

/// Why a pattern that is well-formed cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A regular expression is wrong or too large.
    #[error("`{path}`: cannot compile the regular expression `{expression}`: {why}")]
    Expression {
        /// The path that it is for.
        path: String,
        /// The expression.
        expression: String,
        /// What PCRE2 says.
        why: String,
    },
    /// The right side of `ISSUBSET` or `ISSUPERSET` is none.
    #[error("`{path}`: `{constant}` is neither an address nor a network")]
    Network {
        /// The path that it is for.
        path: String,
        /// The constant.
        constant: String,
    },
}

/// An observation expression; single ones are numbers in [`Compiled::singles`].
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

/// A comparison expression.
#[derive(Debug)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Test(Box<Check>),
}

/// A comparison.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) path: ObjectPath,
    pub(super) negated: bool,
    pub(super) matcher: Matcher,
}

/// What a value is held against.
#[derive(Debug)]
pub(super) enum Matcher {
    Compare(Operator, Constant),
    In(Vec<Constant>),
    Like(Like),
    /// None: an expression for octets with characters that no octet stands for. It matches nothing.
    Matches(Option<Regular>),
    IsSubset(Network),
    IsSuperset(Network),
    Exists,
}

impl Compiled {
    /// Makes a pattern ready to be evaluated under the semantics.
    pub fn new(pattern: &Pattern, semantics: Semantics) -> Result<Self, CompileError> {
        let mut compiled = Self { semantics, root: Node::And(Vec::new()), singles: Vec::new() };
        compiled.root = compiled.node(pattern.expression())?;
        Ok(compiled)
    }

    fn node(&mut self, expression: &ObservationExpression) -> Result<Node, CompileError> {
        Ok(match expression {
            ObservationExpression::Single(it) => {
                let condition = self.condition(it)?;
                self.singles.push(condition);
                Node::Single(self.singles.len() - 1)
            }
            ObservationExpression::And(operands) => Node::And(self.nodes(operands)?),
            ObservationExpression::Or(operands) => Node::Or(self.nodes(operands)?),
            ObservationExpression::FollowedBy(operands) => Node::FollowedBy(self.nodes(operands)?),
            ObservationExpression::Qualified(it) => {
                let mut node = self.node(&it.expression)?;
                for qualifier in &it.qualifiers {
                    node = self.qualified(node, qualifier);
                }
                node
            }
        })
    }

    fn nodes(&mut self, operands: &[ObservationExpression]) -> Result<Vec<Node>, CompileError> {
        operands.iter().map(|it| self.node(it)).collect()
    }

    fn qualified(&self, node: Node, qualifier: &Qualifier) -> Node {
        let node = Box::new(node);
        match qualifier {
            Qualifier::Repeats(times) => Node::Repeats(node, *times),
            Qualifier::Within(seconds) => {
                // Saturates; a window longer than time itself is no restriction.
                let nanos = (seconds * 1e9).round() as i128;
                Node::Within(node, nanos.saturating_add(i128::from(self.semantics.within == Within::Closed)))
            }
            Qualifier::StartStop { start, stop } => Node::StartStop(node, start.nanos(), stop.nanos()),
        }
    }

    fn condition(&self, expression: &ComparisonExpression) -> Result<Condition, CompileError> {
        let all = |operands: &[ComparisonExpression]| -> Result<Vec<Condition>, CompileError> {
            operands.iter().map(|it| self.condition(it)).collect()
        };
        Ok(match expression {
            ComparisonExpression::Test(it) => Condition::Test(Box::new(self.prepare(it)?)),
            ComparisonExpression::And(operands) => Condition::And(all(operands)?),
            ComparisonExpression::Or(operands) => Condition::Or(all(operands)?),
        })
    }

    fn prepare(&self, comparison: &Comparison) -> Result<Check, CompileError> {
        let Comparison { path, negated, test } = comparison;
        let matcher = match test {
            Test::Compare(operator, constant) => Matcher::Compare(*operator, constant.clone()),
            Test::In(members) => Matcher::In(members.clone()),
            Test::Like(text) => Matcher::Like(Like::new(&to_nfc(text), self.semantics.lines)),
            Test::Matches(expression) => Matcher::Matches(self.regular(path, expression)?),
            Test::IsSubset(text) => Matcher::IsSubset(network(path, text)?),
            Test::IsSuperset(text) => Matcher::IsSuperset(network(path, text)?),
            Test::Exists => Matcher::Exists,
        };
        Ok(Check { path: path.clone(), negated: *negated, matcher })
    }

    fn regular(&self, path: &ObjectPath, expression: &str) -> Result<Option<Regular>, CompileError> {
        let Semantics { lines, limits, .. } = self.semantics;
        let built = match Encoding::of(path) {
            Encoding::None => Regular::for_strings(&to_nfc(expression), lines, limits).map(Some),
            Encoding::Base64 | Encoding::Hex => Regular::for_octets(expression, lines, limits),
        };
        built.map_err(|why| CompileError::Expression {
            path: path.to_string(),
            expression: expression.chars().take(200).collect(),
            why,
        })
    }
}

fn network(path: &ObjectPath, text: &str) -> Result<Network, CompileError> {
    Network::parse(text).ok_or_else(|| CompileError::Network {
        path: path.to_string(),
        constant: text.chars().take(60).collect(),
    })
}
