//! Records against indicators: findings, and a line of the timeline for each moment.
//!
//! Start with [`Matching::take`].

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use vigie_engine::{Found, Image, Match, Validity, Windows, Work};
use vigie_model::alert::Source;
use vigie_model::event::{Observable, Observed, Path};
use vigie_phone::{Certainty, Record, Sign, Weight};

use super::gate::Gate;
use super::grade::{self, Facts, Family, Grade, Placed, Reason};
use super::source::{Origin, Sources};
use super::timeline::{Line, Timeline};
use super::widen::{How, Implied, Widener, event};

/// How many findings are kept; further ones are counted.
const MAX_FINDINGS: usize = 100_000;

/// How many steps of patterns over several records are kept; further ones are counted.
const MAX_STEPS: usize = 1_000_000;

/// How much of a matching line is shown, in characters.
const MAX_LINE: usize = 400;

/// A redirect takes no longer than this.
const REDIRECT: i64 = 1_000_000_000;

/// An indicator that a record meets.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it says.
    pub grade: Grade,
    /// The artefact, such as `sms`.
    pub artefact: &'static str,
    /// The file, by its path in the evidence.
    pub file: Arc<str>,
    /// Where in the file: `message 17`.
    pub record: String,
    /// When, in nanoseconds since 1970; none where the record does not say.
    pub time: Option<i64>,
    /// What happened then, such as `sent`.
    pub what: Option<&'static str>,
    /// How sure the time is.
    pub certainty: Option<Certainty>,
    /// The value that was met, as the record has it.
    pub value: String,
    /// The line of the record that it stands in; nothing else of the record is shown.
    pub line: String,
    /// The indicator.
    pub indicator: Named,
    /// Why it has its grade.
    pub reasons: Vec<Reason>,
    /// What was met, if it is no indicator but a sign of its own.
    pub sign: Option<Sign>,
}

/// An indicator, for people.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Its STIX id, or the list and line.
    pub id: String,
    /// What it looks for.
    pub pattern: String,
    /// Where it comes from.
    pub origin: Option<Arc<Origin>>,
    /// Until when it holds, in nanoseconds since 1970.
    pub until: Option<i64>,
}

/// A visit, for telling redirects.
struct Visit {
    file: Arc<str>,
    time: i64,
    host: String,
    /// Its findings.
    findings: std::ops::Range<usize>,
}

/// The state of a match over all records.
pub(super) struct Matching<'m> {
    image: &'m Image,
    gate: &'m Gate,
    sources: &'m Sources,
    widener: Widener,
    now: i64,
    timeline: Timeline,
    work: Work,
    pub(super) findings: Vec<Finding>,
    /// How many findings there was no room for.
    pub(super) left_out: u64,
    pub(super) records: u64,
    steps: Vec<(i64, vigie_engine::Step, Source)>,
    /// The artefacts that records came from.
    names: BTreeSet<&'static str>,
    /// The artefact of the last record, and its family.
    family: (&'static str, Family),
    last: Option<Visit>,
    failed: Option<io::Error>,
}

impl<'m> Matching<'m> {
    pub(super) fn new(
        image: &'m Image,
        gate: &'m Gate,
        sources: &'m Sources,
        now: i64,
        timeline: Timeline,
    ) -> Self {
        Self {
            image,
            gate,
            sources,
            widener: Widener::new(image),
            now,
            timeline,
            work: Work::default(),
            findings: Vec::new(),
            left_out: 0,
            records: 0,
            steps: Vec::new(),
            names: BTreeSet::new(),
            family: ("", Family::Other),
            last: None,
            failed: None,
        }
    }

    /// Takes a record.
    pub(super) fn take(&mut self, record: &Record) {
        self.records += 1;
        if self.family.0 != record.artefact {
            self.family = (record.artefact, Family::of(record.artefact));
            self.names.insert(record.artefact);
        }
        let moment = record.moments.first();
        let time = moment.map(|it| it.time);
        let implied = self.widener.implied(&record.seen);
        let mut found = Found::default();
        self.image.matches_whenever(
            &event(record.artefact, time, &record.seen, &implied),
            &mut self.work,
            &mut found,
        );
        for step in found.steps {
            if self.steps.len() == MAX_STEPS {
                self.left_out += 1;
                continue;
            }
            let place = format!("{}\t{}\t{}", record.artefact, record.file, record.place);
            self.steps.push((
                time.unwrap_or_default(),
                step,
                Source { file: place, line: 0, format: "phone".to_owned() },
            ));
        }
        let first = self.findings.len();
        let visit = if self.family.1 == Family::Visit { visit(record) } else { None };
        let redirected = visit.as_ref().is_some_and(|it| self.is_redirect(record, it));
        let pattern = |it: &Match| it.indicator.as_ref().map(|it| it.pattern.clone());
        found.matches.sort_by_cached_key(|it| (pattern(it), it.rule.id.clone()));
        // Of indicators that ask for the same, the first is told.
        found.matches.dedup_by(|a, b| match (&a.indicator, &b.indicator) {
            (Some(a), Some(b)) => a.pattern == b.pattern,
            _ => false,
        });
        for hit in &found.matches {
            let finding = self.finding(record, hit, &implied, redirected);
            self.keep(finding);
        }
        for sign in &record.signs {
            self.keep(of_sign(record, *sign));
        }
        if let Some(visit) = visit {
            self.remember_visit(record, visit, redirected, first);
        }
        let findings = self.findings.get(first..).unwrap_or_default();
        let line = Line {
            record,
            text: findings.first().map(|it| it.line.as_str()),
            indicators: findings.iter().map(|it| it.indicator.id.as_str()).collect(),
        };
        if let Err(error) = self.timeline.add(&line) {
            self.failed.get_or_insert(error);
        }
    }

