//! What one thread uses again for each event.
//!
//! Start with [`Memory::refill`].

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;
use vigie_model::event::Event;
use vigie_model::log::LogClass;

use super::super::wildcard::fold_onto;
use super::{Compiled, FieldNumber};

/// No field that a rule asks for; no further value.
const NONE: u32 = u32::MAX;

/// Working memory. It may be used with any rules and any event.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) classes: Classes,
    pub(super) seen: Seen,
    pub(super) marks: Marks,
    pub(super) fired: Vec<u32>,
}

/// Which groups of rules are about which class of events.
#[derive(Debug, Default)]
pub(super) struct Classes {
    known: Vec<Known>,
    /// By the addresses of the rules and of the class; what stands there may have changed since.
    numbers: HashMap<(usize, usize), usize, RandomState>,
}

#[derive(Debug)]
struct Known {
    rules: Weak<Compiled>,
    class: Option<LogClass>,
    groups: Box<[u32]>,
}

/// The most classes that are kept.
const CLASSES: usize = 4_096;

impl Classes {
    /// The number of a class with these rules.
    pub(super) fn number(&mut self, rules: &Arc<Compiled>, class: Option<&LogClass>) -> usize {
        let addresses = (Arc::as_ptr(rules).addr(), class.map_or(0, |it| std::ptr::from_ref(it).addr()));
        let is_same = |it: &Known| it.rules.as_ptr() == Arc::as_ptr(rules) && it.class.as_ref() == class;
        if let Some(number) = self.numbers.get(&addresses).copied()
            && self.known.get(number).is_some_and(is_same)
        {
            return number;
        }
        if self.known.len() >= CLASSES || self.numbers.len() >= CLASSES {
            self.known.clear();
            self.numbers.clear();
        }
        let number = self.known.iter().position(is_same).unwrap_or_else(|| {
            let groups = rules.groups_of(class);
            self.known.push(Known { rules: Arc::downgrade(rules), class: class.cloned(), groups });
            self.known.len() - 1
        });
        self.numbers.insert(addresses, number);
        number
    }

    /// The groups of the class with this number.
    pub(super) fn groups(&self, number: usize) -> &[u32] {
        self.known.get(number).map_or(&[], |it| &it.groups)
    }
}

/// The rules that may fire on the event.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// In which round each rule was marked.
    rounds: Vec<u32>,
    round: u32,
    /// Each once.
    pub(super) marked: Vec<u32>,
}

impl Marks {
    fn clear(&mut self, rules: usize) {
        if self.rounds.len() < rules || self.round == u32::MAX {
            self.rounds.clear();
            self.rounds.resize(rules, 0);
            self.round = 0;
        }
        self.round += 1;
        self.marked.clear();
    }

    pub(super) fn mark(&mut self, rule: u32) {
        if let Some(round) = self.rounds.get_mut(rule as usize)
            && *round != self.round
        {
            *round = self.round;
            self.marked.push(rule);
        }
    }
}

/// The values of an event, by field.
#[derive(Debug, Default)]
pub(super) struct Seen {
    values: Vec<Value>,
    /// For each field the first of its values.
    first: Vec<u32>,
    folded: String,
}

#[derive(Clone, Copy, Debug)]
struct Value {
    field: FieldNumber,
    /// The next value of the same field.
    next: u32,
    /// Where its folded text stands in [`Seen::folded`].
    folded: Option<(u32, u32)>,
}

impl Memory {
    /// Forgets the last event and takes in another.
    pub(super) fn refill(
        &mut self,
        event: &Event<'_>,
        fields: &HashMap<Box<str>, FieldNumber, RandomState>,
        rules: usize,
    ) {
        self.marks.clear(rules);
        let Seen { values, first, folded } = &mut self.seen;
        values.clear();
        folded.clear();
        first.clear();
        first.resize(fields.len(), NONE);
        values.extend(event.fields.iter().map(|it| Value {
            field: fields.get(it.name.as_ref()).copied().unwrap_or(NONE),
            next: NONE,
            folded: None,
        }));
        // From the back, so that the chains run in the order of the event.
        for (number, value) in (0..values.len() as u32).zip(values.iter_mut()).rev() {
            if let Some(head) = first.get_mut(value.field as usize) {
                value.next = std::mem::replace(head, number);
            }
        }
    }
}

/// An event with its values by field.
pub(super) struct View<'v, 'e> {
    pub(super) event: &'v Event<'e>,
    pub(super) seen: &'v mut Seen,
}

impl View<'_, '_> {
    /// How many values there are.
    pub(super) fn len(&self) -> u32 {
        self.seen.values.len() as u32
    }

    /// The field of a value, if a rule asks for it.
    pub(super) fn field(&self, value: u32) -> Option<FieldNumber> {
        self.seen.values.get(value as usize).map(|it| it.field).filter(|it| *it != NONE)
    }

    /// The first value of a field; of no field, of all.
    pub(super) fn first(&self, field: Option<FieldNumber>) -> Option<u32> {
        match field {
            Some(field) => self.seen.first.get(field as usize).copied().filter(|it| *it != NONE),
            None => Some(0).filter(|_| !self.seen.values.is_empty()),
        }
    }

    /// The value after another.
    pub(super) fn next(&self, field: Option<FieldNumber>, value: u32) -> Option<u32> {
        match field {
            Some(_) => self.seen.values.get(value as usize).map(|it| it.next).filter(|it| *it != NONE),
            None => Some(value + 1).filter(|it| *it < self.len()),
        }
    }

    /// The text of a value; none if it says nothing.
    pub(super) fn text(&self, value: u32) -> Option<&str> {
        self.event.fields.get(value as usize)?.value.text()
    }

    /// The folded text of a value; none if it says nothing.
    pub(super) fn folded(&mut self, value: u32) -> Option<&str> {
        let Seen { values, folded, .. } = &mut *self.seen;
        let slot = &mut values.get_mut(value as usize)?.folded;
        let (from, to) = if let Some(it) = *slot {
            it
        } else {
            let from = folded.len();
            fold_onto(self.event.fields.get(value as usize)?.value.text()?, folded);
            *slot.insert((u32::try_from(from).ok()?, u32::try_from(folded.len()).ok()?))
        };
        folded.get(from as usize..to as usize)
    }
}
