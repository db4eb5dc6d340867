//! The image: every rule in force, as a set of segments that never change.
//!
//! A new image shares the segments of the old one, so it is made in the time that its newest rules take to compile and
//! can be swapped in (an `Arc`) while other threads match against the old. Small segments are merged into larger
//! ones as they gather; large ones by a [`Merge`], which runs beside the image ([`Image::merge_due`]).
//!
//! Invariants
//! - Of one indicator only the newest version fires, whichever segments hold the others.
//! - What [`Image::matches`] says of an event depends on the rules and the event alone, not on how the rules were
//!   spread over segments.
//! - [`Image::with`] merges nothing that is large ([`Options::small`]).
//!
//! Start with [`Image::with`] and [`Image::matches`]; `image/file.rs` saves and loads.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use vigie_model::alert::Matched;
use vigie_model::event::{Event, Wanted};
use vigie_stix::id::StixId;

use crate::builder::Options;
use crate::hit::{Found, Match, Suppressed, matched};
use crate::index::Entry;
use crate::key;
use crate::layer::Layer;
use crate::merge::{self, Merge, Merged};
use crate::pattern::Verifier;
use crate::rule::{Counts, Indicator, Refusal, State};
use crate::segment::Segment;
use crate::sigma::{Documents, Given, Memory, Part, Ruleset};
use crate::warning::{Standing, Warnings};
use crate::window::Plan;
use crate::work::Work;
use crate::{suricata, yara};

mod explain;
mod file;
mod hash;

/// Every rule in force.
#[derive(Clone, Debug, Default)]
pub struct Image {
    layers: Vec<Layer>,
    warnings: Warnings,
    hash: OnceLock<String>,
}

impl Image {
    /// An image of one segment.
    pub fn new(segment: Segment) -> Self {
        let mut warnings = Warnings::default();
        segment.warnings.iter().for_each(|it| warnings.add(it));
        Self { layers: vec![Layer::new(segment)], warnings, hash: OnceLock::new() }
    }

