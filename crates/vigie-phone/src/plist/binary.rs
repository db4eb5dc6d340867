//! Binary property lists.
//!
//! `bplist00`, objects, the table of their places, and 32 bytes at the end that say where the table is and how wide its
//! numbers are. An object is a tag of four bits, a length, and its bytes or the numbers of other objects.

use std::time::{Duration, SystemTime};

use ::plist::{Date, Dictionary, Uid, Value};

use super::BadPlist;
use crate::Limits;

/// The objects of a binary property list, read one by one where they lie.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    bytes: &'a [u8],
    places: &'a [u8],
    place_width: usize,
    number_width: usize,
    top: usize,
}

/// An object, referring to others by their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Object<'a> {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// Any number.
    Real(f64),
    /// Seconds since 2001.
    Date(f64),
    /// Bytes.
    Data(&'a [u8]),
    /// Text of one byte a character.
    Ascii(&'a [u8]),
    /// Text in UTF-16, the high byte first.
    Utf16(&'a [u8]),
    /// A reference of an archive of objects.
    Uid(u64),
    /// A list or a set.
    Array(Numbers<'a>),
    /// A map: as many keys, then as many values.
    Dictionary(Numbers<'a>, Numbers<'a>),
}

/// Numbers of objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers<'a> {
    bytes: &'a [u8],
    width: usize,
}

impl Numbers<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        self.bytes.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.bytes.chunks_exact(self.width).map(|it| usize::try_from(number(it)).unwrap_or(usize::MAX))
    }
}

impl<'a> Table<'a> {
    /// Finds the table.
    pub fn new(bytes: &'a [u8]) -> Result<Self, BadPlist> {
        let broken = |what: &str| BadPlist::Damaged(what.to_owned());
        if !bytes.starts_with(b"bplist0") {
            return Err(BadPlist::NotOne);
        }
        let objects = bytes.len().checked_sub(32).filter(|it| *it >= 8);
        let objects = objects.ok_or_else(|| broken("its end is cut off"))?;
        let (bytes, tail) = bytes.split_at(objects);
        let width = |at: usize| tail.get(at).map(|it| usize::from(*it)).filter(|it| (1..=8).contains(it));
        let long = |at: usize| usize::try_from(number(tail.get(at..at + 8)?)).ok();
        let numbers = || {
            let (place_width, number_width) = (width(6)?, width(7)?);
            let (count, top, start) = (long(8)?, long(16)?, long(24)?);
            let places = bytes.get(start..start.checked_add(count.checked_mul(place_width)?)?)?;
            Some(Self { bytes, places, place_width, number_width, top })
        };
        numbers().ok_or_else(|| broken("its end does not say where its objects are"))
    }

    /// The number of the object that holds the others.
    pub fn top(&self) -> usize {
        self.top
    }

    /// An object.
    pub fn object(&self, number: usize) -> Result<Object<'a>, BadPlist> {
        self.find(number).ok_or_else(|| BadPlist::Damaged(format!("object {number} is not to be read")))
    }

    /// The value of a key of a map.
    pub fn get(&self, map: &Object<'a>, key: &str) -> Option<Object<'a>> {
        let Object::Dictionary(keys, values) = map else { return None };
        let is_key = |number| matches!(self.find(number), Some(Object::Ascii(it)) if it == key.as_bytes());
        let (_, value) = keys.iter().zip(values.iter()).find(|(it, _)| is_key(*it))?;
        self.find(value)
    }

    /// An element of a list.
    pub fn at(&self, list: &Object<'a>, index: usize) -> Option<Object<'a>> {
        let Object::Array(numbers) = list else { return None };
        self.find(numbers.iter().nth(index)?)
    }

    fn find(&self, object: usize) -> Option<Object<'a>> {
        let place = object.checked_mul(self.place_width)?;
        let place = self.places.get(place..place.checked_add(self.place_width)?)?;
        let rest = self.bytes.get(usize::try_from(number(place)).ok()?..)?;
        let (&tag, rest) = rest.split_first()?;
        let low = tag & 15;
        Some(match tag >> 4 {
            0 if low == 8 || low == 9 => Object::Boolean(low == 9),
            1 => Object::Integer(integer(rest.get(..width(low)?)?)?),
            2 => Object::Real(real(rest.get(..width(low)?)?)?),
            3 => Object::Date(real(rest.get(..width(low)?)?)?),
            4 => {
                let (length, rest) = length(low, rest)?;
                Object::Data(rest.get(..length)?)
            }
            5 => {
                let (length, rest) = length(low, rest)?;
                Object::Ascii(rest.get(..length)?)
            }
            6 => {
                let (length, rest) = length(low, rest)?;
                Object::Utf16(rest.get(..length.checked_mul(2)?)?)
            }
            8 => Object::Uid(rest.get(..usize::from(low) + 1).filter(|it| it.len() <= 8).map(number)?),
            10..=12 => {
                let (length, rest) = length(low, rest)?;
                Object::Array(self.numbers(rest, length)?.0)
            }
            13 => {
                let (length, rest) = length(low, rest)?;
                let (keys, rest) = self.numbers(rest, length)?;
                Object::Dictionary(keys, self.numbers(rest, length)?.0)
            }
            _ => return None,
        })
    }

    fn numbers(&self, rest: &'a [u8], count: usize) -> Option<(Numbers<'a>, &'a [u8])> {
        let (bytes, rest) = rest.split_at_checked(count.checked_mul(self.number_width)?)?;
        Some((Numbers { bytes, width: self.number_width }, rest))
    }

    /// The whole list as one value.
    pub fn value(&self, limits: &Limits) -> Result<Value, BadPlist> {
        let packed = self.bytes.len() as u64;
        let bytes = limits.unpacked(packed).min(limits.file_bytes);
        let mut building = Building { table: self, limits, values: limits.values, bytes, limit: bytes };
        building.value(self.top, 0)
    }
}

