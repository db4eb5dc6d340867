//! Rows of the outbox.

use rusqlite::{Connection, Row, params};
use vigie_model::id::CollectionId;
use vigie_model::label::LabelId;

use crate::error::StoreError;
use crate::outbox::{Change, Message};

pub(crate) struct MessageRow {
    sequence: u64,
    kind: String,
    collection: Option<String>,
    label: Option<i64>,
    subject: Option<String>,
}

const CHANGES: [(Change, &str); 5] = [
    (Change::Intel, "intel"),
    (Change::Deleted, "deleted"),
    (Change::Alert, "alert"),
    (Change::Sighting, "sighting"),
    (Change::Member, "member"),
];

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let id = row.sequence.to_string();
        let change = CHANGES.iter().find(|(_, word)| *word == row.kind).map(|(change, _)| *change);
        let change = change.ok_or_else(|| super::unreadable("outbox message", &id, &row.kind))?;
        let collection = row.collection.map(|it| super::parsed("outbox message", &id, &it)).transpose()?;
        Ok(Self {
            sequence: row.sequence,
            change,
            collection,
            label: row.label.map(LabelId),
            subject: row.subject,
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        sequence: row.get("sequence")?,
        kind: row.get("kind")?,
        collection: row.get("collection")?,
        label: row.get("label")?,
        subject: row.get("subject")?,
    })
}

pub(crate) fn add(
    connection: &Connection,
    change: Change,
    collection: Option<CollectionId>,
    label: Option<LabelId>,
    subject: Option<&str>,
) -> rusqlite::Result<()> {
    let word = CHANGES.iter().find(|(it, _)| *it == change).map(|(_, word)| *word);
    let row = params![word, collection.map(|it| it.to_string()), label.map(|it| it.0), subject];
    super::run(connection, query!("outbox_add"), row)?;
    Ok(())
}

pub(crate) fn after(
    connection: &Connection,
    sequence: u64,
    rows: usize,
) -> rusqlite::Result<Vec<MessageRow>> {
    let sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
    super::all(connection, query!("outbox_after"), [sequence, super::limit(rows)], read)
}

/// The first and last sequence; zeros when there is none.
pub(crate) fn ends(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    connection.prepare_cached(query!("outbox_ends"))?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Drops all but the last messages.
pub(crate) fn trim(connection: &Connection, kept: u64) -> rusqlite::Result<()> {
    let kept = i64::try_from(kept).unwrap_or(i64::MAX).max(1);
    super::run(connection, query!("outbox_trim"), [kept])?;
    Ok(())
}
