//! Offline detection: indicators and lists on one side, logs on the other, matches out.
//!
//! No node is needed: this is what `vigie watch` does. Logs are cut into blocks of whole lines that are matched on
//! several cores; matches come out in the order of the input all the same.
//!
//! Invariants
//! - Memory is bounded by the rules and a few blocks, whatever the size of the logs.
//! - What could not be read, of rules and of logs, is counted and said.
//!
//! Start with [`run`]; `watch_events/indicators.rs` loads the rules, `watch_events/records.rs` matches a block.

use std::io::{self, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Instant;

mod blocks;
mod files;
mod indicators;
mod inputs;
mod records;
mod turns;

pub use files::FileError;
pub use vigie_engine::{Counts, Refusal};
pub use vigie_telemetry::{Format, Limits, Notes, Summary};

use crate::clock;
use inputs::Inputs;
use records::Totals;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Bundles, envelopes and lists; a folder stands for the files in it.
    pub indicators: Vec<PathBuf>,
    /// Rules in other languages than STIX patterns; a folder stands for the files in it. No such language is compiled
    /// yet: each file is a rule that is refused, and counted so.
    pub rules: Vec<PathBuf>,
    /// Logs; a folder stands for the files in it, `-` for standard input.
    pub inputs: Vec<PathBuf>,
    /// The format of the logs, if it is not to be recognised by content.
    pub format: Option<Format>,
    /// Bounds of the logs.
    pub limits: Limits,
    /// How many threads match.
    pub threads: NonZero<usize>,
    /// The secret under which values are hashed, from chance.
    pub secret: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the logs held.
    pub logs: Summary,
    /// How many matches were written.
    pub matches: u64,
    /// The rules, by state now.
    pub rules: Counts,
    /// How often a pattern could not be decided on an event, because it reached a limit of evaluation.
    pub undecided: u64,
    /// The rules that were refused, the first ten thousand of them.
    pub refusals: Vec<Refusal>,
    /// Logs that could not be read, or not to their end, with the reason.
    pub problems: Vec<String>,
    /// How long loading the rules took.
    pub load_seconds: f64,
    /// How long matching took.
    pub run_seconds: f64,
    /// The most memory that the process ever held, if the system tells.
    pub peak_rss_bytes: Option<u64>,
}

/// Why nothing could be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A file or folder that was named cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
    /// None of the logs could be read.
    #[error("no log could be read: {0}")]
    Logs(String),
    /// The matches could not be written.
    #[error("could not write the matches")]
    Output(#[from] io::Error),
}

/// Loads the rules, matches the logs, and writes each match as a line of JSON in the order of the input.
pub fn run(request: &Request, out: &mut (impl Write + Send)) -> Result<Outcome, WatchError> {
    let indicators = files::expand(&request.indicators)?;
    let rules = files::expand(&request.rules)?;
    let logs = files::expand(&request.inputs)?;
    let now = clock::now();
    let started = Instant::now();
    let image = indicators::load(&indicators, &rules, request.secret, request.threads)?;
    let load_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let inputs = Inputs::new(&logs, request.format, &request.limits);
    let Totals { logs: read, matches, problems, error, .. } =
        records::match_all(inputs, &image, now, request.threads, out);
    error.map_or(Ok(()), Err)?;
    if problems.len() == logs.len() && !logs.is_empty() && read.events == 0 {
        return Err(WatchError::Logs(problems.join("; ")));
    }
    Ok(Outcome {
        logs: read,
        matches,
        rules: image.rules(Some(now)),
        undecided: image.undecided(),
        refusals: image.refusals().cloned().collect(),
        problems,
        load_seconds,
        run_seconds: started.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
    })
}

/// The high-water mark of resident memory, where Linux tells it.
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests;
