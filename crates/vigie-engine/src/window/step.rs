//! Steps: what one event is to rules over several.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vigie_model::alert::Matched;

use super::correlation::Plan;
use crate::rule::Indicator;

/// What one event is to one rule over several events. It lives on its own, so it may go to another thread.
#[derive(Clone, Debug)]
pub struct Step {
    /// When the event happened, in nanoseconds since 1970; the time of matching if the record does not say.
    pub(super) time: i64,
    pub(super) part: Part,
}

/// What the event satisfied.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Brackets of a STIX pattern.
    Pattern(Arc<Indicator>, Vec<Satisfied>),
    /// A rule that feeds a Sigma correlation.
    Correlation(Counted),
}

/// A bracket of a pattern that an event satisfied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Satisfied {
    /// Which one, counted from 0 in the order of the text.
    pub(crate) expression: usize,
    /// Whether it is true as the standard reads it, and not only between canonical forms.
    pub(crate) literal: bool,
    /// The comparisons that were true.
    pub(crate) matched: Vec<Matched>,
}

/// A rule that feeds a correlation fired on an event, or a correlation that feeds another did.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(super) plan: Arc<Plan>,
    /// Which of the members of the correlation it is.
    pub(super) member: usize,
    /// The values that the correlation asks for.
    pub(super) values: Box<[Option<Box<str>>]>,
    /// The comparisons that were true.
    pub(super) matched: Vec<Matched>,
    /// The mapping that named the fields of the event.
    pub(super) mapping: Option<Box<str>>,
}

impl Step {
    /// The mapping that named the fields of the event.
    pub(super) fn mapping(&self) -> Option<&str> {
        match &self.part {
            Part::Pattern(..) => None,
            Part::Correlation(counted) => counted.mapping.as_deref(),
        }
    }

    pub(super) fn of_correlation(counted: Counted, time: i64) -> Self {
        Self { time, part: Part::Correlation(counted) }
    }

    pub(crate) fn of_pattern(indicator: Arc<Indicator>, time: i64, satisfied: Vec<Satisfied>) -> Self {
        Self { time, part: Part::Pattern(indicator, satisfied) }
    }
}

/// Cuts values so that together they have no more than `bytes` bytes.
pub(super) fn cut(matched: &mut [Matched], bytes: usize) {
    let mut left = bytes;
    for one in matched {
        if one.value.len() > left {
            one.value.truncate(one.value.floor_char_boundary(left));
            one.value.push('…');
            one.value.shrink_to_fit();
        }
        left = left.saturating_sub(one.value.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[&str], bytes: usize, want: &[&str]) {
        let one = |it: &&str| Matched { path: "p".to_owned(), value: (*it).to_owned() };
        let mut matched: Vec<Matched> = values.iter().map(one).collect();
        cut(&mut matched, bytes);
        assert_eq!(matched.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), want);
    }

    #[test]
    fn values_are_cut_between_characters_once_there_is_too_much() {
        check(&["abc", "de"], 5, &["abc", "de"]);
        check(&["abc", "def", "g"], 5, &["abc", "de…", "…"]);
        check(&["aé"], 2, &["a…"]);
        check(&["", "a"], 0, &["", "…"]);
    }
}
