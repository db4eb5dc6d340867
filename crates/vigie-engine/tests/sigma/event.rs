//! Events for tests, from JSON.

use std::borrow::Cow;

use serde_json::Value;
use vigie_model::event::{Event, Field, Scalar};

/// The fields of a JSON object: members inside each other are joined by dots, a list gives a field for each element.
pub(crate) fn event(json: &Value) -> Event<'static> {
    let mut event = Event::default();
    flatten("", json, &mut event.fields);
    event
}

fn flatten(name: &str, value: &Value, fields: &mut Vec<Field<'static>>) {
    let mut push = |value| fields.push(Field { name: Cow::Owned(name.to_owned()), value });
    match value {
        Value::Null => push(Scalar::Null),
        Value::Bool(it) => push(Scalar::Bool(*it)),
        Value::Number(it) => push(Scalar::Number(it.to_string().into())),
        Value::String(it) => push(Scalar::Text(it.clone().into())),
        Value::Array(all) => all.iter().for_each(|it| flatten(name, it, fields)),
        Value::Object(all) => {
            for (key, value) in all {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, fields);
            }
        }
    }
}
