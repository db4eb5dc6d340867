//! The report of a phone check: one page to be read aloud to the owner, and an annex for the analyst.
//!
//! One file for each language: `report.html` in the one that was chosen, the others beside it. A page needs no network
//! and no script, and prints as it stands.
//!
//! Invariants
//! - No text says that a phone is well (a test looks for such words in every language).
//! - What came from the phone is a [`Foreign`]: isolated, shortened, with what is unseen made visible.
//!
//! Start with [`pages`]; `phone_report/words.rs` has the languages, `phone_report/place.rs` says where something was found,
//! `phone_report/chart.rs` draws the timeline.

mod chart;
mod place;
mod words;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use vigie_app::check_phone::{ArtefactState, Finding, Grade, Reason, Report, Verdict, certainty_name};

use self::chart::Chart;
use self::words::Signed;
pub(crate) use self::words::Tongue;
use crate::web::Foreign;

/// How many findings the first page tells.
const ALOUD: usize = 5;

/// How many findings the annex shows; `findings.jsonl` has all.
const SHOWN: usize = 200;

/// The report in every language: names of files and their text. The first is `report.html`, in the language chosen.
pub(crate) fn pages(report: &Report, chosen: Tongue) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for tongue in Tongue::ALL {
        let page = Page::new(report, tongue, chosen);
        // Writing into memory cannot fail.
        let page = with_digest(&page.render().unwrap_or_default());
        pages.push((file_name(tongue, chosen), page));
    }
    pages.sort_by_key(|it| it.0.len());
    pages
}

/// The page with the digest of its style sheet, which is all that its policy lets in.
fn with_digest(page: &str) -> String {
    let style = page.split_once("<style>").and_then(|it| it.1.split_once("</style>")).map(|it| it.0);
    let digest = STANDARD.encode(Sha256::digest(style.unwrap_or_default()));
    page.replacen("STYLE-DIGEST", &digest, 1)
}

fn file_name(tongue: Tongue, chosen: Tongue) -> String {
    if tongue == chosen { "report.html".to_owned() } else { format!("report.{}.html", tongue.code()) }
}

/// Why a finding has its grade, in English sentences: what, where, when, by which indicator, what else would explain it,
/// and what to do now.
pub(crate) fn why(finding: &Finding) -> String {
    let say = |key: &str| Tongue::English.text(key);
    let mut parts = vec![format!("{}.", say(&format!("grade-{}", finding.grade.as_str())))];
    parts.extend(finding.reasons.iter().map(|it| say(&format!("reason-{}", it.as_str()))));
    if let Some(sign) = finding.sign {
        parts.push(format!("Why it matters: {}.", sign.why()));
    }
    let when = match (finding.time, finding.what, finding.certainty) {
        (Some(time), what, certainty) => {
            let sure = certainty.map_or(String::new(), |it| {
                format!(" ({})", say(&format!("certainty-{}", certainty_name(it))))
            });
            format!("{} {}{sure}", what.unwrap_or("at"), instant(time))
        }
        (None, ..) => "at a time that the phone does not say".to_owned(),
    };
    parts.push(format!("It stands in {}, `{}`, {}; {when}.", finding.artefact, finding.file, finding.record));
    if finding.sign.is_none() {
        parts.push(of_indicator(finding));
    }
    let explained =
        else_keys(finding).map(|it| say(&it)).chain(finding.sign.map(|it| it.harmless().to_owned()));
    let explained: Vec<String> = explained.collect();
    if !explained.is_empty() {
        parts.push(format!("What else would explain it: {}.", explained.join("; ")));
    }
    let now = match finding.grade {
        Grade::Trace => "now-traces-found-1",
        Grade::Suspicion => "now-needs-expert-2",
        Grade::Note => "grade-note-means",
    };
    parts.push(format!("Now: {}", say(now)));
    parts.join(" ")
}

fn of_indicator(finding: &Finding) -> String {
    let indicator = &finding.indicator;
    let Some(origin) = &indicator.origin else {
        return format!("The indicator is {}.", indicator.id);
    };
    let mut parts = vec![format!("The indicator is from {}", origin.file)];
    if !origin.indicates.is_empty() {
        parts.push(format!("for {}", origin.indicates.join(", ")));
    }
    parts.extend(origin.creator.as_ref().map(|it| format!("by {it}")));
    if let Some(published) = origin.published {
        parts.push(format!("published {}", day(published)));
        let days = finding.time.map(|it| it.saturating_sub(published) / 86_400_000_000_000);
        parts.extend(days.map(|days| match days {
            0 => "on the day of the record".to_owned(),
            1.. => format!("{days} days before the record"),
            _ => format!("{} days after the record", days.saturating_neg()),
        }));
    }
    parts.join(", ") + "."
}

