//! Rows of sightings.

use rusqlite::{Connection, Row, params};
use vigie_model::label::LabelId;
use vigie_model::sighting::Sighting;
use vigie_stix::id::StixId;

use crate::error::StoreError;
use crate::page::Mark;
use crate::sighting::NewSighting;

pub(crate) struct SightingRow {
    pub(crate) mark: Mark,
    id: String,
    indicator: String,
    member: String,
    count: u32,
    first_seen: i64,
    last_seen: i64,
    label: i64,
}

impl TryFrom<SightingRow> for Sighting {
    type Error = StoreError;

    fn try_from(row: SightingRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: super::parsed("sighting", &row.id, &row.id)?,
            indicator: super::parsed("sighting", &row.id, &row.indicator)?,
            member: super::parsed("sighting", &row.id, &row.member)?,
            count: row.count,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            label: LabelId(row.label),
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SightingRow> {
    Ok(SightingRow {
        mark: Mark { noticed: row.get("noticed")?, row: row.get("number")? },
        id: row.get("id")?,
        indicator: row.get("indicator")?,
        member: row.get("member")?,
        count: row.get("count")?,
        first_seen: row.get("first_seen")?,
        last_seen: row.get("last_seen")?,
        label: row.get("label")?,
    })
}

/// Says whether it was written; a sighting of another member or indicator is not.
pub(crate) fn set(
    connection: &Connection,
    it: &NewSighting,
    label: LabelId,
    noticed: i64,
) -> rusqlite::Result<bool> {
    let row = params![
        it.id.as_str(),
        it.indicator.as_str(),
        it.member.to_string(),
        it.count,
        it.first_seen,
        it.last_seen,
        noticed,
        label.0
    ];
    Ok(super::run(connection, query!("sighting_set"), row)? > 0)
}

/// The last that came first, from a mark back.
pub(crate) fn by_label(
    connection: &Connection,
    label: LabelId,
    before: Mark,
    rows: usize,
) -> rusqlite::Result<Vec<SightingRow>> {
    let key = [label.0, before.noticed, before.row, super::limit(rows)];
    super::all(connection, query!("sighting_by_label"), key, read)
}

/// The same for one indicator.
pub(crate) fn of_indicator(
    connection: &Connection,
    indicator: &StixId,
    label: LabelId,
    before: Mark,
    rows: usize,
) -> rusqlite::Result<Vec<SightingRow>> {
    let key = params![label.0, before.noticed, before.row, super::limit(rows), indicator.as_str()];
    super::all(connection, query!("sighting_of_indicator"), key, read)
}
