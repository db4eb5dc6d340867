//! Rows of peers.

use rusqlite::{Connection, Row, params};
use vigie_model::id::PeerId;
use vigie_model::peer::{Fingerprint, Peer};

use crate::error::StoreError;

pub(crate) struct PeerRow {
    id: String,
    member: String,
    api_root: String,
    collection: String,
    fingerprint: String,
    cursor: Option<String>,
    epoch: i64,
}

impl TryFrom<PeerRow> for Peer {
    type Error = StoreError;

    fn try_from(row: PeerRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: super::parsed("peer", &row.id, &row.id)?,
            member: super::parsed("peer", &row.id, &row.member)?,
            collection: super::parsed("peer", &row.id, &row.collection)?,
            fingerprint: super::parsed("peer", &row.id, &row.fingerprint)?,
            api_root: row.api_root,
            cursor: row.cursor,
            epoch: row.epoch.cast_unsigned(),
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<PeerRow> {
    Ok(PeerRow {
        id: row.get("id")?,
        member: row.get("member")?,
        api_root: row.get("api_root")?,
        collection: row.get("collection")?,
        fingerprint: row.get("fingerprint")?,
        cursor: row.get("cursor")?,
        epoch: row.get("epoch")?,
    })
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<PeerRow>> {
    super::all(connection, query!("peer_all"), [], read)
}

pub(crate) fn by_id(connection: &Connection, id: PeerId) -> rusqlite::Result<Option<PeerRow>> {
    super::one(connection, query!("peer_by_id"), [id.to_string()], read)
}

pub(crate) fn by_fingerprint(connection: &Connection, it: &Fingerprint) -> rusqlite::Result<Option<PeerRow>> {
    super::one(connection, query!("peer_by_fingerprint"), [it.as_str()], read)
}

/// An epoch keeps its 64 bits in the signed column.
pub(crate) fn set(connection: &Connection, it: &Peer) -> rusqlite::Result<()> {
    let row = params![
        it.id.to_string(),
        it.member.to_string(),
        it.api_root,
        it.collection.to_string(),
        it.fingerprint.as_str(),
        it.cursor,
        it.epoch.cast_signed()
    ];
    super::run(connection, query!("peer_set"), row)?;
    Ok(())
}

pub(crate) fn set_cursor(
    connection: &Connection,
    id: PeerId,
    cursor: Option<&str>,
    epoch: u64,
) -> rusqlite::Result<bool> {
    let row = params![id.to_string(), cursor, epoch.cast_signed()];
    Ok(super::run(connection, query!("peer_set_cursor"), row)? > 0)
}

pub(crate) fn remove(connection: &Connection, id: PeerId) -> rusqlite::Result<bool> {
    Ok(super::run(connection, query!("peer_remove"), [id.to_string()])? > 0)
}
