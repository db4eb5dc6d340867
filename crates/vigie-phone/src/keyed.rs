//! Archives of objects, as `NSKeyedArchiver` writes them, as plain values.
//!
//! Such an archive is a property list whose `$objects` refer to each other by number. [`read`] follows the references from
//! `$top` and puts in the place of each object what it means: texts, lists, maps, dates and data become such, and any other
//! object becomes a map of its fields, with its class under `$class`.
//!
//! What refers to itself stays a reference. An object that is named in many places is counted in each of them.

use ::plist::{Dictionary, Uid, Value};

use crate::Limits;
use crate::plist::BadPlist;

/// Why an archive of objects was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadArchive {
    /// It is no property list, or not within limits.
    #[error(transparent)]
    Plist(#[from] BadPlist),
    /// A property list of another kind.
    #[error("is a property list, but no archive of objects: it has no `{0}`")]
    NotOne(&'static str),
}

/// Reads an archive and answers with what its `$top` names: a map, whose only key is `root` as a rule.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Dictionary, BadArchive> {
    unpack(&crate::plist::read(bytes, limits)?, limits)
}

/// Reads an archive and answers with its root, or with its whole `$top` where it has none.
pub fn root(bytes: &[u8], limits: &Limits) -> Result<Value, BadArchive> {
    let mut top = read(bytes, limits)?;
    Ok(top.remove("root").unwrap_or(Value::Dictionary(top)))
}

/// The same for a property list that was read already.
pub fn unpack(archive: &Value, limits: &Limits) -> Result<Dictionary, BadArchive> {
    let map = archive.as_dictionary().ok_or(BadArchive::NotOne("$objects"))?;
    let objects = map.get("$objects").and_then(Value::as_array).ok_or(BadArchive::NotOne("$objects"))?;
    let top = map.get("$top").and_then(Value::as_dictionary).ok_or(BadArchive::NotOne("$top"))?;
    let mut unpacking =
        Unpacking { objects, open: Vec::new(), limits, values: limits.values, bytes: limits.file_bytes };
    top.iter().map(|(name, value)| Ok((name.clone(), unpacking.value(value)?))).collect()
}

/// Whether a property list is an archive of objects.
pub fn is_archive(list: &Value) -> bool {
    list.as_dictionary().is_some_and(|it| it.contains_key("$objects") && it.contains_key("$top"))
}

struct Unpacking<'a> {
    objects: &'a [Value],
    /// The objects that are being unpacked, the outermost first.
    open: Vec<usize>,
    limits: &'a Limits,
    values: usize,
    bytes: u64,
}

impl<'a> Unpacking<'a> {
    fn value(&mut self, value: &'a Value) -> Result<Value, BadPlist> {
        if let Some(number) = reference(value) {
            return self.object(number);
        }
        self.spend(value)?;
        Ok(match value {
            Value::Array(values) => self.list(values)?,
            Value::Dictionary(map) => Value::Dictionary(self.fields(map)?),
            plain => plain.clone(),
        })
    }

    /// An object by its number. What is not there is empty text, as nothing is.
    fn object(&mut self, number: usize) -> Result<Value, BadPlist> {
        let Some(object) = self.objects.get(number).filter(|_| number > 0) else {
            return Ok(nothing());
        };
        if self.open.contains(&number) {
            return Ok(Value::Uid(Uid::new(number as u64)));
        }
        if self.open.len() >= usize::from(self.limits.depth) {
            return Err(BadPlist::TooDeep { limit: self.limits.depth });
        }
        self.spend(object)?;
        self.open.push(number);
        let meant = match object {
            Value::Dictionary(map) => self.meaning(map),
            Value::Array(values) => self.list(values),
            plain => Ok(plain.clone()),
        };
        self.open.pop();
        meant
    }

    /// What an object of a known class means, and the fields of any other.
    fn meaning(&mut self, map: &'a Dictionary) -> Result<Value, BadPlist> {
        let class = self.class(map);
        let field = |name: &str| map.get(name);
        match class.unwrap_or_default() {
            "NSArray"
            | "NSMutableArray"
            | "NSSet"
            | "NSMutableSet"
            | "NSOrderedSet"
            | "NSMutableOrderedSet" => match field("NS.objects").and_then(Value::as_array) {
                Some(values) => self.list(values),
                None => self.numbered(map),
            },
            "NSDictionary" | "NSMutableDictionary" => self.map(map),
            "NSString" | "NSMutableString" => self.one(field("NS.string").or(field("NS.bytes"))),
            "NSData" | "NSMutableData" => self.one(field("NS.data").or(field("NS.bytes"))),
            "NSDate" => Ok(field("NS.time").and_then(number).map_or(nothing(), crate::plist::date)),
            "NSNull" => Ok(nothing()),
            "NSUUID" => Ok(field("NS.uuidbytes").and_then(Value::as_data).map_or(nothing(), uuid)),
            "NSURL" => self.url(map),
            "NSAttributedString" | "NSMutableAttributedString" => self.one(field("NSString")),
            "NSNumber" => self
                .one(["NS.intval", "NS.dblval", "NS.boolval", "NS.number"].iter().find_map(|it| map.get(it))),
            _ => {
                let mut fields = self.fields(map)?;
                if let Some(class) = class {
                    fields.insert("$class".to_owned(), Value::String(class.to_owned()));
                }
                Ok(Value::Dictionary(fields))
            }
        }
    }

