//! What a marking definition says (section 7.2.1).

use super::{BadTlp, TLP_EXTENSION, Tlp};
use crate::json::{Map, Value};
use crate::object::Object;

/// What a marking definition says. All that it carries stays in the object; this is what we understand of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkingDefinition<'o> {
    /// The level that its fixed identifier stands for.
    pub standard: Option<Tlp>,
    /// The level that it states in the extension for TLP 2.0, or in `definition` as TLP 1 did.
    pub stated: Option<Tlp>,
    /// Its words, for the type `statement`.
    pub statement: Option<&'o str>,
    /// Its name for people.
    pub name: Option<&'o str>,
    /// Its extensions, understood or not; a reader that does not know one must take it for the strictest.
    pub extensions: Option<&'o Map<'o>>,
}

/// Why a marking definition cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDefinition {
    /// The object has another type.
    #[error("`{0}` is no marking definition")]
    OtherType(String),
    /// It states a level that TLP does not have.
    #[error(transparent)]
    Tlp(#[from] BadTlp),
    /// A level is stated by something other than a string.
    #[error("`{0}` must be a string that names a TLP level")]
    NotAString(&'static str),
    /// It states a level other than its identifier stands for, or two levels.
    #[error("`{id}` stands for {one} and for {other}")]
    Contradiction {
        /// The identifier.
        id: String,
        /// One level.
        one: Tlp,
        /// The other.
        other: Tlp,
    },
}

impl<'o> MarkingDefinition<'o> {
    /// Reads a marking definition. The form `"definition":{"tlp":"clear"}`, which is none of the standard's but
    /// common, is understood.
    pub fn read(object: &'o Object<'o>) -> Result<Self, BadDefinition> {
        if object.object_type() != "marking-definition" {
            return Err(BadDefinition::OtherType(object.id().to_string()));
        }
        let definition = object.get("definition");
        let extensions = object.get("extensions").and_then(Value::as_object);
        let in_extension = extensions.and_then(|it| it.get(TLP_EXTENSION)?.get("tlp_2_0"));
        let stated =
            [level("tlp_2_0", in_extension)?, level("tlp", definition.and_then(|it| it.get("tlp")))?];
        let standard = Tlp::of_marking(object.id().as_str());
        let mut levels = standard.into_iter().chain(stated.into_iter().flatten());
        if let Some(one) = levels.next()
            && let Some(other) = levels.find(|it| *it != one)
        {
            return Err(BadDefinition::Contradiction { id: object.id().to_string(), one, other });
        }
        Ok(Self {
            standard,
            stated: stated.into_iter().flatten().next(),
            statement: definition.and_then(|it| it.get("statement")?.as_str()),
            name: object.get("name").and_then(Value::as_str),
            extensions,
        })
    }

    /// The level, by identifier or as stated.
    pub fn tlp(&self) -> Option<Tlp> {
        self.standard.or(self.stated)
    }
}

fn level(property: &'static str, value: Option<&Value<'_>>) -> Result<Option<Tlp>, BadDefinition> {
    let Some(value) = value else { return Ok(None) };
    let text = value.as_str().ok_or(BadDefinition::NotAString(property))?;
    Ok(Some(text.parse()?))
}
