//! From the text of a pattern to its tree.
//!
//! Recursive descent, one token ahead. The grammar is the one that OASIS publishes beside the standard; where the text
//! of the standard forbids what that grammar lets through (MUST), the text wins unless [`ParseOptions::forgiving`] is
//! set. docs/spec/pattern.md lists each case.
//!
//! Invariants
//! - Time and memory are linear in the text, and the stack is bounded by [`ParseLimits::depth`].
//! - Every error names its place and what was expected there.
//!
//! Start with [`ParseOptions`], then `Parser::pattern`.

use std::collections::BTreeSet;
use std::fmt;

use super::ast::{
    Comparison, ComparisonExpression, Constant, ObjectPath, ObservationExpression, Operator, Qualified,
    Qualifier, Step, Test,
};
use super::lex::{Lexer, Placed, Token};
use super::problem::{ParseError, Problem};
use crate::timestamp::Timestamp;

/// Bounds for a text from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLimits {
    /// The longest text, in bytes.
    pub bytes: usize,
    /// How many parentheses and brackets may be open at once. Values above [`ParseLimits::DEEPEST`] count as that.
    pub depth: usize,
}

impl ParseLimits {
    /// The deepest nesting that the stack of a thread surely bears.
    pub const DEEPEST: usize = 128;
}

impl Default for ParseLimits {
    /// One megabyte, 64 levels.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64 }
    }
}

/// Which edition of the language a text is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// STIX 2.0: `START` and `STOP` may take plain strings, and a qualifier may follow one of its own kind.
    V20,
    /// STIX 2.1.
    #[default]
    V21,
}

/// How to read a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// The edition of the language.
    pub edition: Edition,
    /// Whether to take what the published grammar takes and the text of the standard forbids: operands of `AND` about
    /// different types of object (section 9.5; they never match), a second qualifier of a kind (9.5.1), `+5`, and hex
    /// constants in capitals (9.2).
    pub forgiving: bool,
    /// Bounds.
    pub limits: ParseLimits,
}

/// Reads a whole pattern.
pub(super) fn parse(text: &str, options: &ParseOptions) -> Result<ObservationExpression, ParseError> {
    let limit = options.limits.bytes;
    if text.len() > limit {
        return Err(ParseError::at(text, 0, Problem::TooLong { got: text.len(), limit }));
    }
    let mut lexer = Lexer::new(text, options.forgiving);
    let ahead = lexer.next()?;
    Parser { text, options, lexer, ahead, depth: 0 }.pattern()
}

struct Parser<'a> {
    text: &'a str,
    options: &'a ParseOptions,
    lexer: Lexer<'a>,
    ahead: Placed<'a>,
    depth: usize,
}

/// A comparison expression with the types of object that can satisfy it.
struct Typed<'a> {
    expression: ComparisonExpression,
    types: BTreeSet<&'a str>,
}

type Parsed<T> = Result<T, ParseError>;

impl<'a> Parser<'a> {
    fn pattern(mut self) -> Parsed<ObservationExpression> {
        let expression = self.observations()?;
        if self.ahead.token != Token::End {
            return Err(self.unexpected("an operator, a qualifier or the end of the pattern"));
        }
        Ok(expression)
    }

    // Tokens.

