//! `vigie watch --files`: files that are evidence themselves, matched by hash, name and size.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::samples::{envelope, indicator_of};
use crate::watching::Desk;

/// What the file of the attacker holds in these tests, and its digests.
const CONTENT: &str = "evil";
const SHA256: &str = "b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73";
const SHA1: &str = "b653891162a040e1bfe6e436bdcd93827e0c56e5";
const MD5: &str = "4034a346ccee15292d823416f7510a2f";

fn evidence() -> Desk {
    Desk::with(&[
        ("evidence/a/holiday.jpg", CONTENT),
        ("evidence/a/mimikatz.exe", "something else"),
        ("evidence/b/c/letter.txt", "nothing"),
        ("evidence/empty", ""),
    ])
}

#[track_caller]
fn check_list(value: &str, want: &[&str]) {
    let desk = evidence();
    desk.write("list.txt", value);
    let watched = desk.watch(&["--indicators", "list.txt", "--files", "evidence"]);
    assert_eq!(watched.ran.status, if want.is_empty() { 0 } else { 3 }, "{}", watched.ran.told);
    let files: Vec<&str> = watched.lines.iter().map(|it| it["source"]["file"].as_str().unwrap()).collect();
    assert_eq!(files, want, "{value}");
    assert_eq!(watched.number("files"), 4);
    watched.ran.check(watched.ran.status, &[], &["files: 4 in 25 bytes"]);
}

#[test]
fn digests_of_files_are_looked_up_in_lists() {
    for digest in [SHA256, SHA1, MD5] {
        check_list(digest, &["evidence/a/holiday.jpg"]);
        check_list(&digest.to_uppercase(), &["evidence/a/holiday.jpg"]);
    }
    check_list(&SHA256.replace('e', "d"), &[]);
    // Names are not compared with lists: too many files have the same.
    check_list("mimikatz.exe", &[]);
}

#[test]
fn names_sizes_and_digests_of_files_are_matched_by_patterns() {
    let patterns = [
        "[file:name = 'mimikatz.exe']".to_owned(),
        format!("[file:hashes.'SHA-256' = '{SHA256}' AND file:size = 4]"),
        format!("[file:hashes.MD5 = '{MD5}' AND file:size = 5]"),
        "[file:name MATCHES '^letter']".to_owned(),
    ];
    let texts: Vec<String> =
        patterns.iter().enumerate().map(|(number, it)| indicator_of(number, it)).collect();
    let desk = evidence();
    desk.write("rules.json", envelope(&texts));
    let watched = desk.watch(&["--indicators", "rules.json", "--files", "evidence"]);
    let mut want = vec![
        format!("{} at evidence/a/holiday.jpg:0", patterns[1]),
        format!("{} at evidence/a/mimikatz.exe:0", patterns[0]),
        format!("{} at evidence/b/c/letter.txt:0", patterns[3]),
    ];
    want.sort();
    assert_eq!(watched.fired(), want, "{}", watched.ran.told);
    let hit = watched.lines.iter().find(|it| it["source"]["file"] == "evidence/a/holiday.jpg").unwrap();
    assert_eq!(hit["source"]["format"], "file");
    assert_eq!(hit["event"]["sha1"], SHA1);
    assert_eq!(hit["event"]["size"], 4);
}

/// What cannot be read costs only itself, and is said.
#[test]
fn what_is_no_readable_file_is_said() {
    let desk = evidence();
    desk.write("list.txt", SHA256);
    assert!(Command::new("mkfifo").arg(desk.path("evidence/pipe")).status().unwrap().success());
    symlink("a/holiday.jpg", desk.path("evidence/link")).unwrap();
    symlink("nowhere", desk.path("evidence/dangling")).unwrap();
    symlink(".", desk.path("evidence/loop")).unwrap();
    let watched = desk.watch(&["--indicators", "list.txt", "--files", "evidence", "--files", "absent"]);
    assert_eq!(watched.fired().len(), 1, "{}", watched.ran.told);
    watched.ran.check(
        3,
        &[],
        &["`evidence/pipe` is no regular file", "could not read `absent`: No such file"],
    );
    let left_out = serde_json::json!({"link": 3, "no-regular-file": 1, "unreadable": 1});
    assert_eq!(watched.summary["files_left_out"], left_out);
    assert_eq!(watched.number("files"), 4);
}

/// Whoever may read everything reads this too, so the test is silent for root.
#[test]
fn a_file_that_may_not_be_read_is_said() {
    let desk = evidence();
    desk.write("list.txt", SHA256);
    let locked = desk.write("evidence/locked", CONTENT);
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&locked).is_ok() {
        println!("skipped: who runs this may read every file");
        return;
    }
    let watched = desk.watch(&["--indicators", "list.txt", "--files", "evidence"]);
    watched.ran.check(3, &[], &["could not read `evidence/locked`: Permission denied"]);
    assert_eq!(watched.summary["files_left_out"], serde_json::json!({"unreadable": 1}));
    assert_eq!(watched.fired().len(), 1);
}

/// Files and logs in one run: both are matched, and the status is that of either.
#[test]
fn files_and_logs_go_together() {
    let desk = evidence();
    desk.write("list.txt", format!("{SHA256}\nbad.example\n"));
    desk.write("eve.json", crate::samples::question("bad.example"));
    let watched = desk.watch(&["--indicators", "list.txt", "--files", "evidence", "eve.json"]);
    let want = [format!("{SHA256} at evidence/a/holiday.jpg:0"), "bad.example at eve.json:1".to_owned()];
    assert_eq!(watched.fired(), want);
    assert_eq!(watched.ran.status, 3);
}
