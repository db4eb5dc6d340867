//! The check of a phone, with its owner's consent: evidence on one side, indicators on the other, a report out.
//!
//! ```text
//! consent ─► manifest of the evidence ─► records (vigie-phone) ─► matches (vigie-engine) ─► grades ─► files in `--out`
//!                                                    └─► extract.age, for `recheck_phone.rs`
//! ```
//!
//! Invariants
//! - Nothing of the evidence is read without a whole record of consent.
//! - Nothing is written outside the output folder, which may not lie in the evidence; nothing is asked of any network.
//! - The same evidence, indicators and consent give the same bytes, in whatever time zone; but for the signature.
//! - What could not be read is said, and so is what was not looked for. No output ever says that a phone is free of
//!   spyware: the words for a good end are "nothing found in what could be read".
//! - Of personal content only the lines that met an indicator are shown.
//!
//! Start with [`run`]; `check_phone/matching.rs` makes findings, `check_phone/grade.rs` weighs them.

use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use vigie_phone::sealed::{Identities, Recipients};
use vigie_phone::{Files, Kind, Record, Told};

mod apart;
pub(crate) mod compare;
mod consent;
pub(crate) mod custody;
mod extract;
mod gate;
mod grade;
mod matching;
mod outputs;
pub(crate) mod people;
mod progress;
mod report;
mod seal;
mod source;
mod timeline;
mod widen;

pub use apart::ARGUMENTS as APART_ARGUMENTS;
pub(crate) use compare::Against;
pub(crate) use consent::day;
pub use consent::{Consent, NoConsent};
pub use custody::{Digest, Hashed, Manifest};
pub use extract::FILE as EXTRACT;
pub use gate::{Faults, Quality};
pub use grade::{Family, Grade, Reason};
pub use matching::{Finding, Named};
pub use outputs::ArtefactState;
pub use progress::{Progress, Stage};
pub use report::{Rechecked, Report, Verdict};
pub(crate) use report::{Written, write};
pub use source::{Origin, SourceFile};
pub use timeline::certainty_name;
pub use vigie_phone::{Certainty, Limits, OpenError, Sign, sealed};

use crate::clock;
use crate::init_node::NodeError;
use crate::read_rules::FileError;
use extract::Extract;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The evidence: a file or folder.
    pub evidence: PathBuf,
    /// STIX bundles, TAXII envelopes and plain lists; a folder stands for the files in it.
    pub indicators: Vec<PathBuf>,
    /// Where the outputs go. Made if it is not there.
    pub out: PathBuf,
    /// The password of an encrypted backup, or of evidence encrypted with age.
    pub password: Option<String>,
    /// The keys of evidence encrypted with age.
    pub identities: Option<Identities>,
    /// The owner's consent.
    pub consent: Option<Asked>,
    /// For whom an extract is written, if one is.
    pub extract: Option<Recipients>,
    /// The folder of the node whose key signs; without one a key is made for the run.
    pub data: Option<PathBuf>,
    /// Bounds of the evidence.
    pub limits: Limits,
    /// How many threads read indicators.
    pub threads: NonZero<usize>,
    /// This program, which is started again to read apart what it would not read itself ([`APART_ARGUMENTS`]); without it that
    /// stays unread.
    pub program: Option<PathBuf>,
}

/// How consent is shown.
#[derive(Clone, Debug)]
pub enum Asked {
    /// By a record in a file.
    File(PathBuf),
    /// By a record that was asked for, part by part.
    Record(Consent),
    /// By the helper's word that this person agreed today.
    GivenBy {
        /// Who.
        owner: String,
        /// Whether to an extract, too.
        extract: bool,
    },
}

/// What the face says in words.
pub struct Words<'w> {
    /// Why a finding has its grade, in sentences.
    pub why: &'w dyn Fn(&Finding) -> String,
    /// The pages of the report: names of files and their text.
    pub pages: &'w dyn Fn(&Report) -> Vec<(String, String)>,
    /// Asks a person for the password, once it is known that one is needed, and why; none where nobody can be asked.
    pub password: &'w dyn Fn(&OpenError) -> Option<String>,
}

