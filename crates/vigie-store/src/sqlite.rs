//! SQLite: connections, the schema, and the rows of each noun.
//!
//! Statements are prepared once for a connection and kept. Every statement is a file that names its columns;
//! `tests` below prepares each one.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::store::Options;

/// The text of a file of `sql/sqlite/queries`.
macro_rules! query {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/sqlite/queries/", $name, ".sql"))
    };
}

pub(crate) mod alert;
pub(crate) mod collection;
pub(crate) mod holding;
pub(crate) mod intel;
pub(crate) mod journal;
pub(crate) mod label;
pub(crate) mod member;
pub(crate) mod outbox;
pub(crate) mod peer;
pub(crate) mod setting;
pub(crate) mod shelf;
pub(crate) mod sighting;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod window;

mod migrations {
    refinery::embed_migrations!("sql/sqlite/migrations");
}

/// `Vigi`: what tells our files from those of other programs.
const APPLICATION_ID: i64 = 0x5669_6769;
const PAGE_BYTES: u64 = 4_096;
/// More than there are statements.
const STATEMENTS_KEPT: usize = 128;

/// Opens one connection. A new file may be read by its owner only.
pub(crate) fn connect(path: &Path, options: &Options, cache_bytes: u64) -> Result<Connection, StoreError> {
    create(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -kibibytes(cache_bytes))?;
    let checkpoint_pages = i64::try_from(options.checkpoint_bytes / PAGE_BYTES).unwrap_or(i64::MAX);
    connection.pragma_update(None, "wal_autocheckpoint", checkpoint_pages)?;
    connection.pragma_update(None, "journal_size_limit", 2 * kibibytes(options.checkpoint_bytes) * 1_024)?;
    if let Some(limit) = options.size_limit {
        let pages = i64::try_from(limit / PAGE_BYTES).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(connection)
}

fn create(path: &Path) -> Result<(), StoreError> {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(it) if it.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::CannotOpen { path: path.to_path_buf(), source: Some(source) }),
    }
}

fn kibibytes(bytes: u64) -> i64 {
    i64::try_from(bytes / 1_024).unwrap_or(i64::MAX / 4_096).max(64)
}

/// Keeps other processes of ours from preparing a database of the same folder, as long as the result lives: SQLite gives
/// up at once where two want a file each for itself. None where the file system has no such locks.
pub(crate) fn alone(path: &Path, patience: Duration) -> Result<Option<File>, StoreError> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = File::open(folder) else { return Ok(None) };
    let until = Instant::now() + patience;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if Instant::now() > until => {
                return Err(StoreError::Locked(path.to_path_buf()));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Brings the database to our schema, or says why it cannot be ours.
pub(crate) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = migrations::migrations::runner()
        .get_migrations()
        .iter()
        .map(|it| i64::from(it.version()))
        .max()
        .unwrap_or_default();
    let found = schema(connection, path)?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known });
    }
    if found < known {
        migrate(connection, path)?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    Ok(())
}

/// The number of the last migration; 0 for a new database.
fn schema(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    // One transaction, so that another process makes the database before or after all that is read.
    let connection = connection.unchecked_transaction()?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || tables != 0) {
        return Err(StoreError::Foreign(path.to_path_buf()));
    }
    if !connection.table_exists(None, "refinery_schema_history")? {
        return Ok(0);
    }
    Ok(connection
        .query_row("SELECT coalesce(max(version), 0) FROM refinery_schema_history", [], |row| row.get(0))?)
}

/// Runs the migrations that are missing, with every other process locked out.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrations::migrations::runner()
        .run(connection)
        .map_err(|source| StoreError::Upgrade { path: path.to_path_buf(), source: Box::new(source) })?;
    connection.pragma_update_and_check(None, "locking_mode", "NORMAL", |_| Ok(()))?;
    // The lock is given up at the next access.
    schema(connection, path)?;
    Ok(())
}

/// Changes whenever another connection has committed.
pub(crate) fn data_version(connection: &Connection) -> rusqlite::Result<u64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// What is damaged.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found = Vec::new();
    connection.pragma_query(None, "integrity_check", |row| {
        found.push(row.get::<_, String>(0)?);
        Ok(())
    })?;
    found.retain(|it| it != "ok");
    if !found.is_empty() {
        return Ok(found); // what refers to what cannot be read then
    }
    connection.pragma_query(None, "foreign_key_check", |row| {
        found.push(format!("a row of `{}` refers to nothing", row.get::<_, String>(0)?));
        Ok(())
    })?;
    Ok(found)
}

/// The only row of an answer, if there is one.
fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    connection.prepare_cached(sql)?.query_row(params, read).optional()
}

/// All rows of an answer. The statement bounds their number.
fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// Runs a statement and counts the rows that it changed.
fn run(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(params)
}

/// A number for `LIMIT`.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A part of a row as the type that it was written from.
fn parsed<T: FromStr<Err: ToString>>(noun: &'static str, id: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: T::Err| unreadable(noun, id, &error.to_string()))
}

/// A part of a row that is JSON.
fn from_json<T: DeserializeOwned>(noun: &'static str, id: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(noun, id, &error.to_string()))
}

fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn unreadable(noun: &'static str, id: &str, why: &str) -> StoreError {
    StoreError::Unreadable { noun, id: id.to_owned(), why: why.to_owned() }
}

/// Nanoseconds in a span; what is longer than 292 years is 292 years.
pub(crate) fn nanoseconds(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
