//! The check of a phone, with its owner's consent: evidence on one side, indicators on the other, a report out.
//!
//! ```text
//! consent ─► manifest of the evidence ─► records (vigie-phone) ─► matches (vigie-engine) ─► grades ─► files in `--out`
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
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc;

use vigie_engine::{Image, Options};
use vigie_phone::{Files, Kind, Record, Told};

mod consent;
pub(crate) mod custody;
mod gate;
mod grade;
mod matching;
mod outputs;
mod seal;
mod source;
mod timeline;
mod widen;

pub use consent::{Consent, NoConsent};
pub use custody::{Hashed, Manifest};
pub use gate::{Faults, Quality};
pub use grade::{Family, Grade, Reason};
pub use matching::{Finding, Named};
pub use outputs::ArtefactState;
pub use source::{Origin, SourceFile};
pub use timeline::certainty_name;
pub use vigie_phone::{Certainty, Limits, Sign};

use crate::clock;
use crate::init_node::{Node, NodeError};
use crate::read_rules::{FileError, RuleFiles};
use gate::Gate;
use matching::{Ended, Matching};
use source::Sources;
use timeline::Timeline;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The evidence: a file or folder.
    pub evidence: PathBuf,
    /// STIX bundles, TAXII envelopes and plain lists; a folder stands for the files in it.
    pub indicators: Vec<PathBuf>,
    /// Where the outputs go. Made if it is not there.
    pub out: PathBuf,
    /// The password of an encrypted backup.
    pub password: Option<String>,
    /// The owner's consent.
    pub consent: Option<Asked>,
    /// The folder of the node whose key signs; without one a key is made for the run.
    pub data: Option<PathBuf>,
    /// Bounds of the evidence.
    pub limits: Limits,
    /// How many threads read indicators.
    pub threads: NonZero<usize>,
}

/// How consent is shown.
#[derive(Clone, Debug)]
pub enum Asked {
    /// By a record in a file.
    File(PathBuf),
    /// By the helper's word that this person agreed today.
    GivenBy(String),
}

/// What the face says in words.
pub struct Words<'w> {
    /// Why a finding has its grade, in sentences.
    pub why: &'w dyn Fn(&Finding) -> String,
    /// The pages of the report: names of files and their text.
    pub pages: &'w dyn Fn(&Report) -> Vec<(String, String)>,
}

/// Everything that a report tells.
#[derive(Clone, Debug)]
pub struct Report {
    /// What kind of evidence it was.
    pub kind: &'static str,
    /// The end of it.
    pub verdict: Verdict,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// How many findings there was no room for.
    pub left_out: u64,
    /// How many records were read.
    pub records: u64,
    /// How many lines the timeline has.
    pub moments: u64,
    /// What became of each artefact.
    pub artefacts: Vec<ArtefactState>,
    /// What is to be said of the evidence as a whole.
    pub notes: Vec<String>,
    /// Whether the evidence as a whole is damaged.
    pub damaged: bool,
    /// Where the indicators come from.
    pub sources: Vec<SourceFile>,
    /// How good they are.
    pub quality: Quality,
    /// What the owner agreed to.
    pub consent: Consent,
    /// SHA-256 over the manifest of the evidence.
    pub evidence_sha256: String,
    /// How many files the evidence has, and bytes.
    pub evidence_size: (u64, u64),
    /// The node whose key signs; none for a key made for the run.
    pub signer: Option<String>,
}

impl Report {
    /// Whether all that is there was read.
    pub fn is_complete(&self) -> bool {
        !self.damaged
            && self.left_out == 0
            && !self.artefacts.iter().any(ArtefactState::is_incomplete)
            && self.artefacts.iter().any(|it| it.state == "present")
    }

    fn judge(&mut self) {
        let gravest = self.findings.iter().map(|it| it.grade).max();
        self.verdict = match gravest {
            Some(Grade::Trace) => Verdict::TracesFound,
            Some(Grade::Suspicion) => Verdict::NeedsExpert,
            _ if !self.is_complete() => Verdict::NeedsExpert,
            _ => Verdict::NothingFound,
        };
    }
}

/// The end of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Traces of spyware, or of an attempt.
    TracesFound,
    /// Something that an expert must look at, or evidence that could not be read to its end.
    NeedsExpert,
    /// Nothing in what could be read.
    NothingFound,
}

impl Verdict {
    /// The words for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TracesFound => "traces found",
            Self::NeedsExpert => "needs an expert",
            Self::NothingFound => "nothing found in what could be read",
        }
    }
}

/// How far a check has come.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    total: AtomicU64,
    done: AtomicU64,
}

