//! The specification, clause by clause: slow, and what the fast evaluator is held against.
//!
//! What is decided where the specification leaves a reading open stands in docs/spec/sigma.md; in short: a field that is
//! absent satisfies `null` and `exists: false` and nothing else; of a field with several values any one counts;
//! numbers and truth values are texts too; keywords are looked for in every value.
//!
//! Start with [`Rule::verdict`]; [`Rule::explain`] says the same with reasons.

use vigie_model::event::{Event, Scalar};
use vigie_model::log::LogSource;

use super::number::Number;
use super::rule::{Check, Condition, Detection, FieldReference, Item, Place, Rule, Search, Test, TimePart};
use super::wildcard::{DASHES, Piece, Wildcard, fold};
use crate::explain::Verdict;

impl Rule {
    /// Whether it fires on an event. It does not on events of other log sources; an event that no mapping knows is for
    /// rules without a log source alone.
    pub fn verdict(&self, event: &Event<'_>) -> Verdict {
        if self.concerns(event) {
            condition(&self.detection, &self.detection.condition, event)
        } else {
            Verdict::Fails
        }
    }

    /// Whether it is about the log of this event.
    pub fn concerns(&self, event: &Event<'_>) -> bool {
        self.source == LogSource::default() || event.log.is_some_and(|it| it.is_covered_by(&self.source))
    }
}

/// Holds if any does; undecided if none does, but one might.
pub(super) fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut answer = Verdict::Fails;
    for verdict in verdicts {
        match verdict {
            Verdict::Holds => return Verdict::Holds,
            Verdict::Undecided => answer = Verdict::Undecided,
            Verdict::Fails => {}
        }
    }
    answer
}

/// Holds if all do; undecided if none fails, but one might.
pub(super) fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    not(any(verdicts.map(not)))
}

/// The opposite; what is undecided stays so.
pub(super) fn not(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Holds => Verdict::Fails,
        Verdict::Fails => Verdict::Holds,
        Verdict::Undecided => Verdict::Undecided,
    }
}

pub(super) fn condition(detection: &Detection, clause: &Condition, event: &Event<'_>) -> Verdict {
    match clause {
        Condition::Selection(number) => {
            detection.selections.get(*number).map_or(Verdict::Fails, |it| search(&it.search, event))
        }
        Condition::Not(it) => not(condition(detection, it, event)),
        Condition::All(parts) => all(parts.iter().map(|it| condition(detection, it, event))),
        Condition::Any(parts) => any(parts.iter().map(|it| condition(detection, it, event))),
    }
}

pub(super) fn search(clause: &Search, event: &Event<'_>) -> Verdict {
    match clause {
        Search::All(parts) => all(parts.iter().map(|it| search(it, event))),
        Search::Any(parts) => any(parts.iter().map(|it| search(it, event))),
        Search::Item(it) => item(it, event),
    }
}

pub(super) fn item(item: &Item, event: &Event<'_>) -> Verdict {
    let seen = seen(item, event);
    let verdicts = item.tests.iter().map(|it| test(it, &seen, event));
    let verdict = if item.all { all(verdicts) } else { any(verdicts) };
    match item.negated {
        false => verdict,
        true if seen.is_empty() => Verdict::Fails,
        true => not(verdict),
    }
}

/// The values that an item is asked of: those of its field, or all.
pub(super) fn seen<'e>(item: &Item, event: &'e Event<'_>) -> Vec<&'e Scalar<'e>> {
    let is_meant = |name: &str| item.field.as_deref().is_none_or(|it| it == name);
    event.fields.iter().filter(|it| is_meant(&it.name)).map(|it| &it.value).collect()
}

