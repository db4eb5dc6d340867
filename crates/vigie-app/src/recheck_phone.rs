//! The extract of an earlier check against later indicators, without the phone.
//!
//! ```text
//! extract.age ─► decrypted and unpacked as it is read (vigie-phone) ─► records ─► matches, grades and files as in a check
//! ```
//!
//! Invariants
//! - Nothing of the extract is read unless the owner agreed to it, and not after the time for which it may be kept.
//! - Nothing decrypted is written to a disk but what a check writes.
//! - With the same indicators a recheck finds what the check found (docs/spec/phone.md names the exceptions).
//!
//! Start with [`run`].

use std::fs::File;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use vigie_phone::extract::{End, ExtractError, Head, Reader};
use vigie_phone::sealed::{self, Identities, Keys, SealedError};
use vigie_phone::{Kind, Limits};

use crate::check_phone::people::People;
use crate::check_phone::{
    Against, ArtefactState, CheckError, Consent, Progress, Rechecked, Report, Stage, Verdict, Words, Written,
    compare, custody, day, make_folder, write,
};
use crate::clock;
use crate::files::FileError;

/// What the manifest says.
pub(crate) const MAKER: &str = "vigie phone recheck";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The extract.
    pub extract: PathBuf,
    /// STIX bundles, TAXII envelopes and plain lists; a folder stands for the files in it.
    pub indicators: Vec<PathBuf>,
    /// Where the outputs go. Made if it is not there.
    pub out: PathBuf,
    /// Secret keys for which the extract was encrypted.
    pub identities: Option<Identities>,
    /// Or the passphrase.
    pub passphrase: Option<String>,
    /// The folder of the node whose key signs; without one a key is made for the run.
    pub data: Option<PathBuf>,
    /// Bounds of the extract.
    pub limits: Limits,
    /// How many threads read indicators.
    pub threads: NonZero<usize>,
}

/// Why an extract was not compared.
#[derive(Debug, thiserror::Error)]
pub enum RecheckError {
    /// As in a check.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// A file of indicators cannot be opened.
    #[error(transparent)]
    Indicators(#[from] FileError),
    /// The extract's file cannot be read.
    #[error("could not read the extract `{}`", path.display())]
    File {
        /// The extract.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not encrypted.
    #[error("`{}` is not encrypted with age, so it is no extract; name the `extract.age` that a check wrote", .0.display())]
    Plain(PathBuf),
    /// It does not open.
    #[error("`{}` does not open: {why}", path.display())]
    Sealed {
        /// The extract.
        path: PathBuf,
        /// Why.
        why: SealedError,
    },
    /// What is in it is not understood.
    #[error("`{}` cannot be compared: {why}", path.display())]
    Extract {
        /// The extract.
        path: PathBuf,
        /// Why.
        why: ExtractError,
    },
    /// Its evidence is of a kind that is not known.
    #[error("`{}` is of evidence of the kind `{kind}`, which this version does not know; use a later one", path.display())]
    Kind {
        /// The extract.
        path: PathBuf,
        /// The word.
        kind: String,
    },
    /// The outputs of the check would be overwritten.
    #[error("`{}` holds the outputs of the check, which are kept; choose another folder with `--out`", .0.display())]
    InCheck(PathBuf),
    /// The owner's consent is over.
    #[error(
        "the owner agreed that what came of the check is kept until {until} (`{retention}`), which is over; delete `{}`, or \
         ask the owner anew and check the phone again",
        path.display()
    )]
    Over {
        /// The extract.
        path: PathBuf,
        /// The last day.
        until: jiff::civil::Date,
        /// As the owner put it.
        retention: String,
    },
}

/// Compares an extract and writes what came of it.
pub fn run(request: &Request, words: &Words<'_>, progress: &Progress) -> Result<Report, RecheckError> {
    run_at(request, words, progress, clock::now())
}

