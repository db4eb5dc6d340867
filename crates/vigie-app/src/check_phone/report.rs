//! What a report tells, and its files.

use std::fs;
use std::path::Path;

use super::{
    Against, ArtefactState, CheckError, Consent, Finding, Grade, Hashed, Manifest, Quality, SourceFile,
    Words, custody, extract, outputs, seal,
};

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
    /// Whether an extract was written for later indicators.
    pub extract: bool,
    /// What was compared, if it was not the phone but the extract of an earlier check.
    pub rechecked: Option<Rechecked>,
}

/// The extract of an earlier check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rechecked {
    /// The day of the check.
    pub date: String,
    /// SHA-256 of the extract's file.
    pub sha256: String,
}

impl Report {
    /// Whether all that is there was read.
    pub fn is_complete(&self) -> bool {
        !self.damaged
            && self.left_out == 0
            && !self.artefacts.iter().any(ArtefactState::is_incomplete)
            && self.artefacts.iter().any(|it| it.state == "present")
    }

    pub(crate) fn judge(&mut self) {
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

/// What the manifest says beside the outputs.
pub(crate) struct Written<'w> {
    /// What made the outputs.
    pub(crate) made_by: &'static str,
    /// What they were made of.
    pub(crate) of: &'w [Hashed],
    /// Where they go.
    pub(crate) out: &'w Path,
}

/// About as many bytes the manifest has for each file.
const MANIFEST_LINE: usize = 200;

/// Writes everything but the timeline and the extract, and seals it.
pub(crate) fn write(
    report: &Report,
    about: &Written<'_>,
    against: &Against,
    words: &Words<'_>,
) -> Result<(), CheckError> {
    let out = about.out;
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
    if report.extract {
        written.push(extract::FILE.to_owned());
    }
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
        made_by: about.made_by.to_owned(),
        evidence_sha256: report.evidence_sha256.clone(),
        evidence: about.of.into(),
        outputs,
    };
    let mut text = Vec::with_capacity(about.of.len() * MANIFEST_LINE);
    serde_json::to_writer_pretty(&mut text, &manifest).map_err(bad("manifest.json"))?;
    text.push(b'\n');
    let seal = seal::seal(&text, against.node.as_ref(), against.now)?;
    put("manifest.json", &text)?;
    put("manifest.json.sig", &seal.signature)?;
    put("signer.pem", seal.public_key.as_bytes())?;
    put("signature.json", seal.about.as_bytes())
}
