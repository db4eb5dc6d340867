//! Gates: from the values of an event to the rules whose witness is among them.
//!
//! Start with [`Gates::open`].

use std::collections::HashMap;

use aho_corasick::automaton::Automaton;
use aho_corasick::{Anchored, MatchKind, StartKind, dfa, nfa::contiguous, packed};
use foldhash::fast::RandomState;

use super::super::number::Number;
use super::super::rule::Place;
use super::memory::{Marks, View};
use super::witness::{Key, Sign, Witness};

/// Where the witnesses of the rules of one log source are looked for.
#[derive(Debug)]
pub(super) struct Gates {
    /// By the number of the field: the number of its gate, from 1; 0 for none.
    by_field: Box<[u16]>,
    own: Vec<Gate>,
    /// For witnesses in whatever field.
    anywhere: Gate,
    has_anywhere: bool,
    /// Rules without a witness.
    always: Vec<u32>,
}

/// The witnesses of one field.
#[derive(Debug, Default)]
struct Gate {
    /// Rules that wait for the field to be there.
    present: Vec<u32>,
    /// Rules by the whole value that they wait for.
    whole: HashMap<Box<str>, Vec<u32>, RandomState>,
    /// Texts anywhere in the value, at its start and at its end.
    texts: Vec<Texts>,
}

/// Texts to be found in values, all in one pass.
#[derive(Debug)]
struct Texts {
    /// Where: [`Place::Anywhere`], [`Place::Start`] or [`Place::End`]. Of the last the automaton reads texts and values
    /// backwards; of both others it gives up with the first byte that no text has.
    place: Place,
    /// Says quickly of few texts that none of them is there.
    quick: Option<packed::Searcher>,
    automaton: Table,
    /// For each text the rules that wait for it.
    waiting: Vec<Vec<u32>>,
}

#[derive(Debug)]
enum Table {
    /// Fast and large.
    Dense(dfa::DFA),
    /// For very many texts.
    Compact(contiguous::NFA),
}

/// The most bytes of text that are made into a dense table; it takes a few hundred bytes for each.
const DENSE: usize = 100_000;

/// The most texts that are looked for with wide instructions first.
const FEW: usize = 48;

impl Gates {
    /// Puts rules behind gates; `fields` is the number of fields that rules ask for.
    pub(super) fn new(rules: Vec<(u32, Witness)>, fields: usize) -> Self {
        let mut by_field: HashMap<Option<u32>, Vec<(u32, Sign)>> = HashMap::new();
        let mut always = Vec::new();
        for (rule, witness) in rules {
            match witness {
                None => always.push(rule),
                Some(keys) => {
                    for Key { field, sign } in keys {
                        by_field.entry(field).or_default().push((rule, sign));
                    }
                }
            }
        }
        let anywhere = by_field.remove(&None);
        let has_anywhere = anywhere.is_some();
        let mut gates = Self {
            by_field: vec![0; fields].into(),
            own: Vec::new(),
            anywhere: Gate::new(anywhere.unwrap_or_default()),
            has_anywhere,
            always,
        };
        for (field, signs) in by_field {
            let gate = Gate::new(signs);
            let slot = field.and_then(|it| gates.by_field.get_mut(it as usize));
            match (slot, u16::try_from(gates.own.len() + 1)) {
                (Some(slot), Ok(number)) => {
                    *slot = number;
                    gates.own.push(gate);
                }
                // Beyond 65,535 fields a gate of its own is not worth it.
                _ => gates.always.extend(gate.rules()),
            }
        }
        gates.always.sort_unstable();
        gates.always.dedup();
        gates
    }

    /// Marks the rules whose witness an event shows.
    pub(super) fn open(&self, view: &mut View<'_, '_>, marks: &mut Marks) {
        for rule in &self.always {
            marks.mark(*rule);
        }
        for value in 0..view.len() {
            let number =
                view.field(value).and_then(|it| self.by_field.get(it as usize)).copied().unwrap_or(0);
            if let Some(gate) = usize::from(number).checked_sub(1).and_then(|it| self.own.get(it)) {
                gate.open(view, value, marks);
            }
            if self.has_anywhere {
                self.anywhere.open(view, value, marks);
            }
        }
    }
}

impl Gate {
    fn new(signs: Vec<(u32, Sign)>) -> Self {
        let mut gate = Self::default();
        let mut placed = [Place::Anywhere, Place::Start, Place::End].map(|it| (it, Vec::new()));
        for (rule, sign) in signs {
            match sign {
                Sign::Present => gate.present.push(rule),
                Sign::Text(text, Place::Whole) => gate.whole.entry(text.into()).or_default().push(rule),
                Sign::Text(text, place) => {
                    if let Some((_, texts)) = placed.iter_mut().find(|it| it.0 == place) {
                        texts.push((rule, text));
                    }
                }
            }
        }
        for (place, texts) in placed {
            match Texts::new(place, &texts) {
                Some(it) => gate.texts.push(it),
                // Nothing to look for, or more than any automaton can hold: then the field must do.
                None => gate.present.extend(texts.into_iter().map(|(rule, _)| rule)),
            }
        }
        gate
    }

