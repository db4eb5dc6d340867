//! `vigie rule`: rules, before they are used.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;
use vigie_app::read_rules::RuleFiles;
use vigie_app::watch_events::{Counts, Refusal};
use vigie_app::{check_rules, saved_rules};

use crate::cli::{cores, exit};

/// Rules, before they are used
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    Check(CheckArgs),
    Compile(CompileArgs),
}

/// Compile rules and name each that cannot be used
///
/// Each refused rule is one line of JSON on standard output: `place`, `reason`, `detail`. The counts go to standard
/// error. What is refused here is what `vigie watch` would refuse.
///
/// Exit status: 0 every rule was compiled, 3 some were refused, 2 the rules could not be read.
#[derive(clap::Args, Debug)]
pub(crate) struct CheckArgs {
    /// Rule files: Sigma (`.yml`), STIX (`.json`), YARA (`.yar`), Suricata and Snort (`.rules`); a folder stands for
    /// the files in it
    #[arg(required = true, value_name = "PATH")]
    rules: Vec<PathBuf>,
}

/// Compile rules, indicators and lists into one file that loads in a fraction of a second
///
/// `vigie watch --image FILE` uses it. Lists are saved compiled; STIX patterns, Sigma and YARA rules as their texts, which
/// are compiled again when the file is loaded. The file holds a secret, and is written for its owner alone. Refused rules
/// are told as by `check`.
///
/// Exit status: 0 every rule was compiled, 3 some were refused, 2 the file could not be made.
#[derive(clap::Args, Debug)]
pub(crate) struct CompileArgs {
    /// STIX bundles, TAXII envelopes, plain lists, Sigma and YARA rules; a folder stands for the files in it
    #[arg(required = true, value_name = "PATH")]
    indicators: Vec<PathBuf>,
    /// MISP warning lists to compile with them
    #[arg(long = "warning-lists", value_name = "PATH")]
    warning_lists: Vec<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A refused rule, as it is printed.
#[derive(Serialize)]
struct Line<'r> {
    place: &'r str,
    reason: &'static str,
    detail: &'r str,
}

pub(crate) fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => {
            let checked = check_rules::run(args.rules, cores())?;
            tell(&checked.rules, &checked.refusals, out)
        }
        Command::Compile(args) => {
            let files = RuleFiles {
                indicators: args.indicators,
                warning_lists: args.warning_lists,
                ..RuleFiles::default()
            };
            let saved = saved_rules::save(&files, &args.out, cores())?;
            let told = format!("{} bytes in `{}`", saved.bytes, args.out.display());
            writeln!(io::stderr(), "{told}").context("cannot write to standard error")?;
            tell(&saved.rules, &saved.refusals, out)
        }
    }
}

/// The refused rules on standard output, the counts on standard error.
fn tell(rules: &Counts, refusals: &[Refusal], out: &mut impl Write) -> anyhow::Result<ExitCode> {
    for refusal in refusals {
        let line = Line { place: &refusal.place, reason: refusal.reason.as_str(), detail: &refusal.detail };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    count(rules, &mut io::stderr().lock()).context("cannot write the counts to standard error")?;
    let refused = rules.reasons.values().any(|it| *it > 0);
    Ok(ExitCode::from(if refused { exit::FOUND } else { exit::CLEAN }))
}

fn count(rules: &Counts, to: &mut impl Write) -> io::Result<()> {
    for (state, number) in &rules.states {
        writeln!(to, "{:>8} {}", number, state.as_str())?;
    }
    for (reason, number) in &rules.reasons {
        writeln!(to, "{number:>8}   because of {reason}")?;
    }
    if rules.states.is_empty() {
        writeln!(to, "no rules")?;
    }
    Ok(())
}
