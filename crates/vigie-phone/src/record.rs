//! What one row, line or entry of an artefact says.

use std::sync::Arc;

use vigie_model::event::Observable;

use crate::Sign;

/// One row, line or entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The artefact, such as `sms`.
    pub artefact: &'static str,
    /// The file, by its path in the evidence.
    pub file: Arc<str>,
    /// Where in the file: `message 17`, `line 4`, `Applications/3`.
    pub place: String,
    /// When what happened.
    pub moments: Vec<Moment>,
    /// What it says, for people. May be personal.
    pub text: String,
    /// What it says in STIX paths, to be compared with indicators.
    pub seen: Vec<Observable<'static>>,
    /// What speaks for an attack in it, whatever the indicators say.
    pub signs: Vec<Sign>,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What, such as `sent`, `first seen`.
    pub what: &'static str,
    /// When, in nanoseconds since 1970, UTC.
    pub time: i64,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How sure a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The phone keeps it as an instant.
    Exact,
    /// The phone keeps a date only: somewhen in the 24 hours from then on.
    Day,
    /// The phone keeps local time, and its zone is known.
    Zoned,
    /// The phone keeps local time in a zone that is not known: taken as UTC, up to 14 hours off.
    Local,
}
