//! What only several objects together can break: versions, identifiers, references.

use std::collections::{HashMap, HashSet};

use super::report::{Finding, Of, Path, Report};
use super::{rule, validate_object_within};
use crate::bundle::{self, BadBundle, BadPart, Container, Limits, Part, Parts};
use crate::id;
use crate::json::{Map, Value};
use crate::object::{BadObject, Kind, Object, SpecVersion};
use crate::timestamp::{Timestamp, instant};

/// Everything about the objects in a text that departs from the standard, the text being a bundle, an envelope, a
/// list or one object.
pub fn validate_bundle(text: &str, limits: Limits) -> Result<Vec<Finding>, BadBundle> {
    Ok(validate_parts(&bundle::split(text, limits)?, limits.max_findings))
}

/// The same for a text that is split already; at most so many findings for each object.
pub fn validate_parts(parts: &Parts<'_>, max_findings: usize) -> Vec<Finding> {
    let mut findings = container(parts, max_findings);
    let mut seen = Seen::default();
    for part in &parts.objects {
        match Object::parse(part.text) {
            Ok(object) => {
                findings.extend(validate_object_within(&object, max_findings));
                seen.note(&object, *part);
            }
            Err(error) => findings.push(unreadable(part.index, &error)),
        }
    }
    for bad in &parts.refused {
        findings.push(refused(*bad));
    }
    let mut report = Report::new(Of::Bundle, max_findings);
    if parts.container != Container::Bare {
        seen.dangling(&mut report);
    }
    seen.same_uuid(&mut report);
    seen.circles(&mut report);
    seen.translations(&mut report);
    findings.extend(report.into_findings());
    findings.extend(seen.versions(max_findings));
    findings
}

/// The bundle itself (section 8).
fn container(parts: &Parts<'_>, max_findings: usize) -> Vec<Finding> {
    let mut report = Report::new(Of::Bundle, max_findings);
    if parts.container != Container::Bundle {
        return report.into_findings();
    }
    let root = Path::Root;
    let v20 = parts.outer.get("spec_version").and_then(Value::as_str) == Some("2.0");
    match parts.outer.get("id").map(Value::as_str) {
        Some(Some(id))
            if id::is_identifier(id) && id.starts_with("bundle--") && super::text::is_rfc_4122(id) =>
        {
            if super::text::uuid_version(id).0 != b'4' {
                report.add(rule::UUID_VERSION, &root.key("id"), format_args!("the UUID is not of version 4"));
            }
        }
        Some(_) => report.add(rule::BUNDLE, &root.key("id"), format_args!("expected `bundle--UUID`")),
        None => report.add(rule::BUNDLE, &root, format_args!("the property `id` is missing")),
    }
    if parts.has_objects && parts.objects.is_empty() && parts.refused.is_empty() {
        report.add(
            rule::LIST,
            &root.key("objects"),
            format_args!("the list is empty; leave the property out"),
        );
    }
    for (key, value) in parts.outer.iter() {
        if !matches!(key, "type" | "id") && !(v20 && key == "spec_version") {
            report.add(rule::BUNDLE_PROPERTY, &root.key(key), format_args!("a bundle has no such property"));
        }
        if matches!(value, Value::Null) {
            report.add(
                rule::JSON,
                &root.key(key),
                format_args!("`null` is no value; leave the property out"),
            );
        }
    }
    report.into_findings()
}

fn unreadable(index: usize, error: &BadObject) -> Finding {
    let mut report = Report::new(Of::Item(index), 1);
    let (rule, property) = match error {
        BadObject::Json(_) | BadObject::NotAnObject(_) => (rule::JSON, None),
        BadObject::Bundle => (rule::BUNDLE, Some("type")),
        BadObject::Missing(_) => (rule::REQUIRED, None),
        BadObject::NotAString { property, .. } => (rule::STRING, Some(*property)),
        BadObject::Id(_) | BadObject::OtherType { .. } => (rule::IDENTIFIER, Some("id")),
        BadObject::Timestamp { property, .. } => (rule::TIMESTAMP, Some(*property)),
        BadObject::SpecVersion(_) => (rule::SPEC_VERSION, Some("spec_version")),
    };
    let root = Path::Root;
    let path = property.map_or(root, |it| root.key(it));
    report.add(rule, &path, format_args!("{error}"));
    report.into_findings().remove(0)
}

