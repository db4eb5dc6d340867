//! A segment: rules that were compiled together, never changed afterwards.

use std::collections::HashMap;
use std::sync::Arc;

use vigie_model::alert::Rule;
use vigie_stix::id::StixId;

use crate::index::{Entry, INDICATOR, Index};
use crate::key;
use crate::networks::Networks;
use crate::probe::{PathSet, only};
use crate::rule::{Counts, Indicator, Refusal, State};

/// Rules that were compiled together.
#[derive(Debug)]
pub struct Segment {
    pub(crate) index: Index,
    pub(crate) networks: Networks,
    pub(crate) sources: Vec<Source>,
    pub(crate) indicators: Vec<Arc<Indicator>>,
    pub(crate) ids: HashMap<StixId, u32>,
    /// For each path by its number: the indicators to be looked at whenever an event has it.
    pub(crate) scans: Vec<Vec<u32>>,
    /// The plain paths that some indicator has a key for.
    pub(crate) plain: PathSet,
    /// What was added twice, and what was refused and why.
    pub(crate) unused: Counts,
    pub(crate) refusals: Vec<Refusal>,
}

/// Where listed values come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    /// The list.
    pub(crate) list: Arc<str>,
    /// What the list says of the value's origin; perhaps nothing.
    pub(crate) name: Box<str>,
}

impl Segment {
    /// How many rules it holds, in whatever state.
    pub fn len(&self) -> usize {
        self.listed() + self.indicators.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules that were refused, the first ten thousand of them.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The indicators that it compiled.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().map(AsRef::as_ref)
    }

    fn listed(&self) -> usize {
        self.index.entries().filter(|(_, it)| it.source != INDICATOR).count()
    }

    /// The states of its rules at an instant, those of muted indicators left out.
    pub(crate) fn counts(&self, instant: Option<i64>, is_muted: impl Fn(u32) -> bool) -> Counts {
        let mut counts = self.unused.clone();
        counts.add(State::Active, self.listed() as u64);
        for (number, indicator) in (0_u32..).zip(&self.indicators) {
            if !is_muted(number) {
                counts.add(indicator.validity.at(instant), 1);
            }
        }
        counts
    }

    /// The indicators to be looked at because of the paths that an event has.
    pub(crate) fn scanned(&self, present: PathSet) -> impl Iterator<Item = u32> {
        let paths = vigie_model::event::Path::ALL.iter().zip(&self.scans);
        paths.filter(move |(path, _)| present & only(**path) != 0).flat_map(|(_, all)| all.iter().copied())
    }

    /// A listed value as a rule.
    pub(crate) fn list_rule(&self, entry: &Entry) -> Option<Rule> {
        let source = self.sources.get(entry.source as usize)?;
        let value = key::shown(self.index.key(entry));
        let name = if source.name.is_empty() { value } else { format!("{value} ({})", source.name) };
        Some(Rule::new(format!("{}:{}", source.list, entry.rule), name, "list"))
    }
}
