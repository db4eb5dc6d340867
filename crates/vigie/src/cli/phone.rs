//! `vigie phone`: a phone's evidence against indicators of spyware, with its owner's consent.

mod ask;

use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use vigie_app::check_phone::sealed::{Identities, Recipients};
use vigie_app::check_phone::{
    self, Asked, EXTRACT, Grade, Limits, Progress, Report, Request, Stage, Verdict, Words,
};
use vigie_app::{forget_phone, read_apart, recheck_phone};

use crate::cli::{cores, exit};
use crate::phone_report::{self, Tongue};

/// Between two looks at how far the check has come.
const TICK: Duration = Duration::from_millis(200);

/// The longest password, in bytes.
const MAX_PASSWORD: u64 = 64 << 10;

/// The longest file of keys, in bytes.
const MAX_KEYS: u64 = 1 << 20;

/// Look for traces of spyware on a phone, with its owner's consent
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    Check(CheckArgs),
    Recheck(RecheckArgs),
    Forget(ForgetArgs),
    /// Read what is sent on standard input, apart from all else; a check starts this by itself
    #[command(hide = true)]
    ReadApart,
}

/// Compare a phone's evidence with indicators and write a report
///
/// Evidence is what the owner hands over: a backup by iTunes or Finder, plain or encrypted; the file system of an iPhone;
/// a sysdiagnose; an Android bug report, what `AndroidQF` collects, a backup by adb, an intrusion log; as a folder or an
/// archive. What it is is seen from its content. Nothing is written but into the output folder, and no network is asked.
///
/// The owner's consent is needed: `--consent FILE` names a record of it, TOML or JSON with `owner`, `purpose`, `scope`,
/// `retention` and `date`; and `extract = true` if the owner agrees to an extract for later indicators, which
/// `vigie phone recheck` compares with them when the phone is gone. At a terminal, consent and the password are asked for
/// where they are needed and not given.
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
    /// Read the password of an encrypted backup, or of evidence encrypted with age, from standard input, up to the end of
    /// its first line
    #[arg(long)]
    password_stdin: bool,
    /// The file of the secret key for which the evidence was encrypted with age
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// The record of the owner's consent
    #[arg(long, value_name = "FILE", conflicts_with = "consent_given_by")]
    consent: Option<PathBuf>,
    /// The owner, who agreed today by word of mouth
    #[arg(long, value_name = "NAME")]
    consent_given_by: Option<String>,
    /// The owner, who agreed by word of mouth, agreed to an extract too
    #[arg(long, requires = "consent_given_by", conflicts_with = "consent")]
    consent_to_extract: bool,
    /// Write an extract for later indicators into the output folder, encrypted for this public key of age (`age1…`); may
    /// be given several times
    #[arg(long, value_name = "RECIPIENT")]
    extract_to: Vec<String>,
    /// Write it encrypted with the passphrase that is the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "extract_to")]
    extract_passphrase_file: Option<PathBuf>,
    /// The language of `report.html`; the other languages lie beside it
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    lang: Tongue,
    /// The folder of the node whose key signs the outputs; without it a key is made for the run
    #[arg(long, value_name = "DIR", env = "VIGIE_DATA")]
    data: Option<PathBuf>,
}

/// Compare the extract of an earlier check with later indicators
///
/// The phone is not needed, and not read again. What an extract keeps, and what it does not, is in docs/spec/phone.md.
///
/// Exit status: as of `vigie phone check`.
#[derive(clap::Args, Debug)]
pub(crate) struct RecheckArgs {
    /// The extract: `extract.age`
    #[arg(value_name = "EXTRACT")]
    extract: PathBuf,
    /// Indicators: STIX bundles, TAXII envelopes and plain lists, perhaps `.gz` or `.zst`; a folder stands for the files
    /// in it
    #[arg(long = "indicators", value_name = "FILE", num_args = 1.., required = true)]
    indicators: Vec<PathBuf>,
    /// Where the outputs go; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The file of the secret key for which the extract was encrypted, as `age-keygen` writes it
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    identity: Option<PathBuf>,
    /// Read the extract's passphrase from standard input, up to the end of its first line
    #[arg(long)]
    password_stdin: bool,
    /// The language of `report.html`; the other languages lie beside it
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    lang: Tongue,
    /// The folder of the node whose key signs the outputs; without it a key is made for the run
    #[arg(long, value_name = "DIR", env = "VIGIE_DATA")]
    data: Option<PathBuf>,
}

/// Delete what came of a check or recheck, and leave a receipt
///
/// Only the outputs that the manifest names are deleted, an extract among them; the evidence is never touched.
#[derive(clap::Args, Debug)]
pub(crate) struct ForgetArgs {
    /// The output folder of the check
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => check(args, out),
        Command::Recheck(args) => recheck(args, out),
        Command::Forget(args) => forget(&args, out),
        Command::ReadApart => Ok(read_apart::run().map(|()| ExitCode::from(exit::CLEAN))?),
    }
}

