//! `vigie phone`: a phone's evidence against indicators of spyware, with its owner's consent.

use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use vigie_app::check_phone::{self, Asked, Grade, Limits, Progress, Report, Request, Stage, Verdict, Words};
use vigie_app::forget_phone;

use crate::cli::{cores, exit};
use crate::phone_report::{self, Tongue};

/// Between two looks at how far the check has come.
const TICK: Duration = Duration::from_millis(200);

/// The longest password, in bytes.
const MAX_PASSWORD: u64 = 64 << 10;

/// Look for traces of spyware on a phone, with its owner's consent
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    Check(CheckArgs),
    Forget(ForgetArgs),
}

/// Compare a phone's evidence with indicators and write a report
///
/// Evidence is what the owner hands over: a backup by iTunes or Finder, plain or encrypted; the file system of an iPhone;
/// a sysdiagnose; an Android bug report, what `AndroidQF` collects, a backup by adb, an intrusion log; as a folder or an
/// archive. What it is is seen from its content. Nothing is written but into the output folder, and no network is asked.
///
/// The owner's consent is needed: `--consent FILE` names a record of it, TOML or JSON with `owner`, `purpose`, `scope`,
/// `retention` and `date`.
///
/// Exit status: 0 nothing found in what could be read, 3 traces found, 4 an expert must look or a part could not be read,
/// 2 the check could not run.
#[derive(clap::Args, Debug)]
pub(crate) struct CheckArgs {
    /// The evidence: a file or folder
    #[arg(value_name = "EVIDENCE")]
    evidence: PathBuf,
    /// Indicators: STIX bundles, TAXII envelopes and plain lists, perhaps `.gz` or `.zst`; a folder stands for the files
    /// in it
    #[arg(long = "indicators", value_name = "FILE", num_args = 1.., required = true)]
    indicators: Vec<PathBuf>,
    /// Where the outputs go; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Read the password of an encrypted backup from standard input, up to the end of its first line
    #[arg(long)]
    password_stdin: bool,
    /// The record of the owner's consent
    #[arg(long, value_name = "FILE", conflicts_with = "consent_given_by")]
    consent: Option<PathBuf>,
    /// The owner, who agreed today by word of mouth
    #[arg(long, value_name = "NAME")]
    consent_given_by: Option<String>,
    /// The language of `report.html`; the other languages lie beside it
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    lang: Tongue,
    /// The folder of the node whose key signs the outputs; without it a key is made for the run
    #[arg(long, value_name = "DIR", env = "VIGIE_DATA")]
    data: Option<PathBuf>,
}

/// Delete what came of a check, and leave a receipt
///
/// Only the outputs that the check's manifest names are deleted; the evidence is never touched.
#[derive(clap::Args, Debug)]
pub(crate) struct ForgetArgs {
    /// The output folder of the check
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => check(args, out),
        Command::Forget(args) => forget(&args, out),
    }
}

fn check(args: CheckArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let consent = match (args.consent, args.consent_given_by) {
        (Some(file), _) => Some(Asked::File(file)),
        (None, name) => name.map(Asked::GivenBy),
    };
    let password =
        if args.password_stdin { Some(password().context("cannot read the password")?) } else { None };
    let request = Request {
        evidence: args.evidence,
        indicators: args.indicators,
        out: args.out,
        password,
        consent,
        data: args.data,
        limits: Limits::default(),
        threads: cores(),
    };
    let pages = |report: &Report| phone_report::pages(report, args.lang);
    let words = Words { why: &phone_report::why, pages: &pages };
    let progress = Progress::default();
    let (running, ended) = mpsc::channel::<()>();
    let report = std::thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || show(progress, &ended));
        let report = check_phone::run(&request, &words, progress);
        drop(running);
        report
    })?;
    tell(&report, &request, out)?;
    Ok(ExitCode::from(match report.verdict {
        Verdict::TracesFound => exit::FOUND,
        Verdict::NeedsExpert => exit::EXPERT,
        Verdict::NothingFound => exit::CLEAN,
    }))
}

/// The first line of standard input.
fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    io::stdin().take(MAX_PASSWORD).read_to_string(&mut text)?;
    let line = text.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    anyhow::ensure!(!line.is_empty(), "standard input is empty");
    Ok(line.to_owned())
}

/// The end of it, in a few lines; the last says it all.
fn tell(report: &Report, request: &Request, out: &mut impl Write) -> io::Result<()> {
    let unread = report.artefacts.iter().filter(|it| it.is_incomplete());
    for part in unread.take(20) {
        let why = part.why.as_deref().unwrap_or_default();
        writeln!(
            out,
            "not wholly read: {} {}: {why}",
            part.artefact,
            part.file.as_deref().unwrap_or_default()
        )?;
    }
    let count = |grade| report.findings.iter().filter(|it| it.grade == grade).count();
    writeln!(out, "records read: {}", report.records)?;
    let counts = Grade::ALL.map(|it| format!("{} {}", count(it), it.as_str()));
    writeln!(out, "findings: {}", counts.join(", "))?;
    writeln!(out, "report: {}", request.out.join("report.html").display())?;
    writeln!(out, "result: {}", report.verdict.as_str())
}

/// Draws how far the check has come, if standard error is a terminal.
fn show(progress: &Progress, ended: &mpsc::Receiver<()>) {
    if !io::stderr().is_terminal() {
        return;
    }
    let bar = indicatif::ProgressBar::no_length();
    let style = |text| indicatif::ProgressStyle::with_template(text).ok();
    let (counted, open) = (style("{bar:30} {pos} of {len} {msg}"), style("{spinner} {pos} {msg}"));
    while ended.recv_timeout(TICK) == Err(mpsc::RecvTimeoutError::Timeout) {
        let (stage, done, total) = progress.now();
        let chosen = if total > 0 { &counted } else { &open };
        if let Some(style) = chosen {
            bar.set_style(style.clone());
        }
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_position(done);
        bar.set_message(match stage {
            Stage::Beginning => "indicators are read",
            Stage::Hashing => "files of the evidence hashed",
            Stage::Opening => "the evidence is opened",
            Stage::Reading => "records compared",
            Stage::Writing => "the report is written",
        });
        bar.tick();
    }
    bar.finish_and_clear();
}

fn forget(args: &ForgetArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let receipt = forget_phone::run(&args.folder)?;
    writeln!(out, "{}", serde_json::to_string_pretty(&receipt)?)?;
    Ok(ExitCode::from(exit::CLEAN))
}
