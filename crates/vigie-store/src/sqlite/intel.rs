//! Rows of objects, their versions, what waits for a marking, and the quarantine.

use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};
use vigie_model::id::MemberId;
use vigie_model::intel::SpecVersion;
use vigie_model::label::LabelId;
use vigie_stix::id::StixId;
use vigie_stix::timestamp::Timestamp;

use crate::error::StoreError;
use crate::intel::{Quarantined, Waiting};

pub(crate) struct ObjectRow {
    pub(crate) number: i64,
    pub(crate) creator: String,
    pub(crate) author: Option<String>,
    pub(crate) versioned: bool,
    pub(crate) revoked: Option<i64>,
}

pub(crate) struct NewObject<'a> {
    pub(crate) id: &'a str,
    pub(crate) creator: MemberId,
    pub(crate) author: Option<&'a str>,
    pub(crate) versioned: bool,
    pub(crate) revoked: Option<i64>,
}

pub(crate) struct VersionRow {
    pub(crate) number: i64,
    pub(crate) spec: i64,
    pub(crate) instant: i64,
    pub(crate) said: String,
    pub(crate) text: String,
}

pub(crate) struct NewVersion<'a> {
    pub(crate) object: i64,
    pub(crate) spec: i64,
    pub(crate) instant: i64,
    pub(crate) said: &'a str,
    pub(crate) revoked: bool,
    pub(crate) text: &'a str,
}

pub(crate) struct TextRow {
    pub(crate) said: String,
    pub(crate) revoked: bool,
    pub(crate) text: Box<str>,
}

pub(crate) struct AwaitingRow {
    number: i64,
    pub(crate) version: i64,
    pub(crate) label: LabelId,
    object: i64,
    id: String,
    spec: i64,
    instant: i64,
    text: Box<str>,
}

pub(crate) struct QuarantinedRow {
    number: i64,
    object: String,
    version: Option<String>,
    producer: String,
    received: i64,
    label: i64,
    text: Box<str>,
}

pub(crate) struct NewQuarantined<'a> {
    pub(crate) object: &'a str,
    pub(crate) version: Option<&'a str>,
    pub(crate) producer: MemberId,
    pub(crate) received: i64,
    pub(crate) label: LabelId,
    pub(crate) digest: &'a [u8],
    pub(crate) text: &'a str,
}

impl AwaitingRow {
    /// The version with all that it waits for.
    pub(crate) fn waiting(self, awaits: Vec<String>) -> Result<Waiting, StoreError> {
        Ok(Waiting {
            number: self.number,
            id: stix_id(&self.id)?,
            label: self.label,
            awaits,
            text: self.text,
            version: self.version,
            object: self.object,
            spec: self.spec,
            instant: self.instant,
        })
    }
}

impl TryFrom<QuarantinedRow> for Quarantined {
    type Error = StoreError;

    fn try_from(row: QuarantinedRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            id: stix_id(&row.object)?,
            version: row.version,
            producer: super::parsed("quarantined version", &row.object, &row.producer)?,
            received: row.received,
            label: LabelId(row.label),
            text: row.text,
        })
    }
}

pub(crate) fn spec_number(spec: SpecVersion) -> i64 {
    match spec {
        SpecVersion::V20 => 20,
        SpecVersion::V21 => 21,
    }
}

pub(crate) fn stix_id(text: &str) -> Result<StixId, StoreError> {
    super::parsed("object", text, text)
}

pub(crate) fn said(noun: &'static str, id: &str, text: &str) -> Result<Timestamp, StoreError> {
    super::parsed(noun, id, text)
}

/// What an identifier is looked up by. Nobody can make many identifiers that share one.
fn digest(id: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(id).into();
    digest.first_chunk().copied().map(i64::from_le_bytes).unwrap_or_default()
}

pub(crate) fn object_by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<ObjectRow>> {
    super::one(connection, query!("object_by_id"), params![digest(id), id], |row| {
        Ok(ObjectRow {
            number: row.get(0)?,
            creator: row.get(1)?,
            author: row.get(2)?,
            versioned: row.get(3)?,
            revoked: row.get(4)?,
        })
    })
}

