//! A database being read: rows become records, and what could not be read is kept for the end.

use std::borrow::Cow;

use super::draft::Draft;
use super::gaps::Gaps;
use crate::sqlite::{Database, NoTable, Outcome, Row, Table, Value};
use crate::{Input, Limits, Record, State};

/// Opens a database and reads it.
pub(super) fn read(
    artefact: &'static str,
    input: &Input<'_>,
    out: &mut dyn FnMut(Record),
    run: impl FnOnce(&mut Reading<'_>),
) -> State {
    let database = match Database::open(input.bytes, input.wal, input.limits) {
        Ok(it) => it,
        Err(why) => return State::Unreadable { why: why.to_string() },
    };
    let mut reading = Reading {
        artefact,
        input,
        database: &database,
        out,
        told: 0,
        of: Some(0),
        whole: false,
        lost: Vec::new(),
    };
    run(&mut reading);
    reading.state()
}

/// A database being read.
pub(super) struct Reading<'a> {
    artefact: &'static str,
    input: &'a Input<'a>,
    database: &'a Database<'a>,
    out: &'a mut dyn FnMut(Record),
    told: u64,
    of: Option<u64>,
    /// Whether a table of records was read whole.
    whole: bool,
    lost: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn limits(&self) -> &'a Limits {
        self.input.limits
    }

    /// Whether the phone has a program of this name; none where the evidence does not tell.
    pub(super) fn has_program(&self, name: &str) -> Option<bool> {
        Some(self.input.programs?.contains(name))
    }

    /// Whether there is such a table, or was before the list of tables was damaged.
    pub(super) fn has(&self, table: &str) -> bool {
        !matches!(self.database.table(table), Err(NoTable::Absent(_)))
    }

    /// The tables whose names fit.
    pub(super) fn tables(&self, fits: impl Fn(&str) -> bool) -> Vec<String> {
        self.database.tables().filter(|it| fits(it)).map(str::to_owned).collect()
    }

    /// The first column of a table whose name fits.
    pub(super) fn column(&self, table: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
        self.database.table(table).ok()?.columns().find(|it| fits(it)).map(str::to_owned)
    }

    /// The columns of a table, in their order.
    pub(super) fn columns(&self, table: &str) -> Vec<String> {
        self.database.table(table).map(|it| it.columns().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Makes a record of each row of a table; answers whether all of it was read. A table that is not there, and one
    /// without a column that a reader needs, are told of.
    pub(super) fn each(
        &mut self,
        table: &str,
        needs: &[&str],
        mut see: impl FnMut(&Row<'_>) -> Option<Draft>,
    ) -> bool {
        let Some(table) = self.table(table, needs) else {
            self.of = None;
            return false;
        };
        let mut rows = self.database.rows(&table);
        let mut none = 0;
        for row in &mut rows {
            match see(&row) {
                Some(mut draft) => {
                    if row.is_salvaged() {
                        draft.say(
                            "found on a page that its table no longer leads to, and may have been deleted",
                        );
                    }
                    self.told += 1;
                    let limit = self.input.limits.text_bytes;
                    (self.out)(draft.record(self.artefact, &self.input.file, limit));
                }
                None => none += 1,
            }
        }
        let outcome = rows.outcome();
        self.of = self.of.zip(outcome.of).map(|(sum, it)| sum + it.saturating_sub(none));
        let whole = outcome.is_whole();
        self.whole |= whole || outcome.read > 0;
        self.note(&table, outcome);
        whole
    }

    /// Looks at each row of a table that records need; answers whether all of it was read.
    pub(super) fn look(&mut self, table: &str, needs: &[&str], mut see: impl FnMut(&Row<'_>)) -> bool {
        let Some(table) = self.table(table, needs) else { return false };
        let mut rows = self.database.rows(&table);
        for row in &mut rows {
            see(&row);
        }
        let outcome = rows.outcome();
        let whole = outcome.is_whole();
        self.note(&table, outcome);
        whole
    }

    /// The same for a table that not every version of iOS has.
    pub(super) fn look_if_any(&mut self, table: &str, see: impl FnMut(&Row<'_>)) {
        if self.has(table) {
            self.look(table, &[], see);
        }
    }

    /// A record that is not a row.
    pub(super) fn tell(&mut self, draft: Draft) {
        self.told += 1;
        self.of = self.of.map(|it| it + 1);
        (self.out)(draft.record(self.artefact, &self.input.file, self.input.limits.text_bytes));
    }

    /// Tells of the numbers that are not there, up to the last that was ever given.
    pub(super) fn tell_gaps(&mut self, what: &str, gaps: Gaps, last: Option<i64>) {
        for draft in gaps.drafts(what, last) {
            self.tell(draft);
        }
    }

    /// Something that was there and could not be read.
    pub(super) fn lose(&mut self, what: String) {
        if !self.lost.contains(&what) {
            self.lost.push(what);
        }
    }

    /// The highest number that rows of a table ever had, where the table counts.
    pub(super) fn last_of_sequence(&mut self, table: &str) -> Option<i64> {
        let mut last = None;
        self.look_if_any("sqlite_sequence", |row| {
            if row.text("name").is_some_and(|it| it == table) {
                last = last.max(row.integer("seq"));
            }
        });
        last
    }

    fn table(&mut self, name: &str, needs: &[&str]) -> Option<Table> {
        match self.database.table(name) {
            Ok(table) => {
                for column in needs.iter().filter(|it| table.column(it).is_none()) {
                    self.lose(format!("table `{name}` has no column `{column}`"));
                }
                Some(table)
            }
            Err(why) => {
                self.lose(why.to_string());
                None
            }
        }
    }

    fn note(&mut self, table: &Table, mut outcome: Outcome) {
        if let Some(file) = outcome.file.take() {
            self.lose(file);
        }
        if let Some(damage) = outcome.damage() {
            self.lose(format!("table `{}`: {damage}", table.name()));
        }
    }

    fn state(self) -> State {
        if self.lost.is_empty() {
            return State::Present { records: self.told };
        }
        let why = self.lost.join("; ");
        if self.told == 0 && !self.whole {
            return State::Unreadable { why };
        }
        State::Partial { read: self.told, of: self.of.filter(|it| *it >= self.told), why }
    }
}

/// What a column says, as text: phones keep text as bytes and as numbers, too.
pub(super) fn words(row: &Row<'_>, column: &str) -> String {
    match row.get(column) {
        Some(Value::Text(it)) => it.into_owned(),
        Some(Value::Blob(it)) => match it {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        },
        Some(Value::Integer(it)) => it.to_string(),
        Some(Value::Real(it)) => it.to_string(),
        Some(Value::Null | Value::Lost) | None => String::new(),
    }
}

/// A number that says which row another table means; 0 means none.
pub(super) fn key(row: &Row<'_>, column: &str) -> Option<i64> {
    row.integer(column).filter(|it| *it != 0)
}

/// Whether a column says yes.
pub(super) fn is_set(row: &Row<'_>, column: &str) -> bool {
    row.integer(column).is_some_and(|it| it != 0)
}

/// The number of a row, for its place.
pub(super) fn number(row: &Row<'_>) -> i64 {
    row.rowid().unwrap_or_default()
}

/// When, on the clock of Apple, in seconds or nanoseconds; never at its zero, which stands for never.
pub(super) fn mac(row: &Row<'_>, column: &str) -> Option<i64> {
    match row.get(column)? {
        Value::Integer(it) if it != 0 => crate::time::mac(it),
        Value::Real(it) if it > 0.0 => crate::time::mac_real(it),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