/// Why a phone could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no consent.
    #[error(transparent)]
    Consent(#[from] NoConsent),
    /// A file of indicators cannot be opened.
    #[error(transparent)]
    Indicators(#[from] FileError),
    /// There is nothing to compare with.
    #[error(
        "no indicator can be used, so nothing would be found; name files of indicators with `--indicators`: {0}"
    )]
    NoIndicators(String),
    /// The evidence cannot be read.
    #[error("could not read the evidence `{}`", path.display())]
    Evidence {
        /// The evidence, or a part of it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The evidence is none, or is locked.
    #[error("`{}` {why}", path.display())]
    Open {
        /// The evidence.
        path: PathBuf,
        /// Why.
        why: OpenError,
    },
    /// The outputs would be written into the evidence.
    #[error("`{}` lies in the evidence, which is never changed; choose another folder with `--out`", .0.display())]
    InEvidence(PathBuf),
    /// An output cannot be written.
    #[error("could not write `{}`", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The node's key cannot be had.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The outputs could not be signed.
    #[error("the outputs could not be signed: {0}")]
    Seal(#[from] rcgen::Error),
}

/// Checks a phone and writes what came of it.
pub fn run(request: &Request, words: &Words<'_>, progress: &Progress) -> Result<Report, CheckError> {
    let prepared = prepare(request, progress, clock::now())?;
    progress.begin(Stage::Opening, 0);
    let (files, password) = open(request, words, progress)?;
    let mut reader = |files: &mut dyn Files, tell: &mut dyn FnMut(Record)| {
        read(files, password.as_deref(), request.program.as_deref(), &request.limits, tell)
    };
    check(&prepared, request, files, &mut reader, words, progress)
}

/// What is done before the evidence is opened.
struct Prepared {
    consent: Consent,
    against: Against,
    evidence: Vec<Hashed>,
}

fn prepare(request: &Request, progress: &Progress, now: i64) -> Result<Prepared, CheckError> {
    let consent = match &request.consent {
        None => return Err(NoConsent::Missing.into()),
        Some(Asked::File(file)) => Consent::read(file)?,
        Some(Asked::Record(consent)) => consent.clone(),
        Some(Asked::GivenBy { owner, extract }) => {
            Consent { extract: *extract, ..Consent::given_by(owner, now) }
        }
    };
    consent.check(now)?;
    if request.extract.is_some() && !consent.extract {
        return Err(NoConsent::Extract.into());
    }
    let against = Against::read(&request.indicators, request.data.as_deref(), request.threads, now)?;
    keep_apart(&request.out, &request.evidence)?;
    let evidence = custody::evidence(&request.evidence, request.threads, progress)?;
    Ok(Prepared { consent, against, evidence })
}

/// Sees to it that the output folder does not lie in the evidence.
fn keep_apart(out: &Path, evidence: &Path) -> Result<(), CheckError> {
    let root = fs::canonicalize(evidence)
        .map_err(|source| CheckError::Evidence { path: evidence.to_owned(), source })?;
    // The nearest folder that is there already tells where a new one would lie.
    let there = out.ancestors().find_map(|it| {
        let it = if it.as_os_str().is_empty() { Path::new(".") } else { it };
        fs::canonicalize(it).ok()
    });
    if there.is_some_and(|it| it.starts_with(&root)) {
        return Err(CheckError::InEvidence(out.to_owned()));
    }
    Ok(())
}

/// Makes the output folder, for its owner alone.
pub(crate) fn make_folder(out: &Path) -> Result<(), CheckError> {
    use std::os::unix::fs::DirBuilderExt as _;

    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(out);
    made.map_err(|source| CheckError::Output { path: out.to_owned(), source })
}

/// Reads records of files, and says what became of each artefact.
type Reader<'r> = dyn FnMut(&mut dyn Files, &mut dyn FnMut(Record)) -> Vec<Told> + 'r;

fn check(
    prepared: &Prepared,
    request: &Request,
    mut files: Box<dyn Files + Send>,
    reader: &mut Reader<'_>,
    words: &Words<'_>,
    progress: &Progress,
) -> Result<Report, CheckError> {
    let Prepared { consent, against, evidence } = prepared;
    let out = &request.out;
    let evidence_sha256 = custody::over(evidence);
    let evidence_size = (evidence.len() as u64, evidence.iter().map(|it| it.size).sum());
    let kind = files.kind();
    progress.begin(Stage::Reading, 0);
    make_folder(out)?;
    let mut extract = match &request.extract {
        Some(to) => {
            let of = (kind, evidence_sha256.as_str(), evidence_size);
            Some(Extract::begin(out, to, &request.limits, extract::head(of, consent, against.now))?)
        }
        None => None,
    };
    let (compared, told) = compare::run(against, against.now, out, progress, |take| {
        let mut both = |record: &Record| {
            if let Some(extract) = &mut extract {
                extract.take(record);
            }
            take(record);
        };
        Ok::<_, CheckError>(compare::abreast(|tell| reader(&mut *files, tell), &mut both))
    })?;
    let (notes, damaged) = notes(files.notes(), evidence);
    drop(files);
    if let Some(extract) = extract {
        extract.end(&told, &notes, damaged)?;
    }
    let mut report = Report {
        kind: kind.as_str(),
        verdict: Verdict::NothingFound,
        findings: compared.findings,
        left_out: compared.left_out,
        records: compared.records,
        moments: compared.moments,
        artefacts: told.iter().map(ArtefactState::of).collect(),
        notes,
        damaged,
        sources: against.sources.files.clone(),
        quality: compared.quality,
        consent: consent.clone(),
        evidence_sha256,
        evidence_size,
        signer: against.node.as_ref().map(|it| it.name.clone()),
        extract: request.extract.is_some(),
        rechecked: None,
    };
    report.judge();
    let written = Written { made_by: custody::MAKER, of: evidence, out };
    write(&report, &written, against, words)?;
    Ok(report)
}

/// What is to be said of the evidence as a whole, and whether a part of it could not be read.
fn notes(of: &vigie_phone::Notes, evidence: &[Hashed]) -> (Vec<String>, bool) {
    let mut notes = of.damage.clone();
    let counted = [
        (of.more_damage, "further faults of the evidence are not named"),
        (of.links, "links, which are never followed"),
        (of.special, "devices, pipes and the like, which are not read"),
        (of.outside, "files whose path leads out of the evidence, which are not read"),
        (of.duplicates, "files with the path of an earlier one"),
        (of.apple_double, "files by which a Mac keeps attributes of others"),
        (of.missing, "files that the evidence lists and does not hold"),
    ];
    notes.extend(counted.iter().filter(|it| it.0 > 0).map(|(number, what)| format!("{number} {what}")));
    let unread = evidence.iter().filter(|it| it.sha256.is_none());
    for one in unread.take(20) {
        notes.push(format!("`{}` was not hashed: {}", one.path, one.why.as_deref().unwrap_or_default()));
    }
    (notes, !of.damage.is_empty() || of.outside > 0)
}

/// So often a person is asked for the password.
const TRIES: usize = 3;

/// Opens the evidence, and says with which password.
fn open(
    request: &Request,
    words: &Words<'_>,
    progress: &Progress,
) -> Result<(Box<dyn Files + Send>, Option<String>), CheckError> {
    let mut password = request.password.clone();
    let mut tries = if password.is_none() { TRIES } else { 0 };
    loop {
        let why = match open_with(request, password.as_deref(), progress) {
            Ok(files) => return Ok((files, password)),
            Err(why) => why,
        };
        if tries > 0 && why.asks_for_password() {
            progress.begin(Stage::Asking, 0);
            password = (words.password)(&why);
        } else {
            password = None;
        }
        if password.is_none() {
            return Err(CheckError::Open { path: request.evidence.clone(), why });
        }
        tries -= 1;
        progress.begin(Stage::Opening, 0);
    }
}

fn open_with(
    request: &Request,
    password: Option<&str>,
    progress: &Progress,
) -> Result<Box<dyn Files + Send>, OpenError> {
    let mut tell = |far: vigie_phone::Progress| match far {
        vigie_phone::Progress::Key { done, of } => progress.at(done, of),
        vigie_phone::Progress::Listed { files } => progress.at(files, 0),
    };
    let identities = request.identities.as_ref();
    let mut asked = vigie_phone::Asked { limits: &request.limits, password, identities, progress: &mut tell };
    vigie_phone::open(&request.evidence, &mut asked)
}

/// Reads all artefacts of a kind of evidence.
fn read(
    files: &mut dyn Files,
    password: Option<&str>,
    program: Option<&Path>,
    limits: &Limits,
    tell: &mut dyn FnMut(Record),
) -> Vec<Told> {
    match files.kind() {
        Kind::IosBackup | Kind::IosDump | Kind::Sysdiagnose => {
            let mut processes = program.map(Path::to_owned).map(apart::Processes::of);
            let apart = processes.as_mut().map(|it| it as &mut dyn vigie_phone::apart::Apart);
            vigie_phone::ios::read_with(files, limits, apart, tell)
        }
        Kind::Bugreport | Kind::Androidqf | Kind::AndroidBackup | Kind::IntrusionLog => {
            vigie_phone::android::read(files, password, limits, tell)
        }
    }
}

#[cfg(test)]
mod tests;
