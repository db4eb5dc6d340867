//! Members of the accord: each nation's CERT, and whether it may take part today.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vigie_stix::id::StixId;

use crate::country::Country;
use crate::id::MemberId;

/// A member as a node knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Stable for ever; never reused.
    pub id: MemberId,
    /// For people to read.
    pub name: String,
    /// The nation that it belongs to.
    pub country: Country,
    /// The STIX identity under which it creates objects.
    pub identity: StixId,
    /// The groups of the accord that it is in, by UUID or agreed name.
    pub groups: BTreeSet<String>,
    /// Whether it may take part today.
    pub state: Membership,
}

/// Whether a member may take part. An input to every decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Membership {
    /// Takes part.
    Active,
    /// Cut off for now: receives and brings nothing.
    Suspended,
    /// No longer a member: receives and brings nothing.
    Left,
}

/// A text that is no state of membership.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no membership; expected `active`, `suspended` or `left`")]
pub struct BadMembership(String);

impl Membership {
    /// The word used in every layer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Left => "left",
        }
    }
}

impl fmt::Display for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Membership {
    type Err = BadMembership;

    fn from_str(text: &str) -> Result<Self, BadMembership> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            "left" => Ok(Self::Left),
            _ => Err(BadMembership(text.chars().take(40).collect())),
        }
    }
}
