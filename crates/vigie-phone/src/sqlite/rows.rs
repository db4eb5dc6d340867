//! The rows of a table, and what is said of them at the end.

use std::borrow::Cow;

use super::definition::Affinity;
use super::header::Encoding;
use super::page::{Fault, Node, Payload};
use super::payload::{Chains, Record};
use super::record::Value;
use super::walk::Walk;
use super::{Database, Table, salvage};
use crate::State;

/// A row. What it holds is decoded when asked for.
#[derive(Clone, Debug)]
pub struct Row<'t> {
    table: &'t Table,
    encoding: Encoding,
    rowid: Option<i64>,
    record: Record<'t>,
    salvaged: bool,
}

impl Row<'_> {
    /// Its number; none in tables without.
    pub fn rowid(&self) -> Option<i64> {
        self.rowid
    }

    /// Whether it was found on a page that its tree no longer leads to. It may have been deleted.
    pub fn is_salvaged(&self) -> bool {
        self.salvaged
    }

    /// A value by the name of its column; none if the table has no such column.
    pub fn get(&self, column: &str) -> Option<Value<'_>> {
        self.at(self.table.column(column)?)
    }

    /// A value by the place of its column; none if the table has no such column, or computes it on reading.
    pub fn at(&self, column: usize) -> Option<Value<'_>> {
        let definition = &self.table.definition;
        let described = definition.columns.get(column)?;
        let place = described.place?;
        if let Some(rowid) = self.rowid.filter(|_| definition.rowid == Some(column)) {
            return Some(Value::Integer(rowid));
        }
        let value = self.record.fields.value(place, &self.record.payload, self.encoding);
        Some(match value.unwrap_or_else(|| described.default.borrowed()) {
            // Whole numbers are stored short.
            Value::Integer(it) if described.affinity == Affinity::Real => Value::Real(it as f64),
            other => other,
        })
    }

    /// A whole number; none if there is no such column or it holds something else.
    pub fn integer(&self, column: &str) -> Option<i64> {
        match self.get(column)? {
            Value::Integer(it) => Some(it),
            _ => None,
        }
    }

    /// A number; none if there is no such column or it holds something else.
    pub fn real(&self, column: &str) -> Option<f64> {
        match self.get(column)? {
            Value::Real(it) => Some(it),
            Value::Integer(it) => Some(it as f64),
            _ => None,
        }
    }

    /// Text; none if there is no such column or it holds something else.
    pub fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        match self.get(column)? {
            Value::Text(it) => Some(it),
            _ => None,
        }
    }

    /// Bytes; none if there is no such column or it holds something else.
    pub fn blob(&self, column: &str) -> Option<Cow<'_, [u8]>> {
        match self.get(column)? {
            Value::Blob(it) => Some(it),
            _ => None,
        }
    }
}

/// What was read of a table, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows that were given, salvaged ones too.
    pub read: u64,
    /// Rows from pages that the tree no longer leads to.
    pub salvaged: u64,
    /// Rows given without their end.
    pub cut: u64,
    /// Rows on pages that were read, which could not be.
    pub lost_rows: u64,
    /// Pages that could not be read, or only in part.
    pub lost_pages: u64,
    /// The first of those by number.
    pub pages: Vec<(u32, Fault)>,
    /// Lost pages with rows that may be of this table or of another; none was taken.
    pub doubtful: u64,
    /// How many rows there should be: those read if nothing is missing, otherwise the entries of an index that is whole.
    /// `sqlite_sequence` is not asked: it counts rows that were deleted too.
    pub of: Option<u64>,
    /// What is wrong with the file as a whole, so that rows may be missing or old.
    pub file: Option<String>,
}

impl Outcome {
    /// Whether every row was read in full.
    pub fn is_whole(&self) -> bool {
        self.damage().is_none()
    }

    /// For the statement of completeness, if each row is one record.
    pub fn state(&self) -> State {
        match self.damage() {
            None => State::Present { records: self.read },
            Some(why) if self.read == 0 && self.lost_pages + self.lost_rows > 0 => State::Unreadable { why },
            Some(why) => State::Partial { read: self.read, of: self.of, why },
        }
    }

