//! Why a rule fires on an event or does not: each clause with the values seen.

use vigie_model::event::{Event, Scalar};

use super::evaluate;
use super::rule::{Condition, Detection, Item, Rule, Search};
use crate::explain::{Explained, Verdict};

/// The longest value that is shown, in characters.
const SHOWN: usize = 200;

impl Rule {
    /// Weighs every clause of the rule, whether or not another decides the matter.
    pub fn explain(&self, event: &Event<'_>) -> Explained {
        let concerns = self.concerns(event);
        let classes = event.log.map(|it| {
            let sources: Vec<String> = it.sources.iter().map(ToString::to_string).collect();
            let counts = if sources.is_empty() { "no log source".to_owned() } else { sources.join(", ") };
            format!("the event counts for {counts} (mapping `{}`)", it.mapping)
        });
        let source = Explained {
            clause: format!("log source {}", self.source),
            verdict: concerns.into(),
            why: classes
                .unwrap_or_else(|| "no mapping knows the event, so it is for no log source".to_owned()),
            parts: Vec::new(),
        };
        let condition = condition(&self.detection, &self.detection.condition, event);
        Explained {
            clause: self.head.title.to_string(),
            verdict: if concerns { condition.verdict } else { Verdict::Fails },
            why: String::new(),
            parts: vec![source, condition],
        }
    }
}

fn clause(clause: &str, verdict: Verdict, parts: Vec<Explained>) -> Explained {
    Explained { clause: clause.to_owned(), verdict, why: String::new(), parts }
}

fn condition(detection: &Detection, it: &Condition, event: &Event<'_>) -> Explained {
    let verdict = evaluate::condition(detection, it, event);
    let each = |all: &[Condition]| all.iter().map(|it| condition(detection, it, event)).collect();
    match it {
        Condition::Selection(number) => match detection.selections.get(*number) {
            Some(it) => clause(&it.name, verdict, vec![search(&it.search, event)]),
            None => clause("?", verdict, Vec::new()),
        },
        Condition::Not(it) => clause("not", verdict, vec![condition(detection, it, event)]),
        Condition::All(all) => clause("all of", verdict, each(all)),
        Condition::Any(all) => clause("any of", verdict, each(all)),
    }
}

fn search(it: &Search, event: &Event<'_>) -> Explained {
    let verdict = evaluate::search(it, event);
    let each = |all: &[Search]| all.iter().map(|it| search(it, event)).collect();
    match it {
        Search::All(all) => clause("all of", verdict, each(all)),
        Search::Any(all) => clause("any of", verdict, each(all)),
        Search::Item(it) => item(it, verdict, event),
    }
}

fn item(item: &Item, verdict: Verdict, event: &Event<'_>) -> Explained {
    let seen = evaluate::seen(item, event);
    let shown: Vec<String> = seen.iter().map(|it| shown(it)).collect();
    let why = match (&item.field, shown.as_slice()) {
        (None, _) => format!("looked for in {} values", seen.len()),
        (Some(field), []) if item.negated => format!("`{field}` is absent, and so not different either"),
        (Some(field), []) => format!("`{field}` is absent"),
        (Some(field), [one]) => format!("`{field}` is {one}"),
        (Some(field), several) => format!("`{field}` is any of {}", several.join(", ")),
    };
    let tests = item.tests.iter().map(|it| {
        let verdict = evaluate::test(it, &seen, event);
        let mut part = clause(&it.written, verdict, Vec::new());
        if verdict == Verdict::Undecided {
            "the regular expression reached its limit of steps".clone_into(&mut part.why);
        }
        part
    });
    let (clause, parts) = match item.tests.as_slice() {
        [one] => (format!("{}: {}", item.key, one.written), Vec::new()),
        several => (
            format!("{}: {} of {} values", item.key, if item.all { "all" } else { "any" }, several.len()),
            tests.collect(),
        ),
    };
    Explained { clause, verdict, why, parts }
}

fn shown(value: &Scalar<'_>) -> String {
    let Some(text) = value.text() else { return "null".to_owned() };
    let cut: String = text.chars().take(SHOWN).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("`{cut}{more}`")
}
