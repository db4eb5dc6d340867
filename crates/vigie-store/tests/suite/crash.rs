//! Killed at any moment, a node has everything that it acknowledged.
//!
//! The test runs itself again as a child that takes batches in and prints each one that was acknowledged. The parent
//! kills it after a random time, opens the database and compares.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use vigie_model::query::Query;
use vigie_policy::{Action, Policy, Viewer};
use vigie_stix::object::Object;
use vigie_store::{NewIntel, Options, Store};

use crate::world::{NOW, World, collection, indicator, label, member};

const FOLDER: &str = "VIGIE_STORE_CRASH";
const ROUNDS: usize = 12;
const BATCH: u128 = 50;

fn text(number: u128) -> String {
    indicator(number, 2020, &"x".repeat(usize::try_from(number % 700).unwrap()))
}

/// What the child does: takes in batch after batch until it is killed. Does nothing when run as a test.
#[test]
fn taking_in_until_killed() {
    let Some(path) = std::env::var_os(FOLDER) else { return };
    let store = Store::open(Path::new(&path), &options()).unwrap();
    let policy = Policy::new().unwrap();
    let viewer = Viewer::of(&member("ma"));
    let label = label("ma", "clear");
    let last = store.read(|it| it.count(collection(1), &clearance(&policy, &store))).unwrap();
    for first in (u128::from(last)..).step_by(usize::try_from(BATCH).unwrap()) {
        let batch: Vec<_> = (first..first + BATCH)
            .map(|number| NewIntel::of(&Object::parse(&text(number)).unwrap(), Vec::new()))
            .map(|new| policy.admit(new, &label, &viewer, NOW).unwrap())
            .collect();
        store.write("ma", NOW, |tx| tx.add_intel_batch(collection(1), batch)).unwrap();
        writeln!(std::io::stderr(), "acknowledged {first}").unwrap();
    }
}

/// Small caches and a short log, so that each round sees spills and checkpoints.
fn options() -> Options {
    Options { writer_cache_bytes: 1 << 16, checkpoint_bytes: 1 << 18, ..Options::default() }
}

fn clearance(policy: &Policy, store: &Store) -> vigie_policy::Clearance {
    let labels = store.read(|it| it.labels()).unwrap();
    policy.clearance(
        &Viewer::of(&member("ma")),
        Action::View,
        NOW,
        labels.iter().map(|(id, label)| (*id, label)),
    )
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let world = World::with(&options());
    let path = world.store.path().to_path_buf();
    let World { store, folder: _folder, policy } = world;
    drop(store);
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let before = acknowledged.len();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::taking_in_until_killed", "--nocapture"])
            .env(FOLDER, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        acknowledged.extend(lines.by_ref().find_map(|it| acknowledged_batch(&it)));
        let chance = SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_micros() % 60_000;
        let until = Instant::now() + Duration::from_micros(chance.into());
        std::thread::sleep(until - Instant::now());
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.filter_map(|it| acknowledged_batch(&it)));
        assert!(acknowledged.len() > before, "round {round}: the child acknowledged nothing");
        compare(&path, &policy, &acknowledged);
    }
}

fn acknowledged_batch(line: &str) -> Option<u128> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

fn compare(path: &Path, policy: &Policy, acknowledged: &BTreeSet<u128>) {
    let store = Store::open(path, &options()).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    let clearance = clearance(policy, &store);
    let page = store.read(|it| it.intel(collection(1), &Query::everything(usize::MAX), &clearance)).unwrap();
    assert!(!page.more);
    let rows: Vec<_> = page.items.into_iter().map(vigie_policy::Released::into_inner).collect();
    assert!(rows.is_sorted_by(|one, next| one.date_added < next.date_added));
    // Batches are whole, in order, each byte as it was brought, and none that was acknowledged is missing.
    assert_eq!(rows.len() as u128 % BATCH, 0);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(*row.text, *text(number as u128));
    }
    let held = rows.len() as u128;
    assert!(acknowledged.iter().all(|first| first + BATCH <= held));
    let entries = store.read(|it| it.journal(0, usize::MAX)).unwrap();
    assert!(entries.iter().map(|it| it.sequence).eq(1..=entries.len() as u64));
    assert_eq!(entries.len() as u128, 5 + held / BATCH, "an entry for each transaction, and no more");
}