fn else_keys(finding: &Finding) -> impl Iterator<Item = String> {
    finding.reasons.iter().filter(|it| Tongue::English.has(&else_key(**it))).map(|it| else_key(*it))
}

fn else_key(reason: Reason) -> String {
    format!("else-{}", reason.as_str())
}

/// An instant to the second, in UTC.
fn instant(nanos: i64) -> String {
    jiff::Timestamp::from_nanosecond(nanos.into())
        .map(|it| it.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_default()
}

fn day(nanos: i64) -> String {
    jiff::Timestamp::from_nanosecond(nanos.into())
        .map(|it| it.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

/// A finding as a page shows it.
struct Shown {
    grade: Grade,
    time: Option<String>,
    certainty: Option<String>,
    reasons: Vec<String>,
    /// What else would explain it.
    explained: Option<String>,
    sign: Option<Signed>,
    /// Where it was found, for the owner.
    place: Option<String>,
    artefact: Foreign,
    file: Foreign,
    record: Foreign,
    value: Foreign,
    /// Whether the value is more than the place of the record.
    is_named: bool,
    line: Foreign,
    indicator: Foreign,
    pattern: Foreign,
    source: Option<Foreign>,
    indicates: Option<Foreign>,
    published: Option<String>,
}

impl Shown {
    fn new(finding: &Finding, tongue: Tongue) -> Self {
        let origin = finding.indicator.origin.as_ref();
        let indicates = origin.map(|it| it.indicates.join(", ")).filter(|it| !it.is_empty());
        let sign = finding.sign.map(|it| tongue.sign(it));
        let mut explained: Vec<String> = else_keys(finding).map(|it| tongue.text(&it)).collect();
        explained.extend(sign.as_ref().map(|it| it.harmless.clone()));
        Self {
            grade: finding.grade,
            time: finding.time.map(instant),
            certainty: finding.certainty.map(|it| tongue.text(&format!("certainty-{}", certainty_name(it)))),
            reasons: finding
                .reasons
                .iter()
                .map(|it| tongue.text(&format!("reason-{}", it.as_str())))
                .collect(),
            explained: Some(tongue.listed(&explained)).filter(|it| !it.is_empty()),
            sign,
            place: place::of(finding.artefact).map(|it| tongue.text(&format!("place-{it}"))),
            artefact: Foreign::code(finding.artefact),
            file: Foreign::code(&finding.file),
            record: Foreign::code(&finding.record),
            value: Foreign::code(&finding.value),
            is_named: finding.value != finding.record,
            line: Foreign::prose(&finding.line),
            indicator: Foreign::code(&finding.indicator.id),
            pattern: Foreign::code(&finding.indicator.pattern),
            source: origin.map(|it| Foreign::code(&it.file)),
            indicates: indicates.map(|it| Foreign::words(&it)),
            published: origin.and_then(|it| it.published).map(day),
        }
    }
}

/// A part of the evidence as a page shows it.
struct Part {
    artefact: Foreign,
    file: Option<Foreign>,
    state: &'static str,
    records: String,
    why: Option<Foreign>,
}

impl Part {
    fn new(of: &ArtefactState, tongue: Tongue) -> Self {
        let records = match (of.read, of.of) {
            (Some(read), Some(all)) if read != all => {
                format!("{} / {}", tongue.number(read), tongue.number(all))
            }
            (Some(read), _) => tongue.number(read),
            _ => String::new(),
        };
        Self {
            artefact: Foreign::code(of.artefact),
            file: of.file.as_deref().map(Foreign::code),
            state: of.state,
            records,
            why: of.why.as_deref().map(Foreign::words),
        }
    }

    fn key(&self) -> String {
        format!("state-{}", self.state.replace(' ', "-"))
    }
}

/// A file of indicators as a page shows it.
struct Source {
    file: Foreign,
    indicators: String,
    indicates: Option<Foreign>,
    creators: Option<Foreign>,
    references: Vec<Foreign>,
    sha256: Foreign,
}

#[derive(Template)]
#[template(path = "phone/report.html")]
struct Page {
    tongue: Tongue,
    others: Vec<(Tongue, String)>,
    verdict: &'static str,
    now: Vec<String>,
    aloud: Vec<Shown>,
    more: u64,
    unread: u64,
    findings: Vec<Shown>,
    left: u64,
    chart: Option<Chart>,
    parts: Vec<Part>,
    not_here: u64,
    notes: Vec<Foreign>,
    sources: Vec<Source>,
    quality: Vec<(&'static str, String, Vec<Foreign>)>,
    consent: Vec<(&'static str, Foreign)>,
    rechecked: Option<(Foreign, Foreign)>,
    kind: Foreign,
    files: String,
    bytes: String,
    evidence: Foreign,
    signer: Option<Foreign>,
}

impl Page {
    fn new(report: &Report, tongue: Tongue, chosen: Tongue) -> Self {
        let (verdict, advice) = match report.verdict {
            Verdict::TracesFound => ("traces-found", 3),
            Verdict::NeedsExpert => ("needs-expert", 2),
            Verdict::NothingFound => ("nothing-found", 3),
        };
        let grave: Vec<&Finding> = report.findings.iter().filter(|it| it.grade > Grade::Note).collect();
        let mut told: Vec<&Finding> = Vec::new();
        // What one indicator met for one reason is told once aloud.
        for finding in &grave {
            let same = |it: &&&Finding| {
                (&it.indicator.id, it.reasons.first()) == (&finding.indicator.id, finding.reasons.first())
            };
            if told.len() < ALOUD && told.iter().find(same).is_none() {
                told.push(finding);
            }
        }
        let here = report.artefacts.iter().filter(|it| it.state != "not in this kind");
        Self {
            tongue,
            others: Tongue::ALL
                .into_iter()
                .filter(|it| *it != tongue)
                .map(|it| (it, file_name(it, chosen)))
                .collect(),
            verdict,
            now: (1..=advice).map(|it| format!("now-{verdict}-{it}")).collect(),
            more: (grave.len() - told.len()) as u64,
            aloud: told.into_iter().map(|it| Shown::new(it, tongue)).collect(),
            unread: report.artefacts.iter().filter(|it| it.is_incomplete()).count() as u64,
            findings: report.findings.iter().take(SHOWN).map(|it| Shown::new(it, tongue)).collect(),
            left: report.findings.len().saturating_sub(SHOWN) as u64 + report.left_out,
            chart: Chart::of(&report.findings),
            parts: here.map(|it| Part::new(it, tongue)).collect(),
            not_here: report.artefacts.iter().filter(|it| it.state == "not in this kind").count() as u64,
            notes: report.notes.iter().map(|it| Foreign::words(it)).collect(),
            sources: report.sources.iter().map(|it| source(it, tongue)).collect(),
            quality: quality(report, tongue),
            consent: consent(report, tongue),
            rechecked: report
                .rechecked
                .as_ref()
                .map(|it| (Foreign::code(&it.date), Foreign::code(&it.sha256))),
            kind: Foreign::code(report.kind),
            files: tongue.number(report.evidence_size.0),
            bytes: tongue.number(report.evidence_size.1),
            evidence: Foreign::code(&report.evidence_sha256),
            signer: report.signer.as_deref().map(Foreign::words),
        }
    }

    fn text(&self, key: &str) -> String {
        self.tongue.text(key)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give every argument by reference")]
    fn counted(&self, key: &str, count: &u64) -> String {
        self.tongue.counted(key, *count)
    }
}

fn consent(report: &Report, tongue: Tongue) -> Vec<(&'static str, Foreign)> {
    let consent = &report.consent;
    let extract = match (consent.extract, report.extract) {
        (_, true) => "extract-written",
        (true, false) => "extract-agreed",
        (false, false) => "extract-not-agreed",
    };
    let mut all = vec![
        ("consent-owner", Foreign::words(&consent.owner)),
        ("consent-purpose", Foreign::words(&consent.purpose)),
        ("consent-scope", Foreign::words(&consent.scope)),
        ("consent-retention", Foreign::words(&consent.retention)),
        ("consent-date", Foreign::code(&consent.date)),
        ("consent-extract", Foreign::words(&tongue.text(extract))),
    ];
    // An extract does not say whose it is.
    if consent.owner.is_empty() {
        all.remove(0);
    }
    all
}

fn source(of: &vigie_app::check_phone::SourceFile, tongue: Tongue) -> Source {
    let joined = |all: &std::collections::BTreeSet<String>| {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        Some(all.join(", ")).filter(|it| !it.is_empty()).map(|it| Foreign::words(&it))
    };
    Source {
        file: Foreign::code(&of.file),
        indicators: tongue.number(of.indicators),
        indicates: joined(&of.indicates),
        creators: joined(&of.creators),
        references: of.references.iter().take(5).map(|it| Foreign::code(it)).collect(),
        sha256: Foreign::code(&of.sha256),
    }
}

fn quality(report: &Report, tongue: Tongue) -> Vec<(&'static str, String, Vec<Foreign>)> {
    let quality = &report.quality;
    let all = [
        ("quality-repeated", &quality.repeated),
        ("quality-not-usable-here", &quality.not_usable_here),
        ("quality-too-generic", &quality.too_generic),
        ("quality-expired", &quality.expired),
        ("quality-revoked", &quality.revoked),
        ("quality-refused", &quality.refused),
    ];
    let all = all.into_iter().filter(|it| it.1.count > 0);
    all.map(|(key, faults)| {
        let named = faults.named.iter().take(10).map(|it| Foreign::code(it)).collect();
        (key, tongue.number(faults.count), named)
    })
    .collect()
}

#[cfg(test)]
mod tests;
