//! Rows of tokens.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};
use vigie_model::id::{CollectionId, TokenId};
use vigie_model::token::{Scope, Token};

use crate::error::StoreError;

pub(crate) struct TokenRow {
    id: String,
    name: String,
    secret_hash: [u8; 32],
    member: String,
    may_read: String,
    may_write: String,
}

const ALL: &str = "all";

impl TryFrom<TokenRow> for Token {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let scope = |text: &str| {
            if text == ALL {
                return Ok(Scope::All);
            }
            let these: BTreeSet<CollectionId> = super::from_json("token", &row.id, text)?;
            Ok::<_, StoreError>(Scope::Only(these))
        };
        Ok(Self {
            id: super::parsed("token", &row.id, &row.id)?,
            member: super::parsed("token", &row.id, &row.member)?,
            read: scope(&row.may_read)?,
            write: scope(&row.may_write)?,
            name: row.name,
            secret_hash: row.secret_hash,
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        id: row.get("id")?,
        name: row.get("name")?,
        secret_hash: row.get("secret_hash")?,
        member: row.get("member")?,
        may_read: row.get("may_read")?,
        may_write: row.get("may_write")?,
    })
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<TokenRow>> {
    super::all(connection, query!("token_all"), [], read)
}

pub(crate) fn by_name(connection: &Connection, name: &str) -> rusqlite::Result<Option<TokenRow>> {
    super::one(connection, query!("token_by_name"), [name], read)
}

pub(crate) fn by_hash(connection: &Connection, hash: &[u8; 32]) -> rusqlite::Result<Option<TokenRow>> {
    super::one(connection, query!("token_by_hash"), [hash.as_slice()], read)
}

pub(crate) fn add(connection: &Connection, it: &Token) -> rusqlite::Result<()> {
    let scope = |scope: &Scope| match scope {
        Scope::All => Ok(ALL.to_owned()),
        Scope::Only(these) => super::to_json(these),
    };
    let row = params![
        it.id.to_string(),
        it.name,
        it.secret_hash.as_slice(),
        it.member.to_string(),
        scope(&it.read)?,
        scope(&it.write)?
    ];
    super::run(connection, query!("token_add"), row)?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, id: TokenId) -> rusqlite::Result<bool> {
    Ok(super::run(connection, query!("token_remove"), [id.to_string()])? > 0)
}