pub(super) fn test(test: &Test, seen: &[&Scalar<'_>], event: &Event<'_>) -> Verdict {
    any(test.checks.iter().map(|it| check(it, seen, event)))
}

fn check(check: &Check, seen: &[&Scalar<'_>], event: &Event<'_>) -> Verdict {
    match check {
        Check::Null => (seen.is_empty() || seen.contains(&&Scalar::Null)).into(),
        Check::Exists(wanted) => (seen.is_empty() != *wanted).into(),
        _ => any(seen.iter().filter_map(|it| it.text()).map(|it| text_check(check, it, event))),
    }
}

fn text_check(check: &Check, seen: &str, event: &Event<'_>) -> Verdict {
    let number = || Number::parse(seen);
    match check {
        Check::Null | Check::Exists(_) => Verdict::Fails,
        Check::Text(wanted) => fits(wanted, seen).into(),
        Check::Number(text, wanted) => (fits(text, seen) || number() == Some(*wanted)).into(),
        Check::Regular(wanted) => wanted.is_found(seen).map_or(Verdict::Undecided, Into::into),
        Check::Network(wanted) => wanted.holds(seen).into(),
        Check::Compare(relation, wanted) => number().is_some_and(|it| relation.holds(it, *wanted)).into(),
        Check::TimePart(part, relation, wanted) => part
            .of(seen)
            .is_some_and(|it| relation.map_or(it == *wanted, |relation| relation.holds(it, *wanted)))
            .into(),
        Check::Field(reference) => {
            let others = event.fields.iter().filter(|it| it.name == reference.field.as_ref());
            others.filter_map(|it| it.value.text()).any(|it| reference.holds(seen, it)).into()
        }
    }
}

impl FieldReference {
    /// Whether the value of a field is as that of the other field wants it.
    pub(super) fn holds(&self, seen: &str, other: &str) -> bool {
        let prepared = |it: &str| if self.cased { it.to_owned() } else { fold(it) };
        let (seen, other) = (prepared(seen), prepared(other));
        match self.place {
            Place::Whole => seen == other,
            Place::Start => seen.starts_with(&other),
            Place::End => seen.ends_with(&other),
            Place::Anywhere => memchr::memmem::find(seen.as_bytes(), other.as_bytes()).is_some(),
        }
    }
}

impl TimePart {
    /// This part of a date that begins as ISO 8601 has it: `2020-10-19`, `2020-10-19 10:46:42.027Z`. Zones are not
    /// converted: the part is what stands there.
    pub(super) fn of(self, text: &str) -> Option<Number> {
        let date: jiff::civil::Date = text.get(..10)?.parse().ok()?;
        let time = |from: usize| {
            let is_time = matches!(text.as_bytes().get(10), Some(b' ' | b'T' | b't'));
            let digits =
                text.get(from..from + 2).filter(|it| is_time && it.bytes().all(|it| it.is_ascii_digit()))?;
            digits.parse::<i64>().ok()
        };
        let part = match self {
            Self::Minute => time(14).filter(|it| *it < 60 && text.as_bytes().get(13) == Some(&b':'))?,
            Self::Hour => time(11).filter(|it| *it < 24)?,
            Self::Day => date.day().into(),
            Self::Week => date.iso_week_date().week().into(),
            Self::Month => date.month().into(),
            Self::Year => date.year().into(),
        };
        Some(Number::Whole(part))
    }
}

/// Whether a value fits: every place that the pieces read until now may have led to is kept.
fn fits(wanted: &Wildcard, seen: &str) -> bool {
    let seen: Vec<char> = if wanted.cased { seen.to_owned() } else { fold(seen) }.chars().collect();
    let mut places = vec![false; seen.len() + 1];
    if let Some(first) = places.first_mut() {
        *first = true;
    }
    for piece in wanted.pieces() {
        places = match piece {
            Piece::Text(text) => {
                text.chars().fold(places, |places, letter| step(&places, &seen, |it| it == letter))
            }
            Piece::One => step(&places, &seen, |_| true),
            Piece::Dash => step(&places, &seen, |it| DASHES.contains(&it)),
            Piece::Any => {
                let first = places.iter().position(|it| *it).unwrap_or(places.len());
                (0..places.len()).map(|it| it >= first).collect()
            }
        };
    }
    places.last() == Some(&true)
}

/// The places that one more letter leads to.
fn step(places: &[bool], seen: &[char], fits: impl Fn(char) -> bool) -> Vec<bool> {
    let led = places.iter().zip(seen).map(|(is_place, letter)| *is_place && fits(*letter));
    std::iter::once(false).chain(led).collect()
}
