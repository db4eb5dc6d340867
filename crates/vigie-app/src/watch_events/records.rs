//! Matches the records of logs and writes the hits in the order of the records.

use std::io::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};

use vigie_engine::{Found, Image, Work};
use vigie_model::alert::Source;
use vigie_telemetry::{Reason, Record, Summary};

use super::Progress;
use super::inputs::{Inputs, Piece, Problem};
use super::lines::{Gathered, Sink};
use super::steps::{Pending, Steps};
use crate::turns::{Turn, in_order};

/// How much output a piece gathers before it waits for its turn to write.
const GATHERED: usize = 1 << 20;

/// As the end of a broken log is counted, by whomever it is noticed.
const BROKEN_INPUT: &str = "broken-input";

/// What was read and written.
pub(super) struct Totals<W> {
    pub(super) logs: Summary,
    pub(super) problems: Vec<String>,
    pub(super) steps: Steps,
    pub(super) sink: Sink<W>,
}

/// What every piece is matched with.
#[derive(Clone, Copy)]
pub(super) struct Matching<'m> {
    pub(super) image: &'m Image,
    /// When a record without a time is taken to have happened.
    pub(super) now: i64,
    pub(super) show_suppressed: bool,
    pub(super) progress: &'m Progress,
}

/// What a piece came to, while others write.
#[derive(Default)]
pub(super) struct Waiting {
    gathered: Gathered,
    steps: Vec<Pending>,
}

/// Matches every record.
pub(super) fn match_all<W: Write + Send>(
    mut inputs: Inputs<'_>,
    matching: &Matching<'_>,
    threads: NonZero<usize>,
    totals: Totals<W>,
) -> Totals<W> {
    // Nobody reads the output any more, so the rest need not be read either.
    let unread = AtomicBool::new(false);
    let next = || if unread.load(Ordering::Relaxed) { None } else { inputs.next() };
    in_order(threads, next, totals, Work::default, |piece, work, turn| {
        if !match_piece(piece, matching, work, turn) {
            unread.store(true, Ordering::Relaxed);
        }
    })
}

/// False if the hits could not be written.
fn match_piece<W: Write>(
    piece: Piece,
    matching: &Matching<'_>,
    work: &mut Work,
    turn: &Turn<'_, Totals<W>>,
) -> bool {
    let mut source = match piece.source {
        Ok(it) => it,
        Err(problem) => {
            let totals = &mut turn.wait().sink;
            if matches!(problem, Problem::EndsEarly(_)) {
                *totals.logs.skipped.entry(BROKEN_INPUT).or_default() += 1;
            }
            totals.problems.push(problem.told());
            return true;
        }
    };
    let mut waiting = Waiting::default();
    let mut found = Found::default();
    let live = &*piece.file == "-";
    let format = source.format().map_or("", vigie_telemetry::Format::name);
    let mut problem = None;
    while let Some(record) = source.next() {
        let record = match record {
            Ok(it) => it,
            Err(lost) => {
                if let Reason::Broken(error) = &lost.reason {
                    problem = Some(Problem::ends_early(&piece.file, error));
                }
                continue;
            }
        };
        matching.image.matches(&record.event, Some(matching.now), work, &mut found);
        if found.is_empty() {
            continue;
        }
        let place = Source { file: piece.file.to_string(), line: record.line, format: format.to_owned() };
        waiting.take(&record, &place, &mut found, matching);
        // Whoever feeds standard input may be waiting for the answer.
        let now = live && turn.has_come();
        if (now || waiting.gathered.bytes() > GATHERED) && !waiting.pass_on(turn, matching) {
            break;
        }
    }
    let written = waiting.pass_on(turn, matching);
    let totals = &mut turn.wait().sink;
    totals.logs.add(source.summary());
    totals.problems.extend(problem.map(Problem::told));
    totals.sink.unknown_alerts += found.unknown_alerts;
    written
}

impl Waiting {
    pub(super) fn take(
        &mut self,
        record: &Record<'_>,
        place: &Source,
        found: &mut Found,
        matching: &Matching<'_>,
    ) {
        let json = record.json();
        let time = record.event.time;
        self.gathered.tell(found, place, time, &json, matching);
        self.steps.extend(found.steps.drain(..).map(|step| Pending {
            at: time.unwrap_or(matching.now),
            step,
            place: place.clone(),
            time,
            event: json.as_ref().into(),
        }));
    }

    /// Writes what was gathered, in turn. False if nobody reads the output any more.
    fn pass_on<W: Write>(&mut self, turn: &Turn<'_, Totals<W>>, matching: &Matching<'_>) -> bool {
        if self.gathered.is_empty() && self.steps.is_empty() {
            return true;
        }
        self.pass_on_to(&mut turn.wait().sink, matching)
    }

    /// Writes what was gathered. False if nobody reads the output any more.
    pub(super) fn pass_on_to<W: Write>(&mut self, to: &mut Totals<W>, matching: &Matching<'_>) -> bool {
        let Totals { steps, sink, .. } = to;
        self.gathered.write(sink, matching.progress);
        steps.take(self.steps.drain(..), matching, sink);
        sink.is_open()
    }
}
