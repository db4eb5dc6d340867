//! Selectors: the path to a part of an object (section 7.2.3.1).

use std::fmt;
use std::str::FromStr;

use crate::json::{Map, Value};

/// The path to a property or to an item of a list: `external_references.[0].url`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the property of this name.
    Key(Box<str>),
    /// To the item of this number, from zero.
    Index(usize),
}

/// A text that is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no selector; expected names and list places like `a.[0].b`")]
pub struct BadSelector(String);

/// No object that we read is deeper.
const MAX_STEPS: usize = 256;

impl Selector {
    /// The steps from the object to the part; at least one.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether the part of `other` is this part or lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        other.steps.starts_with(&self.steps)
    }

    /// The part that it names, if the object has it.
    pub fn resolve<'o, 'a>(&self, properties: &'o Map<'a>) -> Option<&'o Value<'a>> {
        let (first, rest) = self.steps.split_first()?;
        let Step::Key(key) = first else { return None };
        rest.iter().try_fold(properties.get(key)?, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }
}

impl FromStr for Selector {
    type Err = BadSelector;

    fn from_str(text: &str) -> Result<Self, BadSelector> {
        let steps: Option<Vec<Step>> = text.split('.').take(MAX_STEPS + 1).map(step).collect();
        match steps {
            Some(steps) if steps.len() <= MAX_STEPS && matches!(steps.first(), Some(Step::Key(_))) => {
                Ok(Self { steps })
            }
            _ => Err(BadSelector(text.chars().take(120).collect())),
        }
    }
}

fn step(text: &str) -> Option<Step> {
    if let Some(inside) = text.strip_prefix('[') {
        let digits = inside.strip_suffix(']')?;
        let plain =
            digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|it| it.is_ascii_digit()));
        return digits.parse().ok().filter(|_| plain).map(Step::Index);
    }
    let letters = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    (!text.is_empty() && text.len() <= 250 && text.bytes().all(letters)).then(|| Step::Key(text.into()))
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
