//! Rows: `#fields` names the columns, `#types` their types, and both may change in the middle of a file.

use super::field::{self, Log};
use crate::json::is_number;
use crate::meaning::Meaning;
use crate::quoted;
use crate::seen::Seen;
use crate::source::Reason;
use crate::summary::Notes;
use crate::{Limits, time};
use std::borrow::Cow;
use std::fmt::Write as _;
use vigie_model::event::{Event, Field, Scalar};

/// What the `#` lines have said until now.
pub(crate) struct Header {
    separator: u8,
    set_separator: u8,
    empty: String,
    unset: String,
    path: String,
    log: Log,
    names: Vec<String>,
    types: Vec<String>,
    columns: Vec<Column>,
}

/// How one column is read.
struct Column {
    name: String,
    kind: Kind,
    list: bool,
    meaning: Meaning,
    is_time: bool,
}

/// What a column's type comes down to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Number,
    Bool,
    Text,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            separator: b'\t',
            set_separator: b',',
            empty: "(empty)".into(),
            unset: "-".into(),
            path: String::new(),
            log: Log::named(""),
            names: Vec::new(),
            types: Vec::new(),
            columns: Vec::new(),
        }
    }
}

impl Header {
    /// Takes in a `#` line. Those that say nothing about rows (`#open`, `#close`, remarks) change nothing.
    pub(super) fn directive(&mut self, line: &str) {
        if let Some(text) = line.strip_prefix("#separator ") {
            // The first line of a log, also where several logs were put together.
            *self = Self::default();
            self.separator = unescape(text.trim_end()).bytes().next().unwrap_or(b'\t');
            return;
        }
        let mut parts = line.split(char::from(self.separator));
        let name = parts.next().unwrap_or_default();
        let first = || line.get(name.len() + 1..).unwrap_or_default();
        match name {
            "#set_separator" => self.set_separator = unescape(first()).bytes().next().unwrap_or(b','),
            "#empty_field" => first().clone_into(&mut self.empty),
            "#unset_field" => first().clone_into(&mut self.unset),
            "#path" => first().clone_into(&mut self.path),
            "#fields" => {
                self.names = parts.map(str::to_owned).collect();
                self.types.clear();
            }
            "#types" => self.types = parts.map(str::to_owned).collect(),
            _ => return,
        }
        self.log = Log::named(&self.path);
        self.columns = self.resolve();
    }

    fn resolve(&self) -> Vec<Column> {
        let types = self.types.iter().map(String::as_str).chain(std::iter::repeat(""));
        let mut columns: Vec<_> =
            self.names.iter().zip(types).map(|(name, kind)| Column::new(self.log, name, kind)).collect();
        let by_name = columns.iter().position(|it| it.name == "ts");
        let by_type = || self.types.iter().position(|it| it == "time");
        if let Some(column) = by_name.or_else(by_type).and_then(|it| columns.get_mut(it)) {
            column.is_time = true;
        }
        columns
    }

    /// Reads one row.
    pub(super) fn row<'a>(
        &'a self,
        row: &'a str,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<Event<'a>, Reason> {
        self.check_columns(row)?;
        let mut seen = Seen::new(limits.max_observables);
        seen.event.kind = Cow::Borrowed(&self.path);
        for (column, cell) in self.columns.iter().zip(cells(row, self.separator)) {
            if cell == self.unset {
                continue;
            }
            if column.is_time {
                seen.event.time = time::epoch(cell).or_else(|| time::iso(cell));
            }
            if column.meaning == Meaning::Nothing || cell == self.empty {
                continue;
            }
            let mut good = true;
            if column.list {
                for piece in cells(cell, self.set_separator).filter(|it| *it != self.unset) {
                    good &= seen.take(column.meaning, unescape(piece));
                }
            } else {
                good = seen.take(column.meaning, unescape(cell));
            }
            if !good {
                notes.count("zeek value", &format!("{}.{}", self.path, column.name));
            }
        }
        Ok(field::finish(seen, self.log, notes))
    }

    /// A row that does not fit has lost or won a separator, so that no cell is sure to be under its name.
    fn check_columns(&self, row: &str) -> Result<(), Reason> {
        let want = self.columns.len();
        if want == 0 {
            return Err(Reason::NoFields);
        }
        let got = 1 + memchr::memchr_iter(self.separator, row.as_bytes()).count();
        if got == want { Ok(()) } else { Err(Reason::Columns { got, want }) }
    }

