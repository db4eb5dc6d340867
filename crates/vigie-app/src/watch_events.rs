//! Offline detection: rules and lists on one side, logs on the other, matches out.
//!
//! No node is needed: this is what `vigie watch` does. Logs are cut into blocks of whole lines that are matched on
//! several cores; matches come out in the order of the input all the same. Patterns over several records come last, in
//! the order of their time, whichever files the records stood in.
//!
//! Invariants
//! - Memory is bounded by the rules, a few blocks and what [`Windows`] may hold, whatever the size of the logs.
//! - What could not be read, of rules and of logs, is counted and said.
//!
//! Start with [`run`]; `watch_events/records.rs` matches a block, `watch_events/steps.rs` what spans several records.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

mod growing;
mod inputs;
mod lines;
mod progress;
mod records;
mod steps;

pub use progress::Progress;
pub use vigie_engine::window::{Figures as WindowFigures, Limits as WindowLimits};
pub use vigie_engine::{Counts, Refusal};
pub use vigie_telemetry::{BadMapping, Format, Limits, Mappings, Notes, Summary};

use crate::clock;
use crate::files;
use crate::read_rules::{FileError, RuleFiles};
use crate::saved_rules::{self, SavedError};
use crate::scan_files;
use inputs::Inputs;
use lines::{Gathered, Sink};
use records::{Matching, Totals};
use steps::Steps;
use vigie_engine::yara::Limits as YaraLimits;
use vigie_engine::{Image, Options, Windows};
use vigie_telemetry::Options as Reading;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The rules.
    pub rules: RuleFiles,
    /// Rules that were compiled before, by `vigie rule compile`.
    pub image: Option<PathBuf>,
    /// Logs; a folder stands for the files in it, `-` for standard input.
    pub inputs: Vec<PathBuf>,
    /// Files and folders that are evidence themselves: their hashes and names are matched, and YARA rules scan them.
    pub files: Vec<PathBuf>,
    /// The format of the logs, if it is not to be recognised by content.
    pub format: Option<Format>,
    /// What the fields of logs mean.
    pub mappings: Arc<Mappings>,
    /// Bounds of the logs.
    pub limits: Limits,
    /// Bounds of what is remembered for patterns over several records.
    pub windows: WindowLimits,
    /// Whether hits that a warning list suppresses are written too, with the reason.
    pub show_suppressed: bool,
    /// How many threads match.
    pub threads: NonZero<usize>,
    /// The secret under which values are hashed, from chance.
    pub secret: u64,
    /// If the logs grow: set to end the watch. They are then followed, each match told as it comes.
    pub follow: Option<Arc<AtomicBool>>,
    /// Told how far the watch has come.
    pub progress: Arc<Progress>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the logs held.
    pub logs: Summary,
    /// What the files held.
    pub files: scan_files::Outcome,
    /// How many matches were written.
    pub matches: u64,
    /// How many hits a warning list suppressed, by the list.
    pub suppressed: BTreeMap<String, u64>,
    /// How often a sensor's alert named an indicator that no rule in force is.
    pub unknown_alerts: u64,
    /// What became of the records that belong to patterns over several.
    pub windows: WindowFigures,
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
    /// The saved image cannot be used.
    #[error(transparent)]
    Image(#[from] SavedError),
    /// None of the logs could be read.
    #[error("no log could be read: {0}")]
    Logs(String),
    /// The matches could not be written.
    #[error("could not write the matches")]
    Output(#[from] io::Error),
}

/// Loads the rules, matches the logs, and writes each match as a line of JSON in the order of the input.
pub fn run(request: &Request, out: &mut (impl Write + Send)) -> Result<Outcome, WatchError> {
    let files::Expanded { files: logs, left_out } = files::expand(&request.inputs)?;
    let unread = left_out.iter().map(|(path, why)| format!("could not read `{}`: {why}", path.display()));
    let now = clock::now();
    let started = Instant::now();
    let options = Options { secret: request.secret, windows: request.windows.clone(), ..Options::default() };
    let image = match &request.image {
        Some(path) => saved_rules::load(path, &options)?,
        None => Image::default(),
    };
    // What is hashed under one secret is found under that secret only.
    let options = Options { secret: image.secret().unwrap_or(options.secret), ..options };
    let image = image.with(request.rules.read(options.clone(), request.threads)?.build(), [], &options);
    // Each hit gives it; it is made once.
    image.hash();
    let load_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let reading = Reading {
        format: request.format,
        wanted: image.wanted(),
        mappings: Arc::clone(&request.mappings),
        not_after: Some(now),
        limits: request.limits.clone(),
    };
    let matching = Matching {
        image: &image,
        now,
        show_suppressed: request.show_suppressed,
        progress: &request.progress,
    };
    let live = request.follow.is_some() || logs.iter().any(|it| it == Path::new("-"));
    let totals = Totals {
        logs: Summary::default(),
        problems: unread.collect(),
        steps: Steps::new(Windows::new(request.windows.clone()), live),
        sink: Sink::new(out),
    };
    let mut done = if let Some(stop) = &request.follow {
        growing::match_all(&logs, &reading, &matching, stop, totals)
    } else {
        request.progress.set_total(bytes_of(&logs));
        let inputs = Inputs::new(&logs, &reading, &request.progress);
        records::match_all(inputs, &matching, request.threads, totals)
    };
    done.steps.weigh(&matching, &mut done.sink);
    let files = scan(request, &matching, &mut done.sink);
    let Totals { logs: read, problems, steps, sink } = done;
    let (matches, suppressed, unknown_alerts) = (sink.matches, sink.suppressed, sink.unknown_alerts);
    sink.error.map_or(Ok(()), |it| Err(WatchError::Output(it)))?;
    if problems.len() == logs.len() + left_out.len() && !problems.is_empty() && read.events == 0 {
        return Err(WatchError::Logs(problems.join("; ")));
    }
    Ok(Outcome {
        logs: read,
        files,
        matches,
        suppressed,
        unknown_alerts,
        windows: steps.figures(),
        rules: image.rules(Some(now)),
        undecided: image.undecided(),
        refusals: image.refusals().cloned().collect(),
        problems,
        load_seconds,
        run_seconds: started.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
    })
}

/// Matches the files that are evidence themselves.
fn scan<W: Write + Send>(
    request: &Request,
    matching: &Matching<'_>,
    sink: &mut Sink<W>,
) -> scan_files::Outcome {
    let scanning = scan_files::Request {
        files: request.files.clone(),
        limits: scan_files::Limits::default(),
        yara: YaraLimits::default(),
        threads: request.threads,
    };
    let mut gathered = Gathered::default();
    scan_files::run(&scanning, matching.image, matching.now, |mut hit| {
        gathered.tell(&mut hit.found, &hit.source, None, hit.event.get(), matching);
        gathered.write(sink, matching.progress);
    })
}

/// The sizes of the files, as far as the system tells them.
fn bytes_of(logs: &[PathBuf]) -> u64 {
    logs.iter().filter_map(|it| std::fs::metadata(it).ok()).map(|it| it.len()).sum()
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
