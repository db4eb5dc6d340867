//! What can be wrong with the text of a pattern, and where.

/// Why a text is no pattern, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ParseError {
    /// The place in bytes, from 0.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// Something else was expected.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What the grammar allows here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// No token begins with this character.
    #[error("`{0}` has no meaning here")]
    Character(char),
    /// A string, constant or comment without an end.
    #[error("{0} that starts here has no end")]
    Unclosed(&'static str),
    /// A constant or number that is none.
    #[error("not a valid {constant}: {why}")]
    BadConstant {
        /// The kind of constant.
        constant: &'static str,
        /// What it must be.
        why: String,
    },
    /// A property that must be quoted.
    #[error("the property `{0}` must be quoted: `'{0}'`")]
    Unquoted(String),
    /// The text is longer than [`ParseLimits::bytes`](super::ParseLimits::bytes).
    #[error("the pattern is {got} bytes; the limit is {limit}")]
    TooLong {
        /// The length.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// Parentheses nest deeper than [`ParseLimits::depth`](super::ParseLimits::depth).
    #[error("nested deeper than the limit of {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// No object can satisfy both sides of an `AND` (section 9.5).
    #[error(
        "no object satisfies both sides of this AND: left of it {left}, right of it {right}; join them by OR, or put them in brackets of their own"
    )]
    MixedTypes {
        /// The types left of the `AND`.
        left: String,
        /// The types right of the `AND`.
        right: String,
    },
    /// A second qualifier of a kind (section 9.5.1).
    #[error("a second {0} for the same expression; parentheses around the first would apply both")]
    RepeatedQualifier(&'static str),
    /// The constants of a set differ in kind (section 9.6.1).
    #[error("the constants of a set must be of one kind")]
    MixedSet,
}

impl ParseError {
    pub(super) fn at(text: &str, offset: usize, problem: Problem) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            problem,
        }
    }
}
