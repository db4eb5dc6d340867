//! Rows of shelves: what a collection holds under each label.

use rusqlite::{Connection, params};
use vigie_model::label::LabelId;

use crate::tx::ShelfChange;

/// The labels under which something was added to a collection after this instant, in no order.
pub(crate) fn after(connection: &Connection, collection: i64, added: i64) -> rusqlite::Result<Vec<LabelId>> {
    super::all(connection, query!("shelf_after"), [collection, added], |row| row.get(0).map(LabelId))
}

pub(crate) fn counts(connection: &Connection, collection: i64) -> rusqlite::Result<Vec<(LabelId, i64)>> {
    super::all(connection, query!("shelf_counts"), [collection], |row| {
        Ok((LabelId(row.get("label")?), row.get("held")?))
    })
}

pub(crate) fn change(
    connection: &Connection,
    collection: i64,
    label: LabelId,
    change: &ShelfChange,
) -> rusqlite::Result<()> {
    let row = params![collection, label.0, change.held, change.last_added];
    super::run(connection, query!("shelf_change"), row)?;
    Ok(())
}
