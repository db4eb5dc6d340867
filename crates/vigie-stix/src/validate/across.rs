//! What only several objects together can break: versions, identifiers, references.
//!
//! Every pass is linear in the text, whatever a hostile bundle holds. Start with [`validate_bundle`].

use std::collections::{BTreeMap, HashMap, HashSet};

use super::report::{Finding, Of, Path, Report, Subject};
use super::{rule, text, validate_object_within};
use crate::bundle::{self, BadBundle, BadPart, Container, Limits, Part, Parts};
use crate::id::{self, StixId};
use crate::json::Value;
use crate::marking::Tlp;
use crate::object::{BadObject, Kind, Object};
use crate::timestamp::Timestamp;

mod content;

/// Everything about the objects in a text that departs from the standard, the text being a bundle, an envelope, a
/// list or one object.
pub fn validate_bundle(text: &str, limits: Limits) -> Result<Vec<Finding>, BadBundle> {
    Ok(validate_parts(&bundle::split(text, limits)?, limits))
}

/// The same for a text that is split already.
pub fn validate_parts(parts: &Parts<'_>, limits: Limits) -> Vec<Finding> {
    let max = limits.max_findings;
    let mut findings = container(parts, max);
    let mut seen = Seen::default();
    for part in &parts.objects {
        match Object::parse(part.text) {
            Ok(object) => {
                findings.extend(validate_object_within(&object, max));
                seen.note(&object, *part);
            }
            Err(error) => findings.push(unreadable(part.index, &error)),
        }
        if findings.len() > limits.max_findings_in_all {
            return cut_short(findings, limits.max_findings_in_all);
        }
    }
    findings.extend(parts.refused.iter().copied().map(refused));
    if parts.container == Container::Bundle {
        seen.dangling(max, &mut findings);
    }
    seen.same_uuid(&mut findings);
    seen.circles(&mut findings);
    seen.translations(max, &mut findings);
    seen.versions(max, &mut findings);
    cut_short(findings, limits.max_findings_in_all)
}

fn cut_short(mut findings: Vec<Finding>, max: usize) -> Vec<Finding> {
    if findings.len() > max {
        findings.truncate(max);
        findings.push(Finding {
            subject: Subject::Bundle,
            rule: rule::TOO_MANY.id,
            path: String::new(),
            severity: rule::Severity::Error,
            message: format!("only the first {max} findings are shown; the rest was not looked at"),
        });
    }
    findings
}