    fn advance(&mut self) -> Parsed<Placed<'a>> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.ahead, next))
    }

    fn sees(&self, word: &str) -> bool {
        matches!(&self.ahead.token, Token::Mark(it) | Token::Keyword(it) if *it == word)
    }

    fn take(&mut self, word: &str) -> Parsed<bool> {
        let seen = self.sees(word);
        if seen {
            self.advance()?;
        }
        Ok(seen)
    }

    fn expect(&mut self, word: &str, expected: &'static str) -> Parsed<()> {
        if self.take(word)? { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn error(&self, offset: usize, problem: Problem) -> ParseError {
        ParseError::at(self.text, offset, problem)
    }

    fn unexpected(&self, expected: &'static str) -> ParseError {
        let spelled = self.text.get(self.ahead.at.clone()).unwrap_or_default();
        let shown: String = spelled.chars().take(40).collect();
        let more = if shown.len() < spelled.len() { "…" } else { "" };
        let found = if self.ahead.token == Token::End {
            "the end of the pattern".to_owned()
        } else {
            format!("`{shown}{more}`")
        };
        self.error(self.ahead.at.start, Problem::Unexpected { expected, found })
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        let limit = self.options.limits.depth.min(ParseLimits::DEEPEST);
        if self.depth > limit {
            return Err(self.error(self.ahead.at.start, Problem::TooDeep { limit }));
        }
        Ok(())
    }

    // Observation expressions: parentheses, then AND, OR, FOLLOWEDBY (section 9.5.3).

    fn observations(&mut self) -> Parsed<ObservationExpression> {
        let first = self.observations_or()?;
        self.chain("FOLLOWEDBY", first, Self::observations_or, ObservationExpression::FollowedBy)
    }

    fn observations_or(&mut self) -> Parsed<ObservationExpression> {
        let first = self.observations_and()?;
        self.chain("OR", first, Self::observations_and, ObservationExpression::Or)
    }

    fn observations_and(&mut self) -> Parsed<ObservationExpression> {
        let first = self.observation()?;
        self.chain("AND", first, Self::observation, ObservationExpression::And)
    }

    fn chain(
        &mut self,
        operator: &str,
        first: ObservationExpression,
        operand: fn(&mut Self) -> Parsed<ObservationExpression>,
        join: fn(Vec<ObservationExpression>) -> ObservationExpression,
    ) -> Parsed<ObservationExpression> {
        if !self.sees(operator) {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.take(operator)? {
            operands.push(operand(self)?);
        }
        Ok(join(operands))
    }

    fn observation(&mut self) -> Parsed<ObservationExpression> {
        let depth = self.depth;
        self.deeper()?;
        let expression = if self.take("[")? {
            let comparisons = self.comparisons()?;
            self.expect("]", "`AND`, `OR` or `]`")?;
            ObservationExpression::Single(comparisons.expression)
        } else if self.take("(")? {
            let inner = self.observations()?;
            self.expect(")", "an operator, a qualifier or `)`")?;
            inner
        } else {
            return Err(self.unexpected("`[` or `(`"));
        };
        let qualified = self.qualified(expression)?;
        self.depth = depth;
        Ok(qualified)
    }

    fn qualified(&mut self, expression: ObservationExpression) -> Parsed<ObservationExpression> {
        let mut expression = expression;
        let mut qualifiers: Vec<Qualifier> = Vec::new();
        loop {
            let at = self.ahead.at.start;
            let Some(qualifier) = self.qualifier()? else { break };
            let kind = std::mem::discriminant(&qualifier);
            if qualifiers.iter().any(|it| std::mem::discriminant(it) == kind) {
                if self.options.edition == Edition::V21 && !self.options.forgiving {
                    return Err(self.error(at, Problem::RepeatedQualifier(name_of(&qualifier))));
                }
                // The second applies to the expression with all before it, as if that stood in parentheses.
                self.deeper()?;
                let inner = Qualified {
                    expression: Box::new(expression),
                    qualifiers: std::mem::take(&mut qualifiers),
                };
                expression = ObservationExpression::Qualified(inner);
            }
            qualifiers.push(qualifier);
        }
        if qualifiers.is_empty() {
            return Ok(expression);
        }
        Ok(ObservationExpression::Qualified(Qualified { expression: Box::new(expression), qualifiers }))
    }

    fn qualifier(&mut self) -> Parsed<Option<Qualifier>> {
        if self.take("REPEATS")? {
            let times = match self.ahead.token {
                Token::Constant(Constant::Integer(it)) => u64::try_from(it).ok().filter(|it| *it > 0),
                _ => None,
            };
            let times = times.ok_or_else(|| self.unexpected("a whole number above 0"))?;
            self.advance()?;
            self.expect("TIMES", "`TIMES`")?;
            return Ok(Some(Qualifier::Repeats(times)));
        }
        if self.take("WITHIN")? {
            let seconds = match self.ahead.token {
                Token::Constant(Constant::Integer(it)) => Some(it as f64),
                Token::Constant(Constant::Float(it)) => Some(it),
                _ => None,
            };
            let seconds =
                seconds.filter(|it| *it > 0.0).ok_or_else(|| self.unexpected("a number above 0"))?;
            self.advance()?;
            self.expect("SECONDS", "`SECONDS`")?;
            return Ok(Some(Qualifier::Within(seconds)));
        }
        if self.take("START")? {
            let start = self.instant()?;
            self.expect("STOP", "`STOP`")?;
            let stop = self.instant()?;
            return Ok(Some(Qualifier::StartStop { start, stop }));
        }
        Ok(None)
    }

    fn instant(&mut self) -> Parsed<Timestamp> {
        let at = self.ahead.at.start;
        match (&self.ahead.token, self.options.edition) {
            (Token::Constant(Constant::Timestamp(_)), _)
            | (Token::Constant(Constant::String(_)), Edition::V20) => {}
            _ => return Err(self.unexpected("a timestamp `t'…'`")),
        }
        match self.advance()?.token {
            Token::Constant(Constant::Timestamp(it)) => Ok(it),
            Token::Constant(Constant::String(it)) => it.parse().map_err(|error| {
                self.error(at, Problem::BadConstant { constant: "timestamp", why: format!("{error}") })
            }),
            _ => Err(self.unexpected("a timestamp `t'…'`")),
        }
    }

    // Comparison expressions: parentheses, then AND, OR (section 9.5.3).

    fn comparisons(&mut self) -> Parsed<Typed<'a>> {
        let first = self.comparisons_and()?;
        if !self.sees("OR") {
            return Ok(first);
        }
        let mut types = first.types;
        let mut operands = vec![first.expression];
        while self.take("OR")? {
            let next = self.comparisons_and()?;
            types.extend(next.types);
            operands.push(next.expression);
        }
        Ok(Typed { expression: ComparisonExpression::Or(operands), types })
    }

    fn comparisons_and(&mut self) -> Parsed<Typed<'a>> {
        let first = self.comparison_term()?;
        if !self.sees("AND") {
            return Ok(first);
        }
        let mut types = first.types;
        let mut operands = vec![first.expression];
        loop {
            let at = self.ahead.at.start;
            if !self.take("AND")? {
                break;
            }
            let next = self.comparison_term()?;
            let both: BTreeSet<&str> = types.intersection(&next.types).copied().collect();
            if both.is_empty() && !self.options.forgiving {
                let problem = Problem::MixedTypes {
                    left: Types(&types).to_string(),
                    right: Types(&next.types).to_string(),
                };
                return Err(self.error(at, problem));
            }
            types = both;
            operands.push(next.expression);
        }
        Ok(Typed { expression: ComparisonExpression::And(operands), types })
    }

    fn comparison_term(&mut self) -> Parsed<Typed<'a>> {
        if self.sees("(") {
            let depth = self.depth;
            self.deeper()?;
            self.advance()?;
            let inner = self.comparisons()?;
            self.expect(")", "`AND`, `OR` or `)`")?;
            self.depth = depth;
            return Ok(inner);
        }
        let not_exists = self.take("NOT")?;
        if not_exists && !self.sees("EXISTS") {
            return Err(self.unexpected("`EXISTS`; `NOT` otherwise stands after the path"));
        }
        let (path, object_type, negated, test) = if self.take("EXISTS")? {
            let (path, object_type) = self.path()?;
            (path, object_type, not_exists, Test::Exists)
        } else {
            let (path, object_type) = self.path()?;
            let negated = self.take("NOT")?;
            (path, object_type, negated, self.test()?)
        };
        let comparison = Comparison { path, negated, test };
        Ok(Typed { expression: ComparisonExpression::Test(comparison), types: BTreeSet::from([object_type]) })
    }

    fn test(&mut self) -> Parsed<Test> {
        let operator = match self.ahead.token {
            Token::Mark("=") => Operator::Equal,
            Token::Mark("!=") => Operator::NotEqual,
            Token::Mark("<") => Operator::Less,
            Token::Mark("<=") => Operator::LessOrEqual,
            Token::Mark(">") => Operator::Greater,
            Token::Mark(">=") => Operator::GreaterOrEqual,
            _ => return self.word_test(),
        };
        self.advance()?;
        let ordering = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if ordering && matches!(self.ahead.token, Token::Constant(Constant::Boolean(_))) {
            return Err(self.unexpected("a constant that can be ordered"));
        }
        Ok(Test::Compare(operator, self.constant()?))
    }

    fn word_test(&mut self) -> Parsed<Test> {
        if self.take("IN")? {
            return Ok(Test::In(self.set()?));
        }
        let build = match self.ahead.token {
            Token::Keyword("LIKE") => Test::Like,
            Token::Keyword("MATCHES") => Test::Matches,
            Token::Keyword("ISSUBSET") => Test::IsSubset,
            Token::Keyword("ISSUPERSET") => Test::IsSuperset,
            _ => return Err(self.unexpected("a comparison operator")),
        };
        self.advance()?;
        if !matches!(self.ahead.token, Token::Constant(Constant::String(_))) {
            return Err(self.unexpected("a string constant"));
        }
        match self.advance()?.token {
            Token::Constant(Constant::String(it)) => Ok(build(it)),
            _ => Err(self.unexpected("a string constant")),
        }
    }

    fn set(&mut self) -> Parsed<Vec<Constant>> {
        self.expect("(", "`(`")?;
        let mut members: Vec<Constant> = Vec::new();
        if self.take(")")? {
            return Ok(members);
        }
        loop {
            let at = self.ahead.at.start;
            let member = self.constant()?;
            if members.first().is_some_and(|it| it.kind() != member.kind()) {
                return Err(self.error(at, Problem::MixedSet));
            }
            members.push(member);
            if self.take(")")? {
                return Ok(members);
            }
            self.expect(",", "`,` or `)`")?;
        }
    }

    fn constant(&mut self) -> Parsed<Constant> {
        if !matches!(self.ahead.token, Token::Constant(_)) {
            return Err(self.unexpected("a constant"));
        }
        match self.advance()?.token {
            Token::Constant(it) => Ok(it),
            _ => Err(self.unexpected("a constant")),
        }
    }

    // Object paths (section 9.7).

    fn path(&mut self) -> Parsed<(ObjectPath, &'a str)> {
        let Token::Name(object_type) = self.ahead.token else {
            return Err(self.unexpected("a comparison: `type:property`"));
        };
        self.advance()?;
        self.expect(":", "`:` after the type of object")?;
        let mut steps = vec![self.key()?];
        loop {
            if self.take(".")? {
                steps.push(self.key()?);
            } else if self.take("[")? {
                steps.push(self.index()?);
                self.expect("]", "`]`")?;
            } else {
                let object_type_owned = object_type.to_owned();
                return Ok((ObjectPath { object_type: object_type_owned, steps }, object_type));
            }
        }
    }

    fn key(&mut self) -> Parsed<Step> {
        match &self.ahead.token {
            Token::Name(name) if name.contains('-') => {
                Err(self.error(self.ahead.at.start, Problem::Unquoted((*name).to_owned())))
            }
            Token::Name(_) | Token::Constant(Constant::String(_)) => match self.advance()?.token {
                Token::Name(name) => Ok(Step::Key(name.to_owned())),
                Token::Constant(Constant::String(name)) => Ok(Step::Key(name)),
                _ => Err(self.unexpected("a property")),
            },
            _ => Err(self.unexpected("a property")),
        }
    }

    fn index(&mut self) -> Parsed<Step> {
        let step = match self.ahead.token {
            Token::Mark("*") => Some(Step::Any),
            Token::Constant(Constant::Integer(it)) => u64::try_from(it).ok().map(Step::Index),
            _ => None,
        };
        let step = step.ok_or_else(|| self.unexpected("`*` or a whole number from 0"))?;
        self.advance()?;
        Ok(step)
    }
}

fn name_of(qualifier: &Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Repeats(_) => "REPEATS",
        Qualifier::Within(_) => "WITHIN",
        Qualifier::StartStop { .. } => "START … STOP",
    }
}

/// Types of object as a message names them.
struct Types<'a>(&'a BTreeSet<&'a str>);

impl fmt::Display for Types<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().take(5).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        if self.0.len() > 5 { f.write_str(", …") } else { Ok(()) }
    }
}
