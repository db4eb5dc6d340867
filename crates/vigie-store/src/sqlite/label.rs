//! Rows of labels.

use rusqlite::{Connection, Row};
use vigie_model::label::{Label, LabelId};

use crate::error::StoreError;

pub(crate) struct LabelRow {
    number: i64,
    text: String,
}

impl TryFrom<LabelRow> for (LabelId, Label) {
    type Error = StoreError;

    fn try_from(row: LabelRow) -> Result<Self, StoreError> {
        let label = super::from_json("label", &row.number.to_string(), &row.text)?;
        Ok((LabelId(row.number), label))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<LabelRow> {
    Ok(LabelRow { number: row.get("number")?, text: row.get("text")? })
}

pub(crate) fn after(connection: &Connection, last: LabelId) -> rusqlite::Result<Vec<LabelRow>> {
    super::all(connection, query!("label_after"), [last.0], read)
}

pub(crate) fn by_number(connection: &Connection, id: LabelId) -> rusqlite::Result<Option<LabelRow>> {
    super::one(connection, query!("label_by_number"), [id.0], read)
}

pub(crate) fn by_text(connection: &Connection, text: &str) -> rusqlite::Result<Option<LabelId>> {
    super::one(connection, query!("label_by_text"), [text], |row| row.get(0).map(LabelId))
}

pub(crate) fn add(connection: &Connection, text: &str) -> rusqlite::Result<LabelId> {
    super::run(connection, query!("label_add"), [text])?;
    Ok(LabelId(connection.last_insert_rowid()))
}
