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
//! Start with [`Windows::take`], then `window/pattern.rs` for STIX and `window/tracked.rs` for Sigma; `window/tree.rs` and
//! `window/tally.rs` hold what makes them fast.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use vigie_model::alert::{Matched, Source};
use vigie_stix::id::StixId;

use crate::hit::Match;
use crate::rule::Indicator;

mod step;

mod pattern;
mod timing;
mod tree;

mod correlation;
mod explain;
mod group;
mod tally;
mod tracked;

mod lane;
mod names;
mod save;

pub(crate) use correlation::{Correlations, Plan};
use names::{Names, Place};
use pattern::Watched;
pub use save::BadState;
use step::Counted;
pub use step::Step;
pub(crate) use step::{Part, Satisfied};
pub(crate) use timing::Timing;
use tracked::Tracked;

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
    /// How many bytes are kept of the values that were seen in one event.
    pub value_bytes: usize,
}

impl Default for Limits {
    /// 24 hours, 5 minutes, 10,000 events for a part and 200,000 in all, 1 KiB for the values of each: some hundred MiB at the
    /// worst.
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
    /// The mapping that named its fields, with its version; none for a STIX pattern, which asks for no fields.
    pub mapping: Option<Box<str>>,
}

/// How far apart the events of a match may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// In nanoseconds: of a STIX pattern the end excluded, of a Sigma correlation the end included.
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
    /// Steps of a correlation whose event lacks a field to group by, or the value to count.
    pub unusable: u64,
    /// Rules whose saved memory was left out, because they are in force no more or mean something else.
    pub forgotten: u64,
}

impl Figures {
    /// Counts an event that is given up.
    fn lose(&mut self, out_of_reach: bool) {
        self.kept -= 1;
        if out_of_reach {
            self.expired += 1;
        } else {
            self.dropped += 1;
        }
    }
}

/// The memory of rules over several events. One owner feeds it, in the order in which the events come.
#[derive(Debug, Default)]
pub struct Windows {
    limits: Limits,
    rules: HashMap<Name, Memory>,
    names: Names,
    figures: Figures,
}

/// What names a rule over several events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Name {
    Pattern(StixId),
    Correlation(Box<str>),
}

/// What is kept for one rule.
#[derive(Debug)]
enum Memory {
    Pattern(Watched),
    Correlation(Tracked),
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
        let place = self.names.place(place, step.mapping());
        match step.part {
            Part::Pattern(indicator, satisfied) => {
                matches.extend(self.watch(indicator, satisfied, step.time, place));
            }
            Part::Correlation(counted) => self.track(counted, step.time, place, matches),
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

    fn watch(
        &mut self,
        indicator: Arc<Indicator>,
        satisfied: Vec<Satisfied>,
        time: i64,
        place: Place,
    ) -> Option<Match> {
        let timing = indicator.timing().map(Arc::clone)?;
        let memory = self.rules.entry(Name::Pattern(indicator.id.clone()));
        let new = || Memory::Pattern(Watched::new(Arc::clone(&indicator), timing));
        let Memory::Pattern(watched) = memory.or_insert_with(new) else { return None };
        if !watched.is_for(indicator, &mut self.figures) {
            return None;
        }
        watched.take(time, place, satisfied, &self.limits, &mut self.figures)
    }

    /// Counts an event, then what fires by it in the correlations that build on those that fired.
    fn track(&mut self, counted: Counted, time: i64, place: Place, matches: &mut Vec<Match>) {
        let mut open = vec![(counted, time, place)];
        while let Some((counted, time, place)) = open.pop() {
            let plan = Arc::clone(&counted.plan);
            let memory = self.rules.entry(Name::Correlation(plan.name.clone()));
            let new = || Memory::Correlation(Tracked::new(Arc::clone(&plan)));
            let Memory::Correlation(tracked) = memory.or_insert_with(new) else { continue };
            tracked.renew(&plan, &mut self.figures);
            let Some(fired) = tracked.take(counted, time, place, &self.limits, &mut self.figures) else {
                continue;
            };
            let outer = plan.fired(&fired.values);
            open.extend(outer.map(|it| (it, fired.time, fired.place.clone())));
            if plan.alone {
                matches.push(plan.matched(fired.observations));
            }
        }
    }

    /// Gives up what no event near `now` can reach; then, if an eighth of the room is not free, a quarter of what the
    /// rules keep that keep most. So it has to be done only once in many events.
    fn make_room(&mut self, now: i64) {
        let Self { rules, figures, limits, .. } = self;
        rules.retain(|_, it| {
            it.expire(now, limits, figures);
            it.len() > 0
        });
        let enough = (limits.events - limits.events / 8) as u64;
        // Of equals the one whose name comes first, so that no order of hashing shows.
        let mut most: Vec<(&Name, &mut Memory)> = rules.iter_mut().collect();
        most.sort_by(|(a, x), (b, y)| y.len().cmp(&x.len()).then_with(|| a.cmp(b)));
        for (_, memory) in most {
            if figures.kept <= enough {
                break;
            }
            memory.shed(memory.len().div_ceil(4), figures);
        }
    }
}

/// The comparisons that were true of any of the events, each once.
fn distinct(observations: &[Seen]) -> Vec<Matched> {
    let mut known = HashSet::new();
    let all = observations.iter().flat_map(|it| &it.matched);
    all.filter(|it| known.insert((it.path.as_str(), it.value.as_str()))).cloned().collect()
}

impl Memory {
    /// How many events are kept.
    fn len(&self) -> usize {
        match self {
            Self::Pattern(it) => it.len(),
            Self::Correlation(it) => it.len(),
        }
    }

    fn expire(&mut self, now: i64, limits: &Limits, figures: &mut Figures) {
        match self {
            Self::Pattern(it) => it.expire(now, limits, figures),
            Self::Correlation(it) => it.expire(now, limits, figures),
        }
    }

    fn shed(&mut self, number: usize, figures: &mut Figures) {
        match self {
            Self::Pattern(it) => it.shed(number, figures),
            Self::Correlation(it) => it.shed(number, figures),
        }
    }
}

#[cfg(test)]
mod tests;
