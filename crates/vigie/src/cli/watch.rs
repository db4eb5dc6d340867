//! `vigie watch`: logs against indicators, without a node.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use vigie_app::read_rules::RuleFiles;
use vigie_app::watch_events::{
    self, Format, Limits, Mappings, Notes, Outcome, Progress, Request, WindowLimits,
};

use crate::cli::{cores, exit};

/// How many refused rules and unreadable logs are named on standard error.
const NAMED: usize = 20;

/// Between two looks at how far the watch has come.
const TICK: Duration = Duration::from_millis(200);

/// Compare logs with rules and indicators and print what matches
///
/// Each match is one line of JSON on standard output, in the order of the logs; what spans several events comes last, in
/// the order of its time. A summary goes to standard error. The kind of a log is seen from its content, so a folder of
/// mixed evidence can be given as it is.
///
/// With `--follow` the logs are read from their beginning and then followed as they grow, across rotation, until the watch is
/// interrupted (Ctrl-C); each match is printed as it comes. Logs that appear later in a folder are not followed.
///
/// Exit status: 0 nothing matched, 3 something matched, 2 the watch could not run.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// STIX bundles, TAXII envelopes and plain lists, perhaps `.gz` or `.zst`; a folder stands for the files in it
    #[arg(long = "indicators", value_name = "FILE")]
    indicators: Vec<PathBuf>,
    /// Rules: Sigma (`.yml`), YARA (`.yar`), Suricata and Snort (`.rules`), STIX (JSON); a folder stands for the files
    /// in it
    #[arg(long = "rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Rules that `vigie rule compile` has compiled: two million values load in a fraction of a second
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// MISP warning lists: hits on what they name are counted and not printed
    #[arg(long = "warning-lists", value_name = "PATH")]
    warning_lists: Vec<PathBuf>,
    /// Print the hits that a warning list suppresses too, each with the list and its entry
    #[arg(long)]
    show_suppressed: bool,
    /// The format of the logs
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = formats())]
    format: FormatChoice,
    /// A mapping of fields for logs of your own (see docs/spec/telemetry.md)
    #[arg(long = "mapping", value_name = "FILE")]
    mappings: Vec<PathBuf>,
    /// How long events are remembered for a pattern over several events that does not say, in hours
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    horizon: u32,
    /// Write the summary as JSON to this file
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Go on as the logs grow, until interrupted; not for standard input, which is read as it comes anyway
    #[arg(long, conflicts_with_all = ["files", "threads"])]
    follow: bool,
    /// How many threads match; as many as there are cores unless given
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// The longest record that is read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_line_bytes)]
    max_line_bytes: usize,
    /// Files that are evidence themselves, or folders of them: their hashes and names are matched, and YARA rules scan
    /// them if this program was built with the feature `yara`
    #[arg(long = "files", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Logs, perhaps `.gz` or `.zst`; a folder stands for the files in it, `-` for standard input, which is read if
    /// neither logs nor files are named
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
}

/// A format, or none: recognised by content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FormatChoice(pub(crate) Option<Format>);

/// `auto`, or a format by its name.
pub(crate) fn formats() -> impl TypedValueParser<Value = FormatChoice> {
    let names = ["auto"].into_iter().chain(Format::ALL.iter().map(|it| it.name()));
    // What is no format's name can only be `auto`: the parser lets nothing else through.
    PossibleValuesParser::new(names).map(|it| FormatChoice(it.parse().ok()))
}

