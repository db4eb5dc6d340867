//! Databases as SQLite writes them, whole, packed and cut.

use std::io::Write;

use super::*;
use crate::ios::testing::{lines, read};

fn database() -> Vec<u8> {
    let path = tempfile::NamedTempFile::new().unwrap();
    let database = rusqlite::Connection::open(path.path()).unwrap();
    database
        .execute_batch(
            "CREATE TABLE PLProcess (ID INTEGER PRIMARY KEY, timestamp REAL, ProcessName TEXT, Other TEXT);
             INSERT INTO PLProcess VALUES (1, 1780000000, 'bh', 'x'), (2, 1780000060, 'bh', 'y'),
                (3, 1780000030, '/private/var/tmp/z', NULL);
             CREATE TABLE Apps (bundle_id TEXT, url TEXT);
             INSERT INTO Apps VALUES ('com.example.a', 'https://bad.example/x'), (NULL, '');",
        )
        .unwrap();
    drop(database);
    std::fs::read(path.path()).unwrap()
}

#[test]
fn each_name_is_told_once() {
    assert_eq!(
        lines(&POWER, &database()),
        "PLProcess /private/var/tmp/z | first met 2026-05-28T20:27:10Z Exact | last met 2026-05-28T20:27:10Z \
         Exact | /private/var/tmp/z, met 1 times | process:name=z file:path=/private/var/tmp/z file:name=z \
         !staging-program\n\
         PLProcess bh | first met 2026-05-28T20:26:40Z Exact | last met 2026-05-28T20:27:40Z Exact | bh, met 2 \
         times | process:name=bh\n\
         Apps com.example.a | com.example.a, met 1 times | app:id=com.example.a\n\
         Apps https://bad.example/x | https://bad.example/x, met 1 times | url:value=https://bad.example/x \
         domain-name:value=bad.example\n\
         present 4\n"
    );
}

#[test]
fn packed_and_damaged_ones() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&database()).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(read(&POWER, &packed).1, State::Present { records: 4 });
    let cut = packed.get(..packed.len() / 2).unwrap();
    assert!(read(&POWER, cut).1.is_incomplete());
    assert_eq!(
        lines(&STORE, b""),
        "unreadable: the file is empty (0 bytes); a database has at least one page\n"
    );
    assert!(read(&STORE, database().get(..4096).unwrap()).1.is_incomplete());
}
