//! Disks that are full or read-only, databases that are locked, damaged, or something else.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::node::{self, Home, Node};
use crate::samples::{envelope, long_indicator};

/// The binary, started by a shell that first does this. `$DATA` is the node's folder.
fn after(home: &Home, script: &str) -> Command {
    let mut command = Command::new("sh");
    let script = format!("{script}\nexec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_vigie")]).env("DATA", home.data());
    command
}

/// The same where this process may mount what only it sees.
fn after_mount(home: &Home, script: &str) -> Option<Command> {
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c"]);
    let able = command.arg("mount -t tmpfs none /mnt").output().is_ok_and(|it| it.status.success());
    if !able {
        println!("skipped: `unshare -rm` may not mount here");
        return None;
    }
    let mut command = Command::new("unshare");
    let script = format!("set -e\n{script}\nexec \"$0\" \"$@\"");
    command.args(["-rm", "sh", "-c", &script, env!("CARGO_BIN_EXE_vigie")]).env("DATA", home.data());
    Some(command)
}

/// Adds objects until the node cannot; gives those that it took, and how it refused the next.
#[track_caller]
fn fill(node: &Node) -> (Vec<String>, u16, String) {
    let mut taken = Vec::new();
    for number in 0..10_000 {
        let text = long_indicator(number, 100_000);
        let answer = node.client.post(&envelope(std::slice::from_ref(&text)));
        if answer.status != 202 {
            return (taken, answer.status, answer.text());
        }
        taken.push(text);
    }
    panic!("the disk is not full after {} objects", taken.len());
}

#[test]
fn a_full_disk_loses_nothing_that_was_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let script = "mkdir \"$DATA.seed\"\ncp -r \"$DATA/.\" \"$DATA.seed\"\nmount -t tmpfs -o size=8m none \"$DATA\"\n\
                  cp -r \"$DATA.seed/.\" \"$DATA\"\nrm -r \"$DATA.seed\"";
    let Some(command) = after_mount(&home, script) else { return };
    let node = home.serve_by(command).unwrap();
    let (taken, status, why) = fill(&node);
    assert!(taken.len() > 5, "{}", taken.len());
    assert_eq!(status, 507, "{why}");
    assert!(why.contains("no room left") && node.tells("free some space"), "{why}\n{}", node.told());
    assert_eq!(node.client.everything(10), taken);
    assert_eq!(node.client.get("/healthz").status, 200);
}

/// Another way in which writing fails; and after it the node starts again with all that it took.
#[test]
fn a_limit_on_files_loses_nothing_that_was_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let command = after(&home, "trap '' XFSZ\nulimit -f 12000");
    let mut node = home.serve_by(command).unwrap();
    let (taken, status, why) = fill(&node);
    assert!(taken.len() > 5, "{}", taken.len());
    assert!(matches!(status, 500 | 507), "{status} {why}");
    assert_eq!(node.client.everything(10), taken);
    node.kill();
    let node = home.serve();
    assert_eq!(node.client.everything(1_000), taken);
    node.works(20_000);
}

#[test]
fn a_read_only_disk_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let script = "mount --bind \"$DATA\" \"$DATA\"\nmount -o remount,ro,bind \"$DATA\"";
    let Some(command) = after_mount(&home, script) else { return };
    let told = home.serve_by(command).err().unwrap();
    assert!(told.contains(home.data()) && told.contains("written"), "{told}");
    home.serve().works(1);
}

/// Another program holds the lock of the database: reading goes on, writing waits and then says so.
#[test]
fn a_locked_database_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let node = home.serve();
    node.works(1);
    let other = rusqlite::Connection::open(home.folder.join("vigie.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let answer = node.client.post(&envelope(&[long_indicator(2, 10)]));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.head.contains("\nretry-after: 1"), "{}", answer.head);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(node.tells("is locked by another process"), "{}", node.told());
    assert_eq!(node.client.everything(10).len(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    node.works(3);
}

/// Damages the database of a node with one object; gives what serving and examining it tell.
fn damaged(damage: fn(&Path)) -> (Result<Node, String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    home.serve().works(1);
    damage(&home.folder.join("vigie.db"));
    for rest in ["vigie.db-wal", "vigie.db-shm"] {
        // A node that stopped cleanly leaves none.
        let _ = fs::remove_file(home.folder.join(rest));
    }
    let doctor = node::run(&["doctor", "--data", home.data()]);
    assert_ne!(doctor.status.code(), Some(0));
    let told =
        String::from_utf8_lossy(&doctor.stdout).into_owned() + &String::from_utf8_lossy(&doctor.stderr);
    (home.serve_by(Command::new(env!("CARGO_BIN_EXE_vigie"))), told)
}

#[track_caller]
fn check_damage(damage: fn(&Path), says: &str) {
    let (served, examined) = damaged(damage);
    let told = served.err().unwrap();
    assert!(told.contains(says) && told.contains("restore"), "{told}");
    assert!(examined.contains(says) && examined.contains("restore"), "{examined}");
}

#[test]
fn a_damaged_database_is_named_with_its_remedy() {
    check_damage(
        |it| fs::write(it, "this is no database, whatever its name says".repeat(100)).unwrap(),
        "is no database",
    );
    let cut = |it: &Path| fs::OpenOptions::new().write(true).open(it).unwrap().set_len(20_000).unwrap();
    check_damage(cut, "is damaged");
    let scribble = |it: &Path| {
        let mut bytes = fs::read(it).unwrap();
        bytes[4_096..].fill(0x5a);
        fs::write(it, bytes).unwrap();
    };
    check_damage(scribble, "is damaged");
}