/// The identifier, and whether it is held under several labels or STIX versions.
pub(crate) fn object_by_number(connection: &Connection, number: i64) -> rusqlite::Result<(String, bool)> {
    connection
        .prepare_cached(query!("object_by_number"))?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn add_object(connection: &Connection, it: &NewObject<'_>) -> rusqlite::Result<i64> {
    let row = params![digest(it.id), it.id, it.creator.to_string(), it.author, it.versioned, it.revoked];
    super::run(connection, query!("object_add"), row)?;
    Ok(connection.last_insert_rowid())
}

pub(crate) fn mix_object(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    super::run(connection, query!("object_mix"), [number])?;
    Ok(())
}

pub(crate) fn revoke_object(connection: &Connection, number: i64, instant: i64) -> rusqlite::Result<()> {
    super::run(connection, query!("object_revoke"), [number, instant])?;
    Ok(())
}

fn read_version(row: &Row<'_>) -> rusqlite::Result<VersionRow> {
    Ok(VersionRow {
        number: row.get(0)?,
        spec: row.get(1)?,
        instant: row.get(2)?,
        said: row.get(3)?,
        text: row.get(4)?,
    })
}

pub(crate) fn version_at(
    connection: &Connection,
    object: i64,
    spec: i64,
    instant: i64,
) -> rusqlite::Result<Option<VersionRow>> {
    super::one(connection, query!("version_at"), [object, spec, instant], read_version)
}

pub(crate) fn first_version(connection: &Connection, object: i64) -> rusqlite::Result<Option<VersionRow>> {
    super::one(connection, query!("version_first"), [object], read_version)
}

pub(crate) fn add_version(connection: &Connection, it: &NewVersion<'_>) -> rusqlite::Result<i64> {
    let row = params![it.object, it.spec, it.instant, it.said, it.revoked, it.text];
    super::run(connection, query!("version_add"), row)?;
    Ok(connection.last_insert_rowid())
}

pub(crate) fn remove_version(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    super::run(connection, query!("version_remove"), [number])?;
    Ok(())
}

pub(crate) fn version_text(connection: &Connection, number: i64) -> rusqlite::Result<TextRow> {
    connection
        .prepare_cached(query!("version_text"))?
        .query_row([number], |row| Ok(TextRow { said: row.get(0)?, revoked: row.get(1)?, text: row.get(2)? }))
}

/// What a version calls itself, and whether it is revoked.
pub(crate) fn version_said(connection: &Connection, number: i64) -> rusqlite::Result<(String, bool)> {
    connection
        .prepare_cached(query!("version_said"))?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn latest_text(connection: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    super::one(connection, query!("version_latest"), params![digest(id), id], |row| row.get(0))
}

pub(crate) fn known_type(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    super::one(connection, query!("type_by_name"), [name], |row| row.get(0))
}

/// The number of a type, which it gets now if it has none.
pub(crate) fn type_number(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    if let Some(known) = known_type(connection, name)? {
        return Ok(known);
    }
    super::run(connection, query!("type_add"), [name])?;
    Ok(connection.last_insert_rowid())
}

/// What a version is held under a label for the want of.
pub(crate) fn awaited(
    connection: &Connection,
    version: i64,
    label: LabelId,
) -> rusqlite::Result<Vec<String>> {
    super::all(connection, query!("awaited_of_version"), [version, label.0], |row| row.get(0))
}

pub(crate) fn add_awaited(
    connection: &Connection,
    version: i64,
    label: LabelId,
    markings: &[String],
) -> rusqlite::Result<()> {
    for marking in markings {
        super::run(connection, query!("awaited_add"), params![version, label.0, marking])?;
    }
    Ok(())
}

pub(crate) fn clear_awaited(connection: &Connection, version: i64, label: LabelId) -> rusqlite::Result<()> {
    super::run(connection, query!("awaited_clear"), [version, label.0])?;
    Ok(())
}

pub(crate) fn awaiting(
    connection: &Connection,
    marking: &str,
    after: i64,
    rows: usize,
) -> rusqlite::Result<Vec<AwaitingRow>> {
    let key = params![marking, after, super::limit(rows)];
    super::all(connection, query!("awaited_by_marking"), key, |row| {
        Ok(AwaitingRow {
            number: row.get(0)?,
            version: row.get(1)?,
            label: LabelId(row.get(2)?),
            object: row.get(3)?,
            id: row.get(4)?,
            spec: row.get(5)?,
            instant: row.get(6)?,
            text: row.get(7)?,
        })
    })
}

/// The same text of the same producer is kept once.
pub(crate) fn quarantine(connection: &Connection, it: &NewQuarantined<'_>) -> rusqlite::Result<()> {
    let row =
        params![it.object, it.version, it.producer.to_string(), it.received, it.label.0, it.digest, it.text];
    super::run(connection, query!("quarantine_add"), row)?;
    Ok(())
}

pub(crate) fn quarantined(
    connection: &Connection,
    label: LabelId,
    before: i64,
    rows: usize,
) -> rusqlite::Result<Vec<QuarantinedRow>> {
    let key = [label.0, before, super::limit(rows)];
    super::all(connection, query!("quarantine_by_label"), key, |row| {
        Ok(QuarantinedRow {
            number: row.get("number")?,
            object: row.get("object")?,
            version: row.get("version")?,
            producer: row.get("producer")?,
            received: row.get("received")?,
            label: row.get("label")?,
            text: row.get("text")?,
        })
    })
}
