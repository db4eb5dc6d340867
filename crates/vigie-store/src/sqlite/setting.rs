//! Rows of settings.

use rusqlite::Connection;

pub(crate) fn by_key(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    super::one(connection, query!("setting_by_key"), [key], |row| row.get(0))
}

pub(crate) fn set(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    super::run(connection, query!("setting_set"), [key, value])?;
    Ok(())
}