    /// Adds each column that is set; a list has a field for each element.
    pub(super) fn fields<'a>(&'a self, row: &'a str, limits: &Limits, fields: &mut Vec<Field<'a>>) {
        for (column, cell) in self.columns.iter().zip(cells(row, self.separator)) {
            let empty = cell == self.unset || (column.list && cell == self.empty);
            let separator = if column.list { self.set_separator } else { self.separator };
            for piece in cells(cell, separator).filter(|it| !empty && *it != self.unset) {
                if fields.len() < limits.max_observables {
                    let piece = if piece == self.empty { "" } else { piece };
                    fields
                        .push(Field { name: Cow::Borrowed(&column.name), value: column.kind.scalar(piece) });
                }
            }
        }
    }

    /// The row as a JSON object, as Zeek itself would write it: unset columns are left out.
    pub(crate) fn row_json(&self, row: &str) -> String {
        let mut text = String::with_capacity(row.len() * 3);
        if !self.path.is_empty() {
            let _infallible = write!(text, "{{\"_path\":{}", as_json(&self.path));
        }
        for (column, cell) in self.columns.iter().zip(cells(row, self.separator)) {
            if cell == self.unset {
                continue;
            }
            text.push(if text.is_empty() { '{' } else { ',' });
            let _infallible = write!(text, "{}:", as_json(&column.name));
            if column.list {
                text.push('[');
                let pieces = cells(cell, self.set_separator).filter(|_| cell != self.empty);
                for (at, piece) in pieces.enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    text.push_str(&column.kind.json(piece));
                }
                text.push(']');
            } else {
                text.push_str(&column.kind.json(if cell == self.empty { "" } else { cell }));
            }
        }
        text.push_str(if text.is_empty() { "{}" } else { "}" });
        text
    }
}

impl Column {
    fn new(log: Log, name: &str, kind: &str) -> Self {
        let inner = kind.strip_suffix(']').and_then(|it| it.split_once('[')).map(|it| it.1);
        let kind = match inner.unwrap_or(kind) {
            "addr" => Kind::Address,
            "count" | "int" | "double" | "port" | "time" | "interval" => Kind::Number,
            "bool" => Kind::Bool,
            _ => Kind::Text,
        };
        let mut meaning = log.meaning(name).unwrap_or(Meaning::Nothing);
        if kind == Kind::Address && !matches!(meaning, Meaning::From(_) | Meaning::To(_)) {
            meaning = Meaning::Address;
        }
        Self { name: name.to_owned(), kind, list: inner.is_some(), meaning, is_time: false }
    }
}

impl Kind {
    fn scalar(self, cell: &str) -> Scalar<'_> {
        match (self, cell) {
            (Self::Bool, "T") => Scalar::Bool(true),
            (Self::Bool, "F") => Scalar::Bool(false),
            (Self::Number, number) if is_number(number) => Scalar::Number(Cow::Borrowed(number)),
            _ => Scalar::Text(unescape(cell)),
        }
    }

    fn json(self, cell: &str) -> String {
        match (self, cell) {
            (Self::Bool, "T") => "true".into(),
            (Self::Bool, "F") => "false".into(),
            (Self::Number, number) if is_number(number) => number.into(),
            _ => as_json(&unescape(cell)),
        }
    }
}

/// A text as a JSON string.
fn as_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The parts of a row or of a list.
fn cells(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(separator, text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| text.get(std::mem::replace(&mut start, end + 1)..end).unwrap_or_default())
}

/// Resolves `\xNN` and `\\`, and nothing else: Zeek writes no other escape, so `\n` in a path of Windows stays what it is.
fn unescape(text: &str) -> Cow<'_, str> {
    quoted::resolve(text, |mark| (mark == b'\\').then_some(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            assert_eq!(unescape(text), want, "{text}");
        }
        check("plain", "plain");
        check("a\\x2cb\\x09", "a,b\t");
        check("\\xc3\\xa9", "é");
        check("\\xff", "\u{fffd}");
        check("\\\\x41", "\\x41");
        check("\\x4", "\\x4");
        check("\\xzz\\", "\\xzz\\");
    }

    #[test]
    fn a_row_becomes_the_object_that_zeek_would_write() {
        let mut header = Header::default();
        for line in [
            "#separator \\x09",
            "#set_separator\t,",
            "#empty_field\t(empty)",
            "#unset_field\t-",
            "#path\tx",
            "#fields\tts\tn\tok\thosts\tnone\tname\tempty\tbad",
            "#types\ttime\tcount\tbool\tset[addr]\tstring\tstring\tvector[string]\tcount",
        ] {
            header.directive(line);
        }
        let row = "1.5\t7\tT\t192.0.2.1,192.0.2.2\t-\ta\\x09\"b\t(empty)\tseven";
        let want = r#"{"_path":"x","ts":1.5,"n":7,"ok":true,"hosts":["192.0.2.1","192.0.2.2"],"name":"a\t\"b","empty":[],"bad":"seven"}"#;
        assert_eq!(header.row_json(row), want);
    }

    #[test]
    fn a_header_may_change_and_be_hostile() {
        let mut header = Header::default();
        let row = |header: &Header, row: &str| {
            header.row(row, &Limits::default(), &mut Notes::default()).map(|it| it.observables.len())
        };
        assert!(matches!(row(&header, "192.0.2.1"), Err(Reason::NoFields)));
        header.directive("#fields\tsrc\tdst");
        assert!(matches!(row(&header, "192.0.2.1"), Err(Reason::Columns { got: 1, want: 2 })));
        header.directive("#types\taddr");
        assert!(matches!(row(&header, "192.0.2.1\t192.0.2.2"), Ok(5)));
        for line in ["#separator ", "#fields", "#types", "#path", "#set_separator", "#", "#unset_field\t"] {
            header.directive(line);
        }
        assert!(matches!(row(&header, ""), Err(Reason::NoFields)));
    }
}
