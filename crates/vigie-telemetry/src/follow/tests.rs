//! A log that grows, is rotated, is cut, and is gone on with after a stop.

use super::*;
use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

fn event(name: &str) -> String {
    format!("{{\"event_type\":\"dns\",\"dns\":{{\"rrname\":\"{name}\"}}}}\n")
}

fn append(path: &Path, text: &str) {
    fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Everything new: the names that were asked for, or the reason for a loss.
fn new(follow: &mut Follow) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(record) = follow.next().unwrap() {
        found.push(match record {
            Ok(record) => format!("{}:{}", record.line, text(&record)),
            Err(skipped) => skipped.reason.name().to_owned(),
        });
    }
    found
}

fn text(record: &Record<'_>) -> String {
    match record.event.observables.first().map(|it| &it.value) {
        Some(vigie_model::event::Observed::Text(text)) => text.to_string(),
        other => format!("{other:?}"),
    }
}

fn follow(path: &Path, from: Option<&Checkpoint>) -> Follow {
    Follow::open(path, from, &Options::default()).unwrap()
}

#[test]
fn grows_rotates_and_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("eve.json");
    let mut log = follow(&path, None);
    assert_eq!(new(&mut log), [""; 0], "no file yet");
    append(&path, "");
    assert_eq!(new(&mut log), [""; 0], "an empty file");
    append(&path, &event("a"));
    append(&path, event("b").trim_end());
    assert_eq!(new(&mut log), ["1:a"], "half a line waits");
    append(&path, "\n");
    assert_eq!(new(&mut log), ["2:b"]);

    fs::rename(&path, folder.path().join("eve.json.1")).unwrap();
    assert_eq!(new(&mut log), [""; 0], "moved away, nothing new yet");
    append(&folder.path().join("eve.json.1"), &event("c"));
    assert_eq!(new(&mut log), ["3:c"], "the old one is still written to");
    append(&path, "");
    append(&folder.path().join("eve.json.1"), event("d").trim_end());
    assert_eq!(new(&mut log), [""; 0]);
    append(&path, &event("e"));
    assert_eq!(new(&mut log), ["4:d", "1:e"], "the rest of the old one, then the new one");

    fs::write(&path, "").unwrap();
    assert_eq!(new(&mut log), [""; 0]);
    append(&path, &event("f"));
    assert_eq!(new(&mut log), ["1:f"], "cut and written again");
    append(&path, "oops\n");
    assert_eq!(new(&mut log), ["syntax"]);
    assert_eq!((log.summary().events, log.summary().lost()), (6, 1));
}

#[test]
fn goes_on_from_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dns.log");
    append(&path, "#separator \\x09\n#path\tdns\n#fields\tts\tquery\n1.0\ta\n2.0\tb\n");
    let mut log = follow(&path, None);
    assert_eq!(log.next().unwrap().map(|it| it.unwrap().line), Some(4));
    let place = log.checkpoint().unwrap().to_string().parse().unwrap();
    drop(log);
    append(&path, "3.0\tc\n");
    assert_eq!(new(&mut follow(&path, Some(&place))), ["5:b", "6:c"], "its headers are read again");

    let other = Checkpoint { head: place.head ^ 1, ..place.clone() };
    assert_eq!(new(&mut follow(&path, Some(&other))).len(), 3, "another file with the same inode");
    let beyond = Checkpoint { offset: 1 << 40, ..place };
    assert_eq!(new(&mut follow(&path, Some(&beyond))).len(), 3, "cut since");
    assert_eq!("1:2".parse::<Checkpoint>(), Err(BadCheckpoint("1:2".into())));
}

#[test]
fn a_log_of_no_known_format_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    append(&path, &"GET / HTTP/1.1\n".repeat(ENOUGH_BYTES / 10));
    assert!(matches!(follow(&path, None).next(), Err(FollowError::Unrecognised { .. })));
}

#[test]
fn waits_without_delay_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("eve.json");
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (path, stop) = (path.clone(), Arc::clone(&stop));
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(60));
            let written = Instant::now();
            append(&path, &event("late"));
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Ordering::Relaxed);
            written
        })
    };
    let mut log = follow(&path, None);
    let first = log.wait(Duration::from_millis(10), &stop).unwrap().map(|it| text(&it.unwrap()));
    let seen = Instant::now();
    assert_eq!(first.as_deref(), Some("late"));
    assert!(log.wait(Duration::from_millis(10), &stop).unwrap().is_none(), "stopped");
    let delay = seen - writer.join().unwrap();
    assert!(delay < Duration::from_millis(200), "{delay:?}");
}
