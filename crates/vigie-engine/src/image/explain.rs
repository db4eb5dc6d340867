//! Why the rules of an image do or do not fire on an event.
//!
//! Start with [`Image::explain`].

use vigie_model::alert::{Matched, Rule, Source};
use vigie_model::event::Event;

use vigie_stix::pattern::{ParseOptions, Pattern};

use super::Image;
use crate::builder::Options;
use crate::explain::{Explained, Verdict};
use crate::hit::{Found, Match, matched};
use crate::pattern::explain_pattern;
use crate::rule::{Indicator, State};
use crate::window::Windows;
use crate::work::Work;

impl Image {
    /// Explains up to `limit` rules on one event: indicators and Sigma rules clause by clause, lists by what they hold of
    /// the event. A rule over several events is explained by what this one is to it.
    pub fn explain(
        &self,
        event: &Event<'_>,
        at: Option<i64>,
        options: &Options,
        limit: usize,
    ) -> Vec<(Rule, Explained)> {
        let instant = event.time.or(at);
        let mut rules = Vec::new();
        for layer in &self.layers {
            let segment = &layer.segment;
            for (number, indicator) in (0_u32..).zip(&segment.indicators).take(limit) {
                if indicator.detector.is_some() && !layer.muted.contains(&number) {
                    let clauses = pattern(indicator, event, instant, options);
                    rules.push((indicator.rule(), in_force(indicator, instant, clauses)));
                }
            }
            for owned in segment.sigma.iter().flat_map(|it| it.rules()).take(limit) {
                let number = owned.indicator;
                if number.map_or(layer.muted_sigma, |it| layer.muted.contains(&it)) {
                    continue;
                }
                let indicator = number.and_then(|it| segment.indicators.get(it as usize));
                let clauses = owned.rule.explain(event);
                let clauses = match indicator {
                    Some(it) => in_force(it, instant, clauses),
                    None => clauses,
                };
                rules.push((owned.named(indicator.map(AsRef::as_ref)), clauses));
            }
            for part in segment.sigma.iter().filter(|it| it.has_correlations()) {
                let alone = self.alone(event, at, options);
                let enough = |rule: &Rule| alone.iter().any(|it| it.rule == *rule);
                for (carrier, rule, clauses) in part.explain_correlations(event, enough) {
                    let indicator = carrier.and_then(|it| segment.indicators.get(it as usize));
                    let is_muted = carrier.map_or(layer.muted_sigma, |it| layer.muted.contains(&it));
                    let clauses = match indicator {
                        Some(it) => in_force(it, instant, clauses),
                        None => clauses,
                    };
                    rules.extend((!is_muted).then_some((rule, clauses)));
                }
            }
        }
        rules.truncate(limit);
        if self.layers.iter().any(|it| it.segment.lists.iter().any(|it| it.values > 0)) {
            rules.push((Rule::new("lists", "the lists given", "list"), self.explain_lists(event, at)));
        }
        rules
    }

    /// The rules over several events that one alone fires.
    fn alone(&self, event: &Event<'_>, at: Option<i64>, options: &Options) -> Vec<Match> {
        let (mut found, mut matches) = (Found::default(), Vec::new());
        self.matches(event, at, &mut Work::default(), &mut found);
        let mut windows = Windows::new(options.windows.clone());
        let place = Source { file: String::new(), line: 0, format: String::new() };
        for step in found.steps {
            windows.take(step, &place, &mut matches);
        }
        matches
    }

    /// What the lists say of each value of an event.
    fn explain_lists(&self, event: &Event<'_>, at: Option<i64>) -> Explained {
        let mut found = Found::default();
        self.matches(event, at, &mut Work::default(), &mut found);
        let held = found.suppressed.iter().map(|it| (&it.hit, Some(it)));
        let hits: Vec<_> = found.matches.iter().map(|it| (it, None)).chain(held).collect();
        let mut seen: Vec<Matched> = Vec::new();
        for one in event.observables.iter().map(matched) {
            if !seen.contains(&one) {
                seen.push(one);
            }
        }
        let value = |one: &Matched| {
            let ours = |hit: &&(_, _)| is_listed(hit, one);
            let Some((hit, held)) = hits.iter().find(ours) else {
                return leaf(one, Verdict::Fails, "not listed".to_owned());
            };
            let listed = format!("listed as {} ({})", hit.rule.name, hit.rule.id);
            match held {
                None => leaf(one, Verdict::Holds, listed),
                Some(it) => {
                    let why =
                        format!("{listed}, held back by the warning list `{}`: `{}`", it.list, it.entry);
                    leaf(one, Verdict::Fails, why)
                }
            }
        };
        let parts: Vec<Explained> = seen.iter().map(value).collect();
        let holds = parts.iter().any(|it| it.verdict == Verdict::Holds);
        Explained {
            clause: "any value is listed".to_owned(),
            verdict: holds.into(),
            why: String::new(),
            parts,
        }
    }
}

/// The clauses of an indicator's pattern.
fn pattern(indicator: &Indicator, event: &Event<'_>, instant: Option<i64>, options: &Options) -> Explained {
    let parse =
        ParseOptions { edition: indicator.edition, limits: options.patterns, ..ParseOptions::default() };
    let explained =
        Pattern::parse_with(&indicator.pattern, &parse).map_err(|error| error.to_string()).and_then(|it| {
            explain_pattern(&it, std::slice::from_ref(event), instant.unwrap_or_default(), &options.semantics)
                .map_err(|error| error.to_string())
        });
    explained.unwrap_or_else(|why| Explained {
        clause: indicator.pattern.to_string(),
        verdict: Verdict::Undecided,
        why,
        parts: Vec::new(),
    })
}

/// Whether a hit is one of a list on this value.
fn is_listed(hit: &(&Match, Option<&crate::hit::Suppressed>), value: &Matched) -> bool {
    hit.0.rule.language == "list" && hit.0.matched.contains(value)
}

fn leaf(value: &Matched, verdict: Verdict, why: String) -> Explained {
    Explained { clause: format!("{} = `{}`", value.path, value.value), verdict, why, parts: Vec::new() }
}

/// The clauses of an indicator, under the condition that it is in force.
fn in_force(indicator: &Indicator, instant: Option<i64>, clauses: Explained) -> Explained {
    let state = indicator.validity.at(instant);
    if state == State::Active {
        return clauses;
    }
    let why = format!("at the time of the event the indicator is {}", state.as_str());
    Explained { clause: "in force".to_owned(), verdict: Verdict::Fails, why, parts: vec![clauses] }
}
