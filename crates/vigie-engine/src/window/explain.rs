//! What an event is to the correlations of a set of rules.
//!
//! Start with [`Correlations::explain`].

use vigie_model::alert::Rule;
use vigie_model::event::Event;

use super::correlation::{Correlations, Plan};
use crate::explain::{Explained, Verdict};
use crate::sigma::correlation::{Bound, Comparison, Correlation, Kind};

impl Correlations {
    /// Each correlation, by what an event is to it. `verdicts` says of each rule of the set whether it fires on the event,
    /// `enough` of each correlation whether the event alone fires it.
    pub(crate) fn explain(
        &self,
        event: &Event<'_>,
        verdicts: &[Verdict],
        enough: impl Fn(&Rule) -> bool,
    ) -> Vec<(Rule, Explained)> {
        let explained = |plan: &Plan| {
            let rule = plan.rule();
            let fires = |member| self.feeds(plan, member).and_then(|it| verdicts.get(it)).copied();
            let clauses = plan.explain(event, fires, enough(&rule));
            (rule, clauses)
        };
        self.plans().rev().map(explained).collect()
    }
}

impl Plan {
    fn explain(
        &self,
        event: &Event<'_>,
        fires: impl Fn(usize) -> Option<Verdict>,
        is_enough: bool,
    ) -> Explained {
        let mut parts = Vec::new();
        let mut counts = false;
        for (number, member) in self.members.iter().enumerate() {
            let clause = format!("`{}` fires", member.title);
            let Some(verdict) = fires(number) else {
                let why = "a correlation, which an event feeds only through its rules".to_owned();
                parts.push(Explained { clause, verdict: Verdict::Fails, why, parts: Vec::new() });
                continue;
            };
            let mut fields = Vec::new();
            if verdict == Verdict::Holds {
                fields.extend(self.asked(number).map(|(name, field)| has(event, name, field)));
                counts |= fields.iter().all(|it| it.verdict == Verdict::Holds);
            }
            parts.push(Explained { clause, verdict, why: String::new(), parts: fields });
        }
        let why = match (is_enough, counts) {
            (true, _) => "this event alone is enough",
            (false, true) => "this event counts; alone it is not enough",
            (false, false) => "this event does not count",
        };
        Explained {
            clause: condition(&self.correlation),
            verdict: is_enough.into(),
            why: why.to_owned(),
            parts,
        }
    }
}

/// Whether an event has a value that a correlation groups by or counts.
fn has(event: &Event<'_>, name: &str, field: &str) -> Explained {
    let value = event.fields.iter().filter(|it| it.name == field).find_map(|it| it.value.text());
    let of = if name == field { String::new() } else { format!(", here `{field}`") };
    Explained {
        clause: format!("`{name}`{of}"),
        verdict: value.is_some().into(),
        why: value.map_or_else(|| "absent, so the event is not counted".to_owned(), |it| format!("`{it}`")),
        parts: Vec::new(),
    }
}

/// What a correlation asks for, in a line.
fn condition(correlation: &Correlation) -> String {
    let word = Kind::ALL.iter().find(|it| it.1 == correlation.kind).map_or("", |it| it.0);
    let list = |before: &str, names: &[Box<str>]| match names {
        [] => String::new(),
        names => format!(" {before} `{}`", names.join("`, `")),
    };
    let bound = |it: &Bound| {
        let word = Comparison::ALL.iter().find(|all| all.1 == it.comparison).map_or("", |it| it.0);
        format!("{word} {}", it.value)
    };
    let bounds: Vec<String> = correlation.condition.iter().map(bound).collect();
    let bounds = if bounds.is_empty() { "all rules".to_owned() } else { bounds.join(" and ") };
    format!(
        "{word}{}{} within {} s: {bounds}",
        list("of", &correlation.fields),
        list("by", &correlation.group_by),
        correlation.timespan / 1_000_000_000
    )
}
