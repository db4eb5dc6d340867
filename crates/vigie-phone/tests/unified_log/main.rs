//! The unified log of an iPhone, read apart. Here the reader is a thread; `vigie/tests/phone` has it in a process.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]
#![expect(clippy::cast_possible_truncation, reason = "the logs that are written here are short")]

mod hostile;
mod reading;
mod writer;

use std::fmt::Write as _;
use std::io::{Cursor, PipeReader, PipeWriter, Read, Write, pipe};
use std::time::Duration;

use vigie_phone::apart::{Apart, Worker};
use vigie_phone::{Held, Kind, Limits, Record, State, Told, ios};

/// Threads that read.
#[derive(Default)]
struct Threads {
    started: usize,
}

struct Thread {
    to: PipeWriter,
    from: PipeReader,
}

impl Apart for Threads {
    fn start(&mut self) -> Result<Box<dyn Worker>, String> {
        let ((input, to), (from, output)) = (pipe().unwrap(), pipe().unwrap());
        std::thread::spawn(move || ios::read_unified_log_apart(input, output, Ok(())));
        self.started += 1;
        Ok(Box::new(Thread { to, from }))
    }
}

impl Worker for Thread {
    fn allow(&mut self, _: Duration) {}

    fn to(&mut self) -> &mut dyn Write {
        &mut self.to
    }

    fn from(&mut self) -> &mut dyn Read {
        &mut self.from
    }

    fn end(self: Box<Self>) -> String {
        "the thread ended".to_owned()
    }
}

/// Readers that say what a test has them say, whatever they are sent.
struct Scripts(Vec<Vec<u8>>);

struct Script(Cursor<Vec<u8>>, Vec<u8>);

impl Apart for Scripts {
    fn start(&mut self) -> Result<Box<dyn Worker>, String> {
        if self.0.is_empty() {
            return Err("there are no more".to_owned());
        }
        Ok(Box::new(Script(Cursor::new(self.0.remove(0)), Vec::new())))
    }
}

impl Worker for Script {
    fn allow(&mut self, _: Duration) {}

    fn to(&mut self) -> &mut dyn Write {
        &mut self.1
    }

    fn from(&mut self) -> &mut dyn Read {
        &mut self.0
    }

    fn end(self: Box<Self>) -> String {
        "it was ended".to_owned()
    }
}

const ROOT: &str = "system_logs.logarchive";

/// An archive with logs by their names, and the strings of these programs.
fn archive(logs: &[(&str, Vec<u8>)], programs: &[&str]) -> Held {
    let mut held =
        Held::new(Kind::Sysdiagnose).with(&format!("{ROOT}/timesync/1.timesync"), &writer::times());
    for program in programs {
        let (path, bytes) = writer::strings(program);
        held = held.with(&format!("{ROOT}/{path}"), &bytes);
    }
    logs.iter().fold(held, |held, (name, bytes)| held.with(&format!("{ROOT}/{name}"), bytes))
}

/// Everything that is told of the log: records, then states.
fn told(held: &mut Held, apart: Option<&mut dyn Apart>) -> String {
    let mut records = Vec::new();
    let states = ios::read_with(held, &Limits::default(), apart, &mut |it| records.push(it));
    let mut text = String::new();
    for record in records.iter().filter(|it| it.artefact == "unified_log") {
        render(&mut text, record);
    }
    for Told { file, state, .. } in states.into_iter().filter(|it| it.artefact == "unified_log") {
        let file = file.as_deref().unwrap_or("none").trim_start_matches(ROOT);
        let state = match state {
            State::Present { records } => format!("present {records}"),
            State::Partial { read, of, why } => format!("partial {read} of {of:?}: {why}"),
            State::Unreadable { why } => format!("unreadable: {why}"),
            other => format!("{other:?}"),
        };
        writeln!(text, "= {file}: {state}").unwrap();
    }
    text
}

fn render(text: &mut String, record: &Record) {
    let moments = record.moments.iter().map(|it| {
        let seconds = (it.time - writer::STARTED + 500_000_000).div_euclid(1_000_000_000);
        format!("{} {seconds}", it.what)
    });
    let seen = record.seen.iter().map(|it| format!("{}={:?}", it.path, it.value));
    let signs = record.signs.iter().map(|it| format!("!{it}"));
    let parts = [
        vec![record.place.clone()],
        moments.collect(),
        vec![record.text.clone()],
        seen.chain(signs).collect(),
    ];
    let parts = parts.map(|it| it.join(" ")).join(" | ");
    writeln!(text, "{}", parts.replace("Text(\"", "").replace("\")", "")).unwrap();
}
