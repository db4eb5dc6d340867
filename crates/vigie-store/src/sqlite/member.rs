//! Rows of members.

use rusqlite::{Connection, Row, params};
use vigie_model::id::MemberId;
use vigie_model::member::Member;

use crate::error::StoreError;

pub(crate) struct MemberRow {
    id: String,
    name: String,
    country: String,
    identity: String,
    groups: String,
    state: String,
    pub(crate) epoch: i64,
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: super::parsed("member", &row.id, &row.id)?,
            name: row.name,
            country: super::parsed("member", &row.id, &row.country)?,
            identity: super::parsed("member", &row.id, &row.identity)?,
            groups: super::from_json("member", &row.id, &row.groups)?,
            state: super::parsed("member", &row.id, &row.state)?,
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<MemberRow> {
    Ok(MemberRow {
        id: row.get("id")?,
        name: row.get("name")?,
        country: row.get("country")?,
        identity: row.get("identity")?,
        groups: row.get("groups")?,
        state: row.get("state")?,
        epoch: row.get("epoch")?,
    })
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<MemberRow>> {
    super::all(connection, query!("member_all"), [], read)
}

pub(crate) fn by_id(connection: &Connection, id: MemberId) -> rusqlite::Result<Option<MemberRow>> {
    super::one(connection, query!("member_by_id"), [id.to_string()], read)
}

pub(crate) fn set(connection: &Connection, it: &Member, epoch: i64) -> rusqlite::Result<()> {
    let groups = super::to_json(&it.groups)?;
    let row = params![
        it.id.to_string(),
        it.name,
        it.country.as_str(),
        it.identity.as_str(),
        groups,
        it.state.as_str(),
        epoch
    ];
    super::run(connection, query!("member_set"), row)?;
    Ok(())
}