/// The summary, as `--summary` writes it.
#[derive(Serialize)]
struct Summary<'o> {
    events: u64,
    bytes: u64,
    matches: u64,
    skipped: u64,
    rules: BTreeMap<&'static str, u64>,
    load_seconds: f64,
    run_seconds: f64,
    peak_rss_bytes: Option<u64>,
    /// Why rules were refused.
    refused: BTreeMap<&'static str, u64>,
    /// How often a pattern could not be decided on an event.
    undecided: u64,
    /// Files that were matched as such.
    files: u64,
    /// Files that were not read or not scanned, by reason.
    files_left_out: &'o BTreeMap<&'static str, u64>,
    /// Hits that a warning list suppressed, by the list.
    suppressed: &'o BTreeMap<String, u64>,
    /// How many rules stand in each warning list, whether or not their hits are held back.
    warned: &'o BTreeMap<Arc<str>, u64>,
    /// How often a sensor's alert named an indicator that no rule in force is.
    unknown_alerts: u64,
    /// Events given up for want of room by patterns over several events; a match may have been lost with them.
    dropped: u64,
    /// Why records were skipped.
    skipped_by_reason: &'o BTreeMap<&'static str, u64>,
    /// Records that were read although they were not UTF-8.
    repaired: u64,
    /// What records said that was not understood.
    unread: &'o Notes,
    /// Logs that could not be read, or not to their end.
    problems: &'o [String],
}

pub(crate) fn run(args: Args, out: &mut (impl Write + Send)) -> anyhow::Result<ExitCode> {
    let summary = args.summary.clone();
    let progress = Arc::new(Progress::default());
    let request = request(args, &progress)?;
    let (running, ended) = mpsc::channel::<()>();
    let outcome = std::thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || show(progress, &ended));
        let outcome = watch_events::run(&request, out);
        drop(running);
        outcome
    })?;
    tell(&outcome, &mut io::stderr().lock()).context("cannot write the summary to standard error")?;
    if let Some(file) = summary {
        write_summary(&outcome, &file).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(ExitCode::from(if outcome.matches > 0 { exit::FOUND } else { exit::CLEAN }))
}

fn request(args: Args, progress: &Arc<Progress>) -> anyhow::Result<Request> {
    let mut texts = Vec::new();
    for file in &args.mappings {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        texts.push((file.display().to_string(), text));
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let mappings = Arc::new(Mappings::with(&texts)?);
    let mut inputs = args.inputs;
    if inputs.is_empty() && args.files.is_empty() {
        inputs.push("-".into());
    }
    if args.follow && inputs.iter().any(|it| it == Path::new("-")) {
        bail!("standard input cannot be followed: name the logs, or leave `--follow` out");
    }
    let horizon = i64::from(args.horizon) * 3_600_000_000_000;
    Ok(Request {
        rules: RuleFiles {
            indicators: args.indicators,
            rules: args.rules,
            warning_lists: args.warning_lists,
        },
        image: args.image,
        inputs,
        files: args.files,
        format: args.format.0,
        mappings,
        limits: Limits { max_line_bytes: args.max_line_bytes, ..Limits::default() },
        windows: WindowLimits { horizon, ..WindowLimits::default() },
        show_suppressed: args.show_suppressed,
        threads: args.threads.unwrap_or_else(cores),
        secret: uuid::Uuid::new_v4().as_u64_pair().0,
        follow: args.follow.then(interrupted).transpose()?,
        progress: Arc::clone(progress),
    })
}

/// Set once somebody asks the watch to end.
fn interrupted() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        set.store(true, Ordering::Relaxed);
    });
    Ok(stop)
}

/// Draws how far the watch has come, if standard error is a terminal.
fn show(progress: &Progress, ended: &mpsc::Receiver<()>) {
    let bar = indicatif::ProgressBar::no_length();
    if let Ok(style) =
        indicatif::ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {msg}")
    {
        bar.set_style(style);
    }
    while ended.recv_timeout(TICK) == Err(mpsc::RecvTimeoutError::Timeout) {
        if progress.total() > 0 {
            bar.set_length(progress.total());
            bar.set_position(progress.bytes());
            bar.set_message(format!("{} matches", progress.matches()));
        }
    }
    bar.finish_and_clear();
}

