//! Says clause by clause why rules did or did not fire on an event.
//!
//! Rules are compiled as `vigie watch` compiles them and the record is read as `vigie watch` reads it, so that what is
//! explained is what happens.

use std::num::NonZero;
use std::path::PathBuf;

use vigie_engine::explain::Explained;
use vigie_engine::{Found, Image, Options, Refusal, Work};
use vigie_model::alert::Rule;
use vigie_model::event::Wanted;
use vigie_telemetry::{Format, Limits, Mappings, OpenError, Options as Reading, Source};

use crate::clock;
use crate::read_rules::{FileError, RuleFiles};

/// How many rules are explained; a rule is meant, not a collection.
const MAX_RULES: usize = 1_000;

/// What is to be explained.
#[derive(Clone, Debug)]
pub struct Request {
    /// A rule file, or a STIX pattern.
    pub rule: RuleText,
    /// A log.
    pub log: PathBuf,
    /// Its format, if it is not to be recognised by content.
    pub format: Option<Format>,
    /// The record, by the line where it begins; the first unless given.
    pub line: Option<u64>,
    /// Bounds of the log.
    pub limits: Limits,
}

/// Where the rule comes from.
#[derive(Clone, Debug)]
pub enum RuleText {
    /// A file or folder.
    Files(PathBuf),
    /// The text of a STIX pattern.
    Pattern(String),
}

/// The explanation of each rule on one record.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The rules, each with its clauses.
    pub rules: Vec<(Rule, Explained)>,
    /// How many rules fired on the record.
    pub fired: usize,
    /// The rules that could not be compiled.
    pub refusals: Vec<Refusal>,
    /// The line of the record.
    pub line: u64,
    /// The record as JSON.
    pub record: String,
}

/// Why nothing could be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The rule file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// There is no such record.
    #[error("`{log}` has no record that begins in line {line}")]
    NoRecord {
        /// The log.
        log: String,
        /// The line asked for.
        line: u64,
    },
    /// The record was lost.
    #[error("the record cannot be read: {0}")]
    Skipped(String),
}

/// Explains each rule on one record.
pub fn run(request: &Request) -> Result<Explanation, ExplainError> {
    let image = compile(&request.rule)?;
    let reading = Reading {
        format: request.format,
        wanted: Wanted::ALL,
        mappings: Mappings::built_in(),
        not_after: Some(clock::now()),
        limits: request.limits.clone(),
    };
    let mut source = Source::open(&request.log, &reading)?;
    let absent =
        || ExplainError::NoRecord { log: request.log.display().to_string(), line: request.line.unwrap_or(1) };
    loop {
        let record = match source.next().ok_or_else(absent)? {
            Ok(record) => record,
            Err(lost) if request.line.is_none_or(|it| it == lost.line) => {
                return Err(ExplainError::Skipped(lost.to_string()));
            }
            Err(_) => continue,
        };
        if request.line.is_some_and(|it| it != record.line) {
            continue;
        }
        let now = clock::now();
        let mut found = Found::default();
        image.matches(&record.event, Some(now), &mut Work::default(), &mut found);
        return Ok(Explanation {
            rules: image.explain(&record.event, Some(now), &Options::default(), MAX_RULES),
            fired: found.matches.len(),
            refusals: image.refusals().cloned().collect(),
            line: record.line,
            record: record.json().into_owned(),
        });
    }
}

fn compile(rule: &RuleText) -> Result<Image, ExplainError> {
    let builder = match rule {
        RuleText::Files(path) => {
            let files = RuleFiles { indicators: vec![path.clone()], ..RuleFiles::default() };
            files.read(Options::default(), NonZero::<usize>::MIN)?
        }
        RuleText::Pattern(pattern) => {
            let mut builder = vigie_engine::Builder::new(Options::default());
            builder.add_bundle("the pattern given", &indicator(pattern));
            builder
        }
    };
    Ok(Image::new(builder.build()))
}

/// An indicator made of a bare pattern, valid at all times.
fn indicator(pattern: &str) -> String {
    let start = "1970-01-01T00:00:00.000Z";
    serde_json::json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--00000000-0000-4000-8000-000000000000",
        "created": start,
        "modified": start,
        "valid_from": start,
        "pattern_type": "stix",
        "pattern": pattern,
    })
    .to_string()
}
