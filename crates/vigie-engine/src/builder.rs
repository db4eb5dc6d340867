//! Builds segments from indicators and lists.
//!
//! Start with [`Builder::add_chunk`] for lists and [`Builder::add_indicator`] for STIX; `builder/indicator.rs` reads
//! the objects.

use std::collections::HashMap;
use std::sync::Arc;

use vigie_model::event::Path;
use vigie_model::label::LabelId;
use vigie_stix::bundle;
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_stix::pattern::{EvalLimits, ParseLimits, Semantics};

use crate::index::{Entry, Filling, Full, INDICATOR, Index};
use crate::key::{self, Class};
use crate::list::Chunk;
use crate::networks::Networks;
use crate::probe::{PathSet, only};
use crate::rule::{Counts, Indicator, Reason, Refusal, State};
use crate::segment::{Segment, Source};

mod indicator;

/// How many refused rules of a segment are described; the others are only counted.
const DESCRIBED: usize = 10_000;

/// How segments are built.
#[derive(Clone, Debug)]
pub struct Options {
    /// The secret under which values are hashed. Take it from chance, once for a process.
    pub secret: u64,
    /// The reading of patterns.
    pub semantics: Semantics,
    /// Bounds of the patterns.
    pub patterns: ParseLimits,
    /// Bounds of the bundles.
    pub bundles: bundle::Limits,
}

impl Default for Options {
    /// A pattern is asked about every event, so it may take about a millisecond for one, and not the second
    /// that [`EvalLimits`] gives to who asks once.
    fn default() -> Self {
        let limits = EvalLimits {
            search_steps: 100_000,
            regex_steps: 10_000,
            like_steps: 1_000_000,
            ..EvalLimits::default()
        };
        Self {
            secret: 0,
            semantics: Semantics { limits, ..Semantics::default() },
            patterns: ParseLimits::default(),
            bundles: bundle::Limits::default(),
        }
    }
}

/// Collects rules.
#[derive(Debug)]
pub struct Builder {
    options: Options,
    index: Filling,
    lists: Vec<Arc<str>>,
    sources: Vec<Source>,
    source_numbers: HashMap<Source, u32>,
    indicators: Vec<Arc<Indicator>>,
    ids: HashMap<StixId, u32>,
    unused: Counts,
    refusals: Vec<Refusal>,
}

/// A list that chunks are added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListNumber(usize);

impl Builder {
    /// An empty one.
    pub fn new(options: Options) -> Self {
        Self {
            index: Filling::new(options.secret),
            options,
            lists: Vec::new(),
            sources: Vec::new(),
            source_numbers: HashMap::new(),
            indicators: Vec::new(),
            ids: HashMap::new(),
            unused: Counts::default(),
            refusals: Vec::new(),
        }
    }

    /// Adds a whole list: see [`crate::list`]. The name goes into the ids of its rules.
    pub fn add_list(&mut self, name: &str, text: &[u8]) {
        let list = self.open_list(name);
        self.add_chunk(list, Chunk::read(text, 1));
    }

    /// Begins a list whose chunks follow.
    pub fn open_list(&mut self, name: &str) -> ListNumber {
        self.lists.push(name.into());
        ListNumber(self.lists.len() - 1)
    }

    /// Adds lines of a list. Chunks are added in their order, and those of one list before those of the next.
    pub fn add_chunk(&mut self, list: ListNumber, chunk: Chunk) {
        let Some(list) = self.lists.get(list.0).cloned() else { return };
        let numbers: Vec<u32> = chunk.sources.iter().map(|it| self.source(&list, it)).collect();
        let (mut repeated, mut beyond) = (0, 0);
        for (value, key) in chunk.iter() {
            let source = numbers.get(value.source as usize).copied().unwrap_or_default();
            let sources = &self.sources;
            let repeats = |newest: &Entry| {
                newest.source == source
                    || sources.get(newest.source as usize).is_some_and(|it| it.list == list)
            };
            match self.index.add(key, value.line, source, repeats) {
                Ok(true) => {}
                Ok(false) => repeated += 1,
                Err(Full) => beyond += 1,
            }
        }
        self.unused.add(State::Duplicate, repeated);
        self.unused.refuse(Reason::TooLarge, beyond);
        self.unused.refuse(Reason::UnreadableLine, chunk.refused_count);
        for refusal in chunk.refused {
            self.describe(Refusal { place: format!("{list}, {}", refusal.place), ..refusal });
        }
    }

    /// Counts something that could not even be opened as a list or bundle.
    pub fn refuse(&mut self, place: impl Into<String>, reason: Reason, detail: impl Into<String>) {
        self.unused.refuse(reason, 1);
        self.describe(Refusal { place: place.into(), reason, detail: detail.into() });
    }

