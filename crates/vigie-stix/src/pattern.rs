//! The pattern language of STIX (section 9): what an indicator looks for.
//!
//! [`Pattern::parse`] reads a text, its [`Display`](std::fmt::Display) prints one that reads the same. [`Compiled`] makes
//! a pattern ready, and [`Compiled::matches`] and [`Compiled::prove`] put it to [`Observation`]s under [`Semantics`].
//! docs/spec/pattern.md lists every point where the text of the standard, the tools of OASIS and this crate differ.
//!
//! Invariants
//! - What [`Pattern::parse`] takes, prints and reads again as the same tree.
//! - No text makes anything here panic, hang or exhaust the stack; each bound has a name.
//!
//! Start with `ast.rs` and `parse.rs` for the language, `evaluate.rs` for its meaning.

use std::fmt;
use std::str::FromStr;

mod ast;
mod lex;
mod octets;
mod parse;
mod print;
mod problem;

mod observation;
mod semantics;

mod address;
mod assign;
mod compare;
mod compile;
mod evaluate;
mod explain;
mod flow;
mod like;
mod path;
mod plan;
mod regular;

pub use ast::{
    Comparison, ComparisonExpression, Constant, ConstantKind, Level, ObjectPath, ObservationExpression,
    Operator, Qualified, Qualifier, Step, Test,
};
pub use compile::{CompileError, Compiled};
pub use evaluate::{Binding, EvalError, Matched, Proof};
pub use explain::Explanation;
pub use observation::{BadObservation, Observation, edition_of};
pub use parse::{Edition, ParseLimits, ParseOptions};
pub use plan::{Chosen, Moment, Plan};
pub use problem::{ParseError, Problem};
pub use semantics::{
    Addresses, Count, EvalLimits, Lines, Malformed, NegatedAny, NegatedOrder, NotExists, ObservationTime,
    Semantics, Within,
};

/// A pattern: well-formed, and typed as section 9.5 asks unless it was read forgivingly.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    expression: ObservationExpression,
}

impl Pattern {
    /// Reads a pattern of STIX 2.1.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_with(text, &ParseOptions::default())
    }

    /// Reads a pattern of STIX 2.0.
    pub fn parse_v20(text: &str) -> Result<Self, ParseError> {
        Self::parse_with(text, &ParseOptions { edition: Edition::V20, ..ParseOptions::default() })
    }

    /// Reads a pattern as the options say.
    pub fn parse_with(text: &str, options: &ParseOptions) -> Result<Self, ParseError> {
        Ok(Self { expression: parse::parse(text, options)? })
    }

    /// The tree.
    pub fn expression(&self) -> &ObservationExpression {
        &self.expression
    }

    /// The conformance level that evaluating it needs (section 12.7).
    pub fn level(&self) -> Level {
        self.expression.level()
    }
}

impl From<ObservationExpression> for Pattern {
    /// Takes a tree made by hand, unchecked: see [`ast`](ObservationExpression) for what the parser would ensure.
    fn from(expression: ObservationExpression) -> Self {
        Self { expression }
    }
}

impl FromStr for Pattern {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}