    fn rules(self) -> impl Iterator<Item = u32> {
        let texts = self.texts.into_iter().flat_map(|it| it.waiting).flatten();
        self.present.into_iter().chain(self.whole.into_values().flatten()).chain(texts)
    }

    fn open(&self, view: &mut View<'_, '_>, value: u32, marks: &mut Marks) {
        for rule in &self.present {
            marks.mark(*rule);
        }
        if self.whole.is_empty() && self.texts.is_empty() {
            return;
        }
        let Some(text) = view.folded(value) else { return };
        if !self.whole.is_empty() {
            self.mark_whole(text, marks);
            if is_odd_number(text)
                && let Some(number) = Number::parse(text)
            {
                self.mark_whole(&number.canonical(), marks);
            }
        }
        for texts in &self.texts {
            texts.open(text.as_bytes(), marks);
        }
    }

    fn mark_whole(&self, text: &str, marks: &mut Marks) {
        for rule in self.whole.get(text).into_iter().flatten() {
            marks.mark(*rule);
        }
    }
}

/// Whether a text may be a number that is not written in its shortest form.
fn is_odd_number(text: &str) -> bool {
    let mut bytes = text.bytes();
    let begins = bytes.next().is_some_and(|it| it.is_ascii_digit() || it == b'-');
    begins && (text.len() > 18 || text == "-0" || bytes.any(|it| !it.is_ascii_digit()))
}

impl Texts {
    /// None where there is nothing to look for, or too much for any automaton.
    fn new(place: Place, texts: &[(u32, String)]) -> Option<Self> {
        let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
        let (mut wanted, mut waiting): (Vec<Vec<u8>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        for (rule, text) in texts {
            let mut bytes = text.clone().into_bytes();
            if place == Place::End {
                bytes.reverse();
            }
            let number = *numbers.entry(bytes).or_insert_with_key(|bytes| {
                wanted.push(bytes.clone());
                waiting.push(Vec::new());
                waiting.len() - 1
            });
            waiting.get_mut(number).into_iter().for_each(|it| it.push(*rule));
        }
        let automaton = Table::new(&wanted, place != Place::Anywhere)?;
        let few = place == Place::Anywhere && wanted.len() <= FEW && wanted.iter().all(|it| it.len() > 2);
        let quick = if few { packed::Searcher::new(&wanted) } else { None };
        Some(Self { place, quick, automaton, waiting })
    }

    fn open(&self, text: &[u8], marks: &mut Marks) {
        if self.quick.as_ref().is_some_and(|it| it.find(text).is_none()) {
            return;
        }
        match &self.automaton {
            Table::Dense(it) => self.run(it, text, marks),
            Table::Compact(it) => self.run(it, text, marks),
        }
    }

    fn run(&self, automaton: &impl Automaton, text: &[u8], marks: &mut Marks) {
        match self.place {
            Place::End => self.pass(automaton, Anchored::Yes, text.iter().rev(), marks),
            Place::Start => self.pass(automaton, Anchored::Yes, text.iter(), marks),
            Place::Anywhere | Place::Whole => self.pass(automaton, Anchored::No, text.iter(), marks),
        }
    }

    #[inline]
    fn pass<'t>(
        &self,
        automaton: &impl Automaton,
        anchored: Anchored,
        bytes: impl Iterator<Item = &'t u8>,
        marks: &mut Marks,
    ) {
        let Ok(mut state) = automaton.start_state(anchored) else { return };
        for byte in bytes {
            state = automaton.next_state(anchored, state, *byte);
            if !automaton.is_special(state) {
                continue;
            }
            if automaton.is_dead(state) {
                return;
            }
            if automaton.is_match(state) {
                for number in 0..automaton.match_len(state) {
                    let waiting = self.waiting.get(automaton.match_pattern(state, number).as_usize());
                    waiting.into_iter().flatten().for_each(|it| marks.mark(*it));
                }
            }
        }
    }
}

impl Table {
    /// None where there is nothing to look for, or too much for any automaton.
    fn new(texts: &[Vec<u8>], anchored: bool) -> Option<Self> {
        if texts.is_empty() {
            return None;
        }
        let bytes: usize = texts.iter().map(Vec::len).sum();
        if bytes <= DENSE {
            let builder = dfa::Builder::new()
                .match_kind(MatchKind::Standard)
                .start_kind(if anchored { StartKind::Anchored } else { StartKind::Unanchored })
                .prefilter(false)
                .build(texts);
            if let Ok(dense) = builder {
                return Some(Self::Dense(dense));
            }
        }
        let compact =
            contiguous::Builder::new().match_kind(MatchKind::Standard).prefilter(false).build(texts);
        compact.ok().map(Self::Compact)
    }
}
