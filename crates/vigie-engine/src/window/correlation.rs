//! Correlations made ready: which rules feed which, and under which names their events have the values that count.
//!
//! Start with [`Correlations::new`].

use std::sync::Arc;

use vigie_model::alert::{Matched, Rule};
use vigie_model::event::Event;

use super::step::{Counted, Step};
use super::timing::fingerprint;
use super::{Horizon, Seen, distinct};
use crate::hit::{Match, hash};
use crate::rule::Indicator;
use crate::sigma::{Correlation, Head, Member, Ruleset};

/// The correlations of a set of rules.
#[derive(Debug, Default)]
pub(crate) struct Correlations {
    plans: Vec<Arc<Plan>>,
    /// For each rule of the set the correlations that it feeds, and as which of their members.
    fed: Vec<Vec<(Arc<Plan>, usize)>>,
}

/// A correlation made ready.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) correlation: Arc<Correlation>,
    /// The indicator that carries it.
    pub(crate) indicator: Option<Arc<Indicator>>,
    /// What names it among all correlations.
    pub(super) name: Box<str>,
    /// Whether it gives matches of its own, and does not only feed others.
    pub(super) alone: bool,
    pub(super) members: Vec<Fed>,
    /// The names of the values that are kept of each event: those it groups by, those it counts, and those that outer
    /// correlations ask for.
    names: Vec<Box<str>>,
    /// The correlations that it feeds, and as which of their members.
    outer: Vec<(Arc<Plan>, usize)>,
    /// Changes whenever the document or one of those it builds on does.
    pub(super) fingerprint: u64,
}

/// One of the rules that feed a correlation.
#[derive(Debug)]
pub(super) struct Fed {
    /// For people.
    pub(super) title: Box<str>,
    /// The fields of its events in which the values stand, in the order of [`Plan::names`].
    fields: Vec<Box<str>>,
}

impl Correlations {
    /// Makes the correlations of a set ready, which an indicator may carry.
    pub(crate) fn new(set: &Ruleset, indicator: Option<&Arc<Indicator>>) -> Self {
        let mut fed: Vec<Vec<(Arc<Plan>, usize)>> = vec![Vec::new(); set.rules.len()];
        let mut outer: Vec<Vec<(Arc<Plan>, usize)>> = vec![Vec::new(); set.correlations.len()];
        let mut plans = Vec::new();
        // What builds on others stands after them, so from the end each is made before those that feed it.
        for (number, correlation) in set.correlations.iter().enumerate().rev() {
            let members = set.members.get(number).map(Vec::as_slice).unwrap_or_default();
            let outer_of = outer.get_mut(number).map(std::mem::take).unwrap_or_default();
            let alone = set.correlations_alone.get(number).copied().unwrap_or(true);
            let heads: Vec<&Head> = members.iter().filter_map(|it| head(set, *it)).collect();
            let plan = Plan::new(Arc::clone(correlation), indicator.cloned(), alone, &heads, outer_of);
            let plan = Arc::new(plan);
            for (place, member) in members.iter().enumerate() {
                let feeds = match *member {
                    Member::Rule(rule) => fed.get_mut(rule),
                    Member::Correlation(inner) => outer.get_mut(inner),
                };
                if let Some(feeds) = feeds {
                    feeds.push((Arc::clone(&plan), place));
                }
            }
            plans.push(plan);
        }
        Self { plans, fed }
    }

    /// Whether a rule, by its place in the set, feeds any correlation.
    pub(crate) fn is_fed_by(&self, rule: usize) -> bool {
        self.fed.get(rule).is_some_and(|it| !it.is_empty())
    }

