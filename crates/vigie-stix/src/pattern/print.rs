//! A tree as text, in the spelling of STIX 2.1.
//!
//! Invariant: reading the text gives the same tree. Parentheses stand exactly where the tree needs them.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{
    Comparison, ComparisonExpression, Constant, ObjectPath, ObservationExpression, Qualified, Qualifier,
    Step, Test,
};
use super::lex::is_plain_key;
use super::octets;

/// Binding strength of an expression; one of less than its place needs stands in parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    FollowedBy,
    Or,
    And,
    Qualified,
    Single,
}

impl ObservationExpression {
    fn binding(&self) -> Binding {
        match self {
            Self::FollowedBy(_) => Binding::FollowedBy,
            Self::Or(_) => Binding::Or,
            Self::And(_) => Binding::And,
            Self::Qualified(_) => Binding::Qualified,
            Self::Single(_) => Binding::Single,
        }
    }
}

impl ComparisonExpression {
    fn binding(&self) -> Binding {
        match self {
            Self::Or(_) => Binding::Or,
            Self::And(_) => Binding::And,
            Self::Test(_) => Binding::Single,
        }
    }
}

/// Joins operands; each that does not bind more tightly than the operator gets parentheses.
fn join<'a, T: Display + 'a>(
    f: &mut Formatter<'_>,
    operator: &str,
    operands: &'a [T],
    is_tighter: impl Fn(&'a T) -> bool,
) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            write!(f, " {operator} ")?;
        }
        if is_tighter(operand) {
            write!(f, "{operand}")?;
        } else {
            write!(f, "({operand})")?;
        }
    }
    Ok(())
}

impl Display for ObservationExpression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tighter = |it: &Self| it.binding() > self.binding();
        match self {
            Self::Single(it) => write!(f, "[{it}]"),
            Self::And(operands) => join(f, "AND", operands, tighter),
            Self::Or(operands) => join(f, "OR", operands, tighter),
            Self::FollowedBy(operands) => join(f, "FOLLOWEDBY", operands, tighter),
            Self::Qualified(it) => it.fmt(f),
        }
    }
}

impl Display for Qualified {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.expression.binding() == Binding::Single {
            self.expression.fmt(f)?;
        } else {
            write!(f, "({})", self.expression)?;
        }
        self.qualifiers.iter().try_for_each(|it| write!(f, " {it}"))
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeats(times) => write!(f, "REPEATS {times} TIMES"),
            Self::Within(seconds) => write!(f, "WITHIN {seconds} SECONDS"),
            Self::StartStop { start, stop } => write!(f, "START t'{start}' STOP t'{stop}'"),
        }
    }
}

impl Display for ComparisonExpression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tighter = |it: &Self| it.binding() > self.binding();
        match self {
            Self::Test(it) => it.fmt(f),
            Self::And(operands) => join(f, "AND", operands, tighter),
            Self::Or(operands) => join(f, "OR", operands, tighter),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { path, negated, test } = self;
        let not = if *negated { "NOT " } else { "" };
        match test {
            Test::Compare(operator, constant) => write!(f, "{path} {not}{} {constant}", operator.as_str()),
            Test::In(members) => {
                write!(f, "{path} {not}IN (")?;
                for (index, member) in members.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{member}")?;
                }
                f.write_char(')')
            }
            Test::Like(text) => write!(f, "{path} {not}LIKE {}", Quoted(text)),
            Test::Matches(text) => write!(f, "{path} {not}MATCHES {}", Quoted(text)),
            Test::IsSubset(text) => write!(f, "{path} {not}ISSUBSET {}", Quoted(text)),
            Test::IsSuperset(text) => write!(f, "{path} {not}ISSUPERSET {}", Quoted(text)),
            Test::Exists => write!(f, "{not}EXISTS {path}"),
        }
    }
}

impl Display for ObjectPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object_type)?;
        let mut before = ':';
        for step in &self.steps {
            match step {
                Step::Key(key) if is_plain_key(key) => write!(f, "{before}{key}")?,
                Step::Key(key) => write!(f, "{before}{}", Quoted(key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Any => f.write_str("[*]")?,
            }
            before = '.';
        }
        Ok(())
    }
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(it) => Quoted(it).fmt(f),
            Self::Integer(it) => it.fmt(f),
            // A whole number needs its point to be read as a fractional one again.
            Self::Float(it) if it.fract() == 0.0 => write!(f, "{it:.1}"),
            Self::Float(it) => it.fmt(f),
            Self::Boolean(it) => it.fmt(f),
            Self::Binary(it) => write!(f, "b'{}'", octets::to_base64(it)),
            Self::Hex(it) => write!(f, "h'{}'", octets::to_hex(it)),
            Self::Timestamp(it) => write!(f, "t'{it}'"),
        }
    }
}

/// A string between apostrophes, with its escapes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for letter in self.0.chars() {
            if matches!(letter, '\'' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(letter)?;
        }
        f.write_char('\'')
    }
}