    fn keep(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS { self.findings.push(finding) } else { self.left_out += 1 }
    }

    fn finding(&self, record: &Record, hit: &Match, implied: &[Implied], redirected: bool) -> Finding {
        let seen = hit.matched.first().map(|it| (it.path.as_str(), it.value.as_str())).unwrap_or_default();
        let (path, met) = seen;
        let is_own = record.seen.iter().any(|it| it.path.to_string() == path && text(it) == Some(met));
        let way = implied.iter().find(|it| !is_own && it.value == met && it.path.to_string() == path);
        let how = way.map_or(How::Itself, |it| it.how);
        let value = way.and_then(|it| record.seen.get(it.from)).and_then(text).unwrap_or(met);
        let moment = record.moments.first();
        let indicator = self.named(hit);
        let validity = hit.indicator.as_ref().map(|it| it.validity).unwrap_or_default();
        let (grade, reasons) = grade::grade(&Facts {
            artefact: record.artefact,
            path,
            value: met,
            how,
            has_bundle: has_bundle(record, met),
            sent: says(record, &["sent", "written"]),
            typed: says(record, &["typed"]),
            redirected: redirected || says(record, &["redirect"]),
            generic: self.gate.is_generic(&indicator.id),
            state: Validity { revoked: false, ..validity }.at(Some(moment.map_or(self.now, |it| it.time))),
            confidence: indicator.origin.as_ref().and_then(|it| it.confidence),
        });
        Finding {
            grade,
            artefact: record.artefact,
            file: Arc::clone(&record.file),
            record: record.place.clone(),
            time: moment.map(|it| it.time),
            what: moment.map(|it| it.what),
            certainty: moment.map(|it| it.certainty),
            value: value.to_owned(),
            line: line_with(&record.text, value),
            indicator,
            reasons,
            sign: None,
        }
    }

    fn named(&self, hit: &Match) -> Named {
        if let Some(it) = &hit.indicator {
            return Named {
                id: it.id.to_string(),
                pattern: it.pattern.to_string(),
                origin: self.sources.of(it.id.as_str()).cloned(),
                until: it.validity.until,
            };
        }
        let (list, line) = hit.rule.id.rsplit_once(':').unwrap_or((&hit.rule.id, ""));
        let origin = self.sources.of(list).cloned();
        let file = origin.as_ref().map_or(list, |it| &it.file);
        Named { id: format!("{file}:{line}"), pattern: hit.rule.name.clone(), origin, until: None }
    }

    /// Whether the record is a visit within a second after one elsewhere.
    fn is_redirect(&self, record: &Record, (time, host): &(i64, String)) -> bool {
        self.last.as_ref().is_some_and(|last| {
            last.file == record.file
                && (0..=REDIRECT).contains(&(time.saturating_sub(last.time)))
                && last.host != *host
        })
    }

    /// Remembers a visit, and sees whether the one before led on to it.
    fn remember_visit(
        &mut self,
        record: &Record,
        (time, host): (i64, String),
        redirected: bool,
        first: usize,
    ) {
        if redirected && let Some(last) = &self.last {
            for finding in self.findings.get_mut(last.findings.clone()).unwrap_or_default() {
                let rises = finding.reasons.contains(&Reason::Visited)
                    && !finding.reasons.contains(&Reason::ByRedirect);
                if rises && !finding.reasons.contains(&Reason::Typed) {
                    finding.reasons.push(Reason::ByRedirect);
                }
            }
        }
        let findings = first..self.findings.len();
        self.last = Some(Visit { file: Arc::clone(&record.file), time, host, findings });
    }

    /// Weighs patterns over several records, raises what others raise, and puts all in order.
    pub(super) fn end(mut self) -> io::Result<Ended> {
        self.weigh_steps();
        let rises = |it: &Finding| {
            !it.reasons.iter().any(|it| matches!(it, Reason::TooGeneric | Reason::VendorSite | Reason::Sign))
        };
        let placed: Vec<Placed<'_>> = self
            .findings
            .iter()
            .map(|it| Placed {
                grade: it.grade,
                artefact: it.artefact,
                indicator: &it.indicator.id,
                time: it.time.filter(|_| matches!(it.certainty, Some(Certainty::Exact | Certainty::Zoned))),
                can_rise: rises(it),
            })
            .collect();
        for at in grade::raised(&placed) {
            if let Some(it) = self.findings.get_mut(at) {
                grade::raise(&mut it.grade, &mut it.reasons);
            }
        }
        // The gravest first, then by time; what has none comes last.
        self.findings.sort_by(|a, b| {
            let key = |it: &Finding| (std::cmp::Reverse(it.grade), it.time.is_none(), it.time);
            key(a).cmp(&key(b))
        });
        match self.failed {
            Some(error) => Err(error),
            None => Ok(Ended {
                findings: self.findings,
                left_out: self.left_out,
                records: self.records,
                timeline: self.timeline,
            }),
        }
    }

