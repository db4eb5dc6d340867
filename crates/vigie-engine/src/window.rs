//! Windows: the memory that rules over several events need.
//!
//! [`crate::Image::matches`] says of each event which parts of such rules it satisfies: the [`Step`]s. One owner feeds
//! them to [`Windows::take`], which keeps them per rule and says which rules fire now. docs/spec/windows.md writes down
//! what a firing consumes, how far back the memory goes and what is dropped.
//!
//! Invariants
//! - A rule fires with the event that completes it, in whatever order the events come: what is kept is searched by the
//!   time of the events, so the order in which they come decides nothing while there is room.
//! - An event proves at most one match of a rule.
//! - Memory is bounded by [`Limits`]; what is dropped for want of room is counted in [`Figures`].
//! - What fires depends on the steps alone: no clock, no chance, no order of hashing.
//!
//! Start with [`Windows::take`], then `window/pattern.rs`; `window/timing.rs` holds what makes it fast.

use std::collections::HashMap;
use std::sync::Arc;

use vigie_model::alert::{Matched, Source};
use vigie_stix::id::StixId;

use crate::hit::Match;

mod lane;
mod names;
mod pattern;
mod step;
mod timing;
mod tree;

use names::Names;
use pattern::Watched;
pub use step::Step;
pub(crate) use step::{Part, Satisfied};
pub(crate) use timing::Timing;

/// Bounds of the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How far apart, in nanoseconds, the events of a pattern may lie that says nothing about it.
    pub horizon: i64,
    /// How much later than the newest event of its rule an event may come, in nanoseconds, before what belongs to it
    /// may be gone.
    pub lateness: i64,
    /// How many events are kept for one bracket of one pattern, or for one rule of a group of a correlation.
    pub events_per_part: usize,
    /// How many events are kept in all.
    pub events: usize,
    /// How many bytes of a value that was seen are kept.
    pub value_bytes: usize,
}

impl Default for Limits {
    /// 24 hours, 5 minutes, 10,000 events for a part and 200,000 in all, 1 KiB for a value: some hundred MiB at the worst.
    fn default() -> Self {
        Self {
            horizon: 24 * 3_600 * 1_000_000_000,
            lateness: 5 * 60 * 1_000_000_000,
            events_per_part: 10_000,
            events: 200_000,
            value_bytes: 1 << 10,
        }
    }
}

/// One of the events that made a rule fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it happened, in nanoseconds since 1970; the time of matching if the record does not say.
    pub time: i64,
    /// Where the record stands.
    pub source: Source,
    /// What it stands for: the brackets of the pattern, or the rule that a correlation names.
    pub part: String,
    /// The comparisons that were true of it.
    pub matched: Vec<Matched>,
}

/// How far apart the events of a match may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// In nanoseconds, the end excluded.
    pub nanos: i64,
    /// Whether the rule says nothing about it and the node's default ([`Limits::horizon`]) was taken.
    pub assumed: bool,
}

/// What became of the steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps taken.
    pub steps: u64,
    /// Matches told.
    pub matches: u64,
    /// Events kept now.
    pub kept: u64,
    /// Events given up because nothing within reach can come any more.
    pub expired: u64,
    /// Events given up for want of room: a match may have been lost with them.
    pub dropped: u64,
    /// Steps that came later than [`Limits::lateness`] allows; they are weighed all the same, against what is still kept.
    pub late: u64,
    /// Steps of a version of a rule that a newer one had replaced.
    pub outdated: u64,
    /// Rules whose memory was begun anew because they had changed.
    pub restarted: u64,
    /// Searches that reached a limit of evaluation.
    pub undecided: u64,
}

/// The memory of rules over several events. One owner feeds it, in the order in which the events come.
#[derive(Debug, Default)]
pub struct Windows {
    limits: Limits,
    patterns: HashMap<StixId, Watched>,
    names: Names,
    figures: Figures,
}

impl Windows {
    /// An empty memory.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes a step of an event that stands at `place`, and adds what fires with it.
    pub fn take(&mut self, step: Step, place: &Source, matches: &mut Vec<Match>) {
        self.figures.steps += 1;
        let before = matches.len();
        let place = self.names.place(place);
        match step.part {
            Part::Pattern(indicator, satisfied) => {
                let Some(timing) = indicator.timing().map(Arc::clone) else { return };
                let watched = self.patterns.entry(indicator.id.clone());
                let watched = watched.or_insert_with(|| Watched::new(Arc::clone(&indicator), timing));
                if watched.is_for(indicator, &mut self.figures) {
                    matches.extend(watched.take(
                        step.time,
                        place,
                        satisfied,
                        &self.limits,
                        &mut self.figures,
                    ));
                }
            }
        }
        self.figures.matches += (matches.len() - before) as u64;
        if self.figures.kept > self.limits.events as u64 {
            self.make_room(step.time);
        }
    }

    /// What became of the steps so far.
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// Gives up what no event near `now` can reach, then, a quarter at a time, from the rules that hold most.
    fn make_room(&mut self, now: i64) {
        let Self { patterns, figures, limits, .. } = self;
        patterns.retain(|_, it| {
            it.expire(now, limits, figures);
            !it.is_empty()
        });
        while figures.kept > limits.events as u64 {
            // Of equals the one whose name comes first, so that no order of hashing shows.
            let most =
                patterns.iter_mut().max_by(|(a, x), (b, y)| x.len().cmp(&y.len()).then_with(|| b.cmp(a)));
            let Some((_, watched)) = most else { break };
            watched.shed(watched.len().div_ceil(4), figures);
        }
    }
}

#[cfg(test)]
mod tests;
