//! Rows of what is remembered for rules over several records.

use rusqlite::Connection;

pub(crate) fn state(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    super::all(connection, query!("window_state_all"), [], |row| row.get(0))
}

pub(crate) fn steps(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    super::all(connection, query!("window_step_all"), [], |row| row.get(0))
}

pub(crate) fn set_state<'l>(
    connection: &Connection,
    lines: impl Iterator<Item = &'l str>,
) -> rusqlite::Result<()> {
    super::run(connection, query!("window_state_clear"), [])?;
    super::run(connection, query!("window_step_clear"), [])?;
    for line in lines {
        super::run(connection, query!("window_state_add"), [line])?;
    }
    Ok(())
}

pub(crate) fn add_step(connection: &Connection, step: &str) -> rusqlite::Result<()> {
    super::run(connection, query!("window_step_add"), [step])?;
    Ok(())
}
