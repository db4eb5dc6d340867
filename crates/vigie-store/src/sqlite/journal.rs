//! Rows of the journal.

use rusqlite::{Connection, Row, params};
use vigie_model::journal::{Act, Entry};

use crate::error::StoreError;

pub(crate) struct EntryRow {
    sequence: u64,
    time: i64,
    actor: String,
    act: String,
}

impl TryFrom<EntryRow> for Entry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let act = super::from_json("journal entry", &row.sequence.to_string(), &row.act)?;
        Ok(Self { sequence: row.sequence, time: row.time, actor: row.actor, act })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        sequence: row.get("sequence")?,
        time: row.get("time")?,
        actor: row.get("actor")?,
        act: row.get("act")?,
    })
}

pub(crate) fn add(connection: &Connection, time: i64, actor: &str, act: &Act) -> rusqlite::Result<()> {
    super::run(connection, query!("journal_add"), params![time, actor, super::to_json(act)?])?;
    Ok(())
}

pub(crate) fn after(connection: &Connection, sequence: u64, rows: usize) -> rusqlite::Result<Vec<EntryRow>> {
    let sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
    super::all(connection, query!("journal_after"), [sequence, super::limit(rows)], read)
}

pub(crate) fn last(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached(query!("journal_last"))?.query_row([], |row| row.get(0))
}
