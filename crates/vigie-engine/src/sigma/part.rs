//! The Sigma rules of a segment: those given as such, and those that indicators carry.
//!
//! Start with [`Part::fired`].

use std::sync::Arc;

use vigie_model::alert::{self, Matched};
use vigie_model::event::Event;

use super::fast::{Compiled, Fired, Memory};
use super::given::Given;
use super::rule::Rule;
use crate::explain::{Explained, Verdict};
use crate::hit::Match;
use crate::rule::Indicator;
use crate::window::{Correlations, Plan, Step};

/// Rules that were compiled together.
#[derive(Debug)]
pub(crate) struct Part {
    compiled: Arc<Compiled>,
    rules: Vec<Owned>,
    /// The documents given as such.
    given: Arc<Given>,
    /// The correlations of each set of rules: first the plain one, then those of indicators.
    correlations: Vec<Correlations>,
}

/// A rule, and what becomes of its matches.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    pub(crate) rule: Arc<Rule>,
    /// The number of the indicator that carries it.
    pub(crate) indicator: Option<u32>,
    /// Whether it gives matches of its own.
    pub(crate) is_alone: bool,
    /// Which set of rules it is of, and its place there.
    place: (usize, usize),
}

impl Part {
    /// Compiles what there is; none if there is nothing. If the rules are those of `before`, that is used again.
    pub(crate) fn new(
        given: Arc<Given>,
        indicators: &[Arc<Indicator>],
        before: Option<&Arc<Self>>,
    ) -> Option<Self> {
        let carried = (0_u32..)
            .zip(indicators)
            .filter_map(|(number, it)| Some((Some((number, it)), it.sigma.as_deref()?)));
        let (mut rules, mut correlations) = (Vec::new(), Vec::new());
        for (carrier, set) in std::iter::once((None, given.rules())).chain(carried) {
            for (place, (rule, is_alone)) in set.rules.iter().zip(&set.alone).enumerate() {
                rules.push(Owned {
                    rule: Arc::clone(rule),
                    indicator: carrier.map(|it| it.0),
                    is_alone: *is_alone,
                    place: (correlations.len(), place),
                });
            }
            correlations.push(Correlations::new(set, carrier.map(|it| it.1)));
        }
        if rules.is_empty() && given.is_empty() {
            return None;
        }
        let is_same = |it: &&Arc<Self>| {
            it.rules.len() == rules.len()
                && it.rules.iter().zip(&rules).all(|(a, b)| Arc::ptr_eq(&a.rule, &b.rule))
        };
        let compiled = match before.filter(is_same) {
            Some(it) => Arc::clone(&it.compiled),
            None => Arc::new(Compiled::new(rules.iter().map(|it| &it.rule))),
        };
        Some(Self { compiled, rules, given, correlations })
    }

    /// The documents given as such.
    pub(crate) fn given(&self) -> &Arc<Given> {
        &self.given
    }

    /// Every rule, whether given as such or carried.
    pub(crate) fn rules(&self) -> &[Owned] {
        &self.rules
    }

    /// How often a rule could not be decided on an event.
    pub(crate) fn undecided(&self) -> u64 {
        self.compiled.undecided()
    }

    /// The correlation of a name.
    pub(crate) fn plan(&self, name: &str) -> Option<&Arc<Plan>> {
        self.correlations.iter().find_map(|it| it.plan(name))
    }

    /// Whether there are correlations.
    pub(crate) fn has_correlations(&self) -> bool {
        self.correlations.iter().any(|it| !it.is_empty())
    }

    /// Each correlation, by what an event is to it, with the number of the indicator that carries it. `enough` says whether
    /// the event alone fires it.
    pub(crate) fn explain_correlations(
        &self,
        event: &Event<'_>,
        enough: impl Fn(&alert::Rule) -> bool,
    ) -> Vec<(Option<u32>, alert::Rule, Explained)> {
        let mut explained = Vec::new();
        for (set, correlations) in self.correlations.iter().enumerate() {
            let rules = || self.rules.iter().filter(|it| it.place.0 == set);
            let verdicts: Vec<Verdict> = rules().map(|it| it.rule.verdict(event)).collect();
            let carrier = rules().next().and_then(|it| it.indicator);
            let all = correlations.explain(event, &verdicts, &enough);
            explained.extend(all.into_iter().map(|(rule, it)| (carrier, rule, it)));
        }
        explained
    }

    /// Adds what an event on which a rule fires, shown by `matched`, is to the correlations that build on the rule.
    pub(crate) fn step(
        &self,
        rule: &Owned,
        event: &Event<'_>,
        instant: i64,
        matched: &[Matched],
        steps: &mut Vec<Step>,
    ) {
        let (set, place) = rule.place;
        if let Some(correlations) = self.correlations.get(set).filter(|it| it.is_fed_by(place)) {
            correlations.steps(place, event, instant, matched, steps);
        }
    }

    /// The rules that fire on an event, by their places among [`Part::rules`].
    pub(crate) fn fired<'m, 'e>(&'m self, event: &'m Event<'e>, memory: &'m mut Memory) -> Fired<'m, 'e> {
        self.compiled.fired(event, memory)
    }
}

impl Owned {
    /// The rule as a hit names it: an indicator's id stands before the rule's own.
    pub(crate) fn named(&self, indicator: Option<&Indicator>) -> alert::Rule {
        let head = &self.rule.head;
        let id = indicator.map_or_else(|| head.id_or_hash().to_owned(), |it| it.id.to_string());
        let mut rule = alert::Rule::new(id, head.title.as_ref(), "sigma");
        rule.author = head.author.as_deref().map(str::to_owned);
        rule.level = head.level.as_deref().map(str::to_owned);
        rule
    }

    /// The match that it gives with an event on which it fires, as `matched` shows.
    pub(crate) fn hit(
        &self,
        event: &Event<'_>,
        indicator: Option<Arc<Indicator>>,
        matched: Vec<Matched>,
    ) -> Match {
        Match {
            rule: self.named(indicator.as_deref()),
            indicator,
            matched,
            literal: true,
            observations: Vec::new(),
            horizon: None,
            hash: Some(self.rule.head.hash.clone()),
            mapping: event.log.map(|it| it.mapping.clone()),
        }
    }
}
