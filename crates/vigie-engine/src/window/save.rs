//! What is kept, as bytes that survive a restart.
//!
//! The first line says what the bytes are and holds a hash of the rest; each further line is one rule with its events.
//! A rule goes on where it stopped if it is still in force and means the same; otherwise it begins anew.
//!
//! Between two such states each step is worth a line of its own ([`Windows::saved_step`]), so that what is stored for an
//! event does not grow with what is remembered: what fires depends on the steps alone, so a state and the steps since say all.
//!
//! Start with [`Windows::save`] and [`Windows::load`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vigie_model::alert::{Matched, Source};

use super::group::Kept as Member;
use super::pattern::{Kept, Watched};
use super::step::{Counted, Part as StepPart, Satisfied, Step, cut};
use super::tally::Value;
use super::timing::fingerprint;
use super::tracked::Tracked;
use super::{Figures, Limits, Memory, Name, Windows};
use crate::image::Image;

/// What the first line says of the bytes.
const FORMAT: &str = "vigie-windows";

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// Why bytes are no state of [`Windows`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadState {
    /// They are something else, or were cut off in the first line.
    #[error("not a saved state of rules over several events; remove it to begin anew")]
    Foreign,
    /// Another version of Vigie wrote them.
    #[error("the saved state has version {got}; this node reads version {VERSION}; remove it to begin anew")]
    Version {
        /// The version.
        got: u32,
    },
    /// They were cut off or changed.
    #[error("the saved state is damaged; remove it to begin anew")]
    Damaged,
    /// A line does not say what it should.
    #[error("line {line} of the saved state: {why}; remove it to begin anew")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    hash: u64,
}

/// A rule with what is kept for it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Saved {
    Pattern { id: String, fingerprint: u64, events: Vec<Event<Vec<Satisfied>>> },
    Correlation { id: String, fingerprint: u64, events: Vec<Event<Part>> },
}

/// An event that is kept.
#[derive(Serialize, Deserialize)]
struct Event<T> {
    time: i64,
    source: Source,
    part: T,
}

/// What an event is to a correlation.
#[derive(Serialize, Deserialize)]
struct Part {
    member: usize,
    values: Box<[Option<Box<str>>]>,
    matched: Vec<Matched>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapping: Option<Box<str>>,
}

impl Windows {
    /// Everything that is kept, to be given to [`Windows::load`].
    pub fn save(&self) -> Vec<u8> {
        let mut rules: Vec<(&Name, &Memory)> = self.rules.iter().filter(|(_, it)| it.len() > 0).collect();
        rules.sort_unstable_by_key(|it| it.0);
        let mut body = String::new();
        for (name, memory) in rules {
            push_line(&mut body, &saved(name, memory));
        }
        let header = Header { format: FORMAT.to_owned(), version: VERSION, hash: fingerprint(&body) };
        let mut first = String::new();
        push_line(&mut first, &header);
        body.insert_str(0, &first);
        body.into_bytes()
    }

    /// A step that is about to be taken, as a line for [`Windows::take_again`].
    pub fn saved_step(&self, step: &Step, place: &Source) -> String {
        let (time, source) = (step.time, place.clone());
        let saved = match &step.part {
            StepPart::Pattern(indicator, satisfied) => {
                let mut part = satisfied.clone();
                for one in &mut part {
                    cut(&mut one.matched, self.limits.value_bytes);
                }
                Saved::Pattern {
                    id: indicator.id.to_string(),
                    fingerprint: indicator.timing().map_or(0, |it| it.fingerprint),
                    events: vec![Event { time, source, part }],
                }
            }
            StepPart::Correlation(counted) => {
                let mut matched = counted.matched.clone();
                cut(&mut matched, self.limits.value_bytes);
                let (values, mapping) = (counted.values.clone(), counted.mapping.clone());
                let part = Part { member: counted.member, values, matched, mapping };
                Saved::Correlation {
                    id: counted.plan.name.to_string(),
                    fingerprint: counted.plan.fingerprint,
                    events: vec![Event { time, source, part }],
                }
            }
        };
        let mut text = String::new();
        push_line(&mut text, &saved);
        text
    }

    /// Takes a step again that was taken after the state that this memory was loaded from. What fires was told then.
    pub fn take_again(&mut self, saved: &str, image: &Image) -> Result<(), BadState> {
        let bad = |why: &str| BadState::Line { line: 1, why: why.to_owned() };
        let saved: Saved = serde_json::from_str(saved).map_err(|error| bad(&error.to_string()))?;
        let figures = self.figures;
        match saved {
            Saved::Pattern { id, fingerprint, events } => {
                let id = id.parse().map_err(|_| bad("the id is no STIX identifier"))?;
                let Some(indicator) = image.indicator(&id) else { return Ok(()) };
                let Some(timing) = indicator.timing().filter(|it| it.fingerprint == fingerprint) else {
                    return Ok(());
                };
                let brackets = timing.brackets.len();
                for Event { time, source, part } in events {
                    if part.iter().any(|it| it.expression >= brackets) {
                        return Err(bad("an event satisfies more brackets than the pattern has"));
                    }
                    self.take(Step::of_pattern(Arc::clone(indicator), time, part), &source, &mut Vec::new());
                }
            }
            Saved::Correlation { id, fingerprint, events } => {
                let Some(plan) = image.correlation(&id).filter(|it| it.fingerprint == fingerprint) else {
                    return Ok(());
                };
                for Event { time, source, part: Part { member, values, matched, mapping } } in events {
                    if member >= plan.members.len() || values.len() != plan.width() {
                        return Err(bad("an event is not of the rules of the correlation"));
                    }
                    let counted = Counted { plan: Arc::clone(plan), member, values, matched, mapping };
                    self.take(Step::of_correlation(counted, time), &source, &mut Vec::new());
                }
            }
        }
        // It was counted when it was taken first.
        let Figures { kept, expired, dropped, .. } = self.figures;
        self.figures = Figures { kept, expired, dropped, ..figures };
        Ok(())
    }