    /// The image with the rules of one more segment, and without the indicators that are withdrawn: those end now,
    /// whatever their validity. Small segments are merged under the options; ask [`Image::merge_due`] about the others.
    #[must_use]
    pub fn with<'i>(
        &self,
        segment: Segment,
        withdrawn: impl IntoIterator<Item = &'i StixId>,
        options: &Options,
    ) -> Self {
        let mut layers = self.layers.clone();
        let mut warnings = self.warnings.clone();
        segment.warnings.iter().for_each(|it| warnings.add(it));
        let mut newest = Layer::new(with_sigma_of(&mut layers, segment));
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
        let is_small = |it: &Layer| it.segment.len() < options.small;
        layers.push(newest);
        layers.retain(|it| !it.is_spent());
        // Large segments first, and the small ones by age.
        layers.sort_by_key(is_small);
        while let [.., before, last] = layers.as_slice()
            && is_small(before)
            && last.segment.len() * 2 > before.segment.len()
        {
            let merged = Layer::new(merge::of(&[before.clone(), last.clone()], &warnings, options));
            layers.truncate(layers.len() - 2);
            layers.push(merged);
            layers.sort_by_key(is_small);
        }
        Self { layers, warnings, hash: OnceLock::new() }
    }

    /// The image without the lists of these names: their values end now. A new version of a list is put into force by
    /// [`Image::with`] on what this gives.
    #[must_use]
    pub fn without_lists<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut layers = self.layers.clone();
        for name in names {
            for layer in &mut layers {
                layer.mute_list(name);
            }
        }
        layers.retain(|it| !it.is_spent());
        Self { layers, warnings: self.warnings.clone(), hash: OnceLock::new() }
    }

    /// The merge that is worth running now, if one is: of large segments of like size, or of one that is half out of
    /// force. Run one at a time, beside the image; put in, it leaves a few dozen segments at most.
    pub fn merge_due(&self, options: &Options) -> Option<Merge> {
        let mut large: Vec<&Layer> =
            self.layers.iter().filter(|it| it.segment.len() >= options.small).collect();
        large.sort_by_key(|it| it.segment.len());
        let mut rules = 0;
        let alike = large.iter().take_while(|it| {
            let joins = rules == 0 || rules * 2 > it.segment.len();
            rules += it.segment.len();
            joins
        });
        let alike = alike.count();
        if alike >= 2 {
            large.truncate(alike);
        } else {
            large.retain(|it| it.dead() * 2 > it.segment.len());
            large.truncate(1);
        }
        let layers: Vec<Layer> = large.into_iter().cloned().collect();
        (!layers.is_empty()).then(|| Merge::new(layers, self.warnings.clone(), options.clone()))
    }

    /// The image with a merge put in. What came or ended since the merge began stays as it is here; if this image no
    /// longer holds what was merged, it is as it was.
    #[must_use]
    pub fn merged(&self, merged: &Merged) -> Self {
        let layers = merged.put_into(&self.layers).unwrap_or_else(|| self.layers.clone());
        Self { layers, warnings: self.warnings.clone(), hash: OnceLock::new() }
    }

    /// The secret under which its values are hashed; none of an image without rules. Segments hashed under the same are
    /// matched faster.
    pub fn secret(&self) -> Option<u64> {
        self.layers.first().map(|it| it.segment.index.tagger().secret())
    }

    /// Which canonical forms its values are in.
    pub fn key_version(&self) -> &'static str {
        key::VERSION
    }

    /// The warning lists in force, with which further segments are to be marked: see [`crate::Builder::mark_with`].
    pub fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        self.layers.len()
    }

    /// About how many bytes of memory its plain values take.
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(|it| it.segment.bytes()).sum()
    }

    /// How many rules there are in each state. Without an instant, validity is not weighed.
    pub fn rules(&self, instant: Option<i64>) -> Counts {
        let mut counts = Counts::default();
        for layer in &self.layers {
            counts.merge(&layer.counts(instant));
        }
        counts
    }

    /// The indicator of an id, if it is in force.
    pub(crate) fn indicator(&self, id: &StixId) -> Option<&Arc<Indicator>> {
        self.layers.iter().find_map(|it| {
            let number = it.segment.ids.get(id).filter(|number| !it.muted.contains(number))?;
            it.segment.indicators.get(*number as usize)
        })
    }

    /// The correlation of a name, if it is in force.
    pub(crate) fn correlation<'i>(&'i self, name: &str) -> Option<&'i Arc<Plan>> {
        let named = |it: &'i Layer| Some((it, it.segment.sigma.as_ref()?.plan(name)?));
        let mut plans = self.layers.iter().filter_map(named);
        let counts = |(layer, plan): &(&Layer, &Arc<Plan>)| match plan.indicator.as_ref() {
            None => !layer.muted_sigma,
            Some(it) => self.indicator(&it.id).is_some_and(|now| Arc::ptr_eq(it, now)),
        };
        plans.find(counts).map(|it| it.1)
    }

    /// The rules that were refused, with the reason: of each segment the first ten thousand.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.layers.iter().flat_map(Layer::refusals)
    }

    /// How often a pattern could not be decided on an event, because it reached a limit of evaluation.
    pub fn undecided(&self) -> u64 {
        let indicators = self.layers.iter().flat_map(|it| it.segment.indicators());
        let rules = self.layers.iter().filter_map(|it| it.segment.sigma.as_ref()).map(|it| it.undecided());
        indicators.map(|it| it.undecided.load(Ordering::Relaxed)).chain(rules).sum()
    }

    /// Adds the rules that fire on an event, and what the event is to rules over several.
    ///
    /// Validity is weighed at the time of the event, else at `at`; without either only revocation counts. Whether
    /// the label of an indicator lets the node detect with it is for the caller to decide.
    /// `work` is memory that one thread uses again for each event; what is in it says nothing.
    pub fn matches(&self, event: &Event<'_>, at: Option<i64>, work: &mut Work, found: &mut Found) {
        let instant = event.time.or(at);
        self.matches_between(event, instant, instant, work, found);
    }

    /// The same, but only revocation is weighed: for who asks about the past what is known today, and weighs
    /// [`Validity`](crate::Validity) by itself.
    pub fn matches_whenever(&self, event: &Event<'_>, work: &mut Work, found: &mut Found) {
        self.matches_between(event, event.time, None, work, found);
    }

    /// The event is taken to be of `instant`; validity is weighed at `valid`.
    fn matches_between(
        &self,
        event: &Event<'_>,
        instant: Option<i64>,
        valid: Option<i64>,
        work: &mut Work,
        found: &mut Found,
    ) {
        for id in &event.alerted {
            self.alerted(id, valid, found);
        }
        let Work { probes, candidates, sigma } = work;
        let plain = self.layers.iter().fold(0, |set, it| set | it.segment.plain);
        let Some(tagger) = self.layers.first().map(|it| it.segment.index.tagger()) else { return };
        probes.refill(event, plain, tagger);
        let mut verifier = None;
        for (place, layer) in self.layers.iter().enumerate() {
            layer.probed(probes, candidates);
            self.list_matches(place, event, &candidates.listed, found);
            for number in candidates.indicators.drain(..) {
                let Some(indicator) = layer.segment.indicators.get(number as usize) else { continue };
                if layer.muted.contains(&number) || indicator.validity.at(valid) != State::Active {
                    continue;
                }
                let verifier = verifier.get_or_insert_with(|| Verifier::new(event, instant));
                if let Some(hit) = verifier.verify(indicator, &mut found.steps) {
                    self.tell(hit, None, found);
                }
            }
            self.sigma_matches(layer, event, (instant, valid), sigma, found);
        }
    }

    /// One match for each Sigma rule of a layer that fires.
    fn sigma_matches(
        &self,
        layer: &Layer,
        event: &Event<'_>,
        (instant, valid): (Option<i64>, Option<i64>),
        memory: &mut Memory,
        found: &mut Found,
    ) {
        // Without both, this view of the record was not asked for.
        let is_seen = event.log.is_some() || !event.fields.is_empty();
        let Some(part) = layer.segment.sigma.as_ref().filter(|_| is_seen) else { return };
        let mut fired = part.fired(event, memory);
        while let Some(number) = fired.next() {
            let Some(rule) = part.rules().get(number as usize) else { continue };
            let indicator = rule.indicator.and_then(|it| layer.segment.indicators.get(it as usize));
            let is_muted = rule.indicator.map_or(layer.muted_sigma, |it| layer.muted.contains(&it));
            if is_muted || indicator.is_some_and(|it| it.validity.at(valid) != State::Active) {
                continue;
            }
            let matched = fired.proof(number);
            part.step(rule, event, instant.unwrap_or_default(), &matched, &mut found.steps);
            if rule.is_alone {
                self.tell(rule.hit(event, indicator.cloned(), matched), None, found);
            }
        }
    }

    /// The Sigma rules in force that no indicator carries, by segment.
    pub fn sigma(&self) -> impl Iterator<Item = &Ruleset> {
        self.layers.iter().filter_map(Layer::given).map(|it| it.rules())
    }

    /// Which views of events the rules in force need.
    pub fn wanted(&self) -> Wanted {
        let segments = || self.layers.iter().map(|it| &it.segment);
        Wanted {
            observables: segments().any(|it| it.asks_for_observables()),
            fields: segments().any(|it| it.sigma.as_ref().is_some_and(|it| !it.rules().is_empty())),
        }
    }

    /// One match for each entry of the layer at a place, with all values that it was seen in.
    fn list_matches(&self, place: usize, event: &Event<'_>, listed: &[(u32, u32)], found: &mut Found) {
        let Some(layer) = self.layers.get(place) else { return };
        for group in listed.chunk_by(|a, b| a.0 == b.0) {
            let Some(entry) = group.first().and_then(|(number, _)| layer.segment.index.entry(*number)) else {
                continue;
            };
            let Some(rule) = layer.segment.list_rule(entry) else { continue };
            if self.is_listed_before(place, layer, entry) {
                continue;
            }
            let seen = group.iter().filter_map(|(_, observable)| event.observables.get(*observable as usize));
            let mut matched: Vec<_> = seen.map(matched).collect();
            matched.dedup();
            let hit = Match::on_one(rule, None, matched);
            self.tell(hit, Some(layer.segment.index.key(entry)), found);
        }
    }

    /// Adds the match of the indicator that a sensor's alert names.
    fn alerted(&self, named: &str, instant: Option<i64>, found: &mut Found) {
        let id = named.parse::<StixId>().ok();
        let indicator = id.and_then(|id| self.layers.iter().find_map(|it| it.indicator(&id)));
        match indicator.filter(|it| it.state(instant) == State::Exported) {
            None => found.unknown_alerts += 1,
            Some(indicator) => {
                let again = |it: &Match| it.indicator.as_ref().is_some_and(|it| Arc::ptr_eq(it, indicator));
                if !found.matches.iter().any(again) {
                    let path = format!("alert.metadata.{}", suricata::INDICATOR_KEY);
                    let matched = vec![Matched { path, value: named.to_owned() }];
                    found.matches.push(Match::on_one(indicator.rule(), Some(Arc::clone(indicator)), matched));
                }
            }
        }
    }

    /// The indicators in force, whatever their validity.
    pub fn indicators(&self) -> impl Iterator<Item = &Arc<Indicator>> {
        self.layers.iter().flat_map(Layer::indicators)
    }

    /// Whether this very version of an indicator is in force.
    #[cfg_attr(
        not(feature = "yara"),
        expect(dead_code, reason = "for the scanner, which this build leaves out")
    )]
    pub(crate) fn is_in_force(&self, indicator: &Indicator) -> bool {
        let known = self.layers.iter().find_map(|it| it.indicator(&indicator.id));
        known.is_some_and(|it| it.version == indicator.version)
    }

    /// The YARA rules, as they were compiled together.
    pub(crate) fn yara(&self) -> impl Iterator<Item = &yara::Rules> {
        self.layers.iter().flat_map(|it| &it.segment.yara).map(AsRef::as_ref)
    }

    /// Adds a match that [`crate::Windows`] gave, or what holds it back: see [`crate::Warnings`].
    pub fn weigh(&self, hit: Match, found: &mut Found) {
        self.tell(hit, None, found);
    }

    /// Adds a match, or what holds it back. `own` is the value of the rule, if it has but one.
    fn tell(&self, hit: Match, own: Option<&[u8]>, found: &mut Found) {
        let standing =
            if self.warnings.is_empty() { None } else { self.warnings.holding_back(own, &hit.matched) };
        match standing {
            None => found.matches.push(hit),
            Some(Standing { list, entry, .. }) => {
                found.suppressed.push(Suppressed { hit, list: Arc::clone(list), entry });
            }
        }
    }

    /// Whether another layer holds the same value of the same list on an earlier line.
    fn is_listed_before(&self, place: usize, layer: &Layer, entry: &Entry) -> bool {
        let Some(list) = layer.segment.list_of(entry) else { return false };
        let key = layer.segment.index.key(entry);
        let mut others = self.layers.iter().enumerate().filter(|(other, _)| *other != place);
        others.any(|(other, it)| {
            it.line_of(&list.name, key).is_some_and(|line| (line, other) < (entry.rule, place))
        })
    }
}

/// The segment, with its Sigma documents put together with those of the layers, which then count there no more. So a
/// filter or correlation finds its rule whether they came together or not.
fn with_sigma_of(layers: &mut [Layer], mut segment: Segment) -> Segment {
    let before: Vec<Arc<Given>> = layers.iter().filter_map(Layer::given).cloned().collect();
    let Some(own) = segment.given().filter(|_| !before.is_empty()) else { return segment };
    let given = Given::of(&[before, vec![Arc::clone(own)]].concat(), &Documents::default());
    segment.sigma = Part::new(given, &segment.indicators, None).map(Arc::new);
    for layer in layers {
        layer.muted_sigma = true;
    }
    segment
}

#[cfg(test)]
mod tests;