fn refused(bad: BadPart) -> Finding {
    let (BadPart::NotAnObject { index, .. } | BadPart::TooLong { index, .. }) = bad;
    let mut report = Report::new(Of::Item(index), 1);
    report.add(rule::JSON, &Path::Root, format_args!("{bad}"));
    report.into_findings().remove(0)
}

/// What is kept of each object for the rules across objects.
struct Noted<'t> {
    id: String,
    kind: Kind,
    v21: bool,
    created: Option<i128>,
    modified: Option<i128>,
    creator: Option<String>,
    revoked: bool,
    text: &'t str,
}

#[derive(Default)]
struct Seen<'t> {
    objects: Vec<Noted<'t>>,
    /// From object, by its place in `objects`, at a path, to an identifier.
    references: Vec<(usize, String, String)>,
}

impl<'t> Seen<'t> {
    fn note(&mut self, object: &Object<'t>, part: Part<'t>) {
        let place = self.objects.len();
        for it in object.references() {
            self.references.push((place, it.path, it.target.to_owned()));
        }
        self.objects.push(Noted {
            id: object.id().to_string(),
            kind: object.kind(),
            v21: object.spec_version() == SpecVersion::V21,
            created: object.created().map(Timestamp::nanos),
            modified: object.version().map(Timestamp::nanos),
            creator: object.created_by_ref().map(str::to_owned),
            revoked: object.is_revoked(),
            text: part.text,
        });
    }

    /// References to what is not in the bundle. The definitions of TLP need not be there.
    fn dangling(&self, report: &mut Report<'_>) {
        let present: HashSet<&str> = self.objects.iter().map(|it| it.id.as_str()).collect();
        for (place, path, target) in &self.references {
            if !present.contains(target.as_str()) && crate::marking::Tlp::of_marking(target).is_none() {
                let id = self.objects.get(*place).map_or("", |it| it.id.as_str());
                let root = Path::Root;
                report.add(
                    rule::DANGLING,
                    &root.key(id).key(path),
                    format_args!("`{target}` is not in the bundle"),
                );
            }
        }
    }

    /// One UUID under several types (section 2.9).
    fn same_uuid(&self, report: &mut Report<'_>) {
        let mut types: HashMap<&str, &str> = HashMap::with_capacity(self.objects.len());
        for it in &self.objects {
            let Some((object_type, uuid)) = it.id.split_once("--") else { continue };
            let first = *types.entry(uuid).or_insert(object_type);
            if first != object_type {
                report.add(
                    rule::UUID_REUSED,
                    &Path::Root.key(&it.id),
                    format_args!("its UUID is also that of an object of the type `{first}`"),
                );
            }
        }
    }

    /// Marking definitions that mark each other in a circle.
    fn circles(&self, report: &mut Report<'_>) {
        let mut marked_by: HashMap<&str, Vec<&str>> = HashMap::new();
        for (place, path, target) in &self.references {
            let marks = path.starts_with("object_marking_refs") || path.starts_with("granular_markings");
            if let Some(it) = self.objects.get(*place)
                && marks
                && it.kind == Kind::MarkingDefinition
                && it.id != *target
            {
                marked_by.entry(&it.id).or_default().push(target);
            }
        }
        for start in marked_by.keys() {
            if reaches(&marked_by, start) {
                report.add(
                    rule::MARKING_CIRCLE,
                    &Path::Root.key(start),
                    format_args!("the marking definition marks itself by way of others"),
                );
            }
        }
    }

