//! The list of tables and indexes, which is itself a table.

use super::definition::Definition;
use super::page::Node;
use super::pages::Pages;
use super::payload::Chains;
use super::record::Value;
use super::rows::Row;
use super::{Database, Table};

/// How the list itself would be created.
const CREATE: &str =
    "CREATE TABLE sqlite_schema(type text, name text, tbl_name text, rootpage int, sql text)";

/// A table, index, view or trigger.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) kind: String,
    pub(super) name: String,
    /// The table that an index is of.
    pub(super) table: String,
    /// Its first page, or 0.
    pub(super) root: u32,
    pub(super) sql: Option<String>,
}

impl Entry {
    pub(super) fn is_table(&self) -> bool {
        self.kind == "table"
    }

    /// Whether it is an index with an entry for every row of its table.
    pub(super) fn is_full_index_of(&self, table: &str) -> bool {
        let partial = |sql: &String| sql.to_ascii_lowercase().contains("where");
        self.kind == "index"
            && self.table.eq_ignore_ascii_case(table)
            && !self.sql.as_ref().is_some_and(partial)
    }

    /// What its CREATE TABLE text says.
    pub(super) fn definition(&self) -> Option<Definition> {
        Definition::read(self.sql.as_deref()?)
    }

    fn read(row: &Row<'_>) -> Option<Self> {
        let text = |name| row.text(name).map(|it| it.into_owned());
        let root = row.integer("rootpage").unwrap_or(0);
        let kind = text("type").filter(|it| matches!(&**it, "table" | "index" | "view" | "trigger"))?;
        Some(Self {
            kind,
            name: text("name")?,
            table: text("tbl_name")?,
            root: u32::try_from(root).ok()?,
            sql: text("sql"),
        })
    }
}

/// Reads the list; says what is wrong with it.
pub(super) fn read(database: &Database<'_>) -> (Vec<Entry>, Option<String>) {
    let Some(definition) = Definition::read(CREATE) else { return (Vec::new(), None) };
    let table = Table::new("sqlite_schema", 1, definition);
    let mut rows = database.rows(&table);
    let mut entries = Vec::new();
    let mut bad = 0_u64;
    while let Some(row) = rows.next_in_tree() {
        match Entry::read(&row) {
            Some(entry) => entries.push(entry),
            None => bad += 1,
        }
    }
    let walk = rows.walk();
    if walk.lost.is_nothing() && bad == 0 {
        return (entries, None);
    }
    let orphans = (2..=database.pages.last()).filter(|it| !walk.seen.has(*it));
    let mut chains = Chains::new(&database.pages);
    let found: Vec<u32> = orphans.filter(|it| is_part(&database.pages, &mut chains, *it)).collect();
    let mut rows = database.rows(&table).over(found);
    while let Some(row) = rows.next_salvaged() {
        entries.extend(Entry::read(&row));
    }
    let mut outcome = rows.told();
    outcome.lost_rows += bad;
    (entries, outcome.damage())
}

/// Whether a page that no pointer leads to is a leaf of the list: all its records say what they are of.
fn is_part(pages: &Pages<'_>, chains: &mut Chains, number: u32) -> bool {
    let Some(Ok(node)) = pages.get(number).map(|it| Node::read(it, number)) else { return false };
    if !node.is_table() || !node.is_leaf() || node.cells() == 0 {
        return false;
    }
    let mut used = 0;
    (0..node.cells()).all(|index| {
        let Some(cell) = node.cell(index, pages.usable) else { return false };
        used += cell.length;
        let record = cell.payload.filter(|_| used <= pages.usable).and_then(|it| chains.record(pages, it));
        record.is_some_and(|it| {
            let kind = it.fields.value(0, &it.payload, super::header::Encoding::Utf8);
            let is_kind = matches!(&kind, Some(Value::Text(kind))
                if ["table", "index", "view", "trigger"].contains(&&*kind.replace('\0', "")));
            is_kind && it.fields.len() == 5
        })
    })
}
