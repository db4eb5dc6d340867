//! Builds segments from indicators and lists.
//!
//! Start with [`Builder::add_chunk`] for lists and [`Builder::add_indicator`] for STIX; `builder/indicator.rs` reads
//! the objects.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use vigie_model::event::Path;
use vigie_model::label::LabelId;
use vigie_stix::bundle;
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_stix::pattern::{EvalLimits, ParseLimits, Semantics};

use crate::builder::indicator::Draft;
use crate::index::{Entry, Filling, Full, INDICATOR, Index};
use crate::key::Class;
use crate::layer::Layer;
use crate::list::Chunk;
use crate::networks::Networks;
use crate::pattern::Detector;
use crate::probe::{PathSet, only};
use crate::rule::{Counts, Indicator, Reason, Refusal, State};
use crate::segment::{List, Refused, Segment, Source};
use crate::sigma::{self, Document, Documents, Given, Part};
use crate::warning::{self, WarningSet, Warnings};
use crate::{suricata, window, yara};

pub(crate) mod indicator;

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
    /// Bounds of rules for sensors.
    pub sensor_rules: suricata::Limits,
    /// Bounds of the bundles.
    pub bundles: bundle::Limits,
    /// How many listed values, and how many indicators, a segment takes; further ones are counted as refused. A listed
    /// value takes about 60 bytes of memory, an indicator some thousand. 100 million.
    pub max_rules: usize,
    /// [`crate::Image::with`] merges segments of fewer rules than this by itself; it takes some milliseconds for the
    /// default of 8,192. Larger ones are merged by [`crate::Image::merge_due`].
    pub small: usize,
    /// Bounds of what is kept for patterns over several events. Give the same to [`crate::Windows`].
    pub windows: window::Limits,
    /// How Sigma is read: its bounds, and what placeholders stand for.
    pub sigma: sigma::Options,
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
            sensor_rules: suricata::Limits::default(),
            bundles: bundle::Limits::default(),
            max_rules: 100_000_000,
            small: 8_192,
            windows: window::Limits::default(),
            sigma: sigma::Options::default(),
        }
    }
}

/// Collects rules.
#[derive(Debug)]
pub struct Builder {
    options: Options,
    index: Filling,
    lists: Vec<List>,
    sources: Vec<Source>,
    source_numbers: HashMap<Source, u32>,
    indicators: Vec<Arc<Indicator>>,
    ids: HashMap<StixId, u32>,
    unused: Counts,
    refused: Vec<Refused>,
    reading: warning::Reading,
    marking: Warnings,
    /// Sigma documents that are not put together yet.
    documents: Documents,
    /// Those of segments.
    given: Vec<Arc<Given>>,
    /// The Sigma rules of segments as they were compiled.
    parts: Vec<Arc<Part>>,
    yara: Vec<yara::Source>,
    compiled_yara: Vec<Arc<yara::Rules>>,
}

