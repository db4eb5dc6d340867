//! What a CREATE TABLE text says: the columns, where each stands in a record, and what stands for one that is missing.

use std::borrow::Cow;
use std::collections::HashMap;

use super::record::Value;
use super::token::{Token, tokens};

/// How SQLite prefers to store the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Affinity {
    Text,
    Numeric,
    Integer,
    Real,
    Blob,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) affinity: Affinity,
    pub(super) not_null: bool,
    /// It could not have been added to a table with rows: every record has it.
    pub(super) from_the_start: bool,
    /// What rows have that were written before the column was.
    pub(super) default: Value<'static>,
    /// Its place in a record; none if it is computed on reading.
    pub(super) place: Option<usize>,
}

/// A table as it was created.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) columns: Vec<Column>,
    /// The column that is the rowid under another name. Records hold NULL for it.
    pub(super) rowid: Option<usize>,
    pub(super) without_rowid: bool,
}

/// More columns than SQLite can be built to have.
const MOST_COLUMNS: usize = 32_767;

impl Definition {
    /// Reads `CREATE TABLE name (…) …`.
    pub(super) fn read(sql: &str) -> Option<Self> {
        let tokens = tokens(sql);
        let open = tokens.iter().position(|it| *it == Token::Sign('('))?;
        let head = tokens.get(..open)?;
        if !head.first()?.is("create") || !head.iter().any(|it| it.is("table")) {
            return None;
        }
        if head.get(1).is_some_and(|it| it.is("virtual")) {
            return None;
        }
        let (body, after) = enclosed(tokens.get(open..)?);
        let mut reading = Reading::default();
        for element in split(body) {
            if reading.columns.len() > MOST_COLUMNS {
                return None;
            }
            if element.first().is_some_and(begins_table_constraint) {
                reading.table_constraints(element);
            } else {
                reading.column(element)?;
            }
        }
        let option = |keyword: &str| after.iter().any(|it| it.is(keyword));
        reading.finish(option("without"), option("strict"))
    }

    /// How many fields every record has.
    pub(super) fn least_fields(&self) -> usize {
        let places = self.columns.iter().filter(|it| it.from_the_start).filter_map(|it| it.place);
        places.max().map_or(0, |it| it + 1)
    }

    /// How many fields a record written today has.
    pub(super) fn fields(&self) -> usize {
        self.columns.iter().filter(|it| it.place.is_some()).count()
    }
}

/// Where each column is, by its name in small letters; SQLite heeds no case in ASCII.
pub(super) fn by_name(columns: &[Column]) -> HashMap<String, usize> {
    columns.iter().enumerate().rev().map(|(at, it)| (it.name.to_ascii_lowercase(), at)).collect()
}

/// What stands between the first parenthesis and its other half, and what follows.
fn enclosed<'a, 'b>(tokens: &'a [Token<'b>]) -> (&'a [Token<'b>], &'a [Token<'b>]) {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') if depth <= 1 => {
                let body = tokens.get(1..index).unwrap_or_default();
                return (body, tokens.get(index + 1..).unwrap_or_default());
            }
            Token::Sign(')') => depth -= 1,
            _ => {}
        }
    }
    (tokens.get(1..).unwrap_or_default(), &[])
}

/// The parts between commas that stand in no parentheses.
fn split<'a, 'b>(tokens: &'a [Token<'b>]) -> impl Iterator<Item = &'a [Token<'b>]> {
    let mut depth = 0_usize;
    tokens
        .split(move |token| {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *token == Token::Sign(',')
        })
        .filter(|it| !it.is_empty())
}

fn begins_table_constraint(token: &Token<'_>) -> bool {
    ["constraint", "primary", "unique", "check", "foreign"].iter().any(|it| token.is(it))
}

