//! At a terminal, with no more than the evidence named: consent is asked for, then the password, and a report comes out.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::maker::{Locked, file, make};

const LOCKED: Locked = Locked { password: "pass word", first_rounds: Some(7) };

/// An encrypted backup and an indicator beside it.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    fs::create_dir(&backup).unwrap();
    make(&backup, &[file("HomeDomain", "Library/x", b"x")], Some(&LOCKED));
    fs::write(folder.path().join("indicators.txt"), "evil.example\n").unwrap();
    folder
}

/// Runs the check in a terminal of its own.
fn at_a_terminal(folder: &Path) -> Child {
    let vigie = env!("CARGO_BIN_EXE_vigie");
    let line = format!("{vigie} phone check backup --indicators indicators.txt --out out");
    Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(folder)
        .env_remove("VIGIE_DATA")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Answers each question when it comes; gives all that was shown, and the exit status.
fn converse(mut child: Child, answers: &[(&str, &str)]) -> (String, Option<i32>) {
    let (mut to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    let mut seen = 0;
    let mut answers = answers.iter().peekable();
    let mut chunk = [0; 1024];
    loop {
        let read = from.read(&mut chunk).unwrap_or(0);
        if read == 0 {
            break;
        }
        shown.extend(&chunk[..read]);
        while let Some((question, answer)) = answers.peek() {
            let rest = String::from_utf8_lossy(&shown[seen..]).into_owned();
            let Some(at) = rest.find(question) else { break };
            seen += at + question.len();
            to.write_all(format!("{answer}\n").as_bytes()).unwrap();
            answers.next();
        }
    }
    drop(to);
    (String::from_utf8_lossy(&shown).into_owned(), child.wait().unwrap().code())
}

#[test]
fn consent_and_password_are_asked_for() {
    let folder = desk();
    let answers = [
        ("Whose phone", "Amal"),
        ("check for?", ""),
        ("looked at?", ""),
        ("be kept?", ""),
        ("agree", "yes"),
        ("Password:", "wrong"),
        ("Password:", LOCKED.password),
    ];
    let (shown, status) = converse(at_a_terminal(folder.path()), &answers);
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("result: nothing found in what could be read"), "{shown}");
    assert!(!shown.contains(LOCKED.password), "a password is not shown: {shown}");
    assert!(fs::read_to_string(folder.path().join("out/report.html")).unwrap().contains("Amal"));
}

#[test]
fn nothing_is_read_without_consent() {
    let folder = desk();
    let answers =
        [("Whose phone", "Amal"), ("check for?", ""), ("looked at?", ""), ("be kept?", ""), ("agree", "no")];
    let (shown, status) = converse(at_a_terminal(folder.path()), &answers);
    assert_eq!(status, Some(2), "{shown}");
    assert!(shown.contains("the owner did not agree; nothing was read"), "{shown}");
    assert!(!folder.path().join("out").exists());
}