    fn weigh_steps(&mut self) {
        let mut steps = std::mem::take(&mut self.steps);
        steps.sort_by_key(|it| it.0);
        let mut windows = Windows::default();
        let mut complete = Vec::new();
        for (_, step, place) in steps {
            windows.take(step, &place, &mut complete);
        }
        for hit in complete {
            let Some(last) = hit.observations.last() else { continue };
            let mut place = last.source.file.split('\t');
            let mut part = || place.next().unwrap_or_default();
            let (artefact, file, record) = (part(), part(), part());
            let Some(artefact) = self.names.get(artefact).copied() else { continue };
            let value = last.matched.first().map(|it| it.value.clone()).unwrap_or_default();
            let finding = Finding {
                grade: Grade::Trace,
                artefact,
                file: file.into(),
                record: record.to_owned(),
                time: Some(last.time),
                what: None,
                certainty: None,
                line: value.clone(),
                value,
                indicator: self.named(&hit),
                reasons: vec![Reason::Several],
                sign: None,
            };
            self.keep(finding);
        }
    }
}

/// A sign that needs no indicator. Only what is seldom harmless is more than a note.
fn of_sign(record: &Record, sign: Sign) -> Finding {
    let moment = record.moments.first();
    let named = record.seen.iter().find_map(text).map_or_else(|| record.place.clone(), str::to_owned);
    Finding {
        grade: if sign.weight() == Weight::High { Grade::Suspicion } else { Grade::Note },
        artefact: record.artefact,
        file: Arc::clone(&record.file),
        record: record.place.clone(),
        time: moment.map(|it| it.time),
        what: moment.map(|it| it.what),
        certainty: moment.map(|it| it.certainty),
        line: record.text.lines().next().unwrap_or_default().chars().take(MAX_LINE).collect(),
        value: named,
        indicator: Named { id: format!("sign--{sign}"), ..Named::default() },
        reasons: vec![Reason::Sign],
        sign: Some(sign),
    }
}

/// What came of all records.
pub(super) struct Ended {
    pub(super) findings: Vec<Finding>,
    pub(super) left_out: u64,
    pub(super) records: u64,
    pub(super) timeline: Timeline,
}

fn text<'o>(observable: &'o Observable<'_>) -> Option<&'o str> {
    match &observable.value {
        Observed::Text(it) => Some(it),
        _ => None,
    }
}

/// When a record of visits tells of one, and to which host.
fn visit(record: &Record) -> Option<(i64, String)> {
    let moment = record.moments.first().filter(|it| it.certainty == Certainty::Exact)?;
    let url = record.seen.iter().find(|it| it.path == Path::Url).and_then(text)?;
    let mut key = Vec::new();
    let at = vigie_engine::key::url(url, &mut key).authority?;
    Some((moment.time, String::from_utf8_lossy(key.get(at.start..at.end)?).into_owned()))
}

/// Whether an app's identifier stands beside a process's name. On Android a process is called after its app, which then says
/// nothing more.
fn has_bundle(record: &Record, process: &str) -> bool {
    let mut apps = record.seen.iter().filter(|it| it.path == Path::AppId).filter_map(text);
    apps.any(|it| !process.starts_with(it))
}

/// Whether a record's moments say one of these words. Its text does not count: who made the page or wrote the message chose
/// that.
fn says(record: &Record, words: &[&str]) -> bool {
    record.moments.iter().any(|it| words.iter().any(|word| it.what.contains(word)))
}

/// The line of a text that a value stands in, shortened around it; the value alone where the text has no such line.
fn line_with(text: &str, value: &str) -> String {
    let (low, wanted) = (text.to_lowercase(), value.to_lowercase());
    let number = low.lines().position(|it| it.contains(&wanted));
    let Some(line) = number.and_then(|it| text.lines().nth(it)) else {
        return value.chars().take(MAX_LINE).collect();
    };
    let characters: Vec<char> = line.trim().chars().collect();
    if characters.len() <= MAX_LINE {
        return characters.into_iter().collect();
    }
    let before =
        line.to_lowercase().find(&wanted).map_or(0, |at| line.get(..at).map_or(0, |it| it.chars().count()));
    let start = before.saturating_sub(MAX_LINE / 4).min(characters.len() - MAX_LINE);
    let shown: String = characters.iter().skip(start).take(MAX_LINE).collect();
    format!("…{shown}…")
}