/// A list that chunks are added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListNumber(u32);

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
            refused: Vec::new(),
            reading: warning::Reading::default(),
            marking: Warnings::default(),
            documents: Documents::default(),
            given: Vec::new(),
            parts: Vec::new(),
            yara: Vec::new(),
            compiled_yara: Vec::new(),
        }
    }

    /// Adds a whole list: see [`crate::list`]. The name goes into the ids of its rules.
    pub fn add_list(&mut self, name: &str, text: &[u8]) {
        let list = self.open_list(name);
        self.add_chunk(list, Chunk::read(text, 1));
    }

    /// Begins a list whose chunks follow. Lists of one name are one list.
    pub fn open_list(&mut self, name: &str) -> ListNumber {
        let known = self.lists.iter().position(|it| &*it.name == name);
        let number = known.unwrap_or_else(|| {
            self.lists.push(List { name: name.into(), ..List::default() });
            self.lists.len() - 1
        });
        ListNumber(number as u32)
    }

    /// Adds lines of a list. Chunks are added in their order, and those of one list before those of the next.
    pub fn add_chunk(&mut self, list: ListNumber, chunk: Chunk) {
        let ListNumber(number) = list;
        let sources: Vec<u32> = chunk.sources.iter().map(|it| self.source(number, it)).collect();
        let (mut repeated, mut beyond) = (0, 0);
        for (value, key) in chunk.iter() {
            let source = sources.get(value.source as usize).copied().unwrap_or_default();
            match self.add_value(key, value.line, source) {
                Ok(true) => {}
                Ok(false) => repeated += 1,
                Err(Full) => beyond += 1,
            }
        }
        let Some(list) = self.lists.get_mut(number as usize) else { return };
        list.values += chunk.len() as u64 - repeated - beyond;
        list.unused.add(State::Duplicate, repeated);
        list.unused.refuse(Reason::TooLarge, beyond);
        list.unused.refuse(Reason::UnreadableLine, chunk.refused_count);
        let name = Arc::clone(&list.name);
        for refusal in chunk.refused {
            let refusal = Refusal { place: format!("{name}, {}", refusal.place), ..refusal };
            self.describe(Refused { list: Some(number), refusal });
        }
    }

    /// Adds a listed value; false if its list holds it already.
    fn add_value(&mut self, key: &[u8], line: u32, source: u32) -> Result<bool, Full> {
        if self.index.len() >= self.options.max_rules {
            return Err(Full);
        }
        let sources = &self.sources;
        let list = |source: u32| sources.get(source as usize).map(|it| it.list);
        let repeats = |newest: &Entry| newest.source == source || list(newest.source) == list(source);
        self.index.add(key, line, source, repeats)
    }

    /// Adds a warning list in MISP's format: `file` says where it was found, its name stands in it. Its entries are no
    /// rules; those that cannot be read are counted as refused.
    pub fn add_warning_list(&mut self, file: &str, text: &str) {
        let refused = self.reading.add(file, text);
        self.unused.refuse(Reason::UnreadableLine, refused.lines);
        self.unused.refuse(Reason::TooLarge, refused.too_large);
        self.unused.refuse(Reason::UnreadableFile, refused.file.is_some().into());
        for refusal in refused.described.into_iter().chain(refused.file) {
            self.describe(Refused { list: None, refusal });
        }
    }

    /// Marks the rules with warning lists that are in force already: those of [`crate::Image::warnings`].
    pub fn mark_with(&mut self, warnings: &Warnings) {
        self.marking = warnings.clone();
    }

    /// Counts something that could not even be opened as a list or bundle.
    pub fn refuse(&mut self, place: impl Into<String>, reason: Reason, detail: impl Into<String>) {
        self.unused.refuse(reason, 1);
        let refusal = Refusal { place: place.into(), reason, detail: detail.into() };
        self.describe(Refused { list: None, refusal });
    }

    /// Adds the rules, correlations and filters of a Sigma text: see [`crate::sigma`]. `place` names it, most often a
    /// file. What correlations and filters refer to is looked for in all texts of this builder.
    pub fn add_sigma(&mut self, place: &str, text: &str) {
        let read = sigma::read(place, text, &self.options.sigma);
        self.add_documents(read);
    }

    /// Adds a Sigma document that was saved, with the placeholders that it was saved with.
    pub(crate) fn restore_sigma(&mut self, place: &str, text: &str, options: &sigma::Options) {
        self.add_documents(sigma::read(place, text, options));
    }

    fn add_documents(&mut self, read: Vec<Result<Document, Refusal>>) {
        for read in read {
            match read {
                Ok(document) => self.documents.add(document),
                Err(it) => self.refuse(it.place, it.reason, it.detail),
            }
        }
    }

    /// Puts the Sigma documents together.
    fn compile_sigma(&mut self) -> Option<Arc<Part>> {
        let given = Given::of(&self.given, &self.documents);
        Part::new(given, &self.indicators, self.parts.first()).map(Arc::new)
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
            Ok(indicator) => self.add_read(indicator),
            Err((reason, detail)) => self.refuse(object.id().as_str(), reason, detail),
        }
    }

    /// Compiles an indicator that was saved.
    pub(crate) fn add_draft(&mut self, draft: Draft) {
        let place = draft.id.to_string();
        match draft.compile(&self.options) {
            Ok(indicator) => self.add_read(indicator),
            Err((reason, detail)) => self.refuse(place, reason, detail),
        }
    }

    /// Adds an indicator that no segment holds yet.
    fn add_read(&mut self, indicator: Indicator) {
        let indicator = Arc::new(indicator);
        self.yara.extend(yara::Source::of(&indicator));
        self.add(indicator);
    }

    /// Adds a file of YARA rules. They are compiled when the segment is built; those that cannot be are refused then.
    pub fn add_yara(&mut self, name: &str, text: &str) {
        self.yara.push(yara::Source::file(name, text));
    }

    /// Adds a file of YARA rules whose refusals were counted before.
    pub(crate) fn restore_yara(&mut self, name: &str, text: &str) {
        self.yara.push(yara::Source { is_known: true, ..yara::Source::file(name, text) });
    }

    /// Checks a file of rules for sensors. Only those that are right are counted, as exported: without an indicator
    /// nobody is told when they fire, so they are neither kept nor written for sensors.
    pub fn check_sensor_rules(&mut self, name: &str, text: &str, dialect: suricata::Dialect) {
        for part in suricata::split(text, dialect) {
            match suricata::Rule::parse(part.text, dialect, &self.options.sensor_rules) {
                Ok(_) => self.unused.add(State::Exported, 1),
                Err(error) => {
                    self.refuse(format!("{name}:{}", part.line), error.reason(), error.to_string());
                }
            }
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
        let most = self.options.max_rules;
        let room = u32::try_from(self.indicators.len()).ok().filter(|it| (*it as usize) < most);
        let Some(number) = room else {
            let detail = format!("there are {most} indicators already; `max_rules` says so");
            return self.refuse(indicator.id.as_str(), Reason::TooLarge, detail);
        };
        self.ids.insert(indicator.id.clone(), number);
        self.indicators.push(indicator);
    }

    /// Takes over the rules of a layer that are in force.
    pub(crate) fn absorb(&mut self, layer: &Layer) {
        self.absorb_lists(layer);
        self.parts.extend(layer.segment.sigma.clone());
        self.given.extend(layer.given().cloned());
        self.compiled_yara.extend(layer.segment.yara.iter().cloned());
        for (number, indicator) in (0_u32..).zip(&layer.segment.indicators) {
            if !layer.muted.contains(&number) {
                self.add(Arc::clone(indicator));
            }
        }
    }

    /// Takes over the lists of a layer that are in force, and all that was refused.
    pub(crate) fn absorb_lists(&mut self, layer: &Layer) {
        let segment = &*layer.segment;
        let in_force = |list: u32| !layer.muted_lists.contains(&list);
        let mut lists = Vec::new();
        for (number, list) in (0_u32..).zip(&segment.lists) {
            lists.push(in_force(number).then(|| self.open_list(&list.name).0));
        }
        let list = |number: u32| lists.get(number as usize).copied().flatten();
        self.absorb_values(segment, &list);
        for (from, to) in segment.lists.iter().zip(&lists) {
            if let Some(to) = to.and_then(|it| self.lists.get_mut(it as usize)) {
                let Counts { states, reasons, .. } = from.unused.clone();
                to.unused.merge(&Counts { states, reasons, ..Counts::default() });
            }
        }
        self.unused.merge(&segment.unused);
        for Refused { list: of, refusal } in &segment.refused {
            let of = of.map(list);
            if of != Some(None) {
                self.describe(Refused { list: of.flatten(), refusal: refusal.clone() });
            }
        }
    }

    /// Takes over listed values; `list` says what number a list has here, if it is in force.
    fn absorb_values(&mut self, segment: &Segment, list: &impl Fn(u32) -> Option<u32>) {
        let mut sources = Vec::new();
        for source in &segment.sources {
            sources.push(list(source.list).map(|it| (it, self.source(it, &source.name))));
        }
        for entry in segment.index.entries() {
            let Some((list, source)) = sources.get(entry.source as usize).copied().flatten() else {
                continue;
            };
            let added = self.add_earliest(segment.index.key(entry), entry.rule, source);
            if let Some(list) = self.lists.get_mut(list as usize) {
                match added {
                    Ok(true) => list.values += 1,
                    Ok(false) => list.unused.add(State::Duplicate, 1),
                    Err(Full) => list.unused.refuse(Reason::TooLarge, 1),
                }
            }
        }
    }

    /// Adds a listed value; if its list holds it already the earlier line of the two stays, and the answer is false.
    fn add_earliest(&mut self, key: &[u8], line: u32, source: u32) -> Result<bool, Full> {
        let sources = &self.sources;
        let list = |source: u32| sources.get(source as usize).map(|it| it.list);
        let is_full = self.index.len() >= self.options.max_rules;
        let known = self.index.find(key, |it| list(it.source) == list(source));
        match known {
            None if is_full => Err(Full),
            None => self.index.add(key, line, source, |_| false),
            Some(known) => {
                if line < known.rule {
                    (known.rule, known.source) = (line, source);
                }
                Ok(false)
            }
        }
    }

    /// Ends the collecting.
    pub fn build(mut self) -> Segment {
        self.compile_yara();
        let (scans, plain) = self.index_indicators();
        let scanned = Path::ALL.iter().zip(&scans).filter(|(_, all)| !all.is_empty());
        let scanned = scanned.fold(0, |set, (path, _)| set | only(*path));
        self.indicators.shrink_to_fit();
        let sigma = self.compile_sigma();
        let warnings = self.compile_warnings();
        let index = std::mem::replace(&mut self.index, Filling::new(0)).finish();
        let warned = self.mark(&index);
        let held = self.held(&warned);
        Segment {
            networks: Networks::new(index.networks()),
            index,
            lists: self.lists,
            sources: self.sources,
            indicators: self.indicators,
            ids: self.ids,
            scans,
            scanned,
            plain,
            unused: self.unused,
            refused: self.refused,
            warned,
            held,
            yara: self.compiled_yara,
            warnings,
            sigma,
            hash: OnceLock::new(),
        }
    }

    fn compile_yara(&mut self) {
        let sources = std::mem::take(&mut self.yara);
        if sources.is_empty() {
            return;
        }
        let compiled = yara::compile(&sources);
        self.compiled_yara.extend(compiled.rules);
        for refusal in compiled.refusals {
            self.refuse(refusal.place, refusal.reason, refusal.detail);
        }
    }

    /// The warning lists that were added; from now on rules are marked with them, too.
    fn compile_warnings(&mut self) -> Option<Arc<WarningSet>> {
        let reading = std::mem::take(&mut self.reading);
        if reading.is_empty() {
            return None;
        }
        let (warnings, lost) = reading.compiled(self.options.secret);
        self.unused.refuse(Reason::TooLarge, lost);
        let warnings = Arc::new(warnings);
        self.marking.add(&warnings);
        Some(warnings)
    }

    /// Counts the listed values that stand in warning lists, and gives the indicators that do.
    fn mark(&mut self, index: &Index) -> Vec<(u32, Arc<str>)> {
        let mut warned = Vec::new();
        if self.marking.is_empty() {
            return warned;
        }
        for entry in index.entries() {
            let standings = self.marking.standings(index.key(entry));
            let mut named: Vec<&Arc<str>> = standings.iter().map(|it| it.list).collect();
            named.sort_unstable();
            named.dedup();
            if entry.source == INDICATOR {
                warned.extend(named.into_iter().map(|it| (entry.rule, Arc::clone(it))));
                continue;
            }
            let source = self.sources.get(entry.source as usize);
            let Some(list) = source.and_then(|it| self.lists.get_mut(it.list as usize)) else { continue };
            list.suppressed += u64::from(standings.iter().any(|it| it.suppresses));
            for name in named {
                list.unused.warn(name, 1);
            }
        }
        warned.sort_unstable();
        warned.dedup();
        warned
    }

    /// Of the indicators that stand in warning lists those of which no hit can be told, because each value that makes
    /// them true stands in one that holds it back.
    fn held(&self, warned: &[(u32, Arc<str>)]) -> HashSet<u32> {
        let is_held = |number: &u32| {
            let detector = self.indicators.get(*number as usize).and_then(|it| it.detector.as_ref());
            let values = detector.and_then(Detector::values);
            values.is_some_and(|it| self.marking.holding_back(None, &it).is_some())
        };
        warned.iter().map(|it| it.0).filter(is_held).collect()
    }

    /// Gives each indicator its keys and scans.
    fn index_indicators(&mut self) -> (Vec<Vec<u32>>, PathSet) {
        let mut scans = vec![Vec::new(); Path::ALL.len()];
        let mut plain = 0;
        let mut lost = 0;
        for (number, indicator) in (0_u32..).zip(&self.indicators) {
            let Some(witness) = indicator.detector.as_ref().map(Detector::witness) else { continue };
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
    fn describe(&mut self, refused: Refused) {
        if self.refused.len() < DESCRIBED {
            self.refused.push(refused);
        }
    }

    fn source(&mut self, list: u32, name: &str) -> u32 {
        let source = Source { list, name: name.into() };
        *self.source_numbers.entry(source).or_insert_with_key(|source| {
            self.sources.push(source.clone());
            (self.sources.len() - 1) as u32
        })
    }
}
