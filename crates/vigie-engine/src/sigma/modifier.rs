//! Items: a field with modifiers, and the values it is asked for (appendix "Modifiers", 2.1.0).
//!
//! Modifiers that change values (`windash`, `base64`, `utf16le`…) are applied in the order in which they are written; the
//! others say how values are compared, and their order does not matter.
//!
//! Start with [`item`].

use super::encode;
use super::network::Network;
use super::number::Number;
use super::parse::{Options, Refused};
use super::regular::{Flags, Regular};
use super::rule::{Check, FieldReference, Item, Place, Relation, Test, TimePart};
use super::wildcard::{DASHES, Piece, Wildcard, dashed, pieces};
use super::yaml::{Node, Scalar};
use crate::rule::Reason;

/// Reads an item: `field|modifier|…` and a value or a list of values. An empty field stands for keywords.
pub(super) fn item(key: &str, node: &Node, options: &Options) -> Result<Item, Refused> {
    let mut words = key.split('|');
    let field = words.next().filter(|it| !it.is_empty());
    let modifiers = Modifiers::read(words, field.is_none())?;
    let within = |it: Refused| Refused { detail: format!("`{key}`: {}", it.detail), ..it };
    let values: Vec<&Node> = match node {
        Node::List(all) if all.is_empty() => {
            return Err(within(Refused::broken("the list of values is empty")));
        }
        Node::List(all) => all.iter().collect(),
        one => vec![one],
    };
    let test = |node: &Node| match node {
        Node::Scalar(value) => Ok(Test {
            written: if value.is_null() { "null".into() } else { value.text.as_str().into() },
            checks: modifiers.checks(value, options)?,
        }),
        other => Err(Refused::broken(format!("a value is {}", other.kind()))),
    };
    let tests = values.into_iter().map(test).collect::<Result<_, _>>().map_err(within)?;
    let key = if field.is_none() && key.is_empty() { "keywords" } else { key };
    Ok(Item {
        field: field.map(Into::into),
        key: key.into(),
        tests,
        all: modifiers.all,
        negated: modifiers.negated,
    })
}

/// How the values of an item are changed and compared.
#[derive(Debug, Default)]
struct Modifiers {
    way: Way,
    place: Option<Place>,
    part: Option<TimePart>,
    changes: Vec<Change>,
    cased: bool,
    all: bool,
    negated: bool,
    expand: bool,
    is_keyword: bool,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    Text,
    Exists,
    Regular(Flags),
    Network,
    Compare(Relation),
    Field,
}

/// A change of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Windash,
    Base64,
    Base64Offset,
    Utf16,
    Utf16le,
    Utf16be,
}

/// A value between two changes.
enum Value {
    Pieces(Vec<Piece>),
    Octets(Vec<u8>),
}

