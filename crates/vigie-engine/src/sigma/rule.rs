//! What a Sigma document says, as values.
//!
//! Start with [`Rule`]; its [`Detection`] is a condition over named searches, a search a tree of [`Item`]s, and an item
//! asks one field for values.

use std::sync::Arc;

use vigie_model::log::LogSource;

use super::correlation::Correlation;
use super::network::Network;
use super::number::Number;
use super::regular::Regular;
use super::wildcard::Wildcard;

/// One document of a Sigma text.
#[derive(Clone, Debug)]
pub enum Document {
    /// A rule about one event.
    Rule(Rule),
    /// A rule about several events that rules matched.
    Correlation(Correlation),
    /// What is taken out of other rules.
    Filter(Filter),
}

/// What names a document, whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Where it was read: a file, or an indicator's id.
    pub place: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// Its identifier, in lower case; most often a UUID.
    pub id: Option<Box<str>>,
    /// The name by which correlations may speak of it.
    pub name: Option<Box<str>>,
    /// Who wrote it. The Detection Rule License asks that the name travels with each match.
    pub author: Option<Box<str>>,
    /// How much the author makes of a match: `informational`, `low`, `medium`, `high`, `critical`.
    pub level: Option<Box<str>>,
    /// When it was last changed, else made: `YYYY-MM-DD`, as written.
    pub modified: Option<Box<str>>,
    /// The document as it was given.
    pub text: Arc<str>,
    /// SHA-256 of the text, in hexadecimal digits.
    pub hash: Box<str>,
}

impl Head {
    /// Whether a reference in a correlation or filter means this document: its id, whatever the case, or its name.
    pub fn answers_to(&self, reference: &str) -> bool {
        let by_id = self.id.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(reference));
        by_id || self.name.as_deref() == Some(reference)
    }

    /// The identifier that hits name: the rule's own, else its hash.
    pub fn id_or_hash(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.hash)
    }

    /// For people: `file: title (id)`.
    pub fn shown(&self) -> String {
        let id = self.id.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        format!("{}: {}{id}", self.place, self.title)
    }
}

/// A rule about one event.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What names it.
    pub head: Head,
    /// The events that it is about.
    pub source: LogSource,
    /// What it looks for in them.
    pub(crate) detection: Detection,
}

/// What is taken out of other rules.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What names it.
    pub head: Head,
    /// The log source of the rules that it may change.
    pub source: LogSource,
    /// The rules, by id or name, as written.
    pub rules: Vec<Box<str>>,
    /// What it looks for.
    pub(crate) detection: Detection,
}

/// A condition over named searches.
#[derive(Clone, Debug)]
pub(crate) struct Detection {
    pub(crate) selections: Vec<Selection>,
    pub(crate) condition: Condition,
}

/// A search under its name (a "search identifier").
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    pub(crate) name: Box<str>,
    pub(crate) search: Search,
}

/// How searches are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// A selection, by its place in [`Detection::selections`].
    Selection(usize),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// What a selection looks for.
#[derive(Clone, Debug)]
pub(crate) enum Search {
    /// The entries of a map.
    All(Vec<Self>),
    /// The elements of a list.
    Any(Vec<Self>),
    Item(Item),
}

/// One field and what it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The field; none for keywords, which are looked for in every field.
    pub(crate) field: Option<Box<str>>,
    /// Field and modifiers, as written.
    pub(crate) key: Box<str>,
    /// What is asked of the values seen.
    pub(crate) tests: Vec<Test>,
    /// Whether all tests must hold (`all`), and not any.
    pub(crate) all: bool,
    /// Whether the answer is turned round (`neq`).
    pub(crate) negated: bool,
}

/// One value of an item.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// The value as written.
    pub(crate) written: Box<str>,
    /// What it was made into, of which any must hold.
    pub(crate) checks: Vec<Check>,
}

/// What is asked of a value seen.
#[derive(Clone, Debug)]
pub(crate) enum Check {
    /// The field is absent or says nothing (`null`).
    Null,
    /// The field is there, or not (`exists`).
    Exists(bool),
    /// The value is, begins with, ends with or contains a text, with wildcards.
    Text(Wildcard),
    /// The value is a number, as text or by its value.
    Number(Wildcard, Number),
    /// A regular expression is found in the value (`re`).
    Regular(Regular),
    /// The value is an address in a network (`cidr`).
    Network(Network),
    /// The value is a number in this relation to another (`lt`, `lte`, `gt`, `gte`).
    Compare(Relation, Number),
    /// A part of the time that the value is, in such a relation (`hour` and so on); none for equality.
    TimePart(TimePart, Option<Relation>, Number),
    /// The value is, begins with, ends with or contains that of another field (`fieldref`).
    Field(FieldReference),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimePart {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// Another field, and where its value is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldReference {
    pub(crate) field: Box<str>,
    pub(crate) place: Place,
    pub(crate) cased: bool,
}

/// Where in a value a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Whole,
    Start,
    End,
    Anywhere,
}

impl Relation {
    /// Whether a number seen is in this relation to the rule's.
    pub(crate) fn holds(self, seen: Number, wanted: Number) -> bool {
        let order = seen.order(wanted);
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}
