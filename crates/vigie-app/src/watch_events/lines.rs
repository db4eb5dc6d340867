//! The lines of output: one match each, in the shape of the measuring contract.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use vigie_engine::{Found, Match, Suppressed};
use vigie_model::alert::{Matched, Proof, Rule, Source};
use vigie_stix::timestamp::Timestamp;

use super::Progress;
use super::records::Matching;

/// Where lines go, and what was counted on the way.
pub(super) struct Sink<W> {
    out: W,
    pub(super) matches: u64,
    /// Hits that a warning list suppressed, by the list.
    pub(super) suppressed: BTreeMap<String, u64>,
    /// How often a sensor's alert named an indicator that no rule in force is.
    pub(super) unknown_alerts: u64,
    pub(super) error: Option<io::Error>,
}

impl<W: Write> Sink<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, matches: 0, suppressed: BTreeMap::new(), unknown_alerts: 0, error: None }
    }

    /// Whether anybody still reads the output.
    pub(super) fn is_open(&self) -> bool {
        self.error.is_none()
    }

    /// Writes whole lines.
    pub(super) fn write(&mut self, lines: &[u8]) {
        if self.error.is_none() && !lines.is_empty() {
            self.error = self.out.write_all(lines).and_then(|()| self.out.flush()).err();
        }
    }
}

/// Lines that wait to be written, with what is counted about them.
#[derive(Default)]
pub(super) struct Gathered {
    lines: Vec<u8>,
    matches: u64,
    suppressed: BTreeMap<String, u64>,
}

impl Gathered {
    /// Takes what a record came to.
    pub(super) fn tell(
        &mut self,
        found: &mut Found,
        place: &Source,
        time: Option<i64>,
        event: &str,
        matching: &Matching<'_>,
    ) {
        let image = matching.image.hash();
        for one in found.matches.drain(..) {
            write(&one, None, place, time, event, image, &mut self.lines);
            self.matches += 1;
        }
        for one in found.suppressed.drain(..) {
            *self.suppressed.entry(one.list.to_string()).or_default() += 1;
            if matching.show_suppressed {
                write(&one.hit, Some(&one), place, time, event, image, &mut self.lines);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.suppressed.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.lines.len()
    }

    /// Writes all of it.
    pub(super) fn write<W: Write>(&mut self, sink: &mut Sink<W>, progress: &Progress) {
        progress.add_matches(self.matches);
        sink.matches += std::mem::take(&mut self.matches);
        for (list, number) in std::mem::take(&mut self.suppressed) {
            *sink.suppressed.entry(list).or_default() += number;
        }
        sink.write(&self.lines);
        self.lines.clear();
    }
}

/// A line before the record's own text: the shape of [`vigie_model::alert::Hit`].
#[derive(Serialize)]
struct Head<'h> {
    time: Option<&'h str>,
    rule: &'h Rule,
    matched: &'h [Matched],
    source: &'h Source,
}

/// What stands behind it.
#[derive(Serialize)]
struct Tail<'h> {
    proof: &'h Proof,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Reason<'h>>,
}

/// Why a match is none.
#[derive(Serialize)]
struct Reason<'h> {
    warning_list: &'h str,
    entry: &'h str,
}

/// Appends one line. The record's text is JSON, as its reader took it, and stands between two objects that are made one
/// around it.
fn write(
    one: &Match,
    suppressed: Option<&Suppressed>,
    source: &Source,
    time: Option<i64>,
    event: &str,
    image: &str,
    lines: &mut Vec<u8>,
) {
    let time = time.map(|it| Timestamp::from_nanos_micros(it.into()));
    let time = time.as_ref().map(Timestamp::as_str);
    push(&Head { time, rule: &one.rule, matched: &one.matched, source }, lines);
    lines.pop();
    lines.extend_from_slice(b",\"event\":");
    lines.extend_from_slice(event.as_bytes());
    let brace = lines.len();
    let suppressed = suppressed.map(|it| Reason { warning_list: &it.list, entry: &it.entry });
    push(&Tail { proof: &one.proof(image), suppressed }, lines);
    if let Some(brace) = lines.get_mut(brace) {
        *brace = b',';
    }
    lines.push(b'\n');
}

fn push(object: &impl Serialize, lines: &mut Vec<u8>) {
    let written = serde_json::to_writer(lines, object);
    debug_assert!(written.is_ok(), "memory takes every line");
}
