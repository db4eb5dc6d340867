//! What a record says under its own names, before anything knows what they mean.
//!
//! A reader of a log whose fields are understood by a mapping file ([`mapping`](crate::mapping)) gives a [`Flat`];
//! [`Mappings::event`](crate::mapping::Mappings) makes an event of it.

use crate::json::{BadJson, Cursor, Kind};
use std::borrow::Cow;
use std::fmt::Write as _;
use vigie_model::event::{Field, Scalar};

/// One record.
#[derive(Debug, Default)]
pub(crate) struct Flat<'a> {
    /// When it happened, nanoseconds since 1970. None: the mapping may know the field.
    pub(crate) time: Option<i64>,
    /// The log's word for its kind; empty where it has none.
    pub(crate) kind: Cow<'a, str>,
    /// What it says, in its order. Names inside each other are joined by dots; each element of a list is a field.
    pub(crate) fields: Vec<Field<'a>>,
}

impl<'a> Flat<'a> {
    /// With room for as many fields as most records have.
    pub(crate) fn new() -> Self {
        Self { time: None, kind: Cow::Borrowed(""), fields: Vec::with_capacity(64) }
    }

    /// A record that is one JSON object and nothing else, and whether all of it is here: at most `limit` fields are kept.
    pub(crate) fn of_object(mut cursor: Cursor<'a>, limit: usize) -> Result<(Self, bool), BadJson> {
        let mut flat = Self::new();
        cursor.kind_is_object()?;
        let whole = flatten(&mut cursor, &Cow::Borrowed(""), &mut flat.fields, limit)?;
        cursor.end()?;
        Ok((flat, whole))
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        self.fields.push(field(name, text));
    }

    /// Adds a text, unless it says that there is none: it is empty, or `-`.
    pub(crate) fn given(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        if !matches!(&*text, "" | "-") {
            self.text(name, text);
        }
    }

    /// The same with texts of its own.
    pub(crate) fn into_owned(self) -> Flat<'static> {
        let owned = |it: Cow<'a, str>| Cow::Owned(it.into_owned());
        let field = |it: Field<'a>| Field {
            name: owned(it.name),
            value: match it.value {
                Scalar::Null => Scalar::Null,
                Scalar::Bool(it) => Scalar::Bool(it),
                Scalar::Number(it) => Scalar::Number(owned(it)),
                Scalar::Text(it) => Scalar::Text(owned(it)),
            },
        };
        Flat { time: self.time, kind: owned(self.kind), fields: self.fields.into_iter().map(field).collect() }
    }
}

/// A text under a name.
pub(crate) fn field<'a>(name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Field<'a> {
    Field { name: name.into(), value: Scalar::Text(text.into()) }
}

/// Adds every value inside the value at the cursor, under `name` and the names on the way to it. At most `limit` fields
/// are kept; what is beyond is checked and dropped, and the result is then false.
#[expect(clippy::ptr_arg, reason = "a borrowed name stays borrowed, which `&str` would forget")]
pub(crate) fn flatten<'a>(
    cursor: &mut Cursor<'a>,
    name: &Cow<'a, str>,
    fields: &mut Vec<Field<'a>>,
    limit: usize,
) -> Result<bool, BadJson> {
    let value = match cursor.kind()? {
        Kind::Object => {
            let mut whole = true;
            let mut open = cursor.open_object()?;
            while let Some(inner) = cursor.member(&mut open)? {
                let inner = if name.is_empty() { inner } else { cursor.joined(name, &inner) };
                whole &= flatten(cursor, &inner, fields, limit)?;
            }
            return Ok(whole);
        }
        Kind::List => {
            let mut whole = true;
            let mut open = cursor.open_list()?;
            while cursor.element(&mut open)? {
                whole &= flatten(cursor, name, fields, limit)?;
            }
            return Ok(whole);
        }
        _ => scalar(cursor)?,
    };
    let room = fields.len() < limit;
    if room {
        fields.push(Field { name: name.clone(), value });
    }
    Ok(room)
}

