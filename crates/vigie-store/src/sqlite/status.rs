//! Rows of statuses.

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::status::{Status, StatusItem};

pub(crate) struct StatusRow {
    id: String,
    owner: String,
    requested: i64,
    body: String,
}

#[derive(Serialize, Deserialize)]
struct Body<T> {
    successes: T,
    failures: T,
    pendings: T,
}

impl TryFrom<StatusRow> for Status {
    type Error = StoreError;

    fn try_from(row: StatusRow) -> Result<Self, StoreError> {
        let body: Body<Vec<StatusItem>> = super::from_json("status", &row.id, &row.body)?;
        Ok(Self {
            id: super::parsed("status", &row.id, &row.id)?,
            owner: row.owner,
            requested: row.requested,
            successes: body.successes,
            failures: body.failures,
            pendings: body.pendings,
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StatusRow> {
    Ok(StatusRow {
        id: row.get("id")?,
        owner: row.get("owner")?,
        requested: row.get("requested")?,
        body: row.get("body")?,
    })
}

pub(crate) fn by_id(connection: &Connection, id: Uuid, owner: &str) -> rusqlite::Result<Option<StatusRow>> {
    super::one(connection, query!("status_by_id"), [id.to_string().as_str(), owner], read)
}

pub(crate) fn set(connection: &Connection, it: &Status) -> rusqlite::Result<()> {
    let body = Body { successes: &it.successes, failures: &it.failures, pendings: &it.pendings };
    let row = params![it.id.to_string(), it.owner, it.requested, super::to_json(&body)?];
    super::run(connection, query!("status_set"), row)?;
    Ok(())
}

pub(crate) fn purge(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    super::run(connection, query!("status_purge"), [before])?;
    Ok(())
}
