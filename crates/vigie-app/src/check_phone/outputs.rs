//! The files that a check leaves: findings, completeness, sightings. Their form is the measuring contract's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use uuid::Uuid;
use vigie_phone::State;
use vigie_stix::id::StixId;

use super::timeline::shown;
use super::{Finding, Report};

/// A line of `findings.jsonl`.
#[derive(Serialize)]
struct FindingLine<'f> {
    grade: &'static str,
    artefact: &'f str,
    file: &'f str,
    record: &'f str,
    time: Option<String>,
    value: &'f str,
    indicator: IndicatorCell<'f>,
    why: String,
}

#[derive(Serialize)]
struct IndicatorCell<'f> {
    id: &'f str,
    pattern: &'f str,
}

/// The text of `findings.jsonl`.
pub(super) fn findings(
    all: &[Finding],
    why: &dyn Fn(&Finding) -> String,
) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for it in all {
        let line = FindingLine {
            grade: it.grade.as_str(),
            artefact: it.artefact,
            file: &it.file,
            record: &it.record,
            time: it.time.map(shown),
            value: &it.value,
            indicator: IndicatorCell { id: &it.indicator.id, pattern: &it.indicator.pattern },
            why: why(it),
        };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// What became of an artefact, as `completeness.json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArtefactState {
    /// The artefact.
    pub artefact: &'static str,
    /// The file; none where there is none.
    pub file: Option<String>,
    /// `present`, `absent`, `unreadable`, `partial` or `not in this kind`.
    pub state: &'static str,
    /// How many records were read.
    pub read: Option<u64>,
    /// How many there should be, where that can be told.
    pub of: Option<u64>,
    /// What could not be read, and why.
    pub why: Option<String>,
}

impl ArtefactState {
    pub(crate) fn of(told: &vigie_phone::Told) -> Self {
        let (state, read, of, why) = match &told.state {
            State::Present { records } => ("present", Some(*records), Some(*records), None),
            State::Partial { read, of, why } => ("partial", Some(*read), *of, Some(why.clone())),
            State::Unreadable { why } => ("unreadable", Some(0), None, Some(why.clone())),
            State::Absent => ("absent", None, None, None),
            State::NotInThisKind => ("not in this kind", None, None, None),
        };
        Self { artefact: told.artefact, file: told.file.as_deref().map(str::to_owned), state, read, of, why }
    }

    /// Whether something is there that was not read.
    pub fn is_incomplete(&self) -> bool {
        matches!(self.state, "partial" | "unreadable")
    }
}

/// `completeness.json`.
#[derive(Serialize)]
struct Completeness<'r> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recheck: Option<RecheckCell<'r>>,
    evidence_kind: &'r str,
    complete: bool,
    records: u64,
    findings: BTreeMap<&'static str, u64>,
    findings_left_out: u64,
    artefacts: &'r [ArtefactState],
    notes: &'r [String],
    indicator_files: &'r [super::SourceFile],
    indicators: &'r super::Quality,
}

/// That not the phone was compared, but the extract of an earlier check. What is said of artefacts holds as of that check.
#[derive(Serialize)]
struct RecheckCell<'r> {
    extract_of: &'r str,
    extract_sha256: &'r str,
    evidence_sha256: &'r str,
}

/// The text of `completeness.json`.
pub(super) fn completeness(report: &Report) -> Result<String, serde_json::Error> {
    let mut findings: BTreeMap<&'static str, u64> = super::Grade::ALL.map(|it| (it.as_str(), 0)).into();
    for it in &report.findings {
        *findings.entry(it.grade.as_str()).or_default() += 1;
    }
    let whole = Completeness {
        verdict: report.verdict.as_str(),
        recheck: report.rechecked.as_ref().map(|it| RecheckCell {
            extract_of: &it.date,
            extract_sha256: &it.sha256,
            evidence_sha256: &report.evidence_sha256,
        }),
        evidence_kind: report.kind,
        complete: report.is_complete(),
        records: report.records,
        findings,
        findings_left_out: report.left_out,
        artefacts: &report.artefacts,
        notes: &report.notes,
        indicator_files: &report.sources,
        indicators: &report.quality,
    };
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

/// The namespace of identifiers that are made of what they name.
const NAMESPACE: Uuid = Uuid::from_u128(0x3a7d_9c52_8f0e_4b61_9d1a_5c70_2e84_b6f3);

/// The text of `sightings.json`: a STIX 2.1 bundle that says how often each indicator was met and when, and nothing of
/// whose phone it was or what stood there.
pub(super) fn sightings(report: &Report, seed: &str) -> Result<String, serde_json::Error> {
    let name = |object_type: &str, of: &str| {
        StixId::new(object_type, Uuid::new_v5(&NAMESPACE, format!("{seed} {of}").as_bytes())).to_string()
    };
    let created = format!("{}T00:00:00.000Z", report.consent.date);
    let mut met: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|it| it.grade > super::Grade::Note) {
        if finding.indicator.id.starts_with("indicator--") {
            met.entry(&finding.indicator.id).or_default().push(finding);
        }
    }
    let identity = name("identity", "checker");
    let mut objects = Vec::new();
    if !met.is_empty() {
        objects.push(serde_json::json!({
            "type": "identity", "spec_version": "2.1", "id": identity, "created": created, "modified": created,
            "name": "A phone check", "identity_class": "system",
        }));
    }
    for (id, findings) in met {
        let times: Vec<i64> = findings.iter().filter_map(|it| it.time).collect();
        let mut sighting = serde_json::json!({
            "type": "sighting", "spec_version": "2.1", "id": name("sighting", id), "created": created,
            "modified": created, "created_by_ref": identity, "sighting_of_ref": id,
            "count": findings.len().min(999_999_999),
        });
        let markings =
            findings.iter().find_map(|it| it.indicator.origin.as_ref()).map(|it| it.markings.clone());
        if let Some(object) = sighting.as_object_mut() {
            for (name, time) in [("first_seen", times.iter().min()), ("last_seen", times.iter().max())] {
                if let Some(time) = time {
                    object.insert(name.to_owned(), shown(*time).into());
                }
            }
            if let Some(markings) = markings.filter(|it| !it.is_empty()) {
                object.insert("object_marking_refs".to_owned(), markings.into());
            }
        }
        objects.push(sighting);
    }
    let mut bundle = serde_json::json!({"type": "bundle", "id": name("bundle", "sightings")});
    if let Some(bundle) = bundle.as_object_mut().filter(|_| !objects.is_empty()) {
        bundle.insert("objects".to_owned(), objects.into());
    }
    let mut text = serde_json::to_string_pretty(&bundle)?;
    let _infallible = text.write_char('\n');
    Ok(text)
}