    /// Adds the indicators of a bundle, an envelope, a list of objects or one object; other objects are passed over.
    pub fn add_bundle(&mut self, name: &str, text: &str) {
        let parts = match bundle::split(text, self.options.bundles) {
            Ok(it) => it,
            Err(error) => return self.refuse(name, Reason::UnreadableFile, error.to_string()),
        };
        for bad in parts.refused {
            self.refuse(name, Reason::BrokenObject, bad.to_string());
        }
        for part in parts.objects {
            match Object::parse(part.text) {
                Ok(object) => self.add_indicator(&object, None),
                // Only what was meant as an indicator is a rule lost.
                Err(error) if part.text.contains("\"indicator\"") => {
                    self.refuse(
                        format!("{name}, object {}", part.index),
                        Reason::BrokenObject,
                        error.to_string(),
                    );
                }
                Err(_) => {}
            }
        }
    }

    /// Adds an indicator under its label; an object of another type is passed over. Of two versions the newer counts.
    pub fn add_indicator(&mut self, object: &Object<'_>, label: Option<LabelId>) {
        if object.object_type() != "indicator" {
            return;
        }
        match indicator::read(object, label, &self.options) {
            Ok(indicator) => self.add(Arc::new(indicator)),
            Err((reason, detail)) => self.refuse(object.id().as_str(), reason, detail),
        }
    }

    fn add(&mut self, indicator: Arc<Indicator>) {
        if let Some(number) = self.ids.get(&indicator.id).copied() {
            self.unused.add(State::Duplicate, 1);
            match self.indicators.get_mut(number as usize) {
                Some(known) if known.version < indicator.version => *known = indicator,
                _ => {}
            }
            return;
        }
        let Ok(number) = u32::try_from(self.indicators.len()) else {
            return self.refuse(
                indicator.id.as_str(),
                Reason::TooLarge,
                "there are 4,294,967,295 indicators",
            );
        };
        self.ids.insert(indicator.id.clone(), number);
        self.indicators.push(indicator);
    }

    /// Takes over the rules of a segment, but for the indicators that are muted.
    pub(crate) fn absorb(&mut self, segment: &Segment, is_muted: impl Fn(u32) -> bool) {
        let numbers: Vec<u32> = segment.sources.iter().map(|it| self.source(&it.list, &it.name)).collect();
        for (_, entry) in segment.index.entries() {
            if let Some(source) = numbers.get(entry.source as usize) {
                let added = self.index.add(segment.index.key(entry), entry.rule, *source, |_| false);
                self.unused.refuse(Reason::TooLarge, added.is_err().into());
            }
        }
        let living = (0_u32..).zip(&segment.indicators).filter(|(number, _)| !is_muted(*number));
        for (_, indicator) in living {
            self.add(Arc::clone(indicator));
        }
        self.unused.merge(&segment.unused);
        for refusal in &segment.refusals {
            self.describe(refusal.clone());
        }
    }

    /// Ends the collecting.
    pub fn build(mut self) -> Segment {
        let (scans, plain) = self.index_indicators();
        self.indicators.shrink_to_fit();
        let index = self.index.finish();
        Segment {
            networks: networks(&index),
            index,
            sources: self.sources,
            indicators: self.indicators,
            ids: self.ids,
            scans,
            plain,
            unused: self.unused,
            refusals: self.refusals,
        }
    }

    /// Gives each indicator its keys and scans.
    fn index_indicators(&mut self) -> (Vec<Vec<u32>>, PathSet) {
        let mut scans = vec![Vec::new(); Path::ALL.len()];
        let mut plain = 0;
        let mut lost = 0;
        for (number, indicator) in (0_u32..).zip(&self.indicators) {
            let witness = indicator.detector.witness();
            for key in &witness.keys {
                lost += u64::from(self.index.add(key, number, INDICATOR, |_| false).is_err());
                if matches!(Class::of(key), Some(Class::Text | Class::Number)) {
                    plain |= key.get(1).map_or(0, |path| 1 << path);
                }
            }
            for (path, all) in Path::ALL.iter().zip(&mut scans) {
                if witness.scans & only(*path) != 0 {
                    all.push(number);
                }
            }
        }
        self.unused.refuse(Reason::TooLarge, lost);
        (scans, plain)
    }

    /// Keeps a description while there is room; the counts do not depend on it.
    fn describe(&mut self, refusal: Refusal) {
        if self.refusals.len() < DESCRIBED {
            self.refusals.push(refusal);
        }
    }

    fn source(&mut self, list: &Arc<str>, name: &str) -> u32 {
        let source = Source { list: Arc::clone(list), name: name.into() };
        *self.source_numbers.entry(source).or_insert_with_key(|source| {
            self.sources.push(source.clone());
            (self.sources.len() - 1) as u32
        })
    }
}

/// The networks among the keys, each with the head of its chain.
fn networks(index: &Index) -> Networks {
    let heads = index.entries().filter_map(|(number, entry)| {
        let key = index.key(entry);
        let network = key::network_of(key)?;
        // Each chain once, at its newest entry.
        (index.head(key) == Some(number)).then_some((network, number))
    });
    Networks::new(heads)
}
