//! Holds values against the tables.

use std::collections::HashSet;

use super::extension;
use super::report::{Path, Report, shortened};
use super::rule::{self, Rule};
use super::shape::{Constraint, MAX_INTEGER, Property, Shape, Structure, Targets};
use super::text;
use super::vocabulary::HASH_ALGORITHM;
use super::{container, language, v20};
use crate::id;
use crate::json::{Map, Value};
use crate::object::SpecVersion;
use crate::timestamp::instant;

/// One object being checked.
pub(super) struct Check<'c> {
    pub(super) report: Report<'c>,
    /// The type whose table applies.
    pub(super) object_type: &'c str,
    /// The container, while the observables inside one are checked.
    pub(super) container: Option<&'c Map<'c>>,
    /// Which version of the standard the object follows.
    pub(super) version: SpecVersion,
    /// Whether the values were made invalid on purpose.
    pub(super) defanged: bool,
    /// Whether top-level properties are spoken for by an extension, so that unknown ones need no remark.
    pub(super) extended: bool,
    /// Whether the object was remarked upon for properties of its own.
    pub(super) customised: bool,
}

impl<'c> Check<'c> {
    /// Holds properties against a table.
    pub(super) fn structure(&mut self, structure: &Structure, properties: &'c Map<'c>, path: &Path<'_>) {
        let mut seen = 0_u64;
        for (key, value) in properties.iter() {
            if self.report.is_full() {
                return;
            }
            let here = path.key(key);
            match find(structure, key) {
                Some((index, property)) => {
                    seen |= 1 << (index % 64);
                    self.value(value, property.shape, &here);
                }
                None => self.unknown(key, value, &here),
            }
        }
        for (index, property) in structure.properties.iter().copied().flatten().enumerate() {
            if property.required && seen & (1 << (index % 64)) == 0 {
                self.add(rule::REQUIRED, path, format_args!("the property `{}` is missing", property.name));
            }
        }
        for constraint in structure.constraints {
            self.constraint(constraint, structure, properties, path);
        }
    }

    /// Reports a finding.
    pub(super) fn add(&mut self, rule: &'static Rule, path: &Path<'_>, message: std::fmt::Arguments<'_>) {
        self.report.add(rule, path, message);
    }

    /// Checks that these properties, where present, are strings, be they empty.
    pub(super) fn strings(&mut self, properties: &Map<'_>, names: &[&str], path: &Path<'_>) {
        for name in names {
            if let Some(value) = properties.get(name).filter(|it| it.as_str().is_none()) {
                self.wrong(rule::STRING, value, "a string", &path.key(name));
            }
        }
    }

    /// A property that no table has.
    fn unknown(&mut self, key: &str, value: &'c Value<'c>, path: &Path<'_>) {
        let v20 = self.version == SpecVersion::V20;
        if v20 && let Some(shape) = v20::observable_property(self.object_type, key) {
            return self.value(value, shape, path);
        }
        let top = matches!(path, Path::Key(Path::Root, _));
        if matches!(key, "severity" | "username" | "phone_number" | "phone_numbers" | "action") && top {
            return self.add(rule::RESERVED, path, format_args!("`{key}` is reserved and must not be used"));
        }
        if top && key == "defanged" {
            return self.add(rule::DEFANGED, path, format_args!("only observables are `defanged`"));
        }
        if top && !v20 && text::is_common_property(key) {
            return self.add(
                rule::NOT_FOR_TYPE,
                path,
                format_args!("`{key}` is none of this type's properties"),
            );
        }
        if !text::is_property_name(key) {
            let key = shortened(key);
            self.add(
                rule::PROPERTY_NAME,
                path,
                format_args!("`{key}` is no name for a property; {PROPERTY}"),
            );
        } else if !(self.customised || (self.extended && top) || (v20 && v20::is_own_property(key))) {
            self.customised = true;
            self.add(
                rule::CUSTOM_PROPERTY,
                path,
                format_args!("`{key}` is none of the standard's; an extension should define it"),
            );
        }
        self.value(value, Shape::Any, path);
    }

