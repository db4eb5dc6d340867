//! The envelope (section 3.7): a page of objects, each as the exact text it came in.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A page of objects, or the objects that a client adds, borrowed from the body.
///
/// Whatever JSON stands in `objects` is here, objects or not: who reads them says what is wrong with each.
#[derive(Clone, Debug, Default)]
pub struct Envelope<'a> {
    /// Whether there is another page.
    pub more: bool,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Exact texts.
    pub objects: Vec<&'a RawValue>,
}

/// Why a body is no envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON, or `objects` is not a list.
    #[error("the body is no TAXII envelope: {0}")]
    Syntax(#[from] serde_json::Error),
}

impl<'a> Envelope<'a> {
    /// Reads a body that holds at most `limit` objects. Memory stays proportional to that limit, whatever the body.
    pub fn read(body: &'a [u8], limit: usize) -> Result<Self, EnvelopeError> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let envelope = deserializer.deserialize_map(Document { limit })?;
        deserializer.end()?;
        Ok(envelope)
    }
}

struct Document {
    limit: usize,
}

impl<'de> Visitor<'de> for Document {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope: an object with `objects`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "objects" => envelope.objects = map.next_value_seed(Objects { limit: self.limit })?,
                "more" => envelope.more = map.next_value::<Option<bool>>()?.unwrap_or_default(),
                "next" => envelope.next = map.next_value::<Cursor>()?.0,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(envelope)
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Cursor(#[serde(deserialize_with = "super::lenient::optional_text")] Option<String>);

struct Objects {
    limit: usize,
}

impl<'de> DeserializeSeed<'de> for Objects {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Objects {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(object) = seq.next_element()? {
            if objects.len() == self.limit {
                let limit = self.limit;
                return Err(serde::de::Error::custom(format_args!(
                    "more than {limit} objects, which is the limit"
                )));
            }
            objects.push(object);
        }
        Ok(objects)
    }
}

/// Writes an envelope around texts of objects without reading them: how a server answers a page. No objects, more or
/// next gives `{}`.
pub fn write_envelope<'a>(
    out: &mut Vec<u8>,
    objects: impl IntoIterator<Item = &'a str>,
    more: bool,
    next: Option<&str>,
) {
    out.push(b'{');
    let mut comma = "";
    if more {
        out.extend_from_slice(b"\"more\":true");
        comma = ",";
    }
    if let Some(next) = next {
        out.extend_from_slice(comma.as_bytes());
        out.extend_from_slice(b"\"next\":");
        out.extend_from_slice(serde_json::Value::from(next).to_string().as_bytes());
        comma = ",";
    }
    let mut objects = objects.into_iter().peekable();
    if objects.peek().is_some() {
        out.extend_from_slice(comma.as_bytes());
        out.extend_from_slice(b"\"objects\":[");
        for (index, object) in objects.enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(object.as_bytes());
        }
        out.push(b']');
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, want: &str) {
        let got = match Envelope::read(body.as_bytes(), 3) {
            Ok(it) => {
                let texts: Vec<_> = it.objects.iter().map(|it| it.get()).collect();
                format!("more {} next {:?} objects {texts:?}", it.more, it.next)
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want, "{body}");
    }

    #[test]
    fn objects_keep_their_exact_text() {
        check(
            r#"{"next":"a","objects":[ {"b": 1.0,"a" :"\u00e9" } ],"more":true,"x_new":{"deep":[1]}}"#,
            r#"more true next Some("a") objects ["{\"b\": 1.0,\"a\" :\"\\u00e9\" }"]"#,
        );
    }

    #[test]
    fn null_and_absent_are_empty() {
        check("{}", "more false next None objects []");
        check(r#"{"objects":null,"more":null,"next":null}"#, "more false next None objects []");
        check(r#"{"objects":[],"next":7}"#, r#"more false next Some("7") objects []"#);
    }

    #[test]
    fn what_is_no_envelope_is_refused_with_the_place() {
        check(
            r#"{"objects":[1,2,3,4]}"#,
            "the body is no TAXII envelope: more than 3 objects, which is the limit at line 1 column 20",
        );
        check(
            r#"{"objects":{}}"#,
            "the body is no TAXII envelope: invalid type: map, expected a list of objects at line 1 column 13",
        );
        check(
            "[]",
            "the body is no TAXII envelope: invalid type: sequence, expected an envelope: an object with `objects` at line 1 column 0",
        );
        check("", "the body is no TAXII envelope: EOF while parsing a value at line 1 column 0");
        check("{} {}", "the body is no TAXII envelope: trailing characters at line 1 column 4");
        check(
            r#"{"objects":[{]}"#,
            "the body is no TAXII envelope: key must be a string at line 1 column 14",
        );
    }

    #[track_caller]
    fn writes(objects: &[&str], more: bool, next: Option<&str>, want: &str) {
        let mut out = Vec::new();
        write_envelope(&mut out, objects.iter().copied(), more, next);
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn an_empty_page_is_an_empty_object() {
        writes(&[], false, None, "{}");
        writes(&[], true, None, r#"{"more":true}"#);
        writes(&["{}"], false, None, r#"{"objects":[{}]}"#);
        writes(&["{ }", "{}"], true, Some("a\"b"), r#"{"more":true,"next":"a\"b","objects":[{ },{}]}"#);
    }
}
