//! The text of a pattern as tokens, each with its place.
//!
//! One token is read at a time and nothing is read twice, so the time is linear in the text. Constants are decoded
//! here: what the parser sees is already a value.
//!
//! White space is any character with the Unicode property `White_Space` (section 9.1). Comments (`/* … */`, `// …`) are
//! skipped: the published grammar has them though the text of the standard does not.

use std::ops::Range;

use super::ast::Constant;
use super::octets;
use super::problem::{ParseError, Problem};

/// What stands at a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A mark or operator, in the spelling of the standard.
    Mark(&'static str),
    /// A word in capitals with a meaning of its own.
    Keyword(&'static str),
    /// A type or property; `true` and `false` are constants.
    Name(&'a str),
    /// A constant.
    Constant(Constant),
    /// The text ends.
    End,
}

/// A token and the bytes that it was read from.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) token: Token<'a>,
    pub(super) at: Range<usize>,
}

/// Words that cannot name a property unless quoted.
pub(super) const KEYWORDS: [&str; 16] = [
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "IN",
    "LIKE",
    "MATCHES",
    "ISSUBSET",
    "ISSUPERSET",
    "EXISTS",
    "WITHIN",
    "SECONDS",
    "REPEATS",
    "TIMES",
    "START",
    "STOP",
];

/// Longer marks first. The second of each pair is how the standard spells it.
const MARKS: [(&str, &str); 19] = [
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("[", "["),
    ("]", "]"),
    ("(", "("),
    (")", ")"),
    (":", ":"),
    (".", "."),
    (",", ","),
    ("*", "*"),
    ("+", "+"),
    ("-", "-"),
    ("?", "?"),
];

/// Reads tokens from left to right.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    forgiving: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, forgiving: bool) -> Self {
        Self { text, at: 0, forgiving }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn bad(&self, at: usize, constant: &'static str, why: impl Into<String>) -> ParseError {
        ParseError::at(self.text, at, Problem::BadConstant { constant, why: why.into() })
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Placed<'a>, ParseError> {
        self.skip_space()?;
        let start = self.at;
        let rest = self.rest();
        let mut letters = rest.chars();
        let token = match (letters.next(), letters.next()) {
            (None, _) => Token::End,
            (Some('\''), _) => {
                let body = self.quoted(start)?;
                Token::Constant(Constant::String(self.unescape(body, start + 1)?))
            }
            (Some(prefix @ ('h' | 'b' | 't')), Some('\'')) => {
                self.at += 1;
                let body = self.quoted(start)?;
                Token::Constant(self.prefixed(prefix, body, start)?)
            }
            (Some(first), second) if starts_number(first, second) => {
                Token::Constant(self.number(rest, start)?)
            }
            (Some(first), _) if first.is_ascii_alphabetic() || first == '_' => self.word(rest),
            (Some(other), _) => match MARKS.iter().find(|(spelling, _)| rest.starts_with(spelling)) {
                Some((spelling, mark)) => {
                    self.at += spelling.len();
                    Token::Mark(mark)
                }
                None => return Err(ParseError::at(self.text, start, Problem::Character(other))),
            },
        };
        Ok(Placed { token, at: start..self.at })
    }

    fn skip_space(&mut self) -> Result<(), ParseError> {
        loop {
            let rest = self.rest();
            let space = rest.len() - rest.trim_start().len();
            let comment = rest.get(space..).unwrap_or_default();
            if comment.starts_with("//") {
                self.at += space + comment.find(['\r', '\n']).unwrap_or(comment.len());
            } else if comment.starts_with("/*") {
                let Some(end) = comment.get(2..).and_then(|it| it.find("*/")) else {
                    return Err(ParseError::at(self.text, self.at + space, Problem::Unclosed("the comment")));
                };
                self.at += space + end + 4;
            } else {
                self.at += space;
                return Ok(());
            }
        }
    }

    /// The text between apostrophes, escapes left as they are; `self.at` stands on the first apostrophe.
    fn quoted(&mut self, start: usize) -> Result<&'a str, ParseError> {
        let body = self.rest().get(1..).unwrap_or_default();
        let bytes = body.as_bytes();
        let mut end = 0;
        loop {
            match bytes.get(end) {
                Some(b'\'') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
                None => return Err(ParseError::at(self.text, start, Problem::Unclosed("the constant"))),
            }
        }
        self.at += end + 2;
        Ok(body.get(..end).unwrap_or_default())
    }

    /// Only `\'` and `\\` are escapes (section 9.2).
    fn unescape(&self, body: &str, start: usize) -> Result<String, ParseError> {
        let mut plain = String::with_capacity(body.len());
        let mut letters = body.char_indices();
        while let Some((at, letter)) = letters.next() {
            if letter != '\\' {
                plain.push(letter);
                continue;
            }
            match letters.next() {
                Some((_, escaped @ ('\'' | '\\'))) => plain.push(escaped),
                other => {
                    let escaped: String = other.map(|(_, it)| it).into_iter().collect();
                    let why = format!("`\\{escaped}` is no escape; write `\\\\` for a backslash");
                    return Err(self.bad(start + at, "string", why));
                }
            }
        }
        Ok(plain)
    }

    fn prefixed(&self, prefix: char, body: &str, start: usize) -> Result<Constant, ParseError> {
        match prefix {
            'h' => {
                if !self.forgiving && body.bytes().any(|it| it.is_ascii_uppercase()) {
                    let why = "the digits are `0` to `9` and `a` to `f`, in small letters";
                    return Err(self.bad(start, "hex constant", why));
                }
                octets::from_hex(body).map(Constant::Hex).ok_or_else(|| {
                    self.bad(start, "hex constant", "expected an even number of hexadecimal digits")
                })
            }
            'b' => octets::from_base64(body)
                .map(Constant::Binary)
                .ok_or_else(|| self.bad(start, "binary constant", "expected base64 text with its padding")),
            _ => body
                .parse()
                .map(Constant::Timestamp)
                .map_err(|error| self.bad(start, "timestamp", format!("{error}"))),
        }
    }

    /// `-?digits` or `-?digits.digits`; a leading `+` only for forgiving readers.
    fn number(&mut self, rest: &str, start: usize) -> Result<Constant, ParseError> {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let sign = usize::from(rest.starts_with(['+', '-']));
        let whole = digits(rest.get(sign..).unwrap_or_default());
        let after = rest.get(sign + whole..).unwrap_or_default();
        let fraction = after.strip_prefix('.').map_or(0, digits);
        let end = sign + whole + if fraction > 0 { fraction + 1 } else { 0 };
        let spelled = rest.get(..end).unwrap_or_default();
        self.at += end.max(1);
        if whole + fraction == 0 {
            return Err(self.bad(start, "number", "expected digits"));
        }
        if rest.starts_with('+') && !self.forgiving {
            return Err(self.bad(start, "number", "a positive number carries no `+`"));
        }
        if fraction > 0 {
            let number: f64 = spelled.parse().unwrap_or(f64::INFINITY);
            let too_large = || self.bad(start, "number", "it is too large");
            return number.is_finite().then_some(Constant::Float(number)).ok_or_else(too_large);
        }
        if whole > 1 && rest.get(sign..).is_some_and(|it| it.starts_with('0')) {
            return Err(self.bad(start, "number", "a whole number has no leading zero"));
        }
        spelled
            .parse()
            .map(Constant::Integer)
            .map_err(|_| self.bad(start, "number", "it does not fit 64 bits"))
    }

    fn word(&mut self, rest: &'a str) -> Token<'a> {
        let letter = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        let end = rest.find(|it| !letter(it)).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        self.at += end;
        match word {
            "true" => Token::Constant(Constant::Boolean(true)),
            "false" => Token::Constant(Constant::Boolean(false)),
            _ => KEYWORDS.iter().find(|it| **it == word).map_or(Token::Name(word), |it| Token::Keyword(it)),
        }
    }
}

fn starts_number(first: char, second: Option<char>) -> bool {
    let digit = second.is_some_and(|it| it.is_ascii_digit() || it == '.');
    first.is_ascii_digit()
        || (matches!(first, '+' | '-') && digit)
        || (first == '.' && digit && second != Some('.'))
}

/// Whether a key can stand in a path without quotes.
pub(super) fn is_plain_key(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
        && letters.all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !KEYWORDS.contains(&key)
        && !matches!(key, "true" | "false")
}