    /// Holds a value against a shape.
    pub(super) fn value(&mut self, value: &'c Value<'c>, shape: Shape, path: &Path<'_>) {
        match shape {
            Shape::Any => self.any(value, path),
            Shape::Text => {
                self.text(value, path);
            }
            Shape::Boolean => {
                if value.as_bool().is_none() {
                    self.wrong(rule::BOOLEAN, value, "a boolean", path);
                }
            }
            Shape::Integer(min, max) => self.integer(value, rule::INTEGER, min, max, path),
            Shape::Confidence => self.integer(value, rule::CONFIDENCE, 0, 100, path),
            Shape::Float(min, max) => self.float(value, min, max, path),
            Shape::Timestamp => self.timestamp(value, false, path),
            Shape::Version => self.timestamp(value, true, path),
            Shape::Binary => self.format(value, &text::BASE64, path),
            Shape::Hex => self.format(value, &text::HEX, path),
            Shape::Hashes => self.hashes(value, path),
            Shape::Language => {
                if let Some(it) = self.text(value, path) {
                    language::check(it, path, self);
                }
            }
            Shape::Identifier(targets) => self.identifier(value, targets, path),
            Shape::Open(terms) => self.term(value, terms, rule::VOCABULARY, path),
            Shape::Closed(terms) => self.term(value, terms, rule::ENUMERATION, path),
            Shape::Format(format) => self.format(value, format, path),
            Shape::List(item) => self.list(value, *item, path),
            Shape::Object(structure) => match value {
                Value::Object(it) => self.structure(structure, it, path),
                other => self.wrong(rule::DICTIONARY, other, "an object", path),
            },
            Shape::Dictionary(item) => self.dictionary(value, *item, path),
            Shape::Extensions => extension::check(value, path, self),
            Shape::Container => container::check(value, path, self),
            Shape::Elsewhere => {}
        }
    }

    fn wrong(&mut self, rule: &'static Rule, value: &Value<'_>, wants: &str, path: &Path<'_>) {
        let rule = if matches!(value, Value::Null) { rule::JSON } else { rule };
        self.add(rule, path, format_args!("expected {wants}, found {}", value.kind()));
    }

