//! Databases of real phones, which lie outside the repository: every table of each as SQLite reads it.
//!
//! `VIGIE_SHARED_DATA` names their folder; without it, and without `../shared/data` beside the checkout, the test says
//! that it is skipped.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "support/database.rs"]
mod database;

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// Where the last page of a record is nothing but zeros, after bytes that are none: somebody wiped it. SQLite reads the
/// zeros as the value; ours says that the end is lost.
const WIPED: (&str, &str) = ("0d609c54856a9bb2d56729df1d68f2958a88426b", "Z_MODELCACHE");

/// A file by its path, archives among the folders.
type Files = Vec<(String, Vec<u8>)>;

#[test]
fn every_table_of_real_databases() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from).join("phone-artifacts");
    if !folder.is_dir() {
        println!("SKIPPED: no shared data; set VIGIE_SHARED_DATA to its folder");
        return;
    }
    let mut files = Vec::new();
    collect(&folder, &mut files);
    let scratch = tempfile::tempdir().unwrap();
    let (mut databases, mut tables, mut rows, mut logs) = (0, 0, 0, 0);
    for (path, bytes) in files.iter().filter(|it| it.1.starts_with(b"SQLite format 3\0")) {
        let log = files.iter().find(|it| it.0 == format!("{path}-wal")).map(|it| &*it.1);
        let (here, read) = check(path, bytes, log, scratch.path());
        databases += 1;
        tables += here;
        rows += read;
        logs += usize::from(log.is_some_and(|it| !it.is_empty()));
    }
    println!("{databases} databases, {logs} with a log, {tables} tables, {rows} rows");
    assert!(databases >= 20 && rows >= 5_000, "{databases} databases, {rows} rows");
}

/// Compares every table; gives how many there are, and their rows.
fn check(path: &str, bytes: &[u8], log: Option<&[u8]>, scratch: &Path) -> (usize, usize) {
    // SQLite writes beside what it opens: it gets copies.
    let copy = scratch.join("copy.db");
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(scratch.join(format!("copy.db{ending}")));
    }
    std::fs::write(&copy, bytes).unwrap();
    if let Some(log) = log {
        std::fs::write(scratch.join("copy.db-wal"), log).unwrap();
    }
    let connection = Connection::open(&copy).unwrap();
    let log = database::files(&copy).1;
    let ours = database::open(bytes, log.as_deref());
    let (mut tables, mut rows) = (0, 0);
    for name in ours.tables() {
        let definition: String = connection
            .query_row("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", [name], |row| {
                row.get(0)
            })
            .unwrap();
        let without = definition.to_ascii_uppercase().contains("WITHOUT ROWID");
        let want = database::selected(&connection, name, !without);
        let (got, outcome) = database::read(&ours, name);
        assert_eq!(got.len(), want.len(), "{path}: {name}: {outcome:?}");
        if path.ends_with(WIPED.0) && name == WIPED.1 {
            assert_eq!(outcome.damage().as_deref(), Some("1 rows have lost their end"), "{path}: {name}");
        } else {
            assert_eq!(got, want, "{path}: {name}");
            assert_eq!(outcome.damage(), None, "{path}: {name}");
        }
        tables += 1;
        rows += got.len();
    }
    let known: u32 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(tables, known as usize, "{path}");
    (tables, rows)
}

fn collect(folder: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
            continue;
        }
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).unwrap();
        if let Some(name) = name.strip_suffix(".tar.zst") {
            let unpacked = zstd::decode_all(&*bytes).unwrap();
            for member in tar::Archive::new(&*unpacked).entries().unwrap() {
                let mut member = member.unwrap();
                let inner = format!("{name}/{}", member.path().unwrap().display());
                let mut content = Vec::new();
                member.read_to_end(&mut content).unwrap();
                files.push((inner, content));
            }
        } else if let Some(name) = name.strip_suffix(".zst") {
            files.push((name.to_owned(), zstd::decode_all(&*bytes).unwrap()));
        } else if path.extension().is_some_and(|it| it == "zip") {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            for at in 0..archive.len() {
                let mut member = archive.by_index(at).unwrap();
                let mut content = Vec::new();
                let inner = format!("{name}/{}", member.name());
                if member.read_to_end(&mut content).is_ok() {
                    files.push((inner, content));
                }
            }
        } else {
            files.push((name, bytes));
        }
    }
}
