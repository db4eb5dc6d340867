//! `vigie explain`: why a rule did or did not match.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use vigie_app::explain_rule::{self, Request, RuleText};
use vigie_app::watch_events::Limits;

use crate::cli::exit;
use crate::cli::watch::{FormatChoice, formats};

/// Say clause by clause why a rule did or did not match an event
///
/// Exit status: 0 nothing matched, 3 something matched, 2 there is nothing to explain.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A rule file (Sigma, STIX, a list), or a STIX pattern such as `[domain-name:value = 'evil.example']`
    #[arg(value_name = "RULE")]
    rule: String,
    /// A log that holds the event, `-` for standard input
    #[arg(value_name = "EVENT")]
    event: PathBuf,
    /// The line where the event begins (for EVTX, the record's number); the first event unless given
    #[arg(long, value_name = "N")]
    line: Option<u64>,
    /// The format of the log
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = formats())]
    format: FormatChoice,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let is_pattern = args.rule.trim_start().starts_with(['[', '(']) && !Path::new(&args.rule).exists();
    let rule = if is_pattern {
        RuleText::Pattern(args.rule.clone())
    } else {
        RuleText::Files(PathBuf::from(&args.rule))
    };
    let explained = explain_rule::run(&Request {
        rule,
        log: args.event.clone(),
        format: args.format.0,
        line: args.line,
        limits: Limits::default(),
    })?;
    writeln!(out, "line {}: {}", explained.line, explained.record)?;
    for refusal in &explained.refusals {
        writeln!(out, "\nrefused   {} ({}): {}", refusal.place, refusal.reason, refusal.detail)?;
    }
    for (rule, clauses) in &explained.rules {
        writeln!(out, "\n{} {} ({})", rule.language, rule.name, rule.id)?;
        write!(out, "{clauses}")?;
    }
    if explained.rules.is_empty() {
        anyhow::ensure!(
            !explained.refusals.is_empty(),
            "`{}` holds no rule over logs; rules of Suricata, Snort and YARA look at packets and files",
            args.rule
        );
        anyhow::bail!("`{}` holds no rule that could be compiled", args.rule);
    }
    Ok(ExitCode::from(if explained.fired > 0 { exit::FOUND } else { exit::CLEAN }))
}
