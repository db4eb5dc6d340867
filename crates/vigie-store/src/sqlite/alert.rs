//! Rows of alerts.

use rusqlite::{Connection, Row, params};
use vigie_model::alert::Alert;
use vigie_model::id::AlertId;
use vigie_model::label::LabelId;
use vigie_stix::id::StixId;

use crate::alert::NewAlert;
use crate::error::StoreError;
use crate::page::Mark;

pub(crate) struct AlertRow {
    pub(crate) mark: Mark,
    id: String,
    label: i64,
    indicator: Option<String>,
    hit: String,
}

impl TryFrom<AlertRow> for Alert {
    type Error = StoreError;

    fn try_from(row: AlertRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: super::parsed("alert", &row.id, &row.id)?,
            noticed: row.mark.noticed,
            hit: super::from_json("alert", &row.id, &row.hit)?,
            indicator: row.indicator.map(|it| super::parsed("alert", &row.id, &it)).transpose()?,
            label: LabelId(row.label),
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<AlertRow> {
    Ok(AlertRow {
        mark: Mark { noticed: row.get("noticed")?, row: row.get("number")? },
        id: row.get("id")?,
        label: row.get("label")?,
        indicator: row.get("indicator")?,
        hit: row.get("hit")?,
    })
}

pub(crate) fn add(connection: &Connection, it: &NewAlert, label: LabelId) -> rusqlite::Result<()> {
    let indicator = it.indicator.as_ref().map(StixId::as_str);
    let row = params![it.id.to_string(), it.noticed, label.0, indicator, super::to_json(&it.hit)?];
    super::run(connection, query!("alert_add"), row)?;
    Ok(())
}

pub(crate) fn by_id(connection: &Connection, id: AlertId) -> rusqlite::Result<Option<AlertRow>> {
    super::one(connection, query!("alert_by_id"), [id.to_string()], read)
}

/// The last noticed first, from a mark back.
pub(crate) fn by_label(
    connection: &Connection,
    label: LabelId,
    before: Mark,
    rows: usize,
) -> rusqlite::Result<Vec<AlertRow>> {
    let key = [label.0, before.noticed, before.row, super::limit(rows)];
    super::all(connection, query!("alert_by_label"), key, read)
}

/// The same for one indicator.
pub(crate) fn of_indicator(
    connection: &Connection,
    indicator: &StixId,
    label: LabelId,
    before: Mark,
    rows: usize,
) -> rusqlite::Result<Vec<AlertRow>> {
    let key = params![label.0, before.noticed, before.row, super::limit(rows), indicator.as_str()];
    super::all(connection, query!("alert_of_indicator"), key, read)
}
