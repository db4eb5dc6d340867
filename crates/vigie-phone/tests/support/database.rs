//! The rows of a table as SQLite and as we see them, in one form.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use vigie_phone::Limits;
use vigie_phone::sqlite::{Database, Outcome, Value};

/// A row: its values as text, each with a letter for its kind.
pub(crate) type Shown = Vec<String>;

/// A table as SQLite reads it, in the order of our reader.
pub(crate) fn selected(connection: &Connection, table: &str, rowid: bool) -> Vec<Shown> {
    let name = table.replace('"', "\"\"");
    let sql = if rowid {
        format!("SELECT _rowid_, * FROM \"{name}\" ORDER BY _rowid_")
    } else {
        format!("SELECT * FROM \"{name}\"")
    };
    let mut statement = connection.prepare(&sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        found.push((0..columns).map(|it| of_sqlite(row.get_ref(it).unwrap())).collect());
    }
    if !rowid {
        found.sort();
    }
    found
}

fn of_sqlite(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(it) => format!("i{it}"),
        ValueRef::Real(it) => format!("r{it:?}"),
        ValueRef::Text(it) => format!("t{}", String::from_utf8_lossy(it)),
        ValueRef::Blob(it) => format!("b{it:x?}"),
    }
}

/// A table as we read it.
pub(crate) fn read(database: &Database<'_>, table: &str) -> (Vec<Shown>, Outcome) {
    let table = database.table(table).unwrap();
    let columns: Vec<usize> = table.columns().map(|it| table.column(it).unwrap()).collect();
    let mut rows = database.rows(&table);
    let mut found = Vec::new();
    let mut sorted = true;
    for row in &mut rows {
        let rowid = row.rowid().map(|it| format!("i{it}"));
        sorted &= rowid.is_some();
        let values = columns.iter().filter_map(|it| row.at(*it)).map(|it| ours(&it));
        found.push(rowid.into_iter().chain(values).collect());
    }
    if !sorted {
        found.sort();
    }
    (found, rows.outcome())
}

fn ours(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Integer(it) => format!("i{it}"),
        Value::Real(it) => format!("r{it:?}"),
        Value::Text(it) => format!("t{it}"),
        Value::Blob(it) => format!("b{it:x?}"),
        Value::Lost => "lost".to_owned(),
    }
}

/// The bytes of a database and of its log, if it has one.
pub(crate) fn files(path: &Path) -> (Vec<u8>, Option<Vec<u8>>) {
    let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap().display()));
    (std::fs::read(path).unwrap(), std::fs::read(log).ok())
}

/// Opens what is sound enough.
pub(crate) fn open<'a>(main: &'a [u8], wal: Option<&'a [u8]>) -> Database<'a> {
    Database::open(main, wal, &Limits::default()).unwrap()
}
