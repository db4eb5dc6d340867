//! Tallies: what a correlation counts over the events of a window, kept up to date as they come and go.
//!
//! Numbers are held as whole billionths, so that what was added can be taken away again without a trace.

use std::collections::HashMap;

use crate::sigma::Correlation;
use crate::sigma::correlation::Kind;

/// What a correlation counts of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// The event itself.
    None,
    /// One of the values that are to differ.
    Text(Box<str>),
    /// A number, in billionths.
    Number(i128),
}

/// A number too large to be added up exactly is none.
const LARGEST: f64 = 1e18;

impl Value {
    /// What counts of an event; none if it lacks the value, or has no number where one is asked for.
    pub(super) fn of(correlation: &Correlation, values: &[Option<Box<str>>]) -> Option<Self> {
        if !correlation.kind.needs_field() {
            return Some(Self::None);
        }
        let first = correlation.group_by.len();
        let values = values.get(first..first + correlation.fields.len())?;
        if correlation.kind != Kind::ValueCount {
            return values.first()?.as_deref().and_then(number).map(Self::Number);
        }
        let all: Option<Vec<&str>> = values.iter().map(Option::as_deref).collect();
        match all?.as_slice() {
            [only] => Some(Self::Text((*only).into())),
            several => Some(Self::Text(format!("{several:?}").into())),
        }
    }
}

/// A decimal number in billionths.
fn number(text: &str) -> Option<i128> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(i128::from(whole) * 1_000_000_000);
    }
    let number: f64 = text.parse().ok().filter(|it: &f64| it.abs() <= LARGEST)?;
    let whole = number.trunc();
    Some(whole as i128 * 1_000_000_000 + ((number - whole) * 1e9).round() as i128)
}

/// What is counted over some events.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    events: u64,
    texts: HashMap<Box<str>, u64>,
    sum: i128,
    /// In order; only kept where a percentile is asked for.
    numbers: Vec<i128>,
}

impl Tally {
    pub(super) fn add(&mut self, kind: Kind, value: &Value) {
        self.events += 1;
        match value {
            Value::None => {}
            Value::Text(it) => *self.texts.entry(it.clone()).or_default() += 1,
            Value::Number(it) => {
                self.sum += it;
                if kind == Kind::ValuePercentile {
                    self.numbers.insert(self.numbers.partition_point(|other| other < it), *it);
                }
            }
        }
    }

    /// Takes away what was added before.
    pub(super) fn remove(&mut self, kind: Kind, value: &Value) {
        self.events = self.events.saturating_sub(1);
        match value {
            Value::None => {}
            Value::Text(it) => {
                if let Some(number) = self.texts.get_mut(it) {
                    *number -= 1;
                    if *number == 0 {
                        self.texts.remove(it);
                    }
                }
            }
            Value::Number(it) => {
                self.sum -= it;
                if kind == Kind::ValuePercentile
                    && let Ok(place) = self.numbers.binary_search(it)
                {
                    self.numbers.remove(place);
                }
            }
        }
    }

    /// Whether the number that the correlation asks for is within all its bounds.
    pub(super) fn holds(&self, correlation: &Correlation) -> bool {
        let number = match correlation.kind {
            Kind::EventCount | Kind::Temporal | Kind::TemporalOrdered => self.events as f64,
            Kind::ValueCount => self.texts.len() as f64,
            Kind::ValueSum => self.sum as f64 / 1e9,
            Kind::ValueAverage if self.events == 0 => return false,
            Kind::ValueAverage => self.sum as f64 / 1e9 / self.events as f64,
            Kind::ValuePercentile => match self.percentile(correlation.percentile.unwrap_or(50.0)) {
                Some(it) => it as f64 / 1e9,
                None => return false,
            },
        };
        correlation.condition.iter().all(|it| it.holds(number))
    }

    /// The smallest number that so many percent of all do not exceed.
    #[expect(clippy::cast_sign_loss, reason = "a percentage is not below 0")]
    fn percentile(&self, percent: f64) -> Option<i128> {
        let rank = (percent / 100.0 * self.numbers.len() as f64).ceil() as usize;
        self.numbers.get(rank.max(1) - 1).copied()
    }
}
