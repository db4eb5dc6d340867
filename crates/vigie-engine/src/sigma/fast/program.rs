//! A rule as it is evaluated: as in `evaluate.rs`, but with numbers for fields and values folded once for an event.
//!
//! Start with [`Program::verdict`].

use std::collections::HashMap;

use foldhash::fast::RandomState;
use vigie_model::alert::Matched;

use super::super::evaluate::{all, any, not};
use super::super::number::Number;
use super::super::rule::{Check, Condition, Detection, Item, Search};
use super::super::wildcard::Wildcard;
use super::FieldNumber;
use super::memory::View;
use crate::explain::Verdict;

/// A rule, ready to be asked of events.
#[derive(Debug)]
pub(super) struct Program {
    condition: Condition,
    selections: Box<[Node]>,
}

#[derive(Debug)]
enum Node {
    All(Box<[Self]>),
    Any(Box<[Self]>),
    Asked(Asked),
}

/// An item with its field by number.
#[derive(Debug)]
struct Asked {
    field: Option<FieldNumber>,
    all: bool,
    negated: bool,
    tests: Box<[Box<[Asking]>]>,
}

/// A check, and for a comparison with another field the number of that.
#[derive(Debug)]
struct Asking {
    check: Check,
    other: Option<FieldNumber>,
}

type Fields = HashMap<Box<str>, FieldNumber, RandomState>;

impl Program {
    /// Compiles a detection; fields that are new get a number.
    pub(super) fn new(detection: &Detection, fields: &mut Fields) -> Self {
        let selections = detection.selections.iter().map(|it| node(&it.search, fields)).collect();
        Self { condition: detection.condition.clone(), selections }
    }

    /// Whether the rule fires on an event of its log source.
    pub(super) fn verdict(&self, view: &mut View<'_, '_>) -> Verdict {
        self.condition(&self.condition, view)
    }

    /// What makes the rule fire, as [`Rule::proof`](super::super::rule::Rule::proof) has it.
    pub(super) fn proof(&self, view: &mut View<'_, '_>) -> Vec<Matched> {
        let mut matched = Vec::new();
        let mut open = vec![&self.condition];
        while let Some(condition) = open.pop() {
            match condition {
                Condition::Not(_) => {}
                Condition::All(parts) | Condition::Any(parts) => open.extend(parts.iter().rev()),
                Condition::Selection(number) => {
                    let node = self.selections.get(*number);
                    if let Some(node) = node.filter(|it| it.verdict(view) == Verdict::Holds) {
                        node.add_proof(view, &mut matched);
                    }
                }
            }
        }
        matched
    }

    fn condition(&self, condition: &Condition, view: &mut View<'_, '_>) -> Verdict {
        match condition {
            Condition::Selection(number) => {
                self.selections.get(*number).map_or(Verdict::Fails, |it| it.verdict(view))
            }
            Condition::Not(it) => not(self.condition(it, view)),
            Condition::All(parts) => all(parts.iter().map(|it| self.condition(it, view))),
            Condition::Any(parts) => any(parts.iter().map(|it| self.condition(it, view))),
        }
    }
}

fn number(name: &str, fields: &mut Fields) -> FieldNumber {
    if let Some(number) = fields.get(name) {
        return *number;
    }
    let number = fields.len() as FieldNumber;
    fields.insert(name.into(), number);
    number
}

fn node(search: &Search, fields: &mut Fields) -> Node {
    match search {
        Search::All(all) => Node::All(all.iter().map(|it| node(it, fields)).collect()),
        Search::Any(all) => Node::Any(all.iter().map(|it| node(it, fields)).collect()),
        Search::Item(it) => Node::Asked(asked(it, fields)),
    }
}

fn asked(item: &Item, fields: &mut Fields) -> Asked {
    let field = item.field.as_deref().map(|it| number(it, fields));
    let mut asking = |check: &Check| {
        let other = if let Check::Field(it) = check { Some(number(&it.field, fields)) } else { None };
        Asking { check: check.clone(), other }
    };
    let tests = item.tests.iter().map(|it| it.checks.iter().map(&mut asking).collect()).collect();
    Asked { field, all: item.all, negated: item.negated, tests }
}

