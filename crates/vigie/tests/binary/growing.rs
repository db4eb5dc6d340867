//! `vigie watch --follow`: matches as the log grows, across rotation and truncation, and a summary at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

use crate::node;

/// A line for a name that was asked for, made up.
fn lookup(name: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-03-01T10:00:00.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","dns":{{"type":"query","rrname":"{name}","rrtype":"A"}}}}"#
    ) + "\n"
}

/// The matches of a watch, as they come.
struct Watch {
    child: Child,
    lines: Receiver<Value>,
}

impl Watch {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (told, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines() {
                told.send(serde_json::from_str(&line.unwrap()).unwrap()).unwrap();
            }
        });
        Self { child, lines }
    }

    /// The next match: its value, and the line and format of its record.
    #[track_caller]
    fn next(&self) -> (String, u64, String) {
        let line = self.lines.recv_timeout(Duration::from_mins(1)).expect("a match within a minute");
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let source = &line["source"];
        (text(&line["matched"][0]["value"]), source["line"].as_u64().unwrap(), text(&source["format"]))
    }

    /// Interrupts it as Ctrl-C does, and gives its exit status.
    fn interrupt(&mut self) -> Option<i32> {
        let done = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
        self.child.wait().unwrap().code()
    }
}

fn append(log: &Path, text: &str) {
    OpenOptions::new().append(true).open(log).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn matches_come_as_the_log_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let seen = |value: &str, line: u64| (value.to_owned(), line, "eve".to_owned());
    fs::write(path("list.txt"), "evil.example\n").unwrap();
    let log = path("eve.json");
    fs::write(&log, lookup("a.evil.example") + &lookup("good.example")).unwrap();
    let named = [text("list.txt"), text("summary.json"), text("eve.json")];
    let mut watch =
        Watch::start(&["watch", "--follow", "--indicators", &named[0], "--summary", &named[1], &named[2]]);
    assert_eq!(watch.next(), seen("a.evil.example", 1));
    append(&log, &lookup("b.evil.example"));
    assert_eq!(watch.next(), seen("b.evil.example", 3));
    // A line that is not whole yet.
    let (head, tail) = (&lookup("c.evil.example")[..40], &lookup("c.evil.example")[40..]);
    append(&log, head);
    std::thread::sleep(Duration::from_millis(200));
    append(&log, tail);
    assert_eq!(watch.next(), seen("c.evil.example", 4));
    // Rotated: what was written to the old file last is read, too.
    fs::rename(&log, path("eve.json.1")).unwrap();
    append(&path("eve.json.1"), &lookup("d.evil.example"));
    fs::write(&log, lookup("e.evil.example")).unwrap();
    assert_eq!(watch.next(), seen("d.evil.example", 5));
    assert_eq!(watch.next(), seen("e.evil.example", 1));
    // Cut, and written anew.
    File::create(&log).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    append(&log, &lookup("evil.example"));
    assert_eq!(watch.next(), seen("evil.example", 1));
    assert_eq!(watch.interrupt(), Some(3));
    let summary: Value = serde_json::from_str(&fs::read_to_string(path("summary.json")).unwrap()).unwrap();
    assert_eq!((&summary["events"], &summary["matches"]), (&7.into(), &6.into()));
}

#[test]
fn a_log_that_cannot_be_followed_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("list.txt"), "evil.example\n").unwrap();
    fs::create_dir(path("logs")).unwrap();
    fs::write(path("logs/a.txt"), "nothing of the kind\n".repeat(10_000)).unwrap();
    fs::write(path("logs/b.json"), lookup("good.example")).unwrap();
    let named = ["list.txt", "logs", "summary.json"].map(|it| path(it).to_str().unwrap().to_owned());
    let mut watch =
        Watch::start(&["watch", "--follow", "--indicators", &named[0], &named[1], "--summary", &named[2]]);
    append(&path("logs/b.json"), &lookup("evil.example"));
    assert_eq!(watch.next().0, "evil.example");
    assert_eq!(watch.interrupt(), Some(3));
    let summary: Value = serde_json::from_str(&fs::read_to_string(path("summary.json")).unwrap()).unwrap();
    let problems = summary["problems"].to_string();
    assert!(problems.contains("is no log of a known format"), "{problems}");
    let refused = node::run(&["watch", "--follow", "--indicators", &named[0], "-"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("standard input cannot be followed"));
}
