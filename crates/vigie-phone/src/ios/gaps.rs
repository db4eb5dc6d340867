//! Rows that are not there: where numbers are given in order, those that are missing were deleted.

use super::draft::Draft;
use crate::Sign;

/// The numbers that were seen, in their order.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    last: i64,
    time: Option<i64>,
    missing: Vec<Gap>,
}

#[derive(Debug)]
struct Gap {
    from: i64,
    to: i64,
    before: Option<i64>,
    after: Option<i64>,
}

impl Gaps {
    /// Sees a row by its number, and when it was.
    pub(super) fn see(&mut self, number: i64, time: Option<i64>) {
        if number <= self.last {
            return;
        }
        if number - self.last > 1 {
            let (from, to) = (self.last + 1, number - 1);
            self.missing.push(Gap { from, to, before: self.time, after: time });
        }
        self.last = number;
        self.time = time.or(self.time);
    }

    /// A record of each gap, up to the last number that was ever given.
    pub(super) fn drafts(mut self, what: &str, last: Option<i64>) -> impl Iterator<Item = Draft> {
        if let Some(to) = last.filter(|it| *it > self.last) {
            self.missing.push(Gap { from: self.last + 1, to, before: self.time, after: None });
        }
        let what = what.to_owned();
        self.missing.into_iter().map(move |gap| gap.draft(&what))
    }
}

impl Gap {
    fn draft(&self, what: &str) -> Draft {
        let mut draft = if self.from == self.to {
            Draft::of(what, self.from)
        } else {
            Draft::of(what, format_args!("{} to {}", self.from, self.to))
        };
        draft.say(&format!("{} missing here: deleted, or never completed", (self.to - self.from) + 1));
        draft.at("before the gap", self.before);
        draft.at("after the gap", self.after);
        draft.sign(Sign::RowsMissing);
        draft
    }
}
