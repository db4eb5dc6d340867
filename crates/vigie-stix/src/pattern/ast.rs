//! The tree of a pattern, as section 9 of STIX 2.1 builds it.
//!
//! Invariants of every tree that the parser returns
//! - `And`, `Or` and `FollowedBy` hold at least two operands; a chain without parentheses is one node. `a AND b AND c`
//!   is therefore one `And` of three, and only parentheses make a tree deeper.
//! - The first step of an [`ObjectPath`] is a [`Step::Key`].
//! - The constants of [`Test::In`] are of one kind; whole and fractional numbers count as one kind.
//! - A [`Qualified`] has at least one qualifier and none of a kind twice.
//! - Numbers are finite; the number of [`Qualifier::Repeats`] and of [`Qualifier::Within`] is above zero.
//!
//! A tree made by hand may break them: printing it then gives a text that the parser refuses, and evaluating it never
//! panics.
//!
//! Start with [`ObservationExpression`], then [`Comparison`].

use std::collections::BTreeSet;

use crate::timestamp::Timestamp;

/// What one or more observations must satisfy (section 9.5).
#[derive(Clone, Debug, PartialEq)]
pub enum ObservationExpression {
    /// `[ … ]`: one observation holds an object that satisfies the comparisons.
    Single(ComparisonExpression),
    /// `a AND b`: all, each on observations of its own.
    And(Vec<ObservationExpression>),
    /// `a OR b`: at least one.
    Or(Vec<ObservationExpression>),
    /// `a FOLLOWEDBY b`: all, each on observations of its own, none before any of the operand to its left.
    FollowedBy(Vec<ObservationExpression>),
    /// `a WITHIN …`, `a REPEATS …`, `a START … STOP …`.
    Qualified(Qualified),
}

/// An observation expression with its qualifiers (section 9.5.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Qualified {
    /// What the first qualifier applies to.
    pub expression: Box<ObservationExpression>,
    /// In the order of the text: each applies to the expression with the qualifiers before it.
    pub qualifiers: Vec<Qualifier>,
}

/// A restriction in time or number (section 9.5.1).
#[derive(Clone, Debug, PartialEq)]
pub enum Qualifier {
    /// `REPEATS n TIMES`: shorthand for `n` operands joined by `AND`.
    Repeats(u64),
    /// `WITHIN s SECONDS`: all observations that matched lie in a window of so many seconds.
    Within(f64),
    /// `START t'…' STOP t'…'`: all observations that matched have a time `>= start` and `< stop`.
    StartStop {
        /// The first instant inside.
        start: Timestamp,
        /// The first instant outside again.
        stop: Timestamp,
    },
}

/// What one object must satisfy (section 9.6).
#[derive(Clone, Debug, PartialEq)]
pub enum ComparisonExpression {
    /// One comparison.
    Test(Comparison),
    /// `a AND b`, both on the same object.
    And(Vec<ComparisonExpression>),
    /// `a OR b`
    Or(Vec<ComparisonExpression>),
}

/// One property compared with a constant (section 9.6.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The property.
    pub path: ObjectPath,
    /// Whether `NOT` stands before the operator.
    pub negated: bool,
    /// The operator and what stands to its right.
    pub test: Test,
}

/// An operator with its right-hand side.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `= != < <= > >=`
    Compare(Operator, Constant),
    /// `IN (…)`
    In(Vec<Constant>),
    /// `LIKE '…'`, `%` for any run of characters and `_` for one.
    Like(String),
    /// `MATCHES '…'`, a Perl-compatible regular expression that is searched for.
    Matches(String),
    /// `ISSUBSET '…'`, an address or network.
    IsSubset(String),
    /// `ISSUPERSET '…'`, an address or network.
    IsSuperset(String),
    /// `EXISTS path`
    Exists,
}

/// The operators that put two values in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// `type:property.key[0].'quoted-key'[*]` (section 9.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectPath {
    /// The type of the object that the path starts from.
    pub object_type: String,
    /// From the object to the value.
    pub steps: Vec<Step>,
}

