//! `vigie stix`: STIX alone, without a node.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;
use vigie_stix::bundle;
use vigie_stix::canonical::{ScoId, sco_id};
use vigie_stix::json::Value;
use vigie_stix::object::{Kind, Object};
use vigie_stix::pattern::{Observation, ParseOptions, Pattern, Semantics, edition_of};
use vigie_stix::validate::{Severity, validate_bundle};

use crate::cli::exit;

/// Validate STIX, match patterns, compute identifiers
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Check files against every MUST of STIX 2.1; findings as JSON lines
    ///
    /// Exit status: 0 no error was found, 3 errors were found, 2 a file could not be read.
    Validate {
        /// Bundles, envelopes, lists or single objects; `-` for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Let warnings (a SHOULD of the standard) count as errors
        #[arg(long)]
        strict: bool,
    },
    /// Evaluate patterns against observations
    ///
    /// Each line of the file is `{"pattern": …, "observations": [bundle…]}`; each line printed is `{"match": true}`,
    /// `{"match": false}` or `{"error": …}`, in the same order.
    Match {
        /// The file, or `-` for standard input
        #[arg(long, value_name = "FILE")]
        batch: PathBuf,
        /// How to read what the standard leaves open; see docs/spec/pattern.md
        #[arg(long, value_enum, default_value_t = Reading::Standard)]
        semantics: Reading,
    },
    /// Print the deterministic identifier of each cyber-observable object, one a line
    ///
    /// An object to which the standard gives none is printed as `-` with the reason.
    Id {
        /// A bundle, envelope, list or single object; `-` for standard input
        file: PathBuf,
    },
}

/// Whose reading of contested points.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Reading {
    /// The text of the standard.
    Standard,
    /// The reference matcher of OASIS.
    OasisMatcher,
}

pub(crate) fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Validate { files, strict } => validate(&files, strict, out),
        Command::Match { batch, semantics } => match_batch(&batch, semantics, out),
        Command::Id { file } => identify(&file, out),
    }
}

fn validate(files: &[PathBuf], strict: bool, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut found = false;
    for file in files {
        let bytes = read(file)?;
        let place = || format!("`{}`", file.display());
        let text = bundle::from_bytes(&bytes).with_context(place)?;
        let findings = validate_bundle(text, bundle::Limits::default()).with_context(place)?;
        for finding in findings {
            found |= strict || finding.severity == Severity::Error;
            let line = json!({
                "file": file.display().to_string(),
                "object": finding.subject.to_string(),
                "rule": finding.rule,
                "path": finding.path,
                "severity": finding.severity.to_string(),
                "message": finding.message,
            });
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::from(if found { exit::FOUND } else { exit::CLEAN }))
}

fn match_batch(file: &Path, reading: Reading, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let semantics = match reading {
        Reading::Standard => Semantics::default(),
        Reading::OasisMatcher => Semantics::oasis_matcher(),
    };
    let lines: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(fs::File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?)
    };
    for line in BufReader::new(lines).lines() {
        let line = line.with_context(|| format!("cannot read `{}`", file.display()))?;
        let answer = match match_line(&line, &semantics) {
            Ok(matched) => json!({ "match": matched }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(ExitCode::from(exit::CLEAN))
}

fn match_line(line: &str, semantics: &Semantics) -> anyhow::Result<bool> {
    let case = vigie_stix::json::parse(line)?;
    let pattern = case.get("pattern").and_then(Value::as_str).context("the line has no `pattern`")?;
    let documents =
        case.get("observations").and_then(Value::as_array).context("the line has no `observations`")?;
    let options = ParseOptions { edition: edition_of(documents), ..ParseOptions::default() };
    let pattern = Pattern::parse_with(pattern, &options)?;
    let observations = Observation::from_documents(documents)?;
    Ok(pattern.matches(&observations, semantics)?)
}

fn identify(file: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let bytes = read(file)?;
    let parts = bundle::split(bundle::from_bytes(&bytes)?, bundle::Limits::default())?;
    for part in parts.objects {
        let object = Object::parse(part.text).with_context(|| format!("objects[{}]", part.index))?;
        if object.kind() != Kind::Sco {
            continue;
        }
        match sco_id(&object).with_context(|| object.id().to_string())? {
            ScoId::Deterministic(id) => writeln!(out, "{id}")?,
            ScoId::Random(why) => writeln!(out, "-\t{}\t{why}", object.id())?,
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    }
    Ok(bytes)
}