/// Reads a value that is neither an object nor a list; those are passed over and are null.
pub(crate) fn scalar<'a>(cursor: &mut Cursor<'a>) -> Result<Scalar<'a>, BadJson> {
    Ok(match cursor.kind()? {
        Kind::String => Scalar::Text(cursor.string()?),
        Kind::Number => Scalar::Number(Cow::Borrowed(cursor.skip()?)),
        Kind::Bool => Scalar::Bool(cursor.skip()? == "true"),
        Kind::Null | Kind::Object | Kind::List => {
            cursor.skip()?;
            Scalar::Null
        }
    })
}

/// Fields as a JSON object on one line; a name that stands several times is a list.
pub(crate) fn json(fields: &[Field<'_>]) -> String {
    let mut text = String::with_capacity(64 * fields.len());
    text.push('{');
    for (at, field) in fields.iter().enumerate() {
        if fields.iter().take(at).any(|it| it.name == field.name) {
            continue;
        }
        text.push_str(if at > 0 { "," } else { "" });
        let _infallible = write!(text, "{}:", serde_json::Value::from(&*field.name));
        let mut same = fields.iter().skip(at + 1).filter(|it| it.name == field.name).peekable();
        if same.peek().is_none() {
            push_value(&mut text, &field.value);
            continue;
        }
        text.push('[');
        push_value(&mut text, &field.value);
        for other in same {
            text.push(',');
            push_value(&mut text, &other.value);
        }
        text.push(']');
    }
    text.push('}');
    text
}

fn push_value(text: &mut String, value: &Scalar<'_>) {
    match value {
        Scalar::Null => text.push_str("null"),
        Scalar::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Scalar::Number(it) if crate::json::is_number(it) => text.push_str(it),
        Scalar::Number(it) | Scalar::Text(it) => text.push_str(&serde_json::Value::from(&**it).to_string()),
    }
}

/// A view as text, for tests: kind, time in seconds, fields.
#[cfg(test)]
pub(crate) fn told(flat: &Flat<'_>) -> String {
    let mut text = flat.kind.to_string();
    if let Some(time) = flat.time {
        let fraction = format!("{:09}", time.rem_euclid(1_000_000_000));
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let _infallible = write!(text, " at {}{point}{fraction}", time.div_euclid(1_000_000_000));
    }
    for field in &flat.fields {
        let _infallible = write!(text, " {}={}", field.name, field.value.text().unwrap_or("null"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, limit: usize, want: &str) {
        let mut fields = Vec::new();
        let whole = flatten(&mut Cursor::new(text, 16), &Cow::Borrowed(""), &mut fields, limit);
        let got: Vec<_> = fields.iter().map(|it| format!("{}={:?}", it.name, it.value.text())).collect();
        let got = format!("{} {}", whole.expect("JSON"), got.join(" "));
        assert_eq!(got.trim_end(), want, "{text}");
    }

    #[test]
    fn names_are_joined_and_lists_repeat_them() {
        check(
            r#"{"a":1,"b":{"c":"x","d":{"e":true}}}"#,
            9,
            r#"true a=Some("1") b.c=Some("x") b.d.e=Some("true")"#,
        );
        check(
            r#"{"a":["x",null,{"b":1},{"b":2}]}"#,
            9,
            r#"true a=Some("x") a=None a.b=Some("1") a.b=Some("2")"#,
        );
        check(r#"{"a":[],"b":{}}"#, 9, "true");
        check(r#"{"a":1,"b":2}"#, 1, r#"false a=Some("1")"#);
    }

    #[test]
    fn a_name_that_stands_twice_is_a_list() {
        let text = r#"{"a":"x","b":null,"a":"y\n","c":{"d":1.50}}"#;
        let mut fields = Vec::new();
        flatten(&mut Cursor::new(text, 16), &Cow::Borrowed(""), &mut fields, 9).expect("JSON");
        assert_eq!(json(&fields), r#"{"a":["x","y\n"],"b":null,"c.d":1.50}"#);
        assert_eq!(json(&[]), "{}");
    }
}
