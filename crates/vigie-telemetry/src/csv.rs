//! Tables: comma-separated values with a first row of names, also with `;`, tab or `|` between the cells.
//!
//! Each cell is a field under its column's name; a mapping file of the reader's own says what they mean. A cell between
//! quotation marks can hold what stands between cells, but no line's end. The time is read from the first column whose name
//! says so.

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::log;
use std::borrow::Cow;

/// What can stand between cells.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// How long a column's name can be.
const NAME_BYTES: usize = 64;

/// How many columns a table can have.
const COLUMNS: usize = 1_024;

/// Whether two lines can be the beginning of a table: names, and a row with as many cells.
pub(crate) fn recognise(first: &str, second: &str) -> bool {
    separator(first).is_some_and(|it| {
        let names = cells(first, it);
        let distinct = |at: usize, name: &str| names.iter().take(at).all(|it| *it != name);
        let good = names.iter().enumerate().all(|(at, name)| is_name(name) && distinct(at, name));
        good && cells(second, it).len() == names.len()
    })
}

/// What stands between the names; none where there are not at least two.
fn separator(names: &str) -> Option<char> {
    let count = |it: &char| names.matches(*it).count();
    let most = SEPARATORS.into_iter().max_by_key(count)?;
    (1..COLUMNS).contains(&count(&most)).then_some(most)
}

/// A name is a word or a few: letters, digits and what joins them, a letter first.
fn is_name(text: &str) -> bool {
    let good = |it: char| it.is_alphanumeric() || " _-.@/()#[]%:".contains(it);
    let first = |it: char| it.is_alphabetic() || matches!(it, '_' | '@' | '#');
    text.len() <= NAME_BYTES && text.starts_with(first) && text.chars().all(good)
}

/// Reads the rows of one stream; remembers its first.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    header: String,
    names: Vec<String>,
    separator: char,
    /// The columns that can say when.
    times: Vec<usize>,
}

impl Reader {
    /// Takes in the first row, and every row that repeats it. False: it is a row of values.
    pub(crate) fn directive(&mut self, line: &str) -> bool {
        if self.names.is_empty() {
            line.clone_into(&mut self.header);
            self.separator = separator(line).unwrap_or(',');
            let names = cells(line, self.separator).into_iter().take(COLUMNS);
            self.names = names.map(|it| it.trim().to_owned()).collect();
            self.times = log::time_names(&self.names.iter().map(String::as_str));
            return true;
        }
        line == self.header
    }

    /// Reads one row.
    pub(crate) fn read<'a>(&'a self, line: &'a str) -> Result<Flat<'a>, Reason> {
        let cells = cells(line, self.separator);
        let (got, want) = (cells.len(), self.names.len());
        if got != want {
            return Err(Reason::Columns { got, want });
        }
        let time = self.times.iter().find_map(|at| log::any(cells.get(*at)?));
        let mut flat = Flat { time, kind: "csv".into(), fields: Vec::with_capacity(want) };
        for (name, cell) in self.names.iter().zip(cells) {
            flat.given(name.as_str(), cell);
        }
        Ok(flat)
    }
}

/// The cells of a row, without the marks around them; at most one more than a table can have.
fn cells(line: &str, separator: char) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = line;
    while cells.len() <= COLUMNS {
        let (cell, after) = match rest.strip_prefix('"').and_then(quoted) {
            Some((cell, after)) if after.is_empty() || after.starts_with(separator) => (cell, after),
            _ => {
                let end = rest.find(separator).unwrap_or(rest.len());
                let (cell, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (Cow::Borrowed(cell), after)
            }
        };
        cells.push(cell);
        match after.strip_prefix(separator) {
            Some(after) => rest = after,
            None => break,
        }
    }
    cells
}

/// The content of a cell up to the mark that closes it, and what follows; two marks stand for one.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(b'"', text.as_bytes().get(from..)?)?;
        let after = text.get(at + 1..)?;
        if !after.starts_with('"') {
            let inside = text.get(..at)?;
            let cell =
                if from > 0 { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
            return Some((cell, after));
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;
    use proptest::prelude::*;

    #[track_caller]
    fn check(header: &str, row: &str, want: &str) {
        let mut reader = Reader::default();
        assert!(reader.directive(header) && reader.directive(header) && !reader.directive(row));
        assert_eq!(reader.read(row).map_or_else(|it| it.to_string(), |it| told(&it)), want, "{row}");
    }

    #[test]
    fn rows() {
        check("a,b,c", "1,\"x,\"\"y\"\"\",", "csv a=1 b=x,\"y\"");
        check(
            "Time;src ip",
            "2021-04-01T00:00:21Z;192.0.2.1",
            "csv at 1617235221 Time=2021-04-01T00:00:21Z src ip=192.0.2.1",
        );
        check("a\tb", "1\t\"never closed", "csv a=1 b=\"never closed");
        check("a|b", "1|\"x\"y", "csv a=1 b=\"x\"y");
        check("a,b", "1", "1 columns where `#fields` names 2");
        check("a,b", "1,2,3", "3 columns where `#fields` names 2");
        let long = ",".repeat(100_000);
        check("a,b", &long, "1025 columns where `#fields` names 2");
    }

    #[test]
    fn tables_are_recognised() {
        #[track_caller]
        fn check(first: &str, second: &str, want: bool) {
            assert_eq!(recognise(first, second), want, "{first:?} {second:?}");
        }
        check("time,src_ip,dst_ip", "1,2,3", true);
        check("\"time\",\"src ip\"", "1,2", true);
        check("a;b;c", "1;2;3", true);
        check("a;b,c;d", "1;2;3", false);
        check("time,src_ip", "1", false);
        check("time", "1", false);
        check("2021-04-01,x", "1,2", false);
        check("a,a", "1,2", false);
        check("Hello, this is a line: of text!", "1,2", false);
        check("", "", false);
    }

    proptest! {
        /// What a writer quotes comes back.
        #[test]
        fn cells_come_back(row in prop::collection::vec("[a-c,\";| ]{0,8}", 1..6)) {
            let line: Vec<_> = row.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
            let line = line.join(",");
            prop_assert_eq!(cells(&line, ','), row);
        }
    }
}
