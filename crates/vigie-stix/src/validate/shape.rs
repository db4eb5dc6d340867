//! The words in which the tables of properties are written.
//!
//! A [`Structure`] is one table of the standard: its properties, each with a [`Shape`], and its [`Constraint`]s
//! between properties. The tables in `sdo.rs`, `sro.rs`, `sco.rs` and `meta.rs` are meant to be read beside it.

use super::check::Check;
use super::report::Path;
use super::rule::Rule;
use super::vocabulary::Terms;
use crate::json::Map;
use crate::object::Kind;

/// One table of properties.
pub(super) struct Structure {
    /// The properties in groups: those that types share, then its own. At most 64 in all.
    pub(super) properties: &'static [&'static [Property]],
    /// What must hold between them.
    pub(super) constraints: &'static [Constraint],
}

/// One row of a table.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
}

/// A property that must be present.
pub(super) const fn must(name: &'static str, shape: Shape) -> Property {
    Property { name, required: true, shape }
}

/// A property that may be present.
pub(super) const fn may(name: &'static str, shape: Shape) -> Property {
    Property { name, required: false, shape }
}

/// What a value must look like: the types of section 2 and what single properties add to them.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Anything but `null`, an empty list and an empty object.
    Any,
    Text,
    Boolean,
    Integer(i64, i64),
    Confidence,
    Float(f64, f64),
    Timestamp,
    /// `created` and `modified`, which have milliseconds.
    Version,
    Binary,
    Hex,
    Hashes,
    Language,
    Identifier(Targets),
    Open(Terms),
    Closed(Terms),
    Format(&'static Format),
    List(&'static Shape),
    Object(&'static Structure),
    /// The keys are free, the values alike.
    Dictionary(&'static Shape),
    Extensions,
    /// The observables inside observed data, by key (section 2.13).
    Container,
    /// Checked where the whole object is at hand.
    Elsewhere,
}

pub(super) use Shape::{Binary, Boolean, Float, Hashes, Hex, Text, Timestamp};

/// Any whole number that STIX can carry.
pub(super) const INTEGER: Shape = Shape::Integer(-MAX_INTEGER, MAX_INTEGER);
/// Any such number that is not negative.
pub(super) const COUNT: Shape = Shape::Integer(0, MAX_INTEGER);
/// Section 2.10
pub(super) const MAX_INTEGER: i64 = (1 << 53) - 1;
pub(super) const PORT: Shape = Shape::Integer(0, 65_535);
pub(super) const TEXTS: Shape = Shape::List(&Text);

/// A reference to an object of one of these types.
pub(super) const fn to(types: &'static [&'static str]) -> Shape {
    Shape::Identifier(Targets::Types(types))
}

/// A text with a syntax of its own.
pub(super) struct Format {
    pub(super) rule: &'static Rule,
    pub(super) fits: fn(&str) -> bool,
    pub(super) wants: &'static str,
    /// Whether a defanged observable is excused, for its value was made invalid on purpose.
    pub(super) unless_defanged: bool,
}

/// What a reference may name.
#[derive(Clone, Copy)]
pub(super) enum Targets {
    /// Any object, but not a bundle.
    Any,
    /// An object of these types.
    Types(&'static [&'static str]),
    /// An observable.
    Observable,
    /// An observable, or a relationship or sighting of one.
    Observed,
    /// A domain object or an observable: what a relationship joins.
    Joined,
    /// A domain object: what is sighted.
    Sighted,
    /// Anything that has texts to translate.
    Translated,
    /// An identity; the OASIS validator lets others pass, so this is a warning.
    Creator,
    /// A marking definition.
    Marking,
}

impl Targets {
    pub(super) fn allows(self, object_type: &str) -> bool {
        let kind = Kind::of(object_type);
        let custom = kind == Kind::Custom && object_type != "bundle";
        match self {
            Self::Any => object_type != "bundle",
            Self::Types(types) => types.contains(&object_type),
            Self::Observable => kind == Kind::Sco || custom,
            Self::Observed => matches!(kind, Kind::Sco | Kind::Sro) || custom,
            Self::Joined => matches!(kind, Kind::Sdo | Kind::Sco) || custom,
            Self::Sighted => kind == Kind::Sdo || custom,
            Self::Translated => object_type != "bundle" && kind != Kind::LanguageContent,
            Self::Creator => object_type == "identity",
            Self::Marking => kind == Kind::MarkingDefinition,
        }
    }

    pub(super) fn wants(self) -> String {
        match self {
            Self::Any => "any object but a bundle".to_owned(),
            Self::Types(types) => types.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or "),
            Self::Observable => "a cyber-observable".to_owned(),
            Self::Observed => "a cyber-observable, a relationship or a sighting".to_owned(),
            Self::Joined => "a domain object or a cyber-observable".to_owned(),
            Self::Sighted => "a domain object".to_owned(),
            Self::Translated => "an object with texts".to_owned(),
            Self::Creator => "`identity`".to_owned(),
            Self::Marking => "`marking-definition`".to_owned(),
        }
    }
}

/// What must hold between the properties of a table.
pub(super) enum Constraint {
    /// The first timestamp is not before the second.
    NotBefore(&'static Rule, &'static str, &'static str),
    /// The first timestamp is later than the second.
    Later(&'static Rule, &'static str, &'static str),
    /// At least one is present.
    AnyOf(&'static Rule, &'static [&'static str]),
    /// Exactly one is present.
    OneOf(&'static Rule, &'static [&'static str]),
    /// Where the first is present, so is the second.
    Needs(&'static Rule, &'static str, &'static str),
    /// At least one property of the table's last group is present, or an extension.
    Something(&'static Rule),
    /// What no other word says.
    Also(fn(&Map<'_>, &Path<'_>, &mut Check<'_>)),
}