/// What a check is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Nothing yet.
    Beginning,
    /// Files of the evidence are hashed.
    Hashing,
    /// The evidence is opened; with a password that takes a while.
    Opening,
    /// Records are read and compared.
    Reading,
    /// The outputs are written.
    Writing,
}

impl Progress {
    fn begin(&self, stage: Stage, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    fn at(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// What it is at, how much is done, and of how much; 0 where that is not known.
    pub fn now(&self) -> (Stage, u64, u64) {
        let all = [Stage::Hashing, Stage::Opening, Stage::Reading, Stage::Writing];
        let stage = self.stage.load(Ordering::Relaxed);
        let stage = all.into_iter().find(|it| *it as u8 == stage).unwrap_or(Stage::Beginning);
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
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
        why: vigie_phone::OpenError,
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
    let mut files = open(request, progress)?;
    let mut reader = |files: &mut dyn Files, tell: &mut dyn FnMut(Record)| read(request, files, tell);
    check(&prepared, request, &mut *files, &mut reader, words, progress)
}

/// What is done before the evidence is opened.
struct Prepared {
    consent: Consent,
    node: Option<Node>,
    image: Image,
    sources: Sources,
    evidence: Vec<Hashed>,
    now: i64,
}

fn prepare(request: &Request, progress: &Progress, now: i64) -> Result<Prepared, CheckError> {
    let consent = match &request.consent {
        None => return Err(NoConsent::Missing.into()),
        Some(Asked::File(file)) => Consent::read(file)?,
        Some(Asked::GivenBy(name)) => Consent::given_by(name, now),
    };
    consent.check(now)?;
    let node = request.data.as_deref().map(Node::load).transpose()?;
    std::thread::spawn(seal::gather_entropy);
    let rules = RuleFiles { indicators: request.indicators.clone(), ..RuleFiles::default() };
    let options = Options { secret: uuid::Uuid::new_v4().as_u64_pair().0, ..Options::default() };
    let (image, sources) = std::thread::scope(|scope| {
        let sources = scope.spawn(|| Sources::read(&request.indicators));
        let image = rules.read(options, request.threads).map(|it| Image::new(it.build()));
        (image, sources.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (image, sources) = (image?, sources?);
    let usable = image.rules(None);
    if usable.of(vigie_engine::State::Active) == 0 {
        let first = image.refusals().next().map(|it| format!("{}: {}", it.place, it.detail));
        return Err(CheckError::NoIndicators(first.unwrap_or_else(|| "there are none".to_owned())));
    }
    keep_apart(&request.out, &request.evidence)?;
    let evidence = custody::evidence(&request.evidence, request.threads, progress)?;
    Ok(Prepared { consent, node, image, sources, evidence, now })
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
fn make_folder(out: &Path) -> Result<(), CheckError> {
    use std::os::unix::fs::DirBuilderExt as _;

    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(out);
    made.map_err(|source| CheckError::Output { path: out.to_owned(), source })
}

/// Reads records of files, and says what became of each artefact.
type Reader<'r> = dyn FnMut(&mut dyn Files, &mut dyn FnMut(Record)) -> Vec<Told> + 'r;

fn check(
    prepared: &Prepared,
    request: &Request,
    files: &mut dyn Files,
    reader: &mut Reader<'_>,
    words: &Words<'_>,
    progress: &Progress,
) -> Result<Report, CheckError> {
    let Prepared { consent, node, image, sources, evidence, now } = prepared;
    let out = &request.out;
    let failed = |source| CheckError::Output { path: out.join("timeline.jsonl"), source };
    progress.begin(Stage::Reading, 0);
    make_folder(out)?;
    let gate = Gate::new(image, *now);
    let mut matching = Matching::new(image, &gate, sources, *now, Timeline::new(out));
    let told = abreast(files, reader, &mut |record| {
        matching.take(record);
        progress.step();
    });
    let (notes, damaged) = notes(files.notes(), evidence);
    progress.begin(Stage::Writing, 0);
    let Ended { findings, left_out, records, timeline } = matching.end().map_err(failed)?;
    let moments = timeline.end(out).map_err(failed)?;
    let mut report = Report {
        kind: kind_name(files.kind()),
        verdict: Verdict::NothingFound,
        findings,
        left_out,
        records,
        moments,
        artefacts: told.iter().map(ArtefactState::of).collect(),
        notes,
        damaged,
        sources: sources.files.clone(),
        quality: gate.quality.clone(),
        consent: consent.clone(),
        evidence_sha256: custody::over(evidence),
        evidence_size: (evidence.len() as u64, evidence.iter().map(|it| it.size).sum()),
        signer: node.as_ref().map(|it| it.name.clone()),
    };
    report.judge();
    write(&report, evidence, node.as_ref(), *now, out, words)?;
    Ok(report)
}

/// Records that go from one thread to the other at once: so many of them, or bytes of text.
const BATCH: (usize, usize) = (256, 1 << 20);

/// Reads records on this thread and takes them on another, in the same order.
fn abreast(
    files: &mut dyn Files,
    reader: &mut Reader<'_>,
    take: &mut (dyn FnMut(&Record) + Send),
) -> Vec<Told> {
    let (send, batches) = mpsc::sync_channel::<Vec<Record>>(4);
    std::thread::scope(|scope| {
        scope.spawn(move || batches.iter().flatten().for_each(|it| take(&it)));
        let (mut batch, mut bytes) = (Vec::with_capacity(BATCH.0), 0);
        let told = reader(files, &mut |record| {
            bytes += record.text.len();
            batch.push(record);
            if batch.len() == BATCH.0 || bytes >= BATCH.1 {
                bytes = 0;
                // The other end is gone only if it panicked, which the end of the scope tells.
                let _gone = send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH.0)));
            }
        });
        let _gone = send.send(batch);
        drop(send);
        told
    })
}

/// The name of a kind of evidence.
fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::IosBackup => "ios-backup",
        Kind::IosDump => "ios-dump",
        Kind::Sysdiagnose => "sysdiagnose",
        Kind::Bugreport => "bugreport",
        Kind::Androidqf => "androidqf",
        Kind::AndroidBackup => "android-backup",
        Kind::IntrusionLog => "intrusion-log",
    }
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

/// Writes everything but the timeline, and seals it.
fn write(
    report: &Report,
    evidence: &[Hashed],
    node: Option<&Node>,
    now: i64,
    out: &Path,
    words: &Words<'_>,
) -> Result<(), CheckError> {
    let put = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        fs::write(&path, bytes).map_err(|source| CheckError::Output { path, source })
    };
    let bad = |name: &str| {
        let path = out.join(name);
        move |error: serde_json::Error| CheckError::Output { path, source: error.into() }
    };
    let findings = outputs::findings(&report.findings, words.why).map_err(bad("findings.jsonl"))?;
    let completeness = outputs::completeness(report).map_err(bad("completeness.json"))?;
    let sightings = outputs::sightings(report, &report.evidence_sha256).map_err(bad("sightings.json"))?;
    let mut written = vec!["timeline.csv".to_owned(), "timeline.jsonl".to_owned()];
    let files =
        [("findings.jsonl", findings), ("completeness.json", completeness), ("sightings.json", sightings)];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text));
    for (name, text) in files.chain((words.pages)(report)) {
        put(&name, text.as_bytes())?;
        written.push(name);
    }
    written.sort();
    let outputs = custody::outputs(out, written)?;
    let manifest = Manifest {
        made_by: custody::MAKER.to_owned(),
        evidence_sha256: report.evidence_sha256.clone(),
        evidence: evidence.to_vec(),
        outputs,
    };
    let mut manifest = serde_json::to_vec_pretty(&manifest).map_err(bad("manifest.json"))?;
    manifest.push(b'\n');
    let seal = seal::seal(&manifest, node, now)?;
    put("manifest.json", &manifest)?;
    put("manifest.json.sig", &seal.signature)?;
    put("signer.pem", seal.public_key.as_bytes())?;
    put("signature.json", seal.about.as_bytes())
}

/// Opens the evidence.
fn open(request: &Request, progress: &Progress) -> Result<Box<dyn Files + Send>, CheckError> {
    let mut tell = |far: vigie_phone::Progress| match far {
        vigie_phone::Progress::Key { done, of } => progress.at(done, of),
        vigie_phone::Progress::Listed { files } => progress.at(files, 0),
    };
    let password = request.password.as_deref();
    let mut asked = vigie_phone::Asked { limits: &request.limits, password, progress: &mut tell };
    vigie_phone::open(&request.evidence, &mut asked)
        .map_err(|why| CheckError::Open { path: request.evidence.clone(), why })
}

/// Reads all artefacts of a kind of evidence.
fn read(request: &Request, files: &mut dyn Files, tell: &mut dyn FnMut(Record)) -> Vec<Told> {
    match files.kind() {
        Kind::IosBackup | Kind::IosDump | Kind::Sysdiagnose => {
            vigie_phone::ios::read(files, &request.limits, tell)
        }
        Kind::Bugreport | Kind::Androidqf | Kind::AndroidBackup | Kind::IntrusionLog => {
            vigie_phone::android::read(files, request.password.as_deref(), &request.limits, tell)
        }
    }
}

#[cfg(test)]
mod tests;
