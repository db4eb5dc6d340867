//! Making an event of a record and its mapping.

use super::{Class, Mappings, Worded};
use crate::flat::Flat;
use crate::seen::Seen;
use crate::summary::Notes;
use crate::{Format, Limits, time};
use std::borrow::Cow;
use vigie_model::event::{Event, Field, Scalar, Wanted};

/// Texts that stand where a log has nothing to say.
const NOTHING: &[&str] = &["", "-", "N/A"];

impl Mappings {
    /// The event of a record, as far as it is wanted. Its fields begin with those of the record itself; what is added
    /// stands behind them. Where they are not wanted, the second value has the record's own.
    pub(crate) fn event<'a>(
        &'a self,
        flat: Flat<'a>,
        format: Format,
        wanted: Wanted,
        limits: &Limits,
        notes: &mut Notes,
    ) -> (Event<'a>, Vec<Field<'a>>) {
        let class = self.class(format, &flat.kind, &flat.fields);
        let mut event = match class {
            Some(class) if wanted.observables => class.seen(&flat, format, limits, notes),
            _ => Event::default(),
        };
        event.time = flat.time.or_else(|| class?.time(&flat));
        event.kind = flat.kind;
        if !wanted.fields {
            return (event, flat.fields);
        }
        add(&mut event, class, flat.fields, limits);
        (event, Vec::new())
    }

    /// Gives an event its class and its fields.
    pub(crate) fn add_fields<'a>(
        &'a self,
        event: &mut Event<'a>,
        format: Format,
        fields: Vec<Field<'a>>,
        limits: &Limits,
    ) {
        let class = self.class(format, &event.kind, &fields);
        add(event, class, fields, limits);
    }
}

fn add<'a>(event: &mut Event<'a>, class: Option<&'a Class>, mut fields: Vec<Field<'a>>, limits: &Limits) {
    if let Some(class) = class {
        class.add_fields(&mut fields, limits);
    }
    event.log = class.map(|it| &it.log);
    event.fields = fields;
}

impl Class {
    /// What the fields say in terms of STIX.
    fn seen<'a>(&self, flat: &Flat<'a>, format: Format, limits: &Limits, notes: &mut Notes) -> Event<'a> {
        let mut seen = Seen::new(limits.max_observables);
        for field in &flat.fields {
            let Some(text) = field.value.text().filter(|it| !NOTHING.contains(it)) else { continue };
            for meaning in self.rules.get(&*field.name).map_or(&[][..], |it| &it.meanings) {
                if !seen.take(*meaning, shared(field, text)) {
                    notes.count(&format!("{format} value"), &field.name);
                }
            }
        }
        if seen.is_full() {
            notes.count(format.name(), "values beyond the limit");
        }
        seen.finish()
    }

    fn time(&self, flat: &Flat<'_>) -> Option<i64> {
        let text = |name: &str| flat.fields.iter().find(|it| it.name == name)?.value.text();
        self.time.iter().find_map(|it| text(it).and_then(|it| time::iso(it).or_else(|| time::epoch(it))))
    }

    /// Adds each field's further names, what it says in other words, and the fields that are made of others.
    fn add_fields<'a>(&'a self, fields: &mut Vec<Field<'a>>, limits: &Limits) {
        let mut seen = Marks::default();
        for field in &*fields {
            seen.add(&field.name);
        }
        for at in 0..fields.len() {
            let Some(rule) = fields.get(at).and_then(|it| self.rules.get(&*it.name)) else { continue };
            for name in &rule.names {
                let Some(Field { value, .. }) = fields.get(at) else { break };
                let value = value.clone();
                let known = seen.has(name) && fields.iter().any(|it| it.name == **name && it.value == value);
                if !known && fields.len() < limits.max_observables {
                    seen.add(name);
                    fields.push(Field { name: Cow::Borrowed(name), value });
                }
            }
            for Worded { name, words } in &rule.worded {
                let text = fields.get(at).and_then(|it| it.value.text());
                let Some(word) = text.and_then(|it| words.get(&*it.to_ascii_lowercase())) else { continue };
                let known = seen.has(name) && fields.iter().any(|it| it.name == **name);
                if !known && fields.len() < limits.max_observables {
                    seen.add(name);
                    fields
                        .push(Field { name: Cow::Borrowed(name), value: Scalar::Text(Cow::Borrowed(word)) });
                }
            }
        }
        for derive in &self.derive {
            derive.add(fields);
        }
    }
}

/// Which names there can be: a mark for each, by its length, first and last byte. Most names that are added are new, which
/// their marks tell without a look at all others.
#[derive(Default)]
struct Marks([u64; 4]);

impl Marks {
    fn place(name: &str) -> (usize, u64) {
        let end = |it: Option<&u8>| usize::from(it.copied().unwrap_or(0));
        let bytes = name.as_bytes();
        let mark = bytes.len() * 31 + end(bytes.first()) * 7 + end(bytes.last());
        (mark / 64 % 4, 1 << (mark % 64))
    }

    fn add(&mut self, name: &str) {
        let (word, bit) = Self::place(name);
        if let Some(it) = self.0.get_mut(word) {
            *it |= bit;
        }
    }

    fn has(&self, name: &str) -> bool {
        let (word, bit) = Self::place(name);
        self.0.get(word).is_some_and(|it| it & bit != 0)
    }
}

/// The text of a field, borrowed where the field is.
fn shared<'a>(field: &Field<'a>, text: &str) -> Cow<'a, str> {
    use vigie_model::event::Scalar::{Number, Text};
    match &field.value {
        Text(it) | Number(it) => it.clone(),
        _ => Cow::Owned(text.to_owned()),
    }
}
