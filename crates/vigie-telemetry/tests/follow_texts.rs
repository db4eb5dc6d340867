//! Text logs that grow: wherever reading stops, going on from the checkpoint loses and repeats nothing, although headers
//! and records that belong together stand before it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use vigie_telemetry::{Checkpoint, Follow, Options};

const CASES: &[&str] =
    &["w3c/iis", "w3c/proxy", "csv/table", "auditd/events", "syslog/services", "web/access", "zeek/conn"];

/// Everything new: events, or why a record was lost.
fn new(follow: &mut Follow) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(record) = follow.next().expect("the log can be read") {
        found.push(match record {
            Ok(record) => format!("{} {:?}", record.line, record.event),
            Err(skipped) => skipped.to_string(),
        });
    }
    found
}

fn open(path: &Path, from: Option<&Checkpoint>) -> Follow {
    Follow::open(path, from, &Options::default()).expect("the log can be followed")
}

/// What comes of a log that is read until `stop`, and after a restart from there on, until it is rotated away.
fn read(text: &[u8], stop: usize) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    fs::write(&path, &text[..stop]).expect("it can be written");
    let mut first = open(&path, None);
    let mut found = new(&mut first);
    let from = first.checkpoint();
    drop(first);
    let mut file = OpenOptions::new().append(true).open(&path).expect("it is there");
    file.write_all(&text[stop..]).expect("it can be written");
    let mut second = open(&path, from.as_ref());
    found.extend(new(&mut second));
    fs::rename(&path, folder.path().join("log.1")).expect("it can be moved");
    fs::write(&path, "\n").expect("it can be written");
    found.extend(new(&mut second));
    found
}

#[test]
fn reading_goes_on_anywhere() {
    for case in CASES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(case);
        let text = fs::read(folder.join("input.log"))
            .or_else(|_| fs::read(folder.join("input.csv")))
            .expect("a case");
        let want = read(&text, 0);
        assert!(want.len() > 1 || *case == "w3c/proxy", "{case}: {want:?}");
        for stop in (0..text.len()).filter(|it| it % 17 == 0 || text.get(it - 1) == Some(&b'\n')) {
            assert_eq!(read(&text, stop), want, "{case}, stopped after {stop} bytes");
        }
    }
}