fn begins_column_constraint(tokens: &[Token<'_>]) -> bool {
    let words =
        ["constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "as"];
    tokens.first().is_some_and(|it| words.iter().any(|word| it.is(word)))
        || matches!(tokens, [one, two, ..] if one.is("generated") && two.is("always"))
}

#[derive(Default)]
struct Reading {
    columns: Vec<Column>,
    /// Names of the columns of the primary key, and whether that may be the rowid.
    primary: Vec<String>,
    may_be_rowid: bool,
    /// Which columns are declared as exactly INTEGER.
    integers: Vec<bool>,
    unique: Vec<String>,
}

impl Reading {
    fn column(&mut self, tokens: &[Token<'_>]) -> Option<()> {
        let name = tokens.first()?.name()?.to_owned();
        let mut rest = tokens.get(1..)?;
        let mut kind = String::new();
        while let [token, after @ ..] = rest {
            if begins_column_constraint(rest) {
                break;
            }
            if *token == Token::Sign('(') {
                rest = enclosed(rest).1;
                continue;
            }
            kind.push_str(token.name().unwrap_or_default());
            kind.push(' ');
            rest = after;
        }
        let kind = kind.trim().to_ascii_uppercase();
        self.integers.push(kind == "INTEGER");
        let affinity = affinity(&kind);
        let mut column = Column {
            name,
            affinity,
            not_null: false,
            from_the_start: false,
            default: Value::Null,
            place: Some(0),
        };
        self.column_constraints(rest, &mut column);
        self.columns.push(column);
        Some(())
    }

    fn column_constraints(&mut self, mut rest: &[Token<'_>], column: &mut Column) {
        let mut defaulted = false;
        while let [token, after @ ..] = rest {
            let whole = rest;
            rest = after;
            if token.is("constraint") {
                // Its name, which may be a keyword.
                rest = after.get(1..).unwrap_or_default();
            } else if token.is("primary") {
                self.primary = vec![column.name.clone()];
                self.may_be_rowid = !after.get(1).is_some_and(|it| it.is("desc"));
                column.from_the_start = true;
            } else if token.is("unique") {
                column.from_the_start = true;
            } else if token.is("not") && after.first().is_some_and(|it| it.is("null")) {
                column.not_null = true;
            } else if token.is("default") {
                (column.default, rest) = default(after);
                defaulted = true;
            } else if token.is("collate") {
                rest = after.get(1..).unwrap_or_default();
            } else if token.is("as") {
                let (_, after) = enclosed(after);
                column.place = after.first().filter(|it| it.is("stored")).map(|_| 0);
                // Nothing says what an expression gives: NULL is no impossible value of it.
                column.affinity = Affinity::Blob;
                rest = after;
            } else if *token == Token::Sign('(') {
                rest = enclosed(whole).1;
            }
        }
        column.from_the_start |= column.not_null && !defaulted;
    }

    /// One constraint, or several without commas between them.
    fn table_constraints(&mut self, mut rest: &[Token<'_>]) {
        let mut kind = None;
        while let [token, after @ ..] = rest {
            if *token == Token::Sign('(') {
                let (inner, then) = enclosed(rest);
                let names = split(inner).filter_map(|it| it.first()?.name()).map(str::to_owned);
                match kind.take() {
                    Some("primary") => {
                        self.primary = names.collect();
                        self.may_be_rowid = true;
                    }
                    Some("unique") => self.unique.extend(names),
                    _ => {}
                }
                rest = then;
                continue;
            }
            if token.is("constraint") {
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            for keyword in ["primary", "unique", "check", "foreign", "references"] {
                if token.is(keyword) {
                    kind = Some(keyword);
                }
            }
            rest = after;
        }
    }

    fn finish(mut self, without_rowid: bool, strict: bool) -> Option<Definition> {
        if self.columns.is_empty() {
            return None;
        }
        let names = by_name(&self.columns);
        let find = |name: &String| names.get(&name.to_ascii_lowercase()).copied();
        let mut key: Vec<usize> = Vec::new();
        let mut in_key = vec![false; self.columns.len()];
        for name in &self.primary {
            let at = find(name)?;
            if let Some(known) = in_key.get_mut(at).filter(|it| !**it) {
                *known = true;
                key.push(at);
            }
        }
        for at in key.iter().copied().chain(self.unique.iter().filter_map(find)) {
            if let Some(column) = self.columns.get_mut(at) {
                column.from_the_start = true;
            }
        }
        let rowid = match *key {
            [at] if !without_rowid && self.may_be_rowid && self.integers.get(at) == Some(&true) => Some(at),
            _ => None,
        };
        if without_rowid && key.is_empty() {
            return None;
        }
        // Without a rowid, the columns of the key come first in a record.
        let order: Vec<usize> = if without_rowid {
            let rest = (0..self.columns.len()).filter(|it| in_key.get(*it) == Some(&false));
            key.iter().copied().chain(rest).collect()
        } else {
            (0..self.columns.len()).collect()
        };
        let mut place = 0;
        for at in order {
            let Some(column) = self.columns.get_mut(at) else { continue };
            if column.place.is_some() {
                column.place = Some(place);
                place += 1;
            }
            column.not_null |= without_rowid && in_key.get(at) == Some(&true);
            if strict && column.affinity == Affinity::Numeric {
                // ANY, which in such tables takes everything as it is.
                column.affinity = Affinity::Blob;
            }
            column.default = stored_as(std::mem::replace(&mut column.default, Value::Null), column.affinity);
        }
        Some(Definition { columns: self.columns, rowid, without_rowid })
    }
}

/// SQLite's rules, in their order.
fn affinity(kind: &str) -> Affinity {
    let has = |part: &[&str]| part.iter().any(|it| kind.contains(it));
    if has(&["INT"]) {
        Affinity::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if kind.is_empty() || has(&["BLOB"]) {
        Affinity::Blob
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// What stands after DEFAULT, and what follows it.
fn default<'a, 'b>(tokens: &'a [Token<'b>]) -> (Value<'static>, &'a [Token<'b>]) {
    if tokens.first() == Some(&Token::Sign('(')) {
        let (inner, after) = enclosed(tokens);
        // An expression can only be the default of a column that was there from the start.
        let (value, rest) = literal(inner);
        return (if rest.is_empty() { value } else { Value::Null }, after);
    }
    literal(tokens)
}

fn literal<'a, 'b>(tokens: &'a [Token<'b>]) -> (Value<'static>, &'a [Token<'b>]) {
    let (negative, tokens) = match tokens {
        [Token::Sign('-'), rest @ ..] => (true, rest),
        [Token::Sign('+'), rest @ ..] => (false, rest),
        _ => (false, tokens),
    };
    let [token, after @ ..] = tokens else { return (Value::Null, tokens) };
    let value = match token {
        Token::Number(digits) => number(digits, negative),
        Token::Blob(digits) => Value::Blob(Cow::Owned(bytes(digits))),
        Token::Word(word) if word.eq_ignore_ascii_case("null") => Value::Null,
        Token::Word(word) if word.eq_ignore_ascii_case("true") => Value::Integer(1),
        Token::Word(word) if word.eq_ignore_ascii_case("false") => Value::Integer(0),
        // The time of writing: never the default of a column added later.
        Token::Word(word) if word.to_ascii_lowercase().starts_with("current_") => Value::Null,
        Token::Word(text) => Value::Text(Cow::Owned((*text).to_owned())),
        Token::Name(text) | Token::Text(text) => Value::Text(Cow::Owned(text.clone().into_owned())),
        Token::Sign(_) => Value::Null,
    };
    (value, after)
}

fn number(digits: &str, negative: bool) -> Value<'static> {
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let value = u64::from_str_radix(hex, 16).unwrap_or_default().cast_signed();
        return Value::Integer(if negative { value.wrapping_neg() } else { value });
    }
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    match signed.parse() {
        Ok(whole) => Value::Integer(whole),
        Err(_) => signed.parse().map_or(Value::Null, Value::Real),
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let digit = |it: u8| char::from(it).to_digit(16).unwrap_or_default() as u8;
    digits.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)).collect()
}

/// A value as a column of this affinity stores it.
fn stored_as(value: Value<'static>, affinity: Affinity) -> Value<'static> {
    match (affinity, value) {
        (Affinity::Text, Value::Integer(it)) => Value::Text(Cow::Owned(it.to_string())),
        (Affinity::Text, Value::Real(it)) => Value::Text(Cow::Owned(format!("{it:?}"))),
        (Affinity::Integer | Affinity::Numeric, Value::Real(it)) if it.fract() == 0.0 && it.abs() < 9e15 => {
            Value::Integer(it as i64)
        }
        (Affinity::Real, Value::Integer(it)) => Value::Real(it as f64),
        (Affinity::Integer | Affinity::Numeric | Affinity::Real, Value::Text(text)) => {
            let text_value = text.trim();
            match (text_value.parse::<i64>(), text_value.parse::<f64>()) {
                (Ok(whole), _) => stored_as(Value::Integer(whole), affinity),
                (Err(_), Ok(real)) if text_value.starts_with(|it: char| !it.is_alphabetic()) => {
                    stored_as(Value::Real(real), affinity)
                }
                _ => Value::Text(text),
            }
        }
        (_, value) => value,
    }
}