/// What is left of the limits.
struct Building<'t, 'a> {
    table: &'t Table<'a>,
    limits: &'t Limits,
    values: usize,
    bytes: u64,
    limit: u64,
}

impl Building<'_, '_> {
    fn value(&mut self, number: usize, depth: u16) -> Result<Value, BadPlist> {
        let limit = self.limits.values;
        self.values = self.values.checked_sub(1).ok_or(BadPlist::TooMany { limit })?;
        let deeper = Some(depth + 1).filter(|it| *it <= self.limits.depth);
        let deeper = deeper.ok_or(BadPlist::TooDeep { limit: self.limits.depth });
        Ok(match self.table.object(number)? {
            Object::Boolean(it) => Value::Boolean(it),
            Object::Integer(it) => whole(it)?,
            Object::Real(it) => Value::Real(it),
            Object::Date(it) => date(it),
            Object::Data(it) => {
                self.spend(it.len())?;
                Value::Data(it.to_vec())
            }
            it @ (Object::Ascii(bytes) | Object::Utf16(bytes)) => {
                self.spend(bytes.len())?;
                Value::String(it.text().unwrap_or_default())
            }
            Object::Uid(it) => Value::Uid(Uid::new(it)),
            Object::Array(numbers) => {
                let depth = deeper?;
                numbers.iter().map(|it| self.value(it, depth)).collect::<Result<_, _>>().map(Value::Array)?
            }
            Object::Dictionary(keys, values) => {
                let depth = deeper?;
                let mut map = Dictionary::new();
                for (key, value) in keys.iter().zip(values.iter()) {
                    let Value::String(key) = self.value(key, depth)? else {
                        return Err(BadPlist::Damaged("a key is no text".to_owned()));
                    };
                    map.insert(key, self.value(value, depth)?);
                }
                Value::Dictionary(map)
            }
        })
    }

    fn spend(&mut self, bytes: usize) -> Result<(), BadPlist> {
        let left = self.bytes.checked_sub(bytes as u64);
        self.bytes = left.ok_or(BadPlist::TooLarge { limit: self.limit })?;
        Ok(())
    }
}

impl Object<'_> {
    /// The text of a text. What is no character becomes U+FFFD.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Ascii(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Self::Utf16(bytes) => {
                let units = bytes.chunks_exact(2).map(|it| number(it) as u16);
                let text = char::decode_utf16(units);
                Some(text.map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
            }
            _ => None,
        }
    }

    /// The number of a whole number.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(it) => i64::try_from(*it).ok(),
            _ => None,
        }
    }

    /// The reference of a reference.
    pub fn uid(&self) -> Option<usize> {
        match self {
            Self::Uid(it) => usize::try_from(*it).ok(),
            _ => None,
        }
    }
}

/// Up to eight bytes, the highest first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, it| sum << 8 | u64::from(*it))
}

/// The bytes of a number whose width is given as a power of two.
fn width(power: u8) -> Option<usize> {
    (power <= 4).then(|| 1 << power)
}

fn integer(bytes: &[u8]) -> Option<i128> {
    Some(match bytes.len() {
        1 | 2 | 4 => i128::from(number(bytes)),
        8 => i128::from(i64::from_be_bytes(bytes.try_into().ok()?)),
        16 => i128::from_be_bytes(bytes.try_into().ok()?),
        _ => return None,
    })
}

fn real(bytes: &[u8]) -> Option<f64> {
    Some(match bytes.len() {
        4 => f64::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        8 => f64::from_be_bytes(bytes.try_into().ok()?),
        _ => return None,
    })
}

/// A length: in the tag itself, or as a number after it.
fn length(low: u8, rest: &[u8]) -> Option<(usize, &[u8])> {
    if low < 15 {
        return Some((usize::from(low), rest));
    }
    let (&tag, rest) = rest.split_first()?;
    let (bytes, rest) = rest.split_at_checked(width(tag & 15).filter(|it| *it <= 8)?)?;
    Some((usize::try_from(number(bytes)).ok()?, rest))
}

fn whole(value: i128) -> Result<Value, BadPlist> {
    let signed = i64::try_from(value).map(Value::from);
    signed.or_else(|_| u64::try_from(value).map(Value::from)).map_err(|_| {
        BadPlist::Damaged(format!("the number {value} is larger than any number of a property list"))
    })
}

/// A date where it lies between the years 1 and 9999, and the number otherwise.
pub(crate) fn date(seconds: f64) -> Value {
    if !(-63_113_904_000.0..252_423_907_200.0).contains(&seconds) {
        return Value::Real(seconds);
    }
    let apart = Duration::try_from_secs_f64(seconds.abs()).unwrap_or_default();
    let epoch = SystemTime::UNIX_EPOCH + Duration::from_hours(271_752);
    let time = if seconds < 0.0 { epoch.checked_sub(apart) } else { epoch.checked_add(apart) };
    time.map_or(Value::Real(seconds), |it| Value::Date(Date::from(it)))
}