    fn class(&self, map: &Dictionary) -> Option<&'a str> {
        let class = self.objects.get(reference(map.get("$class")?)?)?;
        class.as_dictionary()?.get("$classname")?.as_string()
    }

    fn one(&mut self, value: Option<&'a Value>) -> Result<Value, BadPlist> {
        value.map_or(Ok(nothing()), |it| self.value(it))
    }

    fn list(&mut self, values: &'a [Value]) -> Result<Value, BadPlist> {
        self.deeper(|it| {
            values.iter().map(|value| it.value(value)).collect::<Result<_, _>>().map(Value::Array)
        })
    }

    fn fields(&mut self, map: &'a Dictionary) -> Result<Dictionary, BadPlist> {
        let fields = map.iter().filter(|(name, _)| *name != "$class");
        self.deeper(|it| fields.map(|(name, value)| Ok((name.clone(), it.value(value)?))).collect())
    }

    /// A list whose elements are fields of their own: `NS.object.0` and so on.
    fn numbered(&mut self, map: &'a Dictionary) -> Result<Value, BadPlist> {
        let elements = (0..).map_while(|it| map.get(&format!("NS.object.{it}")));
        let values = elements.map(|value| self.value(value)).collect::<Result<_, _>>()?;
        Ok(Value::Array(values))
    }

    fn map(&mut self, map: &'a Dictionary) -> Result<Value, BadPlist> {
        let list = |name: &str| map.get(name).and_then(Value::as_array).map(Vec::as_slice);
        let (keys, values) = (list("NS.keys").unwrap_or_default(), list("NS.objects").unwrap_or_default());
        let mut whole = Dictionary::new();
        for (key, value) in keys.iter().zip(values) {
            let key = match self.value(key)? {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            whole.insert(key, self.value(value)?);
        }
        Ok(Value::Dictionary(whole))
    }

    /// An address, with the address that it is relative to before it.
    fn url(&mut self, map: &'a Dictionary) -> Result<Value, BadPlist> {
        let relative = self.one(map.get("NS.relative"))?;
        let base = self.one(map.get("NS.base"))?;
        Ok(match (base.as_string().unwrap_or_default(), relative) {
            (base, Value::String(relative)) if !base.is_empty() => Value::String(format!("{base}{relative}")),
            (_, relative) => relative,
        })
    }

    /// Counts the plain lists within an object as deep as objects within each other.
    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, BadPlist>) -> Result<T, BadPlist> {
        if self.open.len() >= usize::from(self.limits.depth) {
            return Err(BadPlist::TooDeep { limit: self.limits.depth });
        }
        self.open.push(usize::MAX);
        let done = run(self);
        self.open.pop();
        done
    }

    fn spend(&mut self, value: &Value) -> Result<(), BadPlist> {
        let limit = self.limits.values;
        self.values = self.values.checked_sub(1).ok_or(BadPlist::TooMany { limit })?;
        let bytes = match value {
            Value::String(text) => text.len(),
            Value::Data(bytes) => bytes.len(),
            _ => 0,
        };
        let limit = self.limits.file_bytes;
        self.bytes = self.bytes.checked_sub(bytes as u64).ok_or(BadPlist::TooLarge { limit })?;
        Ok(())
    }
}

/// The number of an object: as binary lists write it, or as XML does.
fn reference(value: &Value) -> Option<usize> {
    let number = match value {
        Value::Uid(uid) => uid.get(),
        Value::Dictionary(map) if map.len() == 1 => map.get("CF$UID")?.as_unsigned_integer()?,
        _ => return None,
    };
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}

/// `nil`, for which property lists have no value.
fn nothing() -> Value {
    Value::String(String::new())
}

fn number(value: &Value) -> Option<f64> {
    value.as_real().or_else(|| value.as_signed_integer().map(|it| it as f64))
}

fn uuid(bytes: &[u8]) -> Value {
    let number = bytes.iter().take(16).fold(0_u128, |sum, it| sum << 8 | u128::from(*it));
    let digits = format!("{number:032X}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|it| digits.get(it).unwrap_or_default());
    Value::String(parts.join("-"))
}

#[cfg(test)]
mod tests;
