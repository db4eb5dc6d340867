//! Meta objects: language content, marking definitions and extension definitions (section 7).

use super::check::Check;
use super::common_properties::{EXTENSION_DEFINITION, LANGUAGE_CONTENT, MARKING};
use super::language;
use super::report::{Path, shortened};
use super::rule;
use super::shape::{Constraint, Shape, Structure, TEXTS, Targets, Text, Timestamp, may, must};
use super::text;
use super::vocabulary::EXTENSION_TYPE;
use crate::json::{Map, Value};
use crate::marking::{TLP_EXTENSION, Tlp};

/// The table of a type.
pub(super) fn structure(object_type: &str) -> Option<&'static Structure> {
    match object_type {
        "language-content" => Some(&LANGUAGE),
        "marking-definition" => Some(&MARKING_DEFINITION),
        "extension-definition" => Some(&EXTENSION),
        _ => None,
    }
}

/// Section 7.1
static LANGUAGE: Structure = Structure {
    properties: &[
        LANGUAGE_CONTENT,
        &[
            must("object_ref", Shape::Identifier(Targets::Translated)),
            may("object_modified", Timestamp),
            must("contents", Shape::Elsewhere),
        ],
    ],
    constraints: &[Constraint::Also(translations)],
};

/// Section 7.2.1
static MARKING_DEFINITION: Structure = Structure {
    properties: &[
        MARKING,
        &[may("name", Text), may("definition_type", Text), may("definition", Shape::Elsewhere)],
    ],
    constraints: &[Constraint::Also(definition)],
};

/// Section 7.3
static EXTENSION: Structure = Structure {
    properties: &[
        EXTENSION_DEFINITION,
        &[
            must("name", Text),
            may("description", Text),
            must("schema", Text),
            must("version", Shape::Format(&text::SEMANTIC_VERSION)),
            must("extension_types", Shape::List(&Shape::Closed(EXTENSION_TYPE))),
            may("extension_properties", TEXTS),
        ],
    ],
    constraints: &[Constraint::Also(extension_properties)],
};

fn translations(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let here = path.key("contents");
    let Some(contents) = properties.get("contents") else { return };
    let Some(languages) = contents.as_object().filter(|it| !it.is_empty()) else {
        return check.add(
            rule::LANGUAGE_CONTENT,
            &here,
            format_args!("expected an object with at least one language"),
        );
    };
    for (code, texts) in languages.iter() {
        let here = here.key(code);
        language::check(code, &here, check);
        let Some(texts) = texts.as_object().filter(|it| !it.is_empty()) else {
            check.add(
                rule::LANGUAGE_CONTENT,
                &here,
                format_args!("expected an object with at least one property"),
            );
            continue;
        };
        for (name, text) in texts.iter() {
            if !text::is_property_name(name) {
                let name = shortened(name);
                check.add(
                    rule::LANGUAGE_CONTENT,
                    &here.key(name),
                    format_args!("`{name}` is no name for a property"),
                );
            }
            if matches!(text, Value::Null) {
                check.add(
                    rule::JSON,
                    &here.key(name),
                    format_args!("`null` is no value; leave the property out"),
                );
            }
        }
    }
}

/// What a marking definition says is of its type, and of TLP only what is standard.
pub(super) fn definition(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let id = properties.get("id").and_then(Value::as_str).unwrap_or_default();
    let tlp_2 = properties.get("extensions").and_then(|it| it.get(TLP_EXTENSION)?.get("tlp_2_0"));
    if let Some(level) = tlp_2 {
        let standard = Tlp::ALL.iter().find(|it| it.marking_id() == id);
        if standard.is_none_or(|it| level.as_str() != Some(it.as_str())) {
            let rule = rule::MARKING_TLP_2;
            check.add(
                rule,
                path,
                format_args!("TLP 2.0 has five definitions of fixed id; this is none of them"),
            );
        }
    }
    let definition = properties.get("definition");
    let here = path.key("definition");
    match (properties.get("definition_type").and_then(Value::as_str), definition) {
        (None, None) if properties.contains("extensions") => {}
        (Some("statement"), Some(it)) if it.get("statement").and_then(Value::as_str).is_some() => {}
        (Some("statement"), Some(_)) => {
            check.add(rule::MARKING_DEFINITION, &here, format_args!("a statement must have a `statement`"));
        }
        (Some("tlp"), Some(it)) => {
            let level = it.get("tlp").and_then(Value::as_str);
            if !is_tlp_1(id, level) {
                check.add(
                    rule::MARKING_TLP,
                    &here,
                    format_args!("only the four definitions of the standard are of the type `tlp`"),
                );
            }
        }
        (Some(other), Some(it)) => {
            let other = shortened(other);
            check.add(rule::MARKING_TYPE, path, format_args!("`{other}` is neither `tlp` nor `statement`"));
            if it.as_object().is_none_or(Map::is_empty) {
                check.add(
                    rule::MARKING_DEFINITION,
                    &here,
                    format_args!("expected an object that says something"),
                );
            }
        }
        _ => check.add(
            rule::MARKING_DEFINITION,
            path,
            format_args!(
                "`definition_type` and `definition` must be present, or an extension instead of both"
            ),
        ),
    }
}

/// Whether a definition of the type `tlp` is one of the four: section 7.2.1.4.
fn is_tlp_1(id: &str, level: Option<&str>) -> bool {
    let standard = Tlp::ALL.iter().find(|it| it.tlp1_marking_id() == Some(id));
    let word = standard.map(|it| if *it == Tlp::Clear { "white" } else { it.as_str() });
    word.is_some() && word == level
}

fn extension_properties(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let types = properties.get("extension_types").and_then(Value::as_array).unwrap_or_default();
    let top = types.iter().any(|it| it.as_str() == Some("toplevel-property-extension"));
    if properties.contains("extension_properties") && !top {
        check.add(
            rule::EXTENSION_PROPERTIES,
            &path.key("extension_properties"),
            format_args!("`extension_properties` goes with the type `toplevel-property-extension` only"),
        );
    }
}
