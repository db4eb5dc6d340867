//! A JSON text as a tree that keeps the order of properties and refuses duplicate keys.
//!
//! Strings without escapes are borrowed from the text. The tree serves reading and checking; what is stored and
//! passed on is always the text itself, so numbers need not keep their spelling here.
//!
//! Nesting is limited by the parser (128 levels) so that hostile text cannot exhaust the stack.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One JSON value. The lifetime is that of the text it was read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`, which STIX forbids as a property value (section 2.1).
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number that fits 64 signed bits.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Value<'a>>),
    /// An object, its properties in the order of the text.
    Object(Map<'a>),
}

/// The properties of a JSON object, in order, each key once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// Why a text is not JSON that STIX can be made of: what was found, at which line and column.
#[derive(Debug, thiserror::Error)]
#[error("not acceptable JSON: {0}")]
pub struct BadJson(#[from] serde_json::Error);

/// Reads one JSON value and nothing after it.
pub fn parse(text: &str) -> Result<Value<'_>, BadJson> {
    Ok(serde_json::from_str(text)?)
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(it) = self { Some(it) } else { None }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(it) = self { Some(*it) } else { None }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(it) = self { Some(*it) } else { None }
    }

    /// The list, if it is one.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        if let Self::Array(it) = self { Some(it) } else { None }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Map<'a>> {
        if let Self::Object(it) = self { Some(it) } else { None }
    }

    /// The property of an object; none for any other value.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(key)
    }

    /// The same value, independent of the text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(it) => Value::Bool(it),
            Self::Integer(it) => Value::Integer(it),
            Self::Float(it) => Value::Float(it),
            Self::String(it) => Value::String(Cow::Owned(it.into_owned())),
            Self::Array(it) => Value::Array(it.into_iter().map(Value::into_owned).collect()),
            Self::Object(it) => Value::Object(Map(it
                .0
                .into_iter()
                .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                .collect())),
        }
    }

    /// The name of the JSON type, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'a> Map<'a> {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(it, _)| it == key).map(|(_, value)| value)
    }

    /// Whether the key is present.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Keys and values in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// How many properties there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Properties whose keys are known to differ.
    pub(crate) fn from_distinct(properties: Vec<(Cow<'a, str>, Value<'a>)>) -> Self {
        Self(properties)
    }

    /// Sets a property, keeping its place when it was there.
    pub fn insert(&mut self, key: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let key = key.into();
        match self.0.iter_mut().find(|(it, _)| *it == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }
}

/// Objects larger than this are checked for duplicate keys by a hash set instead of a scan.
const SCAN_AT_MOST: usize = 32;

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(it))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(it).map_or(Value::Float(it as f64), Value::Integer))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(it))
    }

    fn visit_borrowed_str<E>(self, it: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(it)))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(it.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut properties: Vec<(Cow<'de, str>, Value<'de>)> = Vec::new();
        let mut seen: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(Key(key)) = map.next_key()? {
            let again = if properties.len() < SCAN_AT_MOST {
                properties.iter().any(|(it, _)| *it == key)
            } else {
                if seen.is_empty() {
                    seen.extend(properties.iter().map(|(it, _)| it.clone()));
                }
                !seen.insert(key.clone())
            };
            if again {
                return Err(de::Error::custom(format_args!("the key `{key}` stands twice in one object")));
            }
            properties.push((key, map.next_value()?));
        }
        Ok(Value::Object(Map(properties)))
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(AnyValue)? {
            Value::String(it) => Ok(Self(it)),
            other => Err(de::Error::custom(format_args!("expected a key, found {}", other.kind()))),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(it) => serializer.serialize_bool(*it),
            Self::Integer(it) => serializer.serialize_i64(*it),
            Self::Float(it) => serializer.serialize_f64(*it),
            Self::String(it) => serializer.serialize_str(it),
            Self::Array(it) => serializer.collect_seq(it),
            Self::Object(it) => it.serialize(serializer),
        }
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Map<'a> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(properties: I) -> Self {
        let mut map = Self::default();
        for (key, value) in properties {
            map.insert(key, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = match parse(text) {
            Ok(value) => serde_json::to_string(&value).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn keeps_order_and_values() {
        check(r#"{"b":1,"a":[true,null,-2,1.5,"x\u0041"]}"#, r#"{"b":1,"a":[true,null,-2,1.5,"xA"]}"#);
    }

    #[test]
    fn refuses_what_stix_cannot_be() {
        check(
            r#"{"a":1,"a":2}"#,
            "not acceptable JSON: the key `a` stands twice in one object at line 1 column 10",
        );
        check("[1] 2", "not acceptable JSON: trailing characters at line 1 column 5");
        let many: Vec<String> = (0..40).chain([7]).map(|it| format!("\"k{it}\":0")).collect();
        let text = format!("{{{}}}", many.join(","));
        assert!(parse(&text).unwrap_err().to_string().contains("`k7` stands twice"));
    }

    #[test]
    fn deep_nesting_is_an_error_and_not_a_crash() {
        let text = "[".repeat(100_000);
        assert!(parse(&text).unwrap_err().to_string().contains("recursion limit"));
    }
}
