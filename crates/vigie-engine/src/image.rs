//! The image: every rule in force, as a set of segments that never change.
//!
//! A new image shares the segments of the old one, so it is made in the time that its newest rules take to compile and
//! can be swapped in (an `Arc`) while other threads match against the old. Small segments are merged into larger
//! ones as they gather, so there are never more than a few dozen.
//!
//! Invariants
//! - Of one indicator only the newest version fires, whichever segments hold the others.
//! - What [`Image::matches`] says of an event depends on the rules and the event alone, not on how the rules were
//!   spread over segments.
//!
//! Start with [`Image::with`] and [`Image::matches`].

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use vigie_model::event::Event;
use vigie_stix::id::StixId;

use crate::builder::{Builder, Options};
use crate::hit::{Found, Match, matched};
use crate::index::INDICATOR;
use crate::key;
use crate::pattern::Verifier;
use crate::probe::{Kind, Probes};
use crate::rule::{Counts, Refusal, State};
use crate::segment::Segment;
use crate::work::Work;

/// Every rule in force.
#[derive(Clone, Debug, Default)]
pub struct Image {
    layers: Vec<Layer>,
}

/// A segment, without the indicators that a newer version or a withdrawal put out of force.
#[derive(Clone, Debug)]
struct Layer {
    segment: Arc<Segment>,
    muted: Arc<HashSet<u32>>,
}

impl Image {
    /// An image of one segment.
    pub fn new(segment: Segment) -> Self {
        Self { layers: vec![Layer::new(segment)] }
    }

    /// The image with the rules of one more segment, and without the indicators that are withdrawn: those end now,
    /// whatever their validity. Segments that became small beside the new one are merged under the options.
    #[must_use]
    pub fn with<'i>(
        &self,
        segment: Segment,
        withdrawn: impl IntoIterator<Item = &'i StixId>,
        options: &Options,
    ) -> Self {
        let mut layers = self.layers.clone();
        let mut newest = Layer::new(segment);
        for id in withdrawn {
            for layer in &mut layers {
                layer.mute(id);
            }
        }
        let segment = Arc::clone(&newest.segment);
        for indicator in segment.indicators() {
            let superseded = layers.iter().any(|it| it.version(&indicator.id) > Some(indicator.version));
            if superseded {
                newest.mute(&indicator.id);
            } else {
                for layer in &mut layers {
                    layer.mute(&indicator.id);
                }
            }
        }
        layers.push(newest);
        layers.retain(|it| !it.segment.is_empty() || it.segment.unused.total() > 0);
        while let [.., before, last] = layers.as_slice()
            && last.segment.len() * 2 > before.segment.len()
        {
            let merged = Layer::new(merge(before, last, options));
            layers.truncate(layers.len() - 2);
            layers.push(merged);
        }
        Self { layers }
    }

    /// How many rules there are in each state. Without an instant, validity is not weighed.
    pub fn rules(&self, instant: Option<i64>) -> Counts {
        let mut counts = Counts::default();
        for layer in &self.layers {
            counts.merge(&layer.segment.counts(instant, |it| layer.muted.contains(&it)));
        }
        counts
    }

    /// The rules that were refused, with the reason: of each segment the first ten thousand.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.layers.iter().flat_map(|it| it.segment.refusals())
    }

    /// How often a pattern could not be decided on an event, because it reached a limit of evaluation.
    pub fn undecided(&self) -> u64 {
        let indicators = self.layers.iter().flat_map(|it| it.segment.indicators());
        indicators.map(|it| it.undecided.load(Ordering::Relaxed)).sum()
    }

    /// Adds the rules that fire on an event.
    ///
    /// Validity is weighed at the time of the event, else at `at`; without either only revocation counts. Whether
    /// the label of an indicator lets the node detect with it is for the caller to decide.
    /// `work` is memory that one thread uses again for each event; what is in it says nothing.
    pub fn matches(&self, event: &Event<'_>, at: Option<i64>, work: &mut Work, found: &mut Found) {
        let plain = self.layers.iter().fold(0, |set, it| set | it.segment.plain);
        work.probes.refill(event, plain);
        let probes = &work.probes;
        let instant = event.time.or(at);
        let mut verifier = None;
        for layer in &self.layers {
            let candidates = layer.probed(probes);
            layer.list_matches(event, &candidates.listed, &mut found.matches);
            for number in candidates.indicators {
                let Some(indicator) = layer.segment.indicators.get(number as usize) else { continue };
                if layer.muted.contains(&number) || indicator.validity.at(instant) != State::Active {
                    continue;
                }
                let verifier = verifier.get_or_insert_with(|| Verifier::new(event, instant));
                found.matches.extend(verifier.verify(indicator));
            }
        }
    }
}

