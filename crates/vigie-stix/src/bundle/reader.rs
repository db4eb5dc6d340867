//! The outermost JSON value, one level deep: what lies below is skipped over and kept as slices.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::json::BadJson;

/// The properties of a JSON object, their values as text. A key that stands twice is an error.
pub(super) fn properties(text: &str) -> Result<Vec<(Cow<'_, str>, &str)>, BadJson> {
    Ok(serde_json::from_str::<Properties<'_>>(text)?.0)
}

/// The items of a JSON list as text; none when there are more than `max`.
pub(super) fn items(text: &str, max: usize) -> Result<Option<Vec<&str>>, BadJson> {
    let mut json = serde_json::Deserializer::from_str(text);
    let items = Items { max }.deserialize(&mut json)?;
    json.end()?;
    Ok(items)
}

struct Properties<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Properties<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(EachProperty)
    }
}

struct EachProperty;

impl<'de> Visitor<'de> for EachProperty {
    type Value = Properties<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties<'de>, A::Error> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(Error::custom(format_args!("the key `{key}` stands twice in one object")));
            }
            found.push((Cow::Owned(key), map.next_value::<&RawValue>()?.get()));
        }
        Ok(Properties(found))
    }
}

struct Items {
    max: usize,
}

impl<'de> DeserializeSeed<'de> for Items {
    type Value = Option<Vec<&'de str>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items {
    type Value = Option<Vec<&'de str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while found.len() < self.max {
            match seq.next_element::<&RawValue>()? {
                Some(item) => found.push(item.get()),
                None => return Ok(Some(found)),
            }
        }
        if seq.next_element::<IgnoredAny>()?.is_none() {
            return Ok(Some(found));
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
