//! Many rules at once.
//!
//! Rules are grouped by log source, and only the groups that cover an event's class are looked at. In a group each rule
//! waits behind a *witness* ([`witness`]): values of which an event must show one for the rule to fire, the rarest that
//! can be found. All witnesses of one field are looked up in one table and one automaton ([`gate`]). Only the rules whose
//! witness was seen are evaluated ([`program`]).
//!
//! Invariants
//! - What fires is what `evaluate.rs` says of every rule, and its proof what `proof.rs` says (property tests).
//! - For an event on which no witness is seen nothing is allocated, once [`Memory`] has grown to its size.
//!
//! Start with [`Compiled::fired`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use vigie_model::alert::Matched;
use vigie_model::event::Event;
use vigie_model::log::{LogClass, LogSource};

use super::rule::Rule;
use crate::explain::Verdict;

mod gate;
mod memory;
mod program;
mod witness;

use gate::Gates;
pub(crate) use memory::Memory;
use memory::View;
use program::Program;
use witness::witness;

/// The number of a field that rules ask for.
type FieldNumber = u32;

/// Rules, compiled together.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    fields: HashMap<Box<str>, FieldNumber, RandomState>,
    groups: Vec<Group>,
    programs: Vec<Program>,
    /// On how many events a rule reached a limit of evaluation.
    undecided: AtomicU64,
}

/// The rules of one log source.
#[derive(Debug)]
struct Group {
    source: LogSource,
    gates: Gates,
}

impl Compiled {
    /// Compiles rules; they are known by their place.
    pub(crate) fn new<'r>(rules: impl IntoIterator<Item = &'r Arc<Rule>>) -> Self {
        let mut compiled = Self::default();
        let mut groups: BTreeMap<LogSource, Vec<(u32, witness::Witness)>> = BTreeMap::new();
        for (number, rule) in (0_u32..).zip(rules) {
            let program = Program::new(&rule.detection, &mut compiled.fields);
            compiled.programs.push(program);
            let witness = witness(&rule.detection, &compiled.fields);
            groups.entry(rule.source.clone()).or_default().push((number, witness));
        }
        let fields = compiled.fields.len();
        let group = |(source, rules)| Group { source, gates: Gates::new(rules, fields) };
        compiled.groups = groups.into_iter().map(group).collect();
        compiled
    }

    /// The rules that fire on an event, in ascending order, as `memory` holds them until its next use.
    pub(crate) fn fired<'m, 'e>(
        self: &'m Arc<Self>,
        event: &'m Event<'e>,
        memory: &'m mut Memory,
    ) -> Fired<'m, 'e> {
        let class = memory.classes.number(self, event.log);
        memory.refill(event, &self.fields, self.programs.len());
        let Memory { classes, seen, marks, fired, .. } = memory;
        let mut view = View { event, seen };
        for number in classes.groups(class) {
            if let Some(group) = self.groups.get(*number as usize) {
                group.gates.open(&mut view, marks);
            }
        }
        fired.clear();
        for number in &marks.marked {
            let Some(program) = self.programs.get(*number as usize) else { continue };
            match program.verdict(&mut view) {
                Verdict::Holds => fired.push(*number),
                Verdict::Undecided => {
                    self.undecided.fetch_add(1, Ordering::Relaxed);
                }
                Verdict::Fails => {}
            }
        }
        fired.sort_unstable();
        Fired { programs: &self.programs, view, numbers: fired, next: 0 }
    }

    /// How often a rule could not be decided on an event.
    pub(crate) fn undecided(&self) -> u64 {
        self.undecided.load(Ordering::Relaxed)
    }

    /// The groups whose rules are about events of a class; without one, only rules without a log source.
    fn groups_of(&self, class: Option<&LogClass>) -> Box<[u32]> {
        let concerns = |source: &LogSource| {
            *source == LogSource::default() || class.is_some_and(|it| it.is_covered_by(source))
        };
        (0..).zip(&self.groups).filter(|(_, it)| concerns(&it.source)).map(|(number, _)| number).collect()
    }
}

/// The rules that fire on an event.
pub(crate) struct Fired<'m, 'e> {
    programs: &'m [Program],
    view: View<'m, 'e>,
    numbers: &'m [u32],
    next: usize,
}

impl Fired<'_, '_> {
    /// The number of the next rule.
    pub(crate) fn next(&mut self) -> Option<u32> {
        self.next += 1;
        self.numbers.get(self.next - 1).copied()
    }

    /// What made a rule fire: as [`Rule::proof`].
    pub(crate) fn proof(&mut self, rule: u32) -> Vec<Matched> {
        self.programs.get(rule as usize).map(|it| it.proof(&mut self.view)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