    /// What holds for every value: no `null`, nothing empty.
    fn any(&mut self, value: &'c Value<'c>, path: &Path<'_>) {
        match value {
            Value::Null => {
                self.add(rule::JSON, path, format_args!("`null` is no value; leave the property out"));
            }
            Value::Array(items) => {
                if items.is_empty() {
                    self.add(rule::LIST, path, format_args!("the list is empty; leave the property out"));
                }
                for (index, item) in items.iter().enumerate() {
                    self.any(item, &path.item(index));
                }
            }
            Value::Object(properties) => {
                if properties.is_empty() {
                    self.add(
                        rule::DICTIONARY,
                        path,
                        format_args!("the object is empty; leave the property out"),
                    );
                }
                for (key, value) in properties.iter() {
                    self.any(value, &path.key(key));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, value: &'c Value<'c>, path: &Path<'_>) -> Option<&'c str> {
        let Some(text) = value.as_str() else {
            self.wrong(rule::STRING, value, "a string", path);
            return None;
        };
        if text.is_empty() {
            self.add(rule::STRING_EMPTY, path, format_args!("the string is empty; leave the property out"));
            return None;
        }
        Some(text)
    }

    fn integer(&mut self, value: &Value<'_>, rule: &'static Rule, min: i64, max: i64, path: &Path<'_>) {
        let whole = match value {
            Value::Integer(it) => Some(*it),
            Value::Float(it) if it.fract() == 0.0 && it.abs() <= MAX_INTEGER as f64 => Some(*it as i64),
            _ => None,
        };
        match whole {
            Some(it) if (min..=max).contains(&it) => {}
            Some(it) => self.add(rule, path, format_args!("{it} is not from {min} to {max}")),
            None => self.wrong(rule, value, "an integer", path),
        }
    }

    fn float(&mut self, value: &Value<'_>, min: f64, max: f64, path: &Path<'_>) {
        let number = match value {
            Value::Integer(it) => *it as f64,
            Value::Float(it) => *it,
            other => return self.wrong(rule::FLOAT, other, "a number", path),
        };
        if !(min..=max).contains(&number) {
            self.add(rule::FLOAT, path, format_args!("{number} is not from {min} to {max}"));
        }
    }

    fn timestamp(&mut self, value: &'c Value<'c>, version: bool, path: &Path<'_>) {
        let Some(text) = value.as_str() else {
            return self.wrong(rule::TIMESTAMP, value, "a timestamp", path);
        };
        if instant(text).is_none() {
            let text = shortened(text);
            self.add(
                rule::TIMESTAMP,
                path,
                format_args!("`{text}` is no timestamp; expected `YYYY-MM-DDThh:mm:ss[.s+]Z`"),
            );
        } else if version && text.len() < "2020-01-01T00:00:00.000Z".len() {
            self.add(
                rule::MILLISECONDS,
                path,
                format_args!("`{text}` has fewer than three digits after the second"),
            );
        }
    }

    fn format(&mut self, value: &'c Value<'c>, format: &super::shape::Format, path: &Path<'_>) {
        let Some(text) = self.text(value, path) else { return };
        let excused = format.unless_defanged && self.defanged;
        if !excused && !(format.fits)(text) {
            let text = shortened(text);
            self.add(format.rule, path, format_args!("`{text}` is not {}", format.wants));
        }
    }

    fn term(&mut self, value: &'c Value<'c>, terms: &[&str], rule: &'static Rule, path: &Path<'_>) {
        let Some(text) = self.text(value, path) else { return };
        if !terms.contains(&text) {
            let text = shortened(text);
            self.add(rule, path, format_args!("`{text}` is none of its terms"));
        }
    }

    fn identifier(&mut self, value: &'c Value<'c>, targets: Targets, path: &Path<'_>) {
        let Some(text) = self.text(value, path) else { return };
        if let Some(container) = self.container {
            return container::reference(text, targets, container, path, self);
        }
        if !id::is_identifier(text) || !text::is_rfc_4122(text) {
            let text = shortened(text);
            return self.add(
                rule::IDENTIFIER,
                path,
                format_args!("`{text}` is no identifier; expected `type--UUID`"),
            );
        }
        let object_type = text.split_once("--").map_or(text, |(it, _)| it);
        if !targets.allows(object_type) {
            let rule = match targets {
                Targets::Creator => rule::CREATOR,
                Targets::Marking => rule::MARKING_REFERENCE,
                _ => rule::REFERENCE,
            };
            let wants = targets.wants();
            self.add(rule, path, format_args!("`{text}` is of the type `{object_type}`; expected {wants}"));
        }
    }

    fn list(&mut self, value: &'c Value<'c>, item: Shape, path: &Path<'_>) {
        let Some(items) = value.as_array() else {
            return self.wrong(rule::LIST, value, "a list", path);
        };
        if items.is_empty() {
            return self.add(rule::LIST, path, format_args!("the list is empty; leave the property out"));
        }
        for (index, value) in items.iter().enumerate() {
            self.value(value, item, &path.item(index));
            if self.report.is_full() {
                return;
            }
        }
        if matches!(item, Shape::Identifier(_))
            && let Some(index) = first_repeated(items)
        {
            self.add(
                rule::LIST_REPEATS,
                &path.item(index),
                format_args!("this reference stood in the list before"),
            );
        }
    }

    fn dictionary(&mut self, value: &'c Value<'c>, item: Shape, path: &Path<'_>) {
        let Some(properties) = value.as_object() else {
            return self.wrong(rule::DICTIONARY, value, "a dictionary", path);
        };
        if properties.is_empty() {
            return self.add(
                rule::DICTIONARY,
                path,
                format_args!("the dictionary is empty; leave the property out"),
            );
        }
        for (key, value) in properties.iter() {
            let here = path.key(key);
            if !text::is_dictionary_key(key) {
                let key = shortened(key);
                self.add(rule::DICTIONARY, &here, format_args!("`{key}` is no key; {KEY}"));
            }
            self.value(value, item, &here);
        }
    }

    fn hashes(&mut self, value: &'c Value<'c>, path: &Path<'_>) {
        let Some(hashes) = value.as_object() else {
            return self.wrong(rule::HASHES, value, "an object of hashes", path);
        };
        if hashes.is_empty() {
            return self.add(rule::HASHES, path, format_args!("there is no hash; leave the property out"));
        }
        for (algorithm, value) in hashes.iter() {
            let here = path.key(algorithm);
            if algorithm.len() < 3 || !text::is_dictionary_key(algorithm) {
                let algorithm = shortened(algorithm);
                self.add(
                    rule::HASHES,
                    &here,
                    format_args!("`{algorithm}` is no name of an algorithm; {KEY}"),
                );
            } else if !self.knows_hash(algorithm) {
                self.add(
                    rule::HASH_ALGORITHM,
                    &here,
                    format_args!("`{algorithm}` is none of the vocabulary"),
                );
            }
            if let Some(hash) = self.text(value, &here)
                && !text::is_hash(algorithm, hash)
            {
                let hash = shortened(hash);
                self.add(rule::HASHES, &here, format_args!("`{hash}` is no {algorithm} hash"));
            }
        }
    }

    fn knows_hash(&self, algorithm: &str) -> bool {
        let v20 = self.version == SpecVersion::V20;
        HASH_ALGORITHM.contains(&algorithm) || (v20 && v20::HASH_ALGORITHM.contains(&algorithm))
    }

    fn constraint(
        &mut self,
        constraint: &Constraint,
        structure: &Structure,
        properties: &'c Map<'c>,
        path: &Path<'_>,
    ) {
        let present = |of: &[&str]| of.iter().filter(|it| properties.contains(it)).count();
        let time = |name: &str| instant(properties.get(name)?.as_str()?);
        match constraint {
            Constraint::NotBefore(rule, later, earlier) => {
                if time(later).zip(time(earlier)).is_some_and(|(later, earlier)| later < earlier) {
                    self.add(rule, &path.key(later), format_args!("`{later}` is before `{earlier}`"));
                }
            }
            Constraint::Later(rule, later, earlier) => {
                if time(later).zip(time(earlier)).is_some_and(|(later, earlier)| later <= earlier) {
                    self.add(rule, &path.key(later), format_args!("`{later}` is not later than `{earlier}`"));
                }
            }
            Constraint::AnyOf(rule, of) => {
                if present(of) == 0 {
                    self.add(rule, path, format_args!("at least one of {} must be present", quoted(of)));
                }
            }
            Constraint::OneOf(rule, of) => {
                if present(of) != 1 {
                    self.add(rule, path, format_args!("exactly one of {} must be present", quoted(of)));
                }
            }
            Constraint::Needs(rule, property, needs) => {
                if properties.contains(property) && !properties.contains(needs) {
                    self.add(
                        rule,
                        &path.key(property),
                        format_args!("`{property}` needs `{needs}` beside it"),
                    );
                }
            }
            Constraint::Something(rule) => {
                let own = structure.properties.last().copied().unwrap_or_default();
                let counts = |name: &str| {
                    name == "extensions"
                        || own.iter().any(|it| it.name == name)
                        || (self.version == SpecVersion::V20
                            && v20::observable_property(self.object_type, name).is_some())
                };
                if !properties.iter().any(|(name, _)| counts(name)) {
                    self.add(rule, path, format_args!("at least one of its own properties must be present"));
                }
            }
            Constraint::Also(check) => check(properties, path, self),
        }
    }
}

/// How names are made, for messages.
const PROPERTY: &str = "expected 3 to 250 of a-z, 0-9 and `_`, a letter first";
const KEY: &str = "expected letters, digits, `-` and `_`, at most 250";

fn find(structure: &Structure, name: &str) -> Option<(usize, &'static Property)> {
    structure.properties.iter().copied().flatten().enumerate().find(|(_, it)| it.name == name)
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// The place of the first string that stood in the list before.
pub(super) fn first_repeated(items: &[Value<'_>]) -> Option<usize> {
    if items.len() <= 16 {
        return items
            .iter()
            .enumerate()
            .find(|(at, it)| items.iter().take(*at).any(|past| past == *it))
            .map(|(at, _)| at);
    }
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().position(|it| it.as_str().is_some_and(|it| !seen.insert(it)))
}
