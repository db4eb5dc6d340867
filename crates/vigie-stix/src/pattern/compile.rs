//! A pattern made ready: regular expressions compiled, addresses read, strings brought to NFC.
//!
//! Everything that can be wrong with a constant comes out here, before any observation is looked at (section 9.4: an
//! invalid constant must not match).

use super::Pattern;
use super::address::Network;
use super::ast::{Comparison, ComparisonExpression, Constant, ObjectPath, Operator, Test};
use super::compare::to_nfc;
use super::like::Like;
use super::path::Encoding;
use super::plan::Plan;
use super::regular::Regular;
use super::semantics::Semantics;

/// A pattern that is ready to be evaluated any number of times.
#[derive(Debug)]
pub struct Compiled {
    pub(super) semantics: Semantics,
    pub(super) plan: Plan,
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
        let plan = Plan::new(pattern, semantics);
        let mut compiled = Self { semantics, plan, singles: Vec::new() };
        let singles = pattern.expression().singles();
        compiled.singles = singles.into_iter().map(|it| compiled.condition(it)).collect::<Result<_, _>>()?;
        Ok(compiled)
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