    /// Adds what an event is to the correlations that a rule feeds, which has fired on it. `instant` is the time of the
    /// event, else of matching; `matched` holds the comparisons that were true.
    pub(crate) fn steps(
        &self,
        rule: usize,
        event: &Event<'_>,
        instant: i64,
        matched: &[Matched],
        steps: &mut Vec<Step>,
    ) {
        for (plan, member) in self.fed.get(rule).into_iter().flatten() {
            let value = |field: &str| {
                let mut values = event.fields.iter().filter(|it| it.name == field);
                values.find_map(|it| it.value.text()).map(kept)
            };
            let counted = Counted {
                values: plan.values(*member, value),
                plan: Arc::clone(plan),
                member: *member,
                matched: matched.to_vec(),
                mapping: event.log.map(|it| it.mapping.clone()),
            };
            steps.push(Step::of_correlation(counted, instant));
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// All of them; one stands before those that it builds on.
    pub(super) fn plans(&self) -> impl DoubleEndedIterator<Item = &Plan> {
        self.plans.iter().map(AsRef::as_ref)
    }

    /// The rule, by its place in the set, that is a member of a correlation; none if that is a correlation itself.
    pub(super) fn feeds(&self, plan: &Plan, member: usize) -> Option<usize> {
        let is_meant = |it: &(Arc<Plan>, usize)| std::ptr::eq(it.0.as_ref(), plan) && it.1 == member;
        self.fed.iter().position(|it| it.iter().any(is_meant))
    }

    /// The correlation of a name.
    pub(crate) fn plan(&self, name: &str) -> Option<&Arc<Plan>> {
        self.plans.iter().find(|it| it.name.as_ref() == name)
    }
}

/// The longest value that is kept as it is, in bytes.
const MAX_VALUE: usize = 1 << 10;

/// A value as it is kept: of a longer one the beginning and its hash, so that equal ones stay equal and others do not
/// become so.
fn kept(value: &str) -> Box<str> {
    if value.len() <= MAX_VALUE {
        return value.into();
    }
    let start = value.get(..value.floor_char_boundary(MAX_VALUE / 2)).unwrap_or_default();
    format!("{start}… ({})", hash(value)).into()
}

fn head(set: &Ruleset, member: Member) -> Option<&Head> {
    match member {
        Member::Rule(number) => set.rules.get(number).map(|it| &it.head),
        Member::Correlation(number) => set.correlations.get(number).map(|it| &it.head),
    }
}

impl Plan {
    fn new(
        correlation: Arc<Correlation>,
        indicator: Option<Arc<Indicator>>,
        alone: bool,
        heads: &[&Head],
        outer: Vec<(Arc<Self>, usize)>,
    ) -> Self {
        let mut names: Vec<Box<str>> = correlation.group_by.clone();
        names.extend(correlation.fields.iter().cloned());
        for (outer, member) in &outer {
            for field in outer.members.get(*member).into_iter().flat_map(|it| &it.fields) {
                if !names.contains(field) {
                    names.push(field.clone());
                }
            }
        }
        let field = |head: &Head, name: &str| -> Box<str> {
            let alias = correlation.aliases.iter().find(|it| it.name.as_ref() == name);
            let own = alias.and_then(|it| it.fields.iter().find(|(rule, _)| head.answers_to(rule)));
            own.map_or_else(|| name.into(), |(_, field)| field.clone())
        };
        let fed = |head: &&Head| Fed {
            title: head.title.clone(),
            fields: names.iter().map(|it| field(head, it)).collect(),
        };
        let members = heads.iter().map(fed).collect();
        let hashes: Vec<&str> = heads.iter().map(|it| it.hash.as_ref()).collect();
        let fingerprint = fingerprint(&format!("{} {names:?} {hashes:?}", correlation.head.hash));
        let own = correlation.head.id_or_hash();
        let name = indicator.as_ref().map_or_else(|| own.into(), |it| format!("{}:{own}", it.id).into());
        Self { correlation, indicator, name, alone, members, names, outer, fingerprint }
    }

    /// How many values are kept of each event.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The names of the values that it groups by or counts, each with the field in which the events of a member have it.
    pub(super) fn asked(&self, member: usize) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.members.get(member).map(|it| it.fields.as_slice()).unwrap_or_default();
        let own = self.correlation.group_by.len() + self.correlation.fields.len();
        self.names.iter().zip(fields).take(own).map(|(name, field)| (name.as_ref(), field.as_ref()))
    }

    /// The rule as a hit names it.
    pub(super) fn rule(&self) -> Rule {
        let head = &self.correlation.head;
        let id = self.indicator.as_ref().map_or_else(|| head.id_or_hash().to_owned(), |it| it.id.to_string());
        Rule {
            author: head.author.as_deref().map(str::to_owned),
            level: head.level.as_deref().map(str::to_owned),
            ..Rule::new(id, head.title.as_ref(), "sigma")
        }
    }

    /// Its match by some events.
    pub(super) fn matched(&self, observations: Vec<Seen>) -> Match {
        let mut mappings: Vec<&str> = observations.iter().filter_map(|it| it.mapping.as_deref()).collect();
        mappings.sort_unstable();
        mappings.dedup();
        let mapping = (!mappings.is_empty()).then(|| mappings.join(", ").into());
        Match {
            rule: self.rule(),
            indicator: self.indicator.clone(),
            matched: distinct(&observations),
            literal: true,
            observations,
            horizon: Some(Horizon { nanos: self.correlation.timespan, assumed: false }),
            hash: Some(self.correlation.head.hash.clone()),
            mapping,
        }
    }

    /// The values of an event of a member, in the order of the names.
    fn values(&self, member: usize, value: impl Fn(&str) -> Option<Box<str>>) -> Box<[Option<Box<str>>]> {
        let fields = self.members.get(member).map(|it| it.fields.as_slice()).unwrap_or_default();
        fields.iter().map(|it| value(it)).collect()
    }

    /// What its match is to the correlations that it feeds, under the values of the event that completed it.
    pub(super) fn fired<'p>(
        &'p self,
        values: &'p [Option<Box<str>>],
    ) -> impl Iterator<Item = Counted> + use<'p> {
        let value = |name: &str| {
            let place = self.names.iter().position(|it| it.as_ref() == name)?;
            values.get(place).cloned().flatten()
        };
        let group = self.correlation.group_by.iter();
        let matched = group.map(|name| Matched {
            path: name.to_string(),
            value: value(name).map(String::from).unwrap_or_default(),
        });
        let matched: Vec<Matched> = matched.collect();
        self.outer.iter().map(move |(outer, member)| Counted {
            values: outer.values(*member, value),
            plan: Arc::clone(outer),
            member: *member,
            matched: matched.clone(),
            // The place of the last event, which has it, is handed on.
            mapping: None,
        })
    }
}