impl Modifiers {
    fn read<'k>(words: impl Iterator<Item = &'k str>, is_keyword: bool) -> Result<Self, Refused> {
        let mut read = Self { is_keyword, ..Self::default() };
        for word in words {
            read.take(word)?;
        }
        read.check()?;
        Ok(read)
    }

    fn take(&mut self, word: &str) -> Result<(), Refused> {
        let flag = |way: &mut Way, set: fn(&mut Flags)| match way {
            Way::Regular(flags) => {
                set(flags);
                Ok(())
            }
            _ => Err(Refused::broken(format!("the modifier `{word}` has a meaning after `re` only"))),
        };
        match word {
            "all" => self.all = true,
            "cased" => self.cased = true,
            "neq" => self.negated = true,
            "expand" => self.expand = true,
            "startswith" => self.place(Place::Start)?,
            "endswith" => self.place(Place::End)?,
            "contains" => self.place(Place::Anywhere)?,
            "exists" => self.way(Way::Exists)?,
            "re" => self.way(Way::Regular(Flags::default()))?,
            "cidr" => self.way(Way::Network)?,
            "fieldref" => self.way(Way::Field)?,
            "lt" => self.way(Way::Compare(Relation::Less))?,
            "lte" => self.way(Way::Compare(Relation::LessOrEqual))?,
            "gt" => self.way(Way::Compare(Relation::Greater))?,
            "gte" => self.way(Way::Compare(Relation::GreaterOrEqual))?,
            "i" => flag(&mut self.way, |it| it.insensitive = true)?,
            "m" => flag(&mut self.way, |it| it.lines = true)?,
            "s" => flag(&mut self.way, |it| it.dot_all = true)?,
            "minute" => self.part(TimePart::Minute)?,
            "hour" => self.part(TimePart::Hour)?,
            "day" => self.part(TimePart::Day)?,
            "week" => self.part(TimePart::Week)?,
            "month" => self.part(TimePart::Month)?,
            "year" => self.part(TimePart::Year)?,
            "windash" => self.changes.push(Change::Windash),
            "base64" => self.changes.push(Change::Base64),
            "base64offset" => self.changes.push(Change::Base64Offset),
            "utf16" => self.changes.push(Change::Utf16),
            "utf16le" | "wide" => self.changes.push(Change::Utf16le),
            "utf16be" => self.changes.push(Change::Utf16be),
            "" => return Err(Refused::broken("a modifier has no name")),
            _ => {
                let detail = format!("the modifier `{word}` is not in the specification (2.1.0)");
                return Err(Refused { reason: Reason::UnsupportedRule, detail });
            }
        }
        Ok(())
    }

    fn place(&mut self, place: Place) -> Result<(), Refused> {
        match self.place.replace(place) {
            None => Ok(()),
            Some(_) => {
                Err(Refused::broken("only one of `startswith`, `endswith` and `contains` can be meant"))
            }
        }
    }

    fn way(&mut self, way: Way) -> Result<(), Refused> {
        match std::mem::replace(&mut self.way, way) {
            Way::Text => Ok(()),
            _ => Err(Refused::broken("two modifiers say how values are compared")),
        }
    }

    fn part(&mut self, part: TimePart) -> Result<(), Refused> {
        match self.part.replace(part) {
            None => Ok(()),
            Some(_) => Err(Refused::broken("two modifiers ask for a part of a date")),
        }
    }

    /// Refuses modifiers that have no meaning together.
    fn check(&self) -> Result<(), Refused> {
        let is_text = self.way == Way::Text && self.part.is_none();
        let none = |wrong: bool, what: &str, with: &str| {
            if wrong { Err(Refused::broken(format!("{what} have no meaning with {with}"))) } else { Ok(()) }
        };
        none(!self.changes.is_empty() && !is_text, "encodings and `windash`", "values that are no texts")?;
        none(
            self.place.is_some() && !(is_text || self.way == Way::Field),
            "`startswith`, `endswith` and `contains`",
            "values that are no texts",
        )?;
        none(self.cased && !(is_text || self.way == Way::Field), "`cased`", "values that are no texts")?;
        none(
            self.expand && !(is_text || matches!(self.way, Way::Regular(_))),
            "placeholders",
            "this modifier",
        )?;
        none(
            self.part.is_some() && !matches!(self.way, Way::Text | Way::Compare(_)),
            "parts of a date",
            "this modifier",
        )?;
        let needs_field = self.part.is_some() || !matches!(self.way, Way::Text | Way::Regular(_));
        none(self.is_keyword && needs_field, "keywords", "a modifier that asks one field")?;
        Ok(())
    }

    /// What a value asks; any of these.
    fn checks(&self, value: &Scalar, options: &Options) -> Result<Vec<Check>, Refused> {
        if value.text.len() > options.limits.value {
            return Err(too_large(format!("a value is longer than {} bytes", options.limits.value)));
        }
        if value.is_null() {
            let is_bare = self.way == Way::Text && self.part.is_none() && self.changes.is_empty();
            let is_bare = is_bare && self.place.is_none() && !self.expand && !self.is_keyword;
            return if is_bare {
                Ok(vec![Check::Null])
            } else {
                Err(Refused::broken("a value says nothing (null)"))
            };
        }
        let text = value.text.as_str();
        let number = || Number::parse(text).ok_or_else(|| Refused::broken(format!("`{text}` is no number")));
        if let Some(part) = self.part {
            let relation = if let Way::Compare(it) = self.way { Some(it) } else { None };
            return Ok(vec![Check::TimePart(part, relation, number()?)]);
        }
        let place = self.place.unwrap_or(if self.is_keyword { Place::Anywhere } else { Place::Whole });
        match self.way {
            Way::Text => self.texts(value, place, options),
            Way::Exists => match value.truth() {
                Some(it) => Ok(vec![Check::Exists(it)]),
                None => Err(Refused::broken(format!("`exists` is `true` or `false`, not `{text}`"))),
            },
            Way::Regular(flags) => {
                let one = |it: String| Regular::new(&it, flags, &options.limits).map(Check::Regular);
                self.expanded(text, options)?.into_iter().map(one).collect()
            }
            Way::Network => {
                let network = Network::parse(text);
                let network = network.ok_or_else(|| Refused::broken(format!("`{text}` is no network")))?;
                Ok(vec![Check::Network(network)])
            }
            Way::Compare(relation) => Ok(vec![Check::Compare(relation, number()?)]),
            Way::Field => {
                Ok(vec![Check::Field(FieldReference { field: text.into(), place, cased: self.cased })])
            }
        }
    }

    fn texts(&self, value: &Scalar, place: Place, options: &Options) -> Result<Vec<Check>, Refused> {
        let number = Number::parse(&value.text).filter(|_| value.plain);
        if let Some(number) = number
            && place == Place::Whole
            && self.changes.is_empty()
        {
            return Ok(vec![Check::Number(Wildcard::plain(&value.text, place, self.cased), number)]);
        }
        let mut values: Vec<Value> =
            self.expanded(&value.text, options)?.iter().map(|it| Value::Pieces(pieces(it))).collect();
        for change in &self.changes {
            let changed = values.into_iter().map(|it| change.apply(it, options.limits.expanded));
            values = changed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        }
        let check = |value: Value| {
            let pieces = match value {
                Value::Pieces(it) => it,
                Value::Octets(it) => vec![Piece::Text(String::from_utf8(it).map_err(|_| no_text())?.into())],
            };
            let wildcard = Wildcard::new(pieces, place, self.cased);
            if wildcard.longest_gapped() > options.limits.gapped {
                let limit = options.limits.gapped;
                return Err(too_large(format!(
                    "more than {limit} characters with gaps stand between two `*`"
                )));
            }
            Ok(Check::Text(wildcard))
        };
        let checks: Vec<Check> = values.into_iter().map(check).collect::<Result<_, _>>()?;
        if checks.is_empty() {
            Err(Refused::broken("nothing is left of a value once it is encoded"))
        } else {
            Ok(checks)
        }
    }

    /// A value with what its placeholders stand for.
    fn expanded(&self, text: &str, options: &Options) -> Result<Vec<String>, Refused> {
        if !self.expand {
            return Ok(vec![text.to_owned()]);
        }
        let mut expanded = vec![String::new()];
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            let after = from.get(1..).unwrap_or_default();
            if let Some(before) = before.strip_suffix('\\') {
                push_all(&mut expanded, before);
                push_all(&mut expanded, "%");
                rest = after;
                continue;
            }
            push_all(&mut expanded, before);
            let name = after.split_once('%').filter(|(name, _)| is_name(name));
            let Some((name, after)) = name else {
                push_all(&mut expanded, "%");
                rest = after;
                continue;
            };
            let values = options.placeholders.get(name).ok_or_else(|| Refused {
                reason: Reason::UnknownPlaceholder,
                detail: format!("nothing is given for the placeholder `%{name}%`"),
            })?;
            if expanded.len().saturating_mul(values.len()) > options.limits.expanded {
                return Err(too_large(format!(
                    "placeholders make more than {} values",
                    options.limits.expanded
                )));
            }
            let with = |it: &String| values.iter().map(|value| format!("{it}{value}")).collect::<Vec<_>>();
            expanded = expanded.iter().flat_map(with).collect();
            rest = after;
        }
        push_all(&mut expanded, rest);
        Ok(expanded)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '.'))
}

