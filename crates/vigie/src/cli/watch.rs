//! `vigie watch`: logs against indicators, without a node.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;
use vigie_app::watch_events::{self, Format, Limits, Notes, Outcome, Request};

use crate::cli::exit;

/// How many refused rules and unreadable logs are named on standard error.
const NAMED: usize = 20;

/// Compare logs with indicators and print what matches
///
/// Each match is one line of JSON on standard output, in the order of the logs; a summary goes to standard error.
///
/// Exit status: 0 nothing matched, 3 something matched, 2 the watch could not run.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// STIX bundles, TAXII envelopes and plain lists, perhaps `.gz` or `.zst`; a folder stands for the files in it
    #[arg(long = "indicators", value_name = "FILE")]
    indicators: Vec<PathBuf>,
    /// Rules in other languages; none is compiled yet, so each file is counted as refused
    #[arg(long = "rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// The format of the logs
    #[arg(long, value_enum, default_value_t = FormatChoice::Auto)]
    format: FormatChoice,
    /// Write the summary as JSON to this file
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// How many threads match; as many as there are cores unless given
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// The longest record that is read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_line_bytes)]
    max_line_bytes: usize,
    /// Logs, perhaps `.gz` or `.zst`; a folder stands for the files in it, `-` for standard input
    #[arg(value_name = "INPUT", default_value = "-")]
    inputs: Vec<PathBuf>,
}

/// The formats on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatChoice {
    /// Recognised by content
    Auto,
    /// Suricata EVE JSON
    Eve,
    /// Zeek, tab-separated or JSON
    Zeek,
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
    /// Why records were skipped.
    skipped_by_reason: &'o BTreeMap<&'static str, u64>,
    /// What records said that was not understood.
    unread: &'o Notes,
    /// Logs that could not be read, or not to their end.
    problems: &'o [String],
}

pub(crate) fn run(args: Args, out: &mut (impl Write + Send)) -> anyhow::Result<ExitCode> {
    let summary = args.summary.clone();
    let cores = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let request = Request {
        indicators: args.indicators,
        rules: args.rules,
        inputs: args.inputs,
        format: match args.format {
            FormatChoice::Auto => None,
            FormatChoice::Eve => Some(Format::Eve),
            FormatChoice::Zeek => Some(Format::Zeek),
        },
        limits: Limits { max_line_bytes: args.max_line_bytes, ..Limits::default() },
        threads: args.threads.unwrap_or(cores),
        secret: uuid::Uuid::new_v4().as_u64_pair().0,
    };
    let outcome = watch_events::run(&request, out)?;
    tell(&outcome, &mut io::stderr().lock()).context("cannot write the summary to standard error")?;
    if let Some(file) = summary {
        write_summary(&outcome, &file).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(ExitCode::from(if outcome.matches > 0 { exit::FOUND } else { exit::CLEAN }))
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
        skipped_by_reason: &outcome.logs.skipped,
        unread: &outcome.logs.unread,
        problems: &outcome.problems,
    };
    let mut text = serde_json::to_vec(&summary)?;
    text.push(b'\n');
    Ok(fs::write(file, text)?)
}

/// The summary for people.
fn tell(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
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
    if outcome.undecided > 0 {
        writeln!(to, "undecided: {} times a pattern reached a limit of evaluation", outcome.undecided)?;
    }
    writeln!(to, "matches: {}", outcome.matches)
}