/// What the keys and paths of an event led to in one segment.
#[derive(Debug, Default)]
struct Candidates {
    /// Entries of lists, each with the observable that it matches, sorted.
    listed: Vec<(u32, u32)>,
    /// Indicators to be verified, sorted, each once.
    indicators: Vec<u32>,
}

impl Layer {
    fn new(segment: Segment) -> Self {
        Self { segment: Arc::new(segment), muted: Arc::default() }
    }

    fn mute(&mut self, id: &StixId) {
        if let Some(number) = self.segment.ids.get(id)
            && !self.muted.contains(number)
        {
            Arc::make_mut(&mut self.muted).insert(*number);
        }
    }

    /// The version of an indicator that is in force here.
    fn version(&self, id: &StixId) -> Option<i128> {
        let number = self.segment.ids.get(id).filter(|it| !self.muted.contains(it))?;
        self.segment.indicators.get(*number as usize).map(|it| it.version)
    }

    fn probed(&self, probes: &Probes) -> Candidates {
        let mut candidates = Candidates::default();
        let index = &self.segment.index;
        for probe in &probes.keys {
            let key = probes.key_of(probe);
            if let Some(head) = index.head(key) {
                // An entry for `co.uk` says nothing about the names below it.
                let above = |whole| key::under_suffix_only(content(probes.key(whole)), content(key));
                let listed = !matches!(&probe.kind, Kind::Parent(whole) if above(whole));
                self.chain(head, probe.observable, listed, &mut candidates);
            }
            if let Kind::Address(seen) = probe.kind {
                for (prefix, head) in self.segment.networks.covering(seen.first) {
                    if prefix <= seen.prefix {
                        self.chain(head, probe.observable, true, &mut candidates);
                    }
                }
            }
        }
        candidates.indicators.extend(self.segment.scanned(probes.present));
        candidates.indicators.sort_unstable();
        candidates.indicators.dedup();
        candidates.listed.sort_unstable();
        candidates.listed.dedup();
        candidates
    }

    fn chain(&self, head: u32, observable: u32, listed: bool, candidates: &mut Candidates) {
        for (number, entry) in self.segment.index.chain(head) {
            if entry.source == INDICATOR {
                candidates.indicators.push(entry.rule);
            } else if listed {
                candidates.listed.push((number, observable));
            }
        }
    }

    /// One match for each entry, with all values that it was seen in.
    fn list_matches(&self, event: &Event<'_>, listed: &[(u32, u32)], found: &mut Vec<Match>) {
        for group in listed.chunk_by(|a, b| a.0 == b.0) {
            let entry = group.first().and_then(|(number, _)| self.segment.index.entry(*number));
            let Some(rule) = entry.and_then(|it| self.segment.list_rule(it)) else { continue };
            let seen = group.iter().filter_map(|(_, observable)| event.observables.get(*observable as usize));
            let mut matched: Vec<_> = seen.map(matched).collect();
            matched.dedup();
            found.push(Match { rule, indicator: None, matched, literal: true });
        }
    }
}

/// A key without its class.
fn content(key: &[u8]) -> &[u8] {
    key.get(1..).unwrap_or_default()
}

fn merge(older: &Layer, newer: &Layer, options: &Options) -> Segment {
    let mut builder = Builder::new(options.clone());
    for layer in [older, newer] {
        builder.absorb(&layer.segment, |it| layer.muted.contains(&it));
    }
    builder.build()
}

#[cfg(test)]
mod tests;
