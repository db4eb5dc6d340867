//! Rows of collections.

use rusqlite::{Connection, Row, params};
use vigie_model::collection::Collection;
use vigie_model::id::CollectionId;

use crate::error::StoreError;

pub(crate) struct CollectionRow {
    pub(crate) number: i64,
    id: String,
    title: String,
    description: Option<String>,
    alias: Option<String>,
    created: i64,
    pub(crate) last_added: i64,
}

impl TryFrom<CollectionRow> for Collection {
    type Error = StoreError;

    fn try_from(row: CollectionRow) -> Result<Self, StoreError> {
        let id = super::parsed("collection", &row.id, &row.id)?;
        Ok(Self {
            id,
            title: row.title,
            description: row.description,
            alias: row.alias,
            created: row.created,
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CollectionRow> {
    Ok(CollectionRow {
        number: row.get("number")?,
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        alias: row.get("alias")?,
        created: row.get("created")?,
        last_added: row.get("last_added")?,
    })
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<CollectionRow>> {
    super::all(connection, query!("collection_all"), [], read)
}

pub(crate) fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<CollectionRow>> {
    super::one(connection, query!("collection_by_id"), [id], read)
}

pub(crate) fn by_alias(connection: &Connection, alias: &str) -> rusqlite::Result<Option<CollectionRow>> {
    super::one(connection, query!("collection_by_alias"), [alias], read)
}

/// No `date_added` will be earlier than the collection itself.
pub(crate) fn add(connection: &Connection, it: &Collection) -> rusqlite::Result<()> {
    let created = it.created / 1_000;
    let row = params![it.id.to_string(), it.title, it.description, it.alias, it.created, created];
    super::run(connection, query!("collection_add"), row)?;
    Ok(())
}

pub(crate) fn set(connection: &Connection, it: &Collection) -> rusqlite::Result<bool> {
    let row = params![it.id.to_string(), it.title, it.description, it.alias];
    Ok(super::run(connection, query!("collection_set"), row)? > 0)
}

pub(crate) fn tick(connection: &Connection, number: i64, last_added: i64) -> rusqlite::Result<()> {
    super::run(connection, query!("collection_tick"), [number, last_added])?;
    Ok(())
}

/// The identifier of a collection that is known by its number.
pub(crate) fn id_of(connection: &Connection, number: i64) -> Result<CollectionId, StoreError> {
    let id: String =
        connection.prepare_cached(query!("collection_by_number"))?.query_row([number], |row| row.get(0))?;
    super::parsed("collection", &id, &id)
}
