//! What the tests of readers share.

use std::fmt::Write;
use std::sync::Arc;

use vigie_model::event::{Observable, Observed};

use super::draft::Draft;
use crate::{Artefact, Input, Kind, Limits, Record, Sign, State, Zone};

/// Reads a file of an artefact.
pub(super) fn read(artefact: &Artefact, bytes: &[u8]) -> (Vec<Record>, State) {
    read_in(artefact, &Zone::default(), "x", bytes)
}

/// The same, with the zone of the phone's clock and the path of the file.
pub(super) fn read_in(artefact: &Artefact, zone: &Zone, file: &str, bytes: &[u8]) -> (Vec<Record>, State) {
    let limits = Limits::default();
    let (kind, file) = (Kind::Sysdiagnose, Arc::from(file));
    let (wal, modified, programs) = (None, None, None);
    let input = Input { kind, file, bytes, wal, modified, programs, zone, limits: &limits };
    let mut records = Vec::new();
    let state = (artefact.reader)(&input, &mut |it| records.push(it));
    (records, state)
}

/// Records and state as lines.
pub(super) fn lines(artefact: &Artefact, bytes: &[u8]) -> String {
    let (records, state) = read(artefact, bytes);
    render(&records, &state)
}

/// Records as lines: place, times, text, what was seen, signs; and the state in the last line.
pub(super) fn render(records: &[Record], state: &State) -> String {
    let mut out = String::new();
    for record in records {
        write!(out, "{}", record.place).unwrap();
        for moment in &record.moments {
            let time = jiff::Timestamp::from_nanosecond(moment.time.into()).unwrap();
            write!(out, " | {} {time} {:?}", moment.what, moment.certainty).unwrap();
        }
        writeln!(out, " | {} | {}", record.text, seen(&record.seen, &record.signs)).unwrap();
    }
    match state {
        State::Present { records } => writeln!(out, "present {records}").unwrap(),
        State::Partial { read, of, why } => writeln!(out, "partial {read} of {of:?}: {why}").unwrap(),
        State::Unreadable { why } => writeln!(out, "unreadable: {why}").unwrap(),
        other => writeln!(out, "{other:?}").unwrap(),
    }
    out
}

/// What a draft has seen.
pub(super) fn told_of(draft: Draft) -> String {
    let record = draft.record("x", &Arc::from("x"), 1 << 10);
    seen(&record.seen, &record.signs)
}

fn seen(seen: &[Observable<'_>], signs: &[Sign]) -> String {
    let seen = seen.iter().map(|it| match &it.value {
        Observed::Text(text) => format!("{}={text}", it.path),
        Observed::Number(number) => format!("{}={number}", it.path),
        Observed::Object(number) => format!("{}=#{number}", it.path),
    });
    seen.chain(signs.iter().map(|it| format!("!{it}"))).collect::<Vec<_>>().join(" ")
}

/// A property list in XML.
pub(super) fn xml(body: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{body}</plist>").into_bytes()
}
