//! Matches the records of logs and writes the hits in the order of the records.

use std::io::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde_json::value::RawValue;
use vigie_engine::{Found, Image, Match, Work};
use vigie_model::alert::{Matched, Rule, Source};
use vigie_stix::timestamp::Timestamp;
use vigie_telemetry::{Record, Summary};

use super::WatchError;
use super::inputs::{Inputs, Piece};
use super::turns::{Turn, in_order};

/// How much output a piece gathers before it waits for its turn to write.
const GATHERED: usize = 1 << 20;

/// What was read and written.
pub(super) struct Totals<W> {
    pub(super) logs: Summary,
    pub(super) matches: u64,
    pub(super) problems: Vec<String>,
    pub(super) error: Option<WatchError>,
    out: W,
}

/// One line of output: the shape of [`vigie_model::alert::Hit`] over the record's own text.
#[derive(Serialize)]
struct Line<'h> {
    time: Option<&'h str>,
    rule: &'h Rule,
    matched: &'h [Matched],
    source: &'h Source,
    event: &'h RawValue,
}

/// Matches every record. Rules without a time of their own to weigh, because a record has none, are weighed at `now`.
pub(super) fn match_all<'w, W: Write + Send>(
    mut inputs: Inputs<'_>,
    image: &Image,
    now: i64,
    threads: NonZero<usize>,
    out: &'w mut W,
) -> Totals<&'w mut W> {
    let totals = Totals { logs: Summary::default(), matches: 0, problems: Vec::new(), error: None, out };
    // Nobody reads the output any more, so the rest need not be read either.
    let unread = AtomicBool::new(false);
    let next = || if unread.load(Ordering::Relaxed) { None } else { inputs.next() };
    in_order(threads, next, totals, |piece, turn| {
        if !match_piece(piece, image, now, turn) {
            unread.store(true, Ordering::Relaxed);
        }
    })
}

/// False if the hits could not be written.
fn match_piece<W: Write>(piece: Piece, image: &Image, now: i64, turn: &Turn<'_, Totals<W>>) -> bool {
    let mut source = match piece.source {
        Ok(it) => it,
        Err(problem) => {
            turn.wait().sink.problems.push(problem);
            return true;
        }
    };
    let mut gathered = Vec::new();
    let (mut work, mut found) = (Work::default(), Found::default());
    let mut matches = 0;
    let live = &*piece.file == "-";
    let format = source.format().map_or("", vigie_telemetry::Format::name);
    while let Some(record) = source.next() {
        let Ok(record) = record else { continue };
        image.matches(&record.event, Some(now), &mut work, &mut found);
        if found.matches.is_empty() {
            continue;
        }
        matches += found.matches.len() as u64;
        let place = Source {
            file: piece.file.to_string(),
            line: piece.lines_before + record.line,
            format: format.to_owned(),
        };
        write_hits(&record, &place, found.matches.drain(..), &mut gathered);
        // Whoever feeds standard input may be waiting for the answer.
        let now = live && turn.has_come();
        if (now || gathered.len() > GATHERED) && !pass_on(&mut gathered, turn) {
            break;
        }
    }
    let written = pass_on(&mut gathered, turn);
    let totals = &mut turn.wait().sink;
    totals.logs.add(source.summary());
    totals.matches += matches;
    written
}

fn write_hits(
    record: &Record<'_>,
    place: &Source,
    found: impl Iterator<Item = Match>,
    gathered: &mut Vec<u8>,
) {
    let time = record.event.time.map(|it| Timestamp::from_nanos_micros(it.into()));
    let json = record.json();
    // The reader took the record as JSON; should it be none after all, the hit counts more than its text.
    let event = serde_json::from_str(&json).unwrap_or(RawValue::NULL);
    for one in found {
        let line = Line {
            time: time.as_ref().map(Timestamp::as_str),
            rule: &one.rule,
            matched: &one.matched,
            source: place,
            event,
        };
        let written = serde_json::to_writer(&mut *gathered, &line);
        debug_assert!(written.is_ok(), "memory takes every line");
        gathered.push(b'\n');
    }
}

/// Writes what was gathered, in turn. False if nobody reads the output any more.
fn pass_on<W: Write>(gathered: &mut Vec<u8>, turn: &Turn<'_, Totals<W>>) -> bool {
    if gathered.is_empty() {
        return true;
    }
    let totals = &mut turn.wait().sink;
    if totals.error.is_none()
        && let Err(error) = totals.out.write_all(gathered).and_then(|()| totals.out.flush())
    {
        totals.error = Some(error.into());
    }
    gathered.clear();
    totals.error.is_none()
}