/// The bundle itself (section 8).
fn container(parts: &Parts<'_>, max: usize) -> Vec<Finding> {
    let mut report = Report::new(Of::Bundle, max);
    if parts.container != Container::Bundle {
        return report.into_findings();
    }
    let root = Path::Root;
    let v20 = parts.outer.get("spec_version").and_then(Value::as_str) == Some("2.0");
    match parts.outer.get("id").map(Value::as_str) {
        Some(Some(id)) if id::is_identifier(id) && id.starts_with("bundle--") && text::is_rfc_4122(id) => {
            if text::uuid_version(id).0 != b'4' {
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
        let known = matches!(key, "type" | "id") || (v20 && key == "spec_version");
        if !known {
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
    let (rule, property, message) = match error {
        BadObject::Json(_) | BadObject::NotAnObject(_) => (rule::JSON, "", error.to_string()),
        BadObject::Bundle => (rule::BUNDLE, "type", error.to_string()),
        BadObject::Missing(_) => (rule::REQUIRED, "", error.to_string()),
        BadObject::NotAString { property, found } => {
            (rule::STRING, *property, format!("expected a string, found {found}"))
        }
        BadObject::Id(error) => (rule::IDENTIFIER, "id", error.to_string()),
        BadObject::OtherType { .. } => (rule::IDENTIFIER, "id", error.to_string()),
        BadObject::Timestamp { property, error } => (rule::TIMESTAMP, *property, error.to_string()),
        BadObject::SpecVersion(_) => (rule::SPEC_VERSION, "spec_version", error.to_string()),
    };
    let (subject, path) = (Subject::Item(index), property.to_owned());
    Finding { subject, rule: rule.id, path, severity: rule.severity, message }
}

fn refused(bad: BadPart) -> Finding {
    let (BadPart::NotAnObject { index, .. } | BadPart::TooLong { index, .. }) = bad;
    about(Subject::Item(index), rule::JSON, "", bad.to_string())
}

fn about(subject: Subject, rule: &'static rule::Rule, path: &str, message: String) -> Finding {
    Finding { subject, rule: rule.id, path: path.to_owned(), severity: rule.severity, message }
}

/// What is kept of each object for the rules across objects.
struct Noted<'t> {
    id: StixId,
    kind: Kind,
    created: Option<i128>,
    modified: Option<i128>,
    creator: Option<String>,
    revoked: bool,
    references: Vec<(String, String)>,
    text: &'t str,
}

#[derive(Default)]
struct Seen<'t> {
    objects: Vec<Noted<'t>>,
}

impl<'t> Seen<'t> {
    fn note(&mut self, object: &Object<'t>, part: Part<'t>) {
        self.objects.push(Noted {
            id: object.id().clone(),
            kind: object.kind(),
            created: object.created().map(Timestamp::nanos),
            modified: object.version().map(Timestamp::nanos),
            creator: object.created_by_ref().map(str::to_owned),
            revoked: object.is_revoked(),
            references: object.references().into_iter().map(|it| (it.path, it.target.to_owned())).collect(),
            text: part.text,
        });
    }

    /// References to what is not in the bundle. The definitions of TLP need not be there.
    fn dangling(&self, max: usize, findings: &mut Vec<Finding>) {
        let present: HashSet<&str> = self.objects.iter().map(|it| it.id.as_str()).collect();
        for it in &self.objects {
            let mut report = Report::new(Of::Object(&it.id), max);
            for (path, target) in &it.references {
                if !present.contains(target.as_str()) && Tlp::of_marking(target).is_none() {
                    let path = Path::Root.written(path);
                    report.add(rule::DANGLING, &path, format_args!("`{target}` is not in the bundle"));
                }
            }
            findings.extend(report.into_findings());
        }
    }

    /// One UUID under several types (section 2.9).
    fn same_uuid(&self, findings: &mut Vec<Finding>) {
        let mut types: HashMap<uuid::Uuid, &str> = HashMap::with_capacity(self.objects.len());
        for it in &self.objects {
            let object_type = it.id.object_type();
            let first = *types.entry(it.id.uuid()).or_insert(object_type);
            if first != object_type {
                let message = format!("its UUID is also that of an object of the type `{first}`");
                findings.push(about(Subject::Object(it.id.clone()), rule::UUID_REUSED, "id", message));
            }
        }
    }

    /// Marking definitions that mark each other in a circle: one finding where a walk along the marks comes back to
    /// its own way.
    fn circles(&self, findings: &mut Vec<Finding>) {
        let definitions = self.objects.iter().filter(|it| it.kind == Kind::MarkingDefinition);
        let by_id: HashMap<&str, &Noted<'_>> = definitions.clone().map(|it| (it.id.as_str(), it)).collect();
        let marks = |it: &Noted<'t>| {
            let marking =
                |path: &str| path.starts_with("object_marking") || path.starts_with("granular_marking");
            let marks =
                it.references.iter().filter(|(path, target)| marking(path) && target != it.id.as_str());
            marks.map(|(_, target)| target.clone()).collect::<Vec<_>>()
        };
        let mut done: HashSet<String> = HashSet::new();
        for start in definitions {
            if done.contains(start.id.as_str()) {
                continue;
            }
            // The way walked, each step with the marks that are still to be followed from there.
            let mut way = vec![(start.id.to_string(), marks(start))];
            let mut on_way = HashSet::from([start.id.to_string()]);
            while let Some((id, open)) = way.last_mut() {
                match open.pop() {
                    Some(next) if on_way.contains(&next) => {
                        let subject = next.parse().map_or(Subject::Bundle, Subject::Object);
                        let message = "the marking definition marks itself by way of others".to_owned();
                        findings.push(about(subject, rule::MARKING_CIRCLE, "", message));
                    }
                    Some(next) => {
                        if let Some(it) = by_id.get(next.as_str()).filter(|_| !done.contains(&next)) {
                            on_way.insert(next.clone());
                            way.push((next, marks(it)));
                        }
                    }
                    None => {
                        on_way.remove(id);
                        done.insert(std::mem::take(id));
                        way.pop();
                    }
                }
            }
        }
    }

    /// Translations of properties that the translated object does not have (section 7.1).
    fn translations(&self, max: usize, findings: &mut Vec<Finding>) {
        let mut places: HashMap<(&str, Option<i128>), usize> = HashMap::with_capacity(self.objects.len());
        for (place, it) in self.objects.iter().enumerate() {
            places.insert((it.id.as_str(), it.modified), place);
            let latest = places.entry((it.id.as_str(), None)).or_insert(place);
            if self.objects.get(*latest).is_none_or(|latest| latest.modified < it.modified) {
                *latest = place;
            }
        }
        // By what they translate, so that each of these is read once.
        let mut languages: BTreeMap<usize, Vec<&Noted<'_>>> = BTreeMap::new();
        for it in self.objects.iter().filter(|it| it.kind == Kind::LanguageContent) {
            let target = content::translates(it.text);
            let place = target.and_then(|(id, version)| places.get(&(id.as_str(), version)).copied());
            if let Some(place) = place {
                languages.entry(place).or_default().push(it);
            }
        }
        for (place, languages) in languages {
            let Some(Ok(object)) = self.objects.get(place).map(|it| Object::parse(it.text)) else { continue };
            for language in languages {
                let mut report = Report::new(Of::Object(&language.id), max);
                content::translated(language.text, &object, &mut report);
                findings.extend(report.into_findings());
            }
        }
    }

    /// The rules of versioning (section 3.6).
    fn versions(&self, max: usize, findings: &mut Vec<Finding>) {
        let mut by_id: HashMap<&StixId, Vec<&Noted<'_>>> = HashMap::with_capacity(self.objects.len());
        for it in &self.objects {
            by_id.entry(&it.id).or_default().push(it);
        }
        for it in &self.objects {
            // Taken out, so that each identifier is judged once, in the order of the bundle.
            if let Some(mut versions) = by_id.remove(&it.id)
                && versions.len() > 1
            {
                versions.sort_by_key(|it| it.modified);
                let mut report = Report::new(Of::Object(&it.id), max);
                for pair in versions.windows(2) {
                    if let [older, newer] = pair {
                        successive(older, newer, &mut report);
                    }
                }
                findings.extend(report.into_findings());
            }
        }
    }
}

fn successive(older: &Noted<'_>, newer: &Noted<'_>, report: &mut Report<'_>) {
    let root = Path::Root;
    if older.modified == newer.modified {
        if content::same(older.text, newer.text) {
            report.add(
                rule::VERSION_REPEATED,
                &root,
                format_args!("the same version stands twice in the bundle"),
            );
        } else {
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
