//! A layer: a segment in an image, and what of it is no longer in force.
//!
//! Start with [`Layer::probed`].

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use vigie_stix::id::StixId;

use crate::index::{Entry, INDICATOR};
use crate::key;
use crate::probe::{Kind, Probes};
use crate::rule::{Counts, Indicator, Refusal};
use crate::segment::Segment;
use crate::sigma::{Given, Ruleset};

/// A segment, without what a newer version or a withdrawal put out of force.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) segment: Arc<Segment>,
    /// Indicators by number.
    pub(crate) muted: Arc<HashSet<u32>>,
    /// Lists by number.
    pub(crate) muted_lists: Arc<BTreeSet<u32>>,
    /// Whether the Sigma documents given as such count no more: a later layer has them, put together with its own.
    pub(crate) muted_sigma: bool,
}

/// What the keys and paths of an event led to in one layer. Used again for each event.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Entries of lists, each with the observable that it matches, sorted.
    pub(crate) listed: Vec<(u32, u32)>,
    /// Indicators to be verified, sorted, each once.
    pub(crate) indicators: Vec<u32>,
}

impl Layer {
    pub(crate) fn new(segment: Segment) -> Self {
        Self::from(Arc::new(segment))
    }

    /// Puts an indicator out of force.
    pub(crate) fn mute(&mut self, id: &StixId) {
        if let Some(number) = self.segment.ids.get(id)
            && !self.muted.contains(number)
        {
            Arc::make_mut(&mut self.muted).insert(*number);
        }
    }

    /// Puts a list out of force.
    pub(crate) fn mute_list(&mut self, name: &str) {
        if let Some(number) = self.segment.list_number(name)
            && !self.muted_lists.contains(&number)
        {
            Arc::make_mut(&mut self.muted_lists).insert(number);
        }
    }

    /// The Sigma documents given as such that count here.
    pub(crate) fn given(&self) -> Option<&Arc<Given>> {
        self.segment.given().filter(|_| !self.muted_sigma)
    }

    /// Puts out of force what has been put out of force in `now` since it was `then`.
    pub(crate) fn mute_like(&mut self, then: &Self, now: &Self) {
        for number in now.muted.difference(&then.muted) {
            if let Some(indicator) = now.segment.indicators.get(*number as usize) {
                self.mute(&indicator.id);
            }
        }
        for number in now.muted_lists.difference(&then.muted_lists) {
            if let Some(list) = now.segment.lists.get(*number as usize) {
                self.mute_list(&list.name);
            }
        }
        // Of all layers one at most has Sigma documents that count.
        self.muted_sigma |= now.muted_sigma && !then.muted_sigma;
    }

    /// An indicator that is in force here.
    pub(crate) fn indicator(&self, id: &StixId) -> Option<&Arc<Indicator>> {
        let number = self.segment.ids.get(id).filter(|it| !self.muted.contains(it))?;
        self.segment.indicators.get(*number as usize)
    }

    /// The indicators that are in force here.
    pub(crate) fn indicators(&self) -> impl Iterator<Item = &Arc<Indicator>> {
        let all = (0_u32..).zip(&self.segment.indicators);
        all.filter(|(number, _)| !self.muted.contains(number)).map(|(_, it)| it)
    }

    /// The version of an indicator that is in force here.
    pub(crate) fn version(&self, id: &StixId) -> Option<i128> {
        let number = self.segment.ids.get(id).filter(|it| !self.muted.contains(it))?;
        self.segment.indicators.get(*number as usize).map(|it| it.version)
    }

    /// The line on which a list holds a key here.
    pub(crate) fn line_of(&self, list: &str, key: &[u8]) -> Option<u32> {
        let index = &self.segment.index;
        let head = index.head(index.tagger().tag(key), key)?;
        let ours = |it: &Entry| {
            !self.is_muted_source(it.source) && self.segment.list_of(it).is_some_and(|it| &*it.name == list)
        };
        index.chain(head).find(|(_, it)| ours(it)).map(|(_, it)| it.rule)
    }

    /// How many of its rules are out of force.
    pub(crate) fn dead(&self) -> usize {
        let lists = self.muted_lists.iter().filter_map(|it| self.segment.lists.get(*it as usize));
        let sigma = self.segment.sigma().filter(|_| self.muted_sigma).map_or(0, Ruleset::len);
        self.muted.len() + lists.map(|it| it.values as usize).sum::<usize>() + sigma
    }

    /// Whether it says nothing any more, not even what was refused.
    pub(crate) fn is_spent(&self) -> bool {
        self.dead() == self.segment.len() && self.counts(None).total() == 0
    }

    /// The states of its rules at an instant.
    pub(crate) fn counts(&self, instant: Option<i64>) -> Counts {
        let (is_muted, is_muted_list) = (|it| self.muted.contains(&it), |it| self.muted_lists.contains(&it));
        let mut counts = self.segment.counts(instant, is_muted, is_muted_list);
        self.given().into_iter().for_each(|it| it.count(&mut counts));
        counts
    }

    /// What was refused and belongs to nothing that is out of force.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        let given = self.given().map(|it| it.refusals()).unwrap_or_default();
        self.segment.refusals_beside(&self.muted_lists).chain(given)
    }

    /// Takes what an event leads to in place of what was there before.
    pub(crate) fn probed(&self, probes: &Probes, candidates: &mut Candidates) {
        candidates.listed.clear();
        candidates.indicators.clear();
        let index = &self.segment.index;
        let hashed_alike = index.tagger().secret() == probes.secret();
        for probe in &probes.keys {
            let key = probes.key_of(probe);
            let tag = if hashed_alike { probe.tag } else { index.tagger().tag(key) };
            if let Some(head) = index.head(tag, key) {
                // An entry for `co.uk` says nothing about the names below it.
                let above = |whole| key::under_suffix_only(content(probes.key(whole)), content(key));
                let listed = !matches!(&probe.kind, Kind::Parent(whole) if above(whole));
                self.chain(head, probe.observable, listed, candidates);
            }
            if let Kind::Address(seen) = probe.kind {
                for (prefix, head) in self.segment.networks.covering(seen.first) {
                    if prefix <= seen.prefix {
                        self.chain(head, probe.observable, true, candidates);
                    }
                }
            }
        }
        candidates.indicators.extend(self.segment.scanned(probes.present));
        candidates.indicators.sort_unstable();
        candidates.indicators.dedup();
        candidates.listed.sort_unstable();
        candidates.listed.dedup();
    }

    fn chain(&self, head: u32, observable: u32, listed: bool, candidates: &mut Candidates) {
        for (number, entry) in self.segment.index.chain(head) {
            if entry.source == INDICATOR {
                candidates.indicators.push(entry.rule);
            } else if listed && !self.is_muted_source(entry.source) {
                candidates.listed.push((number, observable));
            }
        }
    }

    fn is_muted_source(&self, source: u32) -> bool {
        let list = || self.segment.sources.get(source as usize).map(|it| it.list);
        !self.muted_lists.is_empty() && list().is_some_and(|it| self.muted_lists.contains(&it))
    }
}

impl From<Arc<Segment>> for Layer {
    /// All of a segment is in force.
    fn from(segment: Arc<Segment>) -> Self {
        Self { segment, muted: Arc::default(), muted_lists: Arc::default(), muted_sigma: false }
    }
}

/// A key without its class.
fn content(key: &[u8]) -> &[u8] {
    key.get(1..).unwrap_or_default()
}