/// One step of an object path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `.name` or `.'quoted name'`: a property, a key of a dictionary, or a property of the object referred to.
    Key(String),
    /// `[n]`: one item of a list, counted from zero.
    Index(u64),
    /// `[*]`: any item of a list.
    Any,
}

/// A constant (section 9.2).
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `'text'`
    String(String),
    /// `42`
    Integer(i64),
    /// `4.2`
    Float(f64),
    /// `true` or `false`
    Boolean(bool),
    /// `b'…'`, the octets that the base64 text stands for.
    Binary(Vec<u8>),
    /// `h'…'`, the octets that the hexadecimal text stands for.
    Hex(Vec<u8>),
    /// `t'…'`
    Timestamp(Timestamp),
}

/// The kinds of constants that may stand together in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantKind {
    /// A string.
    String,
    /// A whole or fractional number.
    Number,
    /// A truth value.
    Boolean,
    /// Octets, whichever way they were written.
    Octets,
    /// A timestamp.
    Timestamp,
}

impl Constant {
    /// What may stand beside it in a set (`IN`, section 9.6.1).
    pub fn kind(&self) -> ConstantKind {
        match self {
            Self::String(_) => ConstantKind::String,
            Self::Integer(_) | Self::Float(_) => ConstantKind::Number,
            Self::Boolean(_) => ConstantKind::Boolean,
            Self::Binary(_) | Self::Hex(_) => ConstantKind::Octets,
            Self::Timestamp(_) => ConstantKind::Timestamp,
        }
    }
}

/// How much of the language a pattern needs (section 12.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One observation expression.
    One,
    /// Several, joined by `AND` and `OR`.
    Two,
    /// `FOLLOWEDBY` or a qualifier.
    Three,
}

impl ObservationExpression {
    /// The conformance level that evaluating it needs.
    pub fn level(&self) -> Level {
        match self {
            Self::Single(_) => Level::One,
            Self::And(operands) | Self::Or(operands) => {
                operands.iter().map(Self::level).max().unwrap_or(Level::One).max(Level::Two)
            }
            Self::FollowedBy(_) | Self::Qualified(_) => Level::Three,
        }
    }

    /// The observation expressions in square brackets, in the order of the text.
    pub fn singles(&self) -> Vec<&ComparisonExpression> {
        let mut found = Vec::new();
        self.collect_singles(&mut found);
        found
    }

    fn collect_singles<'a>(&'a self, found: &mut Vec<&'a ComparisonExpression>) {
        match self {
            Self::Single(it) => found.push(it),
            Self::And(operands) | Self::Or(operands) | Self::FollowedBy(operands) => {
                for operand in operands {
                    operand.collect_singles(found);
                }
            }
            Self::Qualified(it) => it.expression.collect_singles(found),
        }
    }
}

impl ComparisonExpression {
    /// The comparisons, in the order of the text.
    pub fn comparisons(&self) -> Vec<&Comparison> {
        let mut found = Vec::new();
        self.collect_comparisons(&mut found);
        found
    }

    fn collect_comparisons<'a>(&'a self, found: &mut Vec<&'a Comparison>) {
        match self {
            Self::Test(it) => found.push(it),
            Self::And(operands) | Self::Or(operands) => {
                for operand in operands {
                    operand.collect_comparisons(found);
                }
            }
        }
    }

    /// The types of object that can satisfy it: `AND` leaves the types common to its operands, `OR` adds them up
    /// (section 9.5).
    pub fn object_types(&self) -> BTreeSet<&str> {
        match self {
            Self::Test(it) => BTreeSet::from([it.path.object_type.as_str()]),
            Self::Or(operands) => operands.iter().flat_map(Self::object_types).collect(),
            Self::And(operands) => operands
                .iter()
                .map(Self::object_types)
                .reduce(|left, right| left.intersection(&right).copied().collect())
                .unwrap_or_default(),
        }
    }
}