impl Node {
    fn verdict(&self, view: &mut View<'_, '_>) -> Verdict {
        match self {
            Self::All(parts) => all(parts.iter().map(|it| it.verdict(view))),
            Self::Any(parts) => any(parts.iter().map(|it| it.verdict(view))),
            Self::Asked(it) => it.verdict(view),
        }
    }

    fn add_proof(&self, view: &mut View<'_, '_>, matched: &mut Vec<Matched>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|it| it.add_proof(view, matched)),
            Self::Asked(it) if it.verdict(view) == Verdict::Holds => it.add_proof(view, matched),
            Self::Asked(_) => {}
        }
    }
}

impl Asked {
    fn verdict(&self, view: &mut View<'_, '_>) -> Verdict {
        let verdicts = self.tests.iter().map(|it| any(it.iter().map(|it| self.ask(it, view))));
        let verdict = if self.all { all(verdicts) } else { any(verdicts) };
        match self.negated {
            false => verdict,
            true if view.first(self.field).is_none() => Verdict::Fails,
            true => not(verdict),
        }
    }

    fn add_proof(&self, view: &mut View<'_, '_>, matched: &mut Vec<Matched>) {
        let mut next = view.first(self.field);
        while let Some(value) = next {
            next = view.next(self.field, value);
            let holds = self.tests.iter().flatten().any(|it| it.holds(value, view) == Verdict::Holds);
            let Some(field) = view.event.fields.get(value as usize).filter(|_| holds != self.negated) else {
                continue;
            };
            let Some(text) = field.value.text() else { continue };
            if !matched.iter().any(|it| it.path == field.name && it.value == text) {
                matched.push(Matched { path: field.name.to_string(), value: text.to_owned() });
            }
        }
    }

    fn ask(&self, asking: &Asking, view: &mut View<'_, '_>) -> Verdict {
        let mut next = view.first(self.field);
        match &asking.check {
            Check::Exists(wanted) => return (next.is_some() == *wanted).into(),
            Check::Null if next.is_none() => return Verdict::Holds,
            _ => {}
        }
        let mut answer = Verdict::Fails;
        while let Some(value) = next {
            match asking.holds(value, view) {
                Verdict::Holds => return Verdict::Holds,
                Verdict::Undecided => answer = Verdict::Undecided,
                Verdict::Fails => {}
            }
            next = view.next(self.field, value);
        }
        answer
    }
}

impl Asking {
    /// Whether one value is as wanted.
    fn holds(&self, value: u32, view: &mut View<'_, '_>) -> Verdict {
        let number = |view: &View<'_, '_>| view.text(value).and_then(Number::parse);
        match &self.check {
            Check::Exists(wanted) => (*wanted).into(),
            Check::Null => view.text(value).is_none().into(),
            Check::Text(wanted) => fits(wanted, value, view).into(),
            Check::Number(text, wanted) => (fits(text, value, view) || number(view) == Some(*wanted)).into(),
            Check::Regular(wanted) => match view.text(value).map(|it| wanted.is_found(it)) {
                Some(Ok(it)) => it.into(),
                Some(Err(_)) => Verdict::Undecided,
                None => Verdict::Fails,
            },
            Check::Network(wanted) => view.text(value).is_some_and(|it| wanted.holds(it)).into(),
            Check::Compare(relation, wanted) => {
                number(view).is_some_and(|it| relation.holds(it, *wanted)).into()
            }
            Check::TimePart(part, relation, wanted) => {
                let part = view.text(value).and_then(|it| part.of(it));
                let fits =
                    |it: Number| relation.map_or(it == *wanted, |relation| relation.holds(it, *wanted));
                part.is_some_and(fits).into()
            }
            Check::Field(reference) => {
                let mut next = self.other.and_then(|it| view.first(Some(it)));
                while let Some(other) = next {
                    let both = view.text(value).zip(view.text(other));
                    if both.is_some_and(|(seen, other)| reference.holds(seen, other)) {
                        return Verdict::Holds;
                    }
                    next = view.next(self.other, other);
                }
                Verdict::Fails
            }
        }
    }
}

fn fits(wanted: &Wildcard, value: u32, view: &mut View<'_, '_>) -> bool {
    if wanted.cased {
        view.text(value).is_some_and(|it| wanted.fits(it))
    } else {
        view.folded(value).is_some_and(|it| wanted.fits(it))
    }
}