impl Change {
    fn apply(self, value: Value, limit: usize) -> Result<Vec<Value>, Refused> {
        if self == Self::Windash {
            return match value {
                Value::Pieces(it) => Ok(vec![Value::Pieces(dashed(it))]),
                Value::Octets(_) => Err(Refused::broken("`windash` must stand before encodings")),
            };
        }
        let all = match value {
            Value::Octets(it) => vec![it],
            Value::Pieces(it) if matches!(self, Self::Base64 | Self::Base64Offset) => {
                plain(&it, limit)?.into_iter().map(String::into_bytes).collect()
            }
            Value::Pieces(it) => {
                let encode = match self {
                    Self::Utf16 => encode::utf16,
                    Self::Utf16be => encode::utf16be,
                    _ => encode::utf16le,
                };
                return Ok(plain(&it, limit)?.iter().map(|it| Value::Octets(encode(it))).collect());
            }
        };
        let text = |it: String| Value::Pieces(vec![Piece::Text(it.into())]);
        match self {
            Self::Base64 => Ok(all.iter().map(|it| text(encode::base64(it))).collect()),
            Self::Base64Offset => Ok(all.iter().flat_map(|it| encode::base64offset(it)).map(text).collect()),
            _ => Err(Refused::broken("a value is encoded as UTF-16 twice")),
        }
    }
}

/// Every text that pieces without wildcards stand for.
fn plain(pieces: &[Piece], limit: usize) -> Result<Vec<String>, Refused> {
    let mut texts = vec![String::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => push_all(&mut texts, text),
            Piece::Dash => {
                if texts.len() * DASHES.len() > limit {
                    return Err(too_large(format!("dashes make more than {limit} values")));
                }
                let with = |it: &String| DASHES.map(|dash| format!("{it}{dash}"));
                texts = texts.iter().flat_map(with).collect();
            }
            Piece::Any | Piece::One => {
                return Err(Refused::broken("a value with wildcards cannot be encoded"));
            }
        }
    }
    Ok(texts)
}

fn push_all(texts: &mut [String], more: &str) {
    for text in texts {
        text.push_str(more);
    }
}

fn no_text() -> Refused {
    let detail = "these octets are in no text: put `base64` or `base64offset` after the encoding";
    Refused::broken(detail)
}

fn too_large(detail: String) -> Refused {
    Refused { reason: Reason::TooLarge, detail }
}