    /// What could not be read, for people; none if all was.
    pub fn damage(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.lost_pages > 0 {
            let named: Vec<_> =
                self.pages.iter().map(|(number, fault)| format!("page {number} {}", fault.why())).collect();
            let more = self.lost_pages - named.len() as u64;
            let more =
                if more > 0 { format!(" and {more} more pages could not be read") } else { String::new() };
            parts.push(format!("{}{more}", named.join(", ")));
        }
        let mut count = |number: u64, what: &str| {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        };
        count(self.lost_rows, "rows on pages that can be read are damaged");
        count(self.cut, "rows have lost their end");
        count(
            self.salvaged,
            "rows are from pages that the table no longer leads to; some may have been deleted",
        );
        count(self.doubtful, "lost pages with rows may be of this table or of another");
        parts.extend(self.file.clone());
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// Rows one by one: those that the tree leads to, then those that can be salvaged.
pub struct Rows<'t> {
    database: &'t Database<'t>,
    table: &'t Table,
    walk: Walk<'t>,
    chains: Chains,
    /// Pages to salvage, once the tree is done.
    salvage: Option<std::vec::IntoIter<u32>>,
    at: Option<Loose<'t>>,
    read: u64,
    salvaged: u64,
    cut: u64,
    doubtful: u64,
}

/// A page that is read by itself.
struct Loose<'t> {
    node: Node<'t>,
    next: usize,
    used: usize,
}

impl<'t> Rows<'t> {
    pub(super) fn new(database: &'t Database<'t>, table: &'t Table) -> Self {
        let of_table = !table.definition.without_rowid;
        let pages = &database.pages;
        Self {
            database,
            table,
            walk: Walk::new(pages, table.root, of_table, pages.none_seen()),
            chains: Chains::new(pages),
            salvage: None,
            at: None,
            read: 0,
            salvaged: 0,
            cut: 0,
            doubtful: 0,
        }
    }

    /// What was read until now, and what was not. To be asked at the end.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.told();
        outcome.file = self.database.doubt();
        outcome.of = if outcome.is_whole() {
            Some(outcome.read)
        } else if outcome.file.is_some() {
            None
        } else {
            self.database.entries_of_an_index(self.table).filter(|it| *it >= outcome.read)
        };
        outcome
    }

    /// The same without what other parts of the file say.
    pub(super) fn told(&self) -> Outcome {
        Outcome {
            read: self.read,
            salvaged: self.salvaged,
            cut: self.cut,
            lost_rows: self.walk.lost.cells,
            lost_pages: self.walk.lost.pages,
            pages: self.walk.lost.told.clone(),
            doubtful: self.doubtful,
            of: None,
            file: None,
        }
    }

    pub(super) fn walk(&self) -> &Walk<'t> {
        &self.walk
    }

    /// Goes through the tree and has these pages salvaged after it.
    pub(super) fn over(mut self, pages: Vec<u32>) -> Self {
        while self.next_in_tree().is_some() {}
        self.salvage = Some(pages.into_iter());
        self
    }

    pub(super) fn next_in_tree(&mut self) -> Option<Row<'t>> {
        while let Some(cell) = self.walk.next_cell() {
            let record = cell.payload.and_then(|it| self.record(it));
            match record {
                Some(record) => return Some(self.row(cell.rowid, record, false)),
                None => self.walk.reject(),
            }
        }
        None
    }

    pub(super) fn next_salvaged(&mut self) -> Option<Row<'t>> {
        loop {
            let Some(loose) = &mut self.at else {
                let number = self.salvage.as_mut()?.next()?;
                let node = self.database.pages.get(number).and_then(|it| Node::read(it, number).ok());
                self.at = node.map(|node| Loose { node, next: 0, used: 0 });
                continue;
            };
            if loose.next >= loose.node.cells() {
                self.at = None;
                continue;
            }
            let usable = self.database.pages.usable;
            let cell = loose.node.cell(loose.next, usable);
            loose.next += 1;
            loose.used += cell.as_ref().map_or(0, |it| it.length.max(1));
            if loose.used > usable {
                self.at = None;
                continue;
            }
            let Some(cell) = cell else { continue };
            if let Some(record) = cell.payload.and_then(|it| self.record(it)) {
                return Some(self.row(cell.rowid, record, true));
            }
        }
    }

    fn record(&mut self, payload: Payload<'t>) -> Option<Record<'t>> {
        self.chains.record(&self.database.pages, payload)
    }

    fn row(&mut self, rowid: i64, record: Record<'t>, salvaged: bool) -> Row<'t> {
        self.read += 1;
        self.salvaged += u64::from(salvaged);
        self.cut += u64::from(record.cut);
        Row {
            table: self.table,
            encoding: self.database.encoding,
            rowid: (!self.table.definition.without_rowid).then_some(rowid),
            record,
            salvaged,
        }
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    fn next(&mut self) -> Option<Row<'t>> {
        if self.salvage.is_none() {
            if let Some(row) = self.next_in_tree() {
                return Some(row);
            }
            let (pages, doubtful) = if self.walk.lost.gaps.is_empty() {
                (Vec::new(), 0)
            } else {
                salvage::pages_of(self.database, self.table)
            };
            self.doubtful = doubtful;
            self.salvage = Some(pages.into_iter());
        }
        self.next_salvaged()
    }
}