fn write_summary(outcome: &Outcome, file: &Path) -> anyhow::Result<()> {
    let states = outcome.rules.states.iter().map(|(state, number)| (state.as_str(), *number));
    let reasons = outcome.rules.reasons.iter().map(|(reason, number)| (reason.as_str(), *number));
    let summary = Summary {
        events: outcome.logs.events,
        bytes: outcome.logs.bytes,
        matches: outcome.matches,
        skipped: outcome.logs.lost(),
        rules: states.collect(),
        load_seconds: outcome.load_seconds,
        run_seconds: outcome.run_seconds,
        peak_rss_bytes: outcome.peak_rss_bytes,
        refused: reasons.collect(),
        undecided: outcome.undecided,
        files: outcome.files.files,
        files_left_out: &outcome.files.left_out,
        suppressed: &outcome.suppressed,
        warned: &outcome.rules.warned,
        unknown_alerts: outcome.unknown_alerts,
        dropped: outcome.windows.dropped,
        skipped_by_reason: &outcome.logs.skipped,
        repaired: outcome.logs.repaired,
        unread: &outcome.logs.unread,
        problems: &outcome.problems,
    };
    let mut text = serde_json::to_vec(&summary)?;
    text.push(b'\n');
    Ok(fs::write(file, text)?)
}

/// The summary for people.
fn tell(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
    for problem in outcome.files.problems.iter().take(NAMED) {
        writeln!(to, "file not matched: {problem}")?;
    }
    for problem in outcome.problems.iter().take(NAMED) {
        writeln!(to, "log not read: {problem}")?;
    }
    for refusal in outcome.refusals.iter().take(NAMED) {
        writeln!(to, "rule refused: {} ({}): {}", refusal.place, refusal.reason, refusal.detail)?;
    }
    let more = outcome.refusals.len().saturating_sub(NAMED);
    if more > 0 {
        writeln!(to, "… and {more} more refused; the summary counts them all by reason")?;
    }
    let rules: Vec<String> =
        outcome.rules.states.iter().map(|(state, number)| format!("{number} {}", state.as_str())).collect();
    let rules = if rules.is_empty() { "none".to_owned() } else { rules.join(", ") };
    let logs = &outcome.logs;
    let rate = logs.events as f64 / outcome.run_seconds.max(f64::EPSILON);
    writeln!(to, "rules: {rules}; loaded in {:.2} s", outcome.load_seconds)?;
    writeln!(
        to,
        "logs: {} events in {} bytes, {} skipped; {:.2} s, {rate:.0} events/s",
        logs.events,
        logs.bytes,
        logs.lost(),
        outcome.run_seconds
    )?;
    if logs.repaired > 0 {
        writeln!(to, "encoding: {} repaired, for they were not UTF-8", logs.repaired)?;
    }
    if outcome.files.files > 0 {
        writeln!(to, "files: {} in {} bytes", outcome.files.files, outcome.files.bytes)?;
    }
    if outcome.undecided > 0 {
        writeln!(to, "undecided: {} times a pattern reached a limit of evaluation", outcome.undecided)?;
    }
    for (list, number) in &outcome.suppressed {
        writeln!(to, "suppressed: {number} by the warning list `{list}`; `--show-suppressed` prints them")?;
    }
    if !outcome.rules.warned.is_empty() {
        let lists = outcome.rules.warned.len();
        let rules: u64 = outcome.rules.warned.values().sum();
        writeln!(
            to,
            "warned: {rules} times a rule stands in one of {lists} warning lists; `--summary` says which"
        )?;
    }
    if outcome.unknown_alerts > 0 {
        let alerts = outcome.unknown_alerts;
        writeln!(
            to,
            "unknown: {alerts} times an alert of a sensor named an indicator that is not among the rules"
        )?;
    }
    if outcome.windows.dropped > 0 {
        let dropped = outcome.windows.dropped;
        writeln!(
            to,
            "forgotten: {dropped} events for want of room; patterns over several events may have missed some"
        )?;
    }
    writeln!(to, "matches: {}", outcome.matches)
}
