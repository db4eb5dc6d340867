//! The words of an SQL text.

use std::borrow::Cow;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword or a name.
    Word(&'a str),
    /// A name in quotes, without them.
    Name(Cow<'a, str>),
    /// Text in quotes, without them.
    Text(Cow<'a, str>),
    /// Bytes, `x'…'`: the digits.
    Blob(&'a str),
    /// A number.
    Number(&'a str),
    /// Anything else.
    Sign(char),
}

impl Token<'_> {
    /// Whether it is this keyword.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// As a name: SQLite takes text in quotes for one too.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) => Some(name),
            Self::Name(name) | Self::Text(name) => Some(name),
            Self::Blob(_) | Self::Number(_) | Self::Sign(_) => None,
        }
    }
}

/// Splits a text; what is not closed ends with it.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            _ if first.is_ascii_whitespace() => (None, rest.trim_ascii_start()),
            '-' if rest.starts_with("--") => (None, rest.split_once('\n').map_or("", |it| it.1)),
            '/' if rest.starts_with("/*") => (None, rest.split_once("*/").map_or("", |it| it.1)),
            '\'' => quoted(rest, '\'', Token::Text),
            '"' | '`' => quoted(rest, first, Token::Name),
            '[' => {
                let (name, after) = rest.split_once(']').unwrap_or((rest, ""));
                (Some(Token::Name(Cow::Borrowed(name.get(1..).unwrap_or_default()))), after)
            }
            'x' | 'X' if rest.get(1..2) == Some("'") => {
                let inner = rest.get(2..).unwrap_or_default();
                let (digits, after) = inner.split_once('\'').unwrap_or((inner, ""));
                (Some(Token::Blob(digits)), after)
            }
            '0'..='9' | '.' => number(rest),
            _ if in_word(first) => {
                let (word, after) = split_where(rest, |it| !in_word(it));
                (Some(Token::Word(word)), after)
            }
            sign => (Some(Token::Sign(sign)), rest.get(sign.len_utf8()..).unwrap_or_default()),
        };
        found.extend(token);
        rest = after;
    }
    found
}

fn in_word(it: char) -> bool {
    it.is_ascii_alphanumeric() || it == '_' || it == '$' || !it.is_ascii()
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// A number; a sign may stand in its exponent. A dot alone is a sign.
fn number(text: &str) -> (Option<Token<'_>>, &str) {
    let mut end = 0;
    let mut before = ' ';
    for it in text.chars() {
        let exponent = matches!(it, '+' | '-') && matches!(before, 'e' | 'E') && !text.starts_with("0x");
        if !(it.is_ascii_alphanumeric() || it == '.' || exponent) {
            break;
        }
        end += 1;
        before = it;
    }
    let (number, after) = text.split_at(end);
    if number == "." { (Some(Token::Sign('.')), after) } else { (Some(Token::Number(number)), after) }
}

/// What stands in quotes; the quote doubled is the quote itself.
fn quoted<'a>(
    text: &'a str,
    quote: char,
    make: impl Fn(Cow<'a, str>) -> Token<'a>,
) -> (Option<Token<'a>>, &'a str) {
    let inner = text.get(1..).unwrap_or_default();
    let mut from = 0;
    let mut doubled = false;
    while let Some(at) = inner.get(from..).and_then(|it| it.find(quote)) {
        let end = from + at;
        if inner.get(end + 1..).is_some_and(|it| it.starts_with(quote)) {
            doubled = true;
            from = end + 2;
            continue;
        }
        let (name, after) = (inner.get(..end).unwrap_or_default(), inner.get(end + 1..).unwrap_or_default());
        return (Some(make(plain(name, quote, doubled))), after);
    }
    (Some(make(plain(inner, quote, doubled))), "")
}

fn plain(text: &str, quote: char, doubled: bool) -> Cow<'_, str> {
    if doubled {
        Cow::Owned(text.replace(&format!("{quote}{quote}"), &quote.to_string()))
    } else {
        Cow::Borrowed(text)
    }
}