    /// Translations of properties that the translated object does not have (section 7.1).
    fn translations(&self, report: &mut Report<'_>) {
        for it in self.objects.iter().filter(|it| it.kind == Kind::LanguageContent) {
            let Ok(language) = Object::parse(it.text) else { continue };
            let target = language.get("object_ref").and_then(Value::as_str);
            let modified = language.get("object_modified").and_then(Value::as_str).and_then(instant);
            let wanted = |it: &&Noted<'_>| {
                Some(it.id.as_str()) == target && modified.is_none_or(|at| it.modified == Some(at))
            };
            let Some(target) = self.objects.iter().filter(wanted).max_by_key(|it| it.modified) else {
                continue;
            };
            let Ok(target) = Object::parse(target.text) else { continue };
            let contents = language.get("contents").and_then(Value::as_object);
            for (code, texts) in contents.into_iter().flat_map(Map::iter) {
                for (name, _) in texts.as_object().into_iter().flat_map(Map::iter) {
                    if target.get(name).is_none() {
                        let (root, id) = (Path::Root, target.id());
                        report.add(
                            rule::LANGUAGE_CONTENT_PLACE,
                            &root.key(&it.id).key("contents").key(code).key(name),
                            format_args!("`{id}` has no property `{}`", super::report::shortened(name)),
                        );
                    }
                }
            }
        }
    }

    /// The rules of versioning (section 3.6).
    fn versions(&self, max_findings: usize) -> Vec<Finding> {
        let mut by_id: HashMap<&str, Vec<&Noted<'_>>> = HashMap::with_capacity(self.objects.len());
        for it in &self.objects {
            by_id.entry(&it.id).or_default().push(it);
        }
        let mut findings = Vec::new();
        for it in &self.objects {
            // Taken out, so that each identifier is judged once, in the order of the bundle.
            if let Some(mut versions) = by_id.remove(it.id.as_str())
                && versions.len() > 1
                && let Ok(id) = it.id.parse()
            {
                versions.sort_by_key(|it| it.modified);
                let mut report = Report::new(Of::Object(&id), max_findings);
                for pair in versions.windows(2) {
                    if let [older, newer] = pair {
                        successive(older, newer, &mut report);
                    }
                }
                findings.extend(report.into_findings());
            }
        }
        findings
    }
}

/// Whether a marking definition can be reached from itself.
fn reaches(marked_by: &HashMap<&str, Vec<&str>>, start: &str) -> bool {
    let mut open: Vec<&str> = marked_by.get(start).cloned().unwrap_or_default();
    let mut done = HashSet::new();
    while let Some(id) = open.pop() {
        if id == start {
            return true;
        }
        if done.insert(id) {
            open.extend(marked_by.get(id).into_iter().flatten());
        }
    }
    false
}

fn successive(older: &Noted<'_>, newer: &Noted<'_>, report: &mut Report<'_>) {
    let root = Path::Root;
    if older.modified == newer.modified {
        if same_content(older.text, newer.text) {
            report.add(
                rule::VERSION_REPEATED,
                &root,
                format_args!("the same version stands twice in the bundle"),
            );
        } else if older.modified.is_some() || older.v21 {
            report.add(
                rule::VERSION_CONTENT,
                &root,
                format_args!("the same version stands twice in the bundle, with different content"),
            );
        }
        return;
    }
    if older.created != newer.created {
        report.add(
            rule::VERSION_CREATED,
            &root.key("created"),
            format_args!("another version has another `created`"),
        );
    }
    if older.creator != newer.creator {
        report.add(
            rule::VERSION_CREATOR,
            &root.key("created_by_ref"),
            format_args!("another version has another creator; only the creator makes versions"),
        );
    }
    if older.revoked {
        report.add(rule::VERSION_REVOKED, &root, format_args!("a version follows the one that is revoked"));
    }
}

/// Whether two texts say the same, whatever the order of properties.
fn same_content(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (crate::json::parse(one), crate::json::parse(other)) {
        (Ok(one), Ok(other)) => same_value(&one, &other),
        _ => false,
    }
}

fn same_value(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let found = sorted(other);
            one.len() == other.len()
                && sorted(one)
                    .iter()
                    .zip(&found)
                    .all(|(one, other)| one.0 == other.0 && same_value(one.1, other.1))
        }
        _ => one == other,
    }
}

fn sorted<'m, 'a>(map: &'m Map<'a>) -> Vec<(&'m str, &'m Value<'a>)> {
    let mut properties: Vec<_> = map.iter().collect();
    properties.sort_unstable_by_key(|(key, _)| *key);
    properties
}
