//! A segment: rules that were compiled together, never changed afterwards.
//!
//! Start with [`Segment`]; `segment/file.rs` is the saved form of its lists.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use vigie_model::alert::Rule;
use vigie_stix::id::StixId;

use crate::index::{Entry, Index};
use crate::key;
use crate::networks::Networks;
use crate::probe::{PathSet, only};
use crate::rule::{Counts, Indicator, Refusal, State};
use crate::sigma::{Given, Part, Ruleset};
use crate::warning::WarningSet;
use crate::yara;

mod file;

/// Rules that were compiled together.
#[derive(Debug)]
pub struct Segment {
    pub(crate) index: Index,
    pub(crate) networks: Networks,
    pub(crate) lists: Vec<List>,
    pub(crate) sources: Vec<Source>,
    pub(crate) indicators: Vec<Arc<Indicator>>,
    pub(crate) ids: HashMap<StixId, u32>,
    /// For each path by its number: the indicators to be looked at whenever an event has it.
    pub(crate) scans: Vec<Vec<u32>>,
    /// The paths that have such indicators.
    pub(crate) scanned: PathSet,
    /// The plain paths that some indicator has a key for.
    pub(crate) plain: PathSet,
    /// What, beside the lines of lists, was added twice, and what was refused and why.
    pub(crate) unused: Counts,
    pub(crate) refused: Vec<Refused>,
    /// The warning lists that indicators stand in, those by number.
    pub(crate) warned: Vec<(u32, Arc<str>)>,
    /// The indicators of which every hit is held back by a warning list, by number.
    pub(crate) held: HashSet<u32>,
    /// The YARA rules that came with it, those of indicators included.
    pub(crate) yara: Vec<Arc<yara::Rules>>,
    /// The warning lists that came with it.
    pub(crate) warnings: Option<Arc<WarningSet>>,
    /// The rules in Sigma, those that indicators carry included.
    pub(crate) sigma: Option<Arc<Part>>,
    /// Over its rules; made when an image's hash is first asked for.
    pub(crate) hash: OnceLock<[u8; 32]>,
}

/// A list.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    pub(crate) name: Arc<str>,
    /// How many values of it are here.
    pub(crate) values: u64,
    /// Of how many of them hits are held back.
    pub(crate) suppressed: u64,
    /// Which of its lines are no rules, and why; and the warning lists that its values stand in.
    pub(crate) unused: Counts,
}

/// Where listed values come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    /// The number of the list.
    pub(crate) list: u32,
    /// What the list says of the value's origin; perhaps nothing.
    pub(crate) name: Box<str>,
}

/// A rule that was refused, and the list that it is of.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) list: Option<u32>,
    pub(crate) refusal: Refusal,
}

impl Segment {
    /// How many rules it holds, in whatever state.
    pub fn len(&self) -> usize {
        let listed: u64 = self.lists.iter().map(|it| it.values).sum();
        listed as usize + self.indicators.len() + self.sigma().map_or(0, Ruleset::len)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules that were refused, the first ten thousand of them, and Sigma documents that refer to nothing.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        let given = self.given().map(|it| it.refusals()).unwrap_or_default();
        self.refused.iter().map(|it| &it.refusal).chain(given)
    }

    /// Those that are of none of these lists, without those of Sigma documents given as such.
    pub(crate) fn refusals_beside<'s>(
        &'s self,
        lists: &'s BTreeSet<u32>,
    ) -> impl Iterator<Item = &'s Refusal> {
        let counts = |it: &Option<u32>| it.is_none_or(|it| !lists.contains(&it));
        self.refused.iter().filter(move |it| counts(&it.list)).map(|it| &it.refusal)
    }

    /// The indicators that it compiled.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().map(AsRef::as_ref)
    }

    /// Whether it has rules about observables: lists, or patterns of STIX.
    pub(crate) fn asks_for_observables(&self) -> bool {
        self.lists.iter().any(|it| it.values > 0) || self.indicators.iter().any(|it| it.detector.is_some())
    }

    /// The Sigma rules and correlations that were given as such.
    pub fn sigma(&self) -> Option<&Ruleset> {
        self.given().map(|it| it.rules())
    }

    /// The Sigma documents that were given as such, if there are any.
    pub(crate) fn given(&self) -> Option<&Arc<Given>> {
        self.sigma.as_ref().map(|it| it.given()).filter(|it| !it.is_empty())
    }

    /// The states of its rules at an instant, muted indicators and lists and Sigma given as such left out.
    pub(crate) fn counts(
        &self,
        instant: Option<i64>,
        is_muted: impl Fn(u32) -> bool,
        is_muted_list: impl Fn(u32) -> bool,
    ) -> Counts {
        let mut counts = self.unused.clone();
        for (_, list) in (0_u32..).zip(&self.lists).filter(|(number, _)| !is_muted_list(*number)) {
            counts.add(State::Active, list.values - list.suppressed);
            counts.add(State::Suppressed, list.suppressed);
            counts.merge(&list.unused);
        }
        for (number, indicator) in (0_u32..).zip(&self.indicators) {
            if !is_muted(number) {
                let is_held = self.held.contains(&number);
                counts.add(
                    match indicator.state(instant) {
                        State::Active if is_held => State::Suppressed,
                        state => state,
                    },
                    1,
                );
            }
        }
        let of_files: u64 = self.yara.iter().map(|it| it.of_files()).sum();
        counts.add(State::FilesOnly, of_files);
        for (_, list) in self.warned.iter().filter(|(number, _)| !is_muted(*number)) {
            counts.warn(list, 1);
        }
        counts
    }

    /// The number of a list.
    pub(crate) fn list_number(&self, name: &str) -> Option<u32> {
        self.lists.iter().position(|it| &*it.name == name).and_then(|it| u32::try_from(it).ok())
    }

    /// The list that an entry is of.
    pub(crate) fn list_of(&self, entry: &Entry) -> Option<&List> {
        self.lists.get(self.sources.get(entry.source as usize)?.list as usize)
    }

    /// The indicators to be looked at because of the paths that an event has.
    pub(crate) fn scanned(&self, present: PathSet) -> impl Iterator<Item = u32> {
        let all = if present & self.scanned == 0 { &[] } else { self.scans.as_slice() };
        let paths = vigie_model::event::Path::ALL.iter().zip(all);
        paths.filter(move |(path, _)| present & only(**path) != 0).flat_map(|(_, all)| all.iter().copied())
    }

    /// A listed value as a rule.
    pub(crate) fn list_rule(&self, entry: &Entry) -> Option<Rule> {
        let source = self.sources.get(entry.source as usize)?;
        let list = self.lists.get(source.list as usize)?;
        let value = key::shown(self.index.key(entry));
        let name = if source.name.is_empty() { value } else { format!("{value} ({})", source.name) };
        Some(Rule::new(format!("{}:{}", list.name, entry.rule), name, "list"))
    }

    /// About how many bytes of memory its listed values take, keys of indicators included.
    pub(crate) fn bytes(&self) -> usize {
        let names: usize = self.sources.iter().map(|it| size_of::<Source>() + it.name.len()).sum();
        self.index.bytes() + names
    }
}
