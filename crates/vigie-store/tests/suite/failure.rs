//! A database that cannot be used says so, says which it is, and what to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use vigie_model::query::Query;
use vigie_store::{Options, Store, StoreError};

use crate::world::{World, collection, indicator};

fn impatient() -> Options {
    Options { busy_timeout: Duration::from_millis(50), ..Options::default() }
}

/// A sound database of a few hundred pages, closed.
fn database() -> (tempfile::TempDir, PathBuf) {
    let world = World::new();
    for number in 0..200 {
        world.add_to(1, "ma", "clear", &indicator(number, 2020, &"a".repeat(2_000)));
    }
    let path = world.store.path().to_path_buf();
    let World { store, folder, .. } = world;
    drop(store);
    (folder, path)
}

#[track_caller]
fn check(path: &Path, want: &str) {
    let error = Store::open(path, &impatient()).unwrap_err().to_string();
    assert_eq!(error, want.replace("PATH", &path.display().to_string()));
}

#[test]
fn a_file_that_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    fs::write(&path, "Dear diary, today I was taken for a database. ".repeat(100)).unwrap();
    check(&path, "`PATH` is no database; name another file, or restore this one from a backup");
}

#[test]
fn a_database_with_a_damaged_header() {
    let (_folder, path) = database();
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().take(100).for_each(|it| *it ^= 0x5a);
    fs::write(&path, bytes).unwrap();
    check(&path, "`PATH` is no database; name another file, or restore this one from a backup");
}

#[test]
fn a_database_that_was_cut_off() {
    let (_folder, path) = database();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, bytes.get(..bytes.len() / 3).unwrap()).unwrap();
    check(&path, "the database `PATH` is damaged; stop the node and restore it from a backup");
}

#[test]
fn a_damaged_page_is_found_when_it_is_read() {
    let (_folder, path) = database();
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().skip(40 * 4_096).for_each(|it| *it = 0xff);
    fs::write(&path, bytes).unwrap();
    let store = Store::open(&path, &impatient()).unwrap();
    assert!(!store.check().unwrap().is_empty());
    let policy = vigie_policy::Policy::new().unwrap();
    let viewer = vigie_policy::Viewer::of(&crate::world::member("ma"));
    let error = store
        .read(|it| {
            let labels = it.labels()?;
            let labels = labels.iter().map(|(id, label)| (*id, label));
            let clearance = policy.clearance(&viewer, vigie_policy::Action::View, 0, labels);
            it.intel(collection(1), &Query::everything(1_000), &clearance)
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[test]
fn a_database_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (it)").unwrap();
    check(&path, "the database `PATH` belongs to another program; name another file");
}

#[test]
fn a_database_of_a_later_release() {
    let (_folder, path) = database();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE refinery_schema_history SET version = 99 WHERE version = 1")
        .unwrap();
    check(
        &path,
        "the database `PATH` has schema 99, this release knows schemas up to 2; use the newer release",
    );
}

#[test]
fn a_folder_that_may_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing/vigie.db");
    let want = "cannot open the database `PATH`; check that its folder exists and may be written";
    check(&nowhere, want);
    #[cfg(target_os = "linux")]
    check(Path::new("/proc/vigie.db"), want);
}

#[test]
fn a_database_that_another_process_writes_to() {
    let world = World::with(&impatient());
    let other = rusqlite::Connection::open(world.store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let error = world.write(|tx| tx.journal(&vigie_model::journal::Act::Initialised {})).unwrap_err();
    let want = format!(
        "the database `{}` is locked by another process; try again, or stop that process",
        world.store.path().display()
    );
    assert_eq!(error.to_string(), want);
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert!(world.store.read(|it| it.last_sequence()).is_ok(), "readers go on");
    other.execute_batch("ROLLBACK").unwrap();
    world.write(|tx| tx.journal(&vigie_model::journal::Act::Initialised {})).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_that_was_accepted() {
    let world = World::with(&Options { size_limit: Some(600_000), ..Options::default() });
    let long = "a".repeat(20_000);
    let mut accepted = 0;
    let error = loop {
        let text = indicator(accepted, 2020, &long);
        let new = vigie_store::NewIntel::of(&vigie_stix::object::Object::parse(&text).unwrap(), Vec::new());
        let new = world.admit(new, "ma", "clear");
        match world.write(|tx| tx.add_intel(collection(1), new)) {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert!(accepted > 5);
    let want = format!(
        "no room left for the database `{}`; free some space, or raise its limit",
        world.store.path().display()
    );
    assert_eq!(error.to_string(), want);
    assert_eq!(world.sees("ma", &Query::everything(1_000)).len() as u128, accepted);
    assert!(world.store.check().unwrap().is_empty());
}

/// The command line writes while the node serves.
#[test]
fn two_processes_share_a_database() {
    let world = World::new();
    let other = Store::open(world.store.path(), &Options::default()).unwrap();
    let before = world.store.data_version().unwrap();
    assert_eq!(world.store.data_version().unwrap(), before);
    let writers: Vec<_> = [world.store.clone(), other]
        .into_iter()
        .map(|store| {
            std::thread::spawn(move || {
                for _ in 0..50 {
                    store.write("x", 0, |tx| tx.journal(&vigie_model::journal::Act::Initialised {})).unwrap();
                }
            })
        })
        .collect();
    let first = world.store.read(|it| it.last_sequence()).unwrap();
    for writer in writers {
        writer.join().unwrap();
    }
    let entries = world.store.read(|it| it.journal(0, 1_000)).unwrap();
    assert_eq!(entries.len(), 105);
    assert!(entries.iter().map(|it| it.sequence).eq(1..=105) && first <= 105);
    assert_ne!(world.store.data_version().unwrap(), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_new_database() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.add_to(1, "ma", "clear", &indicator(1, 2020, "a"));
    for file in fs::read_dir(world.folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
    }
}

/// Several start at once on a new database.
#[test]
fn a_new_database_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Store::open(&path, &Options::default()).map(drop))
        })
        .collect();
    for opener in openers {
        opener.join().unwrap().unwrap();
    }
}
