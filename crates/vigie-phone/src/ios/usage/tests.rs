//! Programs of a dump, and what is left of those that are gone.

use super::*;
use crate::{Held, Kind, Limits};

/// Signs of programs in a dump with these files.
fn signs(programs: &[&str]) -> Vec<(String, Vec<Sign>)> {
    let path = tempfile::NamedTempFile::new().unwrap();
    let statements = "
        CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, ZPROCNAME TEXT, ZBUNDLENAME TEXT, ZFIRSTTIMESTAMP REAL, ZTIMESTAMP REAL);
        CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP REAL);
        INSERT INTO ZPROCESS VALUES (1, 'here', NULL, 1.0, 2.0), (2, 'gone', NULL, 1.0, 2.0),
            (3, 'app', 'com.example.app', 1.0, 2.0), (4, 'd/com.example.b', NULL, 1.0, 2.0);";
    rusqlite::Connection::open(path.path()).unwrap().execute_batch(statements).unwrap();
    let database = std::fs::read(path.path()).unwrap();
    let mut files = Held::new(Kind::IosDump).with("private/var/networkd/netusage.sqlite", &database);
    for program in programs {
        files = files.with(program, b"");
    }
    let mut signs = Vec::new();
    crate::ios::read(&mut files, &Limits::default(), &mut |it| {
        if it.artefact == NET_USAGE.name {
            signs.push((it.text, it.signs));
        }
    });
    signs
}

#[test]
fn a_program_without_a_file_is_told_where_programs_are_there() {
    let of = |programs: &[&str]| -> Vec<String> {
        let gone = signs(programs).into_iter().filter(|it| it.1.contains(&Sign::ProgramGone));
        gone.map(|it| it.0).collect()
    };
    assert_eq!(of(&["sbin/launchd", "usr/libexec/here"]), ["gone"]);
    assert_eq!(of(&["usr/libexec/here"]), Vec::<String>::new());
}
