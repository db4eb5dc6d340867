//! Logs that grow: one thread for each, every match told as it comes, until the caller says stop.
//!
//! A log is followed across rotation and truncation ([`Follow`]). Logs are read from their beginning. One that cannot be
//! read for a while is tried again; one that cannot be followed at all is a problem, and the others go on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vigie_engine::{Found, Work};
use vigie_model::alert::Source;
use vigie_telemetry::{Came, Follow, FollowError, Options, Summary};

use super::records::{Matching, Totals, Waiting};
use crate::clock;

/// Between two looks at a log that has nothing new.
const POLL: Duration = Duration::from_millis(50);
/// Before a log that cannot be read is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Matches what is in the logs and what comes, until `stop` is set or no log is left to follow.
pub(super) fn match_all<W: Write + Send>(
    logs: &[PathBuf],
    reading: &Options,
    matching: &Matching<'_>,
    stop: &AtomicBool,
    totals: Totals<W>,
) -> Totals<W> {
    let totals = Mutex::new(totals);
    std::thread::scope(|scope| {
        for log in logs {
            let totals = &totals;
            scope.spawn(move || {
                let mut seen = Summary::default();
                if let Err(error) = follow(log, reading, matching, stop, totals, &mut seen) {
                    lock(totals).problems.push(error.to_string());
                }
                lock(totals).logs.add(&seen);
            });
        }
    });
    totals.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn lock<W>(totals: &Mutex<Totals<W>>) -> std::sync::MutexGuard<'_, Totals<W>> {
    totals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Follows one log. The time of matching is that of each record, not that of the start.
fn follow<W: Write>(
    log: &Path,
    reading: &Options,
    matching: &Matching<'_>,
    stop: &AtomicBool,
    totals: &Mutex<Totals<W>>,
    seen: &mut Summary,
) -> Result<(), FollowError> {
    let file = log.display().to_string();
    // When a log was last written is left to the file.
    let mut follow = Follow::open(log, None, &Options { not_after: None, ..reading.clone() })?;
    let (mut work, mut found, mut waiting) = (Work::default(), Found::default(), Waiting::default());
    let mut failed = None;
    let mut looked = false;
    // Each log is looked at once, however soon the end is asked for.
    while !std::mem::replace(&mut looked, true) || !stop.load(Ordering::Relaxed) {
        let (format, record) = match follow.next_with_format() {
            Ok(Some(Came { format, record: Ok(record) })) => (format, record),
            Ok(Some(Came { record: Err(_), .. })) => continue,
            Ok(None) => {
                std::thread::sleep(POLL);
                continue;
            }
            Err(error @ FollowError::Io { .. }) => {
                let told = error.to_string();
                if failed.as_ref() != Some(&told) {
                    lock(totals).problems.push(told.clone());
                    failed = Some(told);
                }
                std::thread::sleep(AGAIN);
                continue;
            }
            Err(error) => {
                *seen = follow.summary().clone();
                return Err(error);
            }
        };
        let matching = Matching { now: clock::now(), ..*matching };
        matching.image.matches(&record.event, Some(matching.now), &mut work, &mut found);
        if found.unknown_alerts > 0 {
            lock(totals).sink.unknown_alerts += std::mem::take(&mut found.unknown_alerts);
        }
        if found.is_empty() {
            continue;
        }
        let place = Source { file: file.clone(), line: record.line, format: format.name().to_owned() };
        waiting.take(&record, &place, &mut found, &matching);
        // Nobody reads the output any more, so there is nothing left to do.
        if !waiting.pass_on_to(&mut lock(totals), &matching) {
            stop.store(true, Ordering::Relaxed);
        }
    }
    *seen = follow.summary().clone();
    Ok(())
}
