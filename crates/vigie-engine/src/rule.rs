//! Rules: what an image looks for, and what became of each thing that was given to it.
//!
//! Nothing given to a [`crate::Builder`] vanishes: it is active, waits for its time, is over, or was refused for a
//! [`Reason`] that is counted and shown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use vigie_model::alert::Rule;
use vigie_model::label::LabelId;
use vigie_stix::id::StixId;
use vigie_stix::pattern::Edition;

use crate::pattern::Detector;
use crate::sigma::Ruleset;
use crate::suricata::Dialect;
use crate::window::Timing;

/// A STIX indicator whose pattern was compiled.
#[derive(Debug)]
pub struct Indicator {
    /// Its identifier.
    pub id: StixId,
    /// For people: its name, else its pattern.
    pub name: Box<str>,
    /// What it looks for, as its maker wrote it.
    pub pattern: Box<str>,
    /// The language that the pattern is in.
    pub language: Language,
    /// The edition of it, of a STIX pattern.
    pub edition: Edition,
    /// The label that it travels under, if it came from a store.
    pub label: Option<LabelId>,
    /// Which version of it, as nanoseconds since 1970.
    pub version: i128,
    /// When it holds.
    pub validity: Validity,
    /// What it looks for, if it is a STIX pattern.
    pub(crate) detector: Option<Detector>,
    /// What it looks for, if it is written in Sigma.
    pub(crate) sigma: Option<Arc<Ruleset>>,
    /// On how many events its pattern reached a limit of evaluation.
    pub(crate) undecided: AtomicU64,
}

impl Indicator {
    /// How the events of its pattern must lie in time, if it is about several.
    pub(crate) fn timing(&self) -> Option<&Arc<Timing>> {
        self.detector.as_ref()?.timing.as_ref()
    }

    /// The rule as a hit names it.
    pub(crate) fn rule(&self) -> Rule {
        Rule::new(self.id.to_string(), self.name.as_ref(), self.language.as_str())
    }

    /// What it is at an instant: while it holds, where it fires.
    pub fn state(&self, instant: Option<i64>) -> State {
        match (self.validity.at(instant), self.language) {
            (State::Active, Language::Sensor(_)) => State::Exported,
            (State::Active, Language::Yara) => State::FilesOnly,
            (state, _) => state,
        }
    }
}

/// The language of an indicator's pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A STIX pattern, asked of events.
    Stix,
    /// Sigma documents, asked of the fields of events.
    Sigma,
    /// Rules for the nation's sensors, which ask them of packets.
    Sensor(Dialect),
    /// YARA rules, asked of files.
    Yara,
}

impl Language {
    /// The language of a `pattern_type`, if it is one of these.
    pub fn of(pattern_type: &str) -> Option<Self> {
        match pattern_type {
            "stix" => Some(Self::Stix),
            "sigma" => Some(Self::Sigma),
            "yara" => Some(Self::Yara),
            other => Dialect::of(other).map(Self::Sensor),
        }
    }

    /// Its `pattern_type`, and its name in hits.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Sigma => "sigma",
            Self::Sensor(dialect) => dialect.as_str(),
            Self::Yara => "yara",
        }
    }
}

/// When a rule holds, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first instant.
    pub from: Option<i64>,
    /// The first instant after it.
    pub until: Option<i64>,
    /// Taken back by its maker: never.
    pub revoked: bool,
}

impl Validity {
    /// The state at an instant. Without an instant only a revocation counts.
    pub fn at(&self, instant: Option<i64>) -> State {
        match instant {
            _ if self.revoked => State::Revoked,
            Some(now) if self.until.is_some_and(|until| until <= now) => State::Expired,
            Some(now) if self.from.is_some_and(|from| now < from) => State::NotYetValid,
            _ => State::Active,
        }
    }
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It fires.
    Active,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// Its maker took it back.
    Revoked,
    /// It holds, and is for the nation's own sensors: it fires when one of them raises an alert that names it.
    Exported,
    /// It holds, and is for files: it fires where files are scanned, never on logs.
    FilesOnly,
    /// It is active, but each value that it is about stands in a warning list: what it finds is held back with that
    /// reason. Of listed values, and of patterns that ask for values and nothing else.
    Suppressed,
    /// The list holds the same value twice, and the first line counts; or there is a newer version of the indicator.
    Duplicate,
    /// It could not be compiled.
    Refused,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Active,
        Self::NotYetValid,
        Self::Expired,
        Self::Revoked,
        Self::Exported,
        Self::FilesOnly,
        Self::Suppressed,
        Self::Duplicate,
        Self::Refused,
    ];

    /// The word for it, in summaries and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Exported => "exported",
            Self::FilesOnly => "files-only",
            Self::Suppressed => "suppressed",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
        }
    }
}