pub(crate) fn run_at(
    request: &Request,
    words: &Words<'_>,
    progress: &Progress,
    now: i64,
) -> Result<Report, RecheckError> {
    let path = &request.extract;
    progress.begin(Stage::Opening, 0);
    let reader = open(request)?;
    let head = reader.head().clone();
    let kind = Kind::ALL.into_iter().find(|it| it.as_str() == head.kind);
    let kind = kind.ok_or_else(|| RecheckError::Kind { path: path.clone(), kind: head.kind.clone() })?;
    let consent = consent(&head);
    if let Some(until) = consent.is_over(now) {
        let retention = consent.retention;
        return Err(RecheckError::Over { path: path.clone(), until, retention });
    }
    let against = Against::read(&request.indicators, request.data.as_deref(), request.threads, now)?;
    let people = People::asked_for(&against.image, &request.indicators, &head)?;
    keep_check(&request.out, path)?;
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let of = custody::outputs(path.parent().unwrap_or(Path::new("")), vec![name])?;
    make_folder(&request.out)?;
    progress.begin(Stage::Reading, 0);
    let (compared, end) = compare::run(&against, head.checked_at, &request.out, progress, |take| {
        compare::abreast(|tell| reader.records(&|it| people.who(it), tell), take)
            .map_err(|why| RecheckError::Extract { path: path.clone(), why })
    })?;
    let mut report = Report {
        kind: kind.as_str(),
        verdict: Verdict::NothingFound,
        findings: compared.findings,
        left_out: compared.left_out,
        records: compared.records,
        moments: compared.moments,
        artefacts: end.told.iter().map(ArtefactState::of).collect(),
        notes: notes(&end, &people),
        damaged: end.damaged || end.bad > 0 || end.left_out > 0,
        sources: against.sources.files.clone(),
        quality: compared.quality,
        consent,
        evidence_sha256: head.evidence_sha256.clone(),
        evidence_size: (head.evidence_files, head.evidence_bytes),
        signer: against.node.as_ref().map(|it| it.name.clone()),
        extract: false,
        rechecked: Some(Rechecked {
            date: day(head.checked_at).unwrap_or_default(),
            sha256: of.iter().find_map(|it| it.sha256).map(String::from).unwrap_or_default(),
        }),
    };
    report.judge();
    let written = Written { made_by: MAKER, of: &of, out: &request.out };
    write(&report, &written, &against, words)?;
    Ok(report)
}

/// Sees to it that the outputs of the check, beside which an extract lies at first, are not overwritten.
fn keep_check(out: &Path, extract: &Path) -> Result<(), RecheckError> {
    let folder = |it: &Path| std::fs::canonicalize(it).ok();
    let beside = folder(extract).and_then(|it| it.parent().map(Path::to_owned));
    let is_there = beside.as_ref().is_some_and(|it| it.join("manifest.json").exists());
    if is_there && folder(out) == beside { Err(RecheckError::InCheck(out.to_owned())) } else { Ok(()) }
}

/// Decrypts an extract as it is read.
fn open(request: &Request) -> Result<Reader<sealed::Opened>, RecheckError> {
    let path = &request.extract;
    let failed = |source| RecheckError::File { path: path.clone(), source };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() {
        return Err(failed(io::Error::other("it is no file")));
    }
    let mut head = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(&file, 64), &mut head).map_err(failed)?;
    if !sealed::is_sealed(&head) {
        return Err(RecheckError::Plain(path.clone()));
    }
    let keys = Keys { identities: request.identities.as_ref(), passphrase: request.passphrase.as_deref() };
    let opened = sealed::open(file, &keys, &request.limits)
        .map_err(|why| RecheckError::Sealed { path: path.clone(), why })?;
    Reader::new(opened, about.len(), &request.limits)
        .map_err(|why| RecheckError::Extract { path: path.clone(), why })
}

/// What the owner agreed to, as the extract has it: without the owner's name.
fn consent(head: &Head) -> Consent {
    Consent {
        owner: String::new(),
        purpose: head.consent.purpose.clone(),
        scope: head.consent.scope.clone(),
        retention: head.consent.retention.clone(),
        date: head.consent.date.clone(),
        extract: true,
    }
}

/// What is to be said beside what the check said.
fn notes(end: &End, people: &People) -> Vec<String> {
    let mut notes = end.notes.clone();
    let counted = [
        (end.left_out, "records were too large for the extract"),
        (end.bad, "lines of the extract could not be understood"),
        (
            people.in_part,
            "comparisons ask for a part of somebody's address, of which an extract tells only the domain of e-mail",
        ),
    ];
    notes.extend(counted.iter().filter(|it| it.0 > 0).map(|(number, what)| format!("{number} {what}")));
    notes.extend(end.faults.iter().cloned());
    notes
}