    /// Goes on from what was saved, with the rules that are in force now. Rules that are in force no more, or mean
    /// something else, are left out and counted in [`Figures::forgotten`](super::Figures::forgotten); events beyond the
    /// limits are dropped and counted.
    pub fn load(bytes: &[u8], limits: Limits, image: &Image) -> Result<Self, BadState> {
        let text = std::str::from_utf8(bytes).map_err(|_| BadState::Damaged)?;
        let (first, body) = text.split_once('\n').ok_or(BadState::Foreign)?;
        let header: Header = serde_json::from_str(first).map_err(|_| BadState::Foreign)?;
        if header.format != FORMAT {
            return Err(BadState::Foreign);
        }
        if header.version != VERSION {
            return Err(BadState::Version { got: header.version });
        }
        if header.hash != fingerprint(body) {
            return Err(BadState::Damaged);
        }
        let mut windows = Self::new(limits);
        for (line, text) in (2..).zip(body.lines()) {
            let bad = |why: String| BadState::Line { line, why };
            let saved: Saved = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
            let restored = match saved {
                Saved::Pattern { id, fingerprint, events } => {
                    windows.load_pattern(&id, fingerprint, events, image)
                }
                Saved::Correlation { id, fingerprint, events } => {
                    windows.load_correlation(&id, fingerprint, events, image)
                }
            };
            restored.map_err(|why| bad(why.to_owned()))?;
        }
        Ok(windows)
    }

    fn load_pattern(
        &mut self,
        id: &str,
        fingerprint: u64,
        events: Vec<Event<Vec<Satisfied>>>,
        image: &Image,
    ) -> Result<(), &'static str> {
        let id = id.parse().map_err(|_| "the id is no STIX identifier")?;
        let indicator = image.indicator(&id);
        let known =
            indicator.and_then(|it| Some((it, it.timing().filter(|it| it.fingerprint == fingerprint)?)));
        let Some((indicator, timing)) = known else {
            self.figures.forgotten += 1;
            return Ok(());
        };
        let mut watched = Watched::new(Arc::clone(indicator), Arc::clone(timing));
        for Event { time, source, part } in events {
            if part.iter().any(|it| it.expression >= timing.brackets.len()) {
                return Err("an event satisfies more brackets than the pattern has");
            }
            if self.figures.kept >= self.limits.events as u64 {
                self.figures.dropped += 1;
                continue;
            }
            let kept = Kept { time, place: self.names.place(&source, None), satisfied: part.into() };
            watched.restore(kept, &self.limits, &mut self.figures);
        }
        self.put(Name::Pattern(id), Memory::Pattern(watched))
    }

    fn load_correlation(
        &mut self,
        id: &str,
        fingerprint: u64,
        events: Vec<Event<Part>>,
        image: &Image,
    ) -> Result<(), &'static str> {
        let Some(plan) = image.correlation(id).filter(|it| it.fingerprint == fingerprint) else {
            self.figures.forgotten += 1;
            return Ok(());
        };
        let mut tracked = Tracked::new(Arc::clone(plan));
        for Event { time, source, part } in events {
            if part.member >= plan.members.len() || part.values.len() != plan.width() {
                return Err("an event is not of the rules of the correlation");
            }
            if self.figures.kept >= self.limits.events as u64 {
                self.figures.dropped += 1;
                continue;
            }
            let Part { member, values, matched, mapping } = part;
            let value = Value::of(&plan.correlation, &values).ok_or("an event lacks the value to count")?;
            let place = self.names.place(&source, mapping.as_deref());
            let kept = Member { time, member, place, value, matched, values };
            tracked.restore(kept, &self.limits, &mut self.figures);
        }
        self.put(Name::Correlation(id.into()), Memory::Correlation(tracked))
    }

    fn put(&mut self, name: Name, memory: Memory) -> Result<(), &'static str> {
        let before = self.rules.insert(name, memory);
        before.map_or(Ok(()), |_| Err("the rule stands on an earlier line too"))
    }
}

fn saved(name: &Name, memory: &Memory) -> Saved {
    let id = match name {
        Name::Pattern(id) => id.to_string(),
        Name::Correlation(id) => id.to_string(),
    };
    match memory {
        Memory::Pattern(it) => Saved::Pattern {
            id,
            fingerprint: it.timing().fingerprint,
            events: it
                .events()
                .map(|it| Event { time: it.time, source: it.place.source(), part: it.satisfied.to_vec() })
                .collect(),
        },
        Memory::Correlation(it) => Saved::Correlation {
            id,
            fingerprint: it.plan().fingerprint,
            events: it
                .events()
                .map(|it| Event {
                    time: it.time,
                    source: it.place.source(),
                    part: Part {
                        member: it.member,
                        values: it.values.clone(),
                        matched: it.matched.clone(),
                        mapping: it.place.mapping(),
                    },
                })
                .collect(),
        },
    }
}

fn push_line(text: &mut String, value: &impl Serialize) {
    // Texts and numbers under names that are texts: JSON holds them all.
    let line = serde_json::to_string(value);
    debug_assert!(line.is_ok(), "a state is JSON");
    text.push_str(&line.unwrap_or_default());
    text.push('\n');
}