/// Why a rule was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A line of a list that is no value.
    UnreadableLine,
    /// A file or bundle that cannot be read as such.
    UnreadableFile,
    /// An object that is no STIX object, or an indicator without what it must have.
    BrokenObject,
    /// A pattern that is not well formed.
    BrokenPattern,
    /// A pattern that no object can satisfy: it joins tests of different types by AND.
    Unsatisfiable,
    /// A `pattern_type` that is not known here.
    OtherLanguage,
    /// A rule for sensors that would make them do more than look and tell.
    ActsOnSensor,
    /// A YARA rule that would slow every scan down.
    Slow,
    /// A rule in a language that this build of the program leaves out.
    NotBuiltIn,
    /// A limit was reached: of the image, of what one rule may hold, or of what is kept for a rule over several events.
    TooLarge,
    /// A Sigma document that is not as the specification has it.
    BrokenRule,
    /// A Sigma document with something that is in no specification, or no longer.
    UnsupportedRule,
    /// A Sigma rule with a placeholder that this place gives no values for.
    UnknownPlaceholder,
    /// A Sigma filter or correlation that names a rule which is not there, or was refused.
    DanglingReference,
    /// A Sigma correlation that builds on itself.
    CyclicReference,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::UnreadableLine,
        Self::UnreadableFile,
        Self::BrokenObject,
        Self::BrokenPattern,
        Self::Unsatisfiable,
        Self::OtherLanguage,
        Self::ActsOnSensor,
        Self::Slow,
        Self::NotBuiltIn,
        Self::TooLarge,
        Self::BrokenRule,
        Self::UnsupportedRule,
        Self::UnknownPlaceholder,
        Self::DanglingReference,
        Self::CyclicReference,
    ];

    /// The word for it, in summaries and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableLine => "unreadable-line",
            Self::UnreadableFile => "unreadable-file",
            Self::BrokenObject => "broken-object",
            Self::BrokenPattern => "broken-pattern",
            Self::Unsatisfiable => "unsatisfiable",
            Self::OtherLanguage => "other-language",
            Self::ActsOnSensor => "acts-on-sensor",
            Self::Slow => "slow-rule",
            Self::NotBuiltIn => "not-built-in",
            Self::TooLarge => "too-large",
            Self::BrokenRule => "broken-rule",
            Self::UnsupportedRule => "unsupported-rule",
            Self::UnknownPlaceholder => "unknown-placeholder",
            Self::DanglingReference => "dangling-reference",
            Self::CyclicReference => "cyclic-reference",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One rule that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it stands: an indicator's id, or `list:line`.
    pub place: String,
    /// Why, as it is counted.
    pub reason: Reason,
    /// Why, for people.
    pub detail: String,
}

/// How many rules are in which state, and why those refused were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By state.
    pub states: BTreeMap<State, u64>,
    /// By reason; their sum is the number refused.
    pub reasons: BTreeMap<Reason, u64>,
    /// How many rules stand in each warning list, by its name, whether or not their hits are held back.
    pub warned: BTreeMap<Arc<str>, u64>,
}

impl Counts {
    /// Counts one more, or several.
    pub fn add(&mut self, state: State, number: u64) {
        if number > 0 {
            *self.states.entry(state).or_default() += number;
        }
    }

    /// Counts refusals.
    pub fn refuse(&mut self, reason: Reason, number: u64) {
        if number > 0 {
            *self.reasons.entry(reason).or_default() += number;
            self.add(State::Refused, number);
        }
    }

    /// Counts rules that stand in a warning list.
    pub(crate) fn warn(&mut self, list: &Arc<str>, number: u64) {
        *self.warned.entry(Arc::clone(list)).or_default() += number;
    }

    /// How many are in a state.
    pub fn of(&self, state: State) -> u64 {
        self.states.get(&state).copied().unwrap_or(0)
    }

    /// How many there are in whatever state.
    pub fn total(&self) -> u64 {
        self.states.values().sum()
    }

    /// Adds up.
    pub fn merge(&mut self, other: &Self) {
        for (state, number) in &other.states {
            *self.states.entry(*state).or_default() += number;
        }
        for (reason, number) in &other.reasons {
            *self.reasons.entry(*reason).or_default() += number;
        }
        for (list, number) in &other.warned {
            self.warn(list, *number);
        }
    }
}
