//! The references of an object to others.

use crate::id;
use crate::json::{Map, Value};

/// One reference: where it stands and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'o> {
    /// Where it stands, in the syntax of selectors (section 7.2.3.1): `object_refs.[2]`.
    pub path: String,
    /// The identifier that it names.
    pub target: &'o str,
}

/// Finds every reference in the properties, at any depth.
pub(super) fn collect<'o>(properties: &'o Map<'_>) -> Vec<Reference<'o>> {
    let mut found = Vec::new();
    let mut place = Vec::new();
    for (key, value) in properties.iter() {
        visit(key, value, &mut place, &mut found);
    }
    found
}

/// One step of the way to the value at hand.
#[derive(Clone, Copy)]
enum Step<'o> {
    Key(&'o str),
    Index(usize),
}

fn visit<'o>(key: &'o str, value: &'o Value<'_>, place: &mut Vec<Step<'o>>, found: &mut Vec<Reference<'o>>) {
    place.push(Step::Key(key));
    match value {
        Value::String(it) if key.ends_with("_ref") && id::is_identifier(it) => {
            found.push(Reference { path: written(place), target: it });
        }
        Value::Array(items) => {
            let refs = key.ends_with("_refs");
            for (index, item) in items.iter().enumerate() {
                place.push(Step::Index(index));
                match item {
                    Value::String(it) if refs && id::is_identifier(it) => {
                        found.push(Reference { path: written(place), target: it });
                    }
                    Value::Array(_) | Value::Object(_) => inside(item, place, found),
                    _ => {}
                }
                place.pop();
            }
        }
        Value::Object(_) => inside(value, place, found),
        _ => {}
    }
    place.pop();
}

/// Goes on into a list in a list or an object in either. The parser bounds the depth.
fn inside<'o>(value: &'o Value<'_>, place: &mut Vec<Step<'o>>, found: &mut Vec<Reference<'o>>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                place.push(Step::Index(index));
                inside(item, place, found);
                place.pop();
            }
        }
        Value::Object(properties) => {
            for (key, value) in properties.iter() {
                visit(key, value, place, found);
            }
        }
        _ => {}
    }
}

fn written(place: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in place {
        if !text.is_empty() {
            text.push('.');
        }
        match step {
            Step::Key(key) => text.push_str(key),
            Step::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
        }
    }
    text
}