fn check(args: CheckArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let extract = extract_to(&args)?;
    let consent = match (args.consent, args.consent_given_by) {
        (Some(file), _) => Some(Asked::File(file)),
        (None, Some(owner)) => Some(Asked::GivenBy { owner, extract: args.consent_to_extract }),
        (None, None) if ask::can() => Some(Asked::Record(ask::consent(extract.is_some())?)),
        (None, None) => None,
    };
    let request = Request {
        evidence: args.evidence,
        indicators: args.indicators,
        out: args.out,
        password: password(args.password_stdin)?,
        identities: args.identity.as_deref().map(identities).transpose()?,
        consent,
        extract,
        data: args.data,
        limits: Limits::default(),
        threads: cores(),
        program: std::env::current_exe().ok(),
    };
    let report = watched(args.lang, |words, progress| Ok(check_phone::run(&request, words, progress)?))?;
    if report.extract {
        tell_extract(&report, &request, out)?;
    }
    tell(&report, &request.out, out)
}

fn recheck(args: RecheckArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let request = recheck_phone::Request {
        extract: args.extract,
        indicators: args.indicators,
        out: args.out,
        identities: args.identity.as_deref().map(identities).transpose()?,
        passphrase: password(args.password_stdin)?,
        data: args.data,
        limits: Limits::default(),
        threads: cores(),
    };
    let report = watched(args.lang, |words, progress| Ok(recheck_phone::run(&request, words, progress)?))?;
    if let Some(it) = &report.rechecked {
        writeln!(out, "extract of the check of {}; kept as agreed: {}", it.date, report.consent.retention)?;
    }
    tell(&report, &request.out, out)
}

/// Does something that takes a while, and draws how far it has come.
fn watched(
    tongue: Tongue,
    run: impl FnOnce(&Words<'_>, &Progress) -> anyhow::Result<Report>,
) -> anyhow::Result<Report> {
    let pages = |report: &Report| phone_report::pages(report, tongue);
    let words = Words { why: &phone_report::why, pages: &pages, password: &|why| ask::password(why, TICK) };
    let progress = Progress::default();
    let (running, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || show(progress, &ended));
        let report = run(&words, progress);
        drop(running);
        report
    })
}

/// For whom an extract is written, if one is asked for.
fn extract_to(args: &CheckArgs) -> anyhow::Result<Option<Recipients>> {
    if let Some(file) = &args.extract_passphrase_file {
        let named = || format!("cannot read the passphrase in `{}`", file.display());
        let text = std::fs::File::open(file).with_context(named)?;
        return Ok(Some(Recipients::Passphrase(first_line(text).with_context(named)?)));
    }
    if args.extract_to.is_empty() {
        return Ok(None);
    }
    Ok(Some(Recipients::keys(args.extract_to.iter().map(String::as_str)).context("`--extract-to`")?))
}

/// The keys in a file.
fn identities(file: &Path) -> anyhow::Result<Identities> {
    let named = || format!("cannot use the key in `{}`", file.display());
    let mut text = String::new();
    let read = std::fs::File::open(file).and_then(|it| it.take(MAX_KEYS).read_to_string(&mut text));
    read.with_context(named)?;
    Identities::read(&text).with_context(named)
}

/// The first line of standard input, if it is asked for.
fn password(asked: bool) -> anyhow::Result<Option<String>> {
    if !asked {
        return Ok(None);
    }
    first_line(io::stdin()).context("cannot read the password from standard input").map(Some)
}

fn first_line(from: impl io::Read) -> anyhow::Result<String> {
    let mut text = String::new();
    from.take(MAX_PASSWORD).read_to_string(&mut text)?;
    let line = text.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    anyhow::ensure!(!line.is_empty(), "its first line is empty");
    Ok(line.to_owned())
}

/// Where the extract is, and for how long it may be compared.
fn tell_extract(report: &Report, request: &Request, out: &mut impl Write) -> io::Result<()> {
    let kept = match report.consent.until() {
        Some(date) => format!("kept until {date}; it is not compared after that day"),
        None => format!("kept as agreed: {}", report.consent.retention),
    };
    writeln!(out, "extract: {}, {kept}", request.out.join(EXTRACT).display())
}

/// The end of it, in a few lines; the last says it all.
fn tell(report: &Report, folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
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
    writeln!(out, "report: {}", folder.join("report.html").display())?;
    writeln!(out, "result: {}", report.verdict.as_str())?;
    Ok(ExitCode::from(match report.verdict {
        Verdict::TracesFound => exit::FOUND,
        Verdict::NeedsExpert => exit::EXPERT,
        Verdict::NothingFound => exit::CLEAN,
    }))
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
        if stage == Stage::Asking {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
            continue;
        }
        bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
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
            Stage::Opening | Stage::Asking => "the evidence is opened",
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
