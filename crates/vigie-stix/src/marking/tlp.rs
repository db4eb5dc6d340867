//! The Traffic Light Protocol, versions 1 and 2.0, as STIX carries it.
//!
//! TLP 1 is part of the standard (section 7.2.1.4), TLP 2.0 an extension by OASIS with five marking definitions of
//! fixed identifier. Both are read, TLP 2.0 is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A level, from free to closed: the order is that of strictness. Written as the word of `tlp_2_0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tlp {
    /// `TLP:CLEAR`, in TLP 1 `TLP:WHITE`
    Clear,
    /// `TLP:GREEN`
    Green,
    /// `TLP:AMBER`
    Amber,
    /// `TLP:AMBER+STRICT`, which TLP 1 does not have.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// `TLP:RED`
    Red,
}

/// The extension that says a level of TLP 2.0 in a marking definition.
pub const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// A text that is no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no TLP level; expected `clear`, `green`, `amber`, `amber+strict` or `red`")]
pub struct BadTlp(String);

/// The definition of one level, letter for letter as OASIS publishes it, but on one line.
macro_rules! definition {
    ($uuid:literal, $label:literal, $level:literal) => {
        concat!(
            r#"{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--"#,
            $uuid,
            r#"","created":"2022-10-01T00:00:00.000Z","name":""#,
            $label,
            r#"","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":"#,
            r#"{"extension_type":"property-extension","tlp_2_0":""#,
            $level,
            r#""}}}"#
        )
    };
}

impl Tlp {
    /// All levels, from free to closed.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// The level that a marking definition of fixed identifier stands for, of TLP 1 or of TLP 2.0.
    pub fn of_marking(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.marking_id() == id || it.tlp1_marking_id() == Some(id))
    }

    /// The identifier of its marking definition in TLP 2.0.
    pub fn marking_id(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The identifier of its marking definition in TLP 1.
    pub fn tlp1_marking_id(self) -> Option<&'static str> {
        match self {
            Self::Clear => Some("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
            Self::Green => Some("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
            Self::Amber => Some("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
            Self::AmberStrict => None,
            Self::Red => Some("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
        }
    }

    /// Its marking definition of TLP 2.0, as text.
    pub fn definition(self) -> &'static str {
        match self {
            Self::Clear => definition!("94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR", "clear"),
            Self::Green => definition!("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN", "green"),
            Self::Amber => definition!("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER", "amber"),
            Self::AmberStrict => {
                definition!("939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT", "amber+strict")
            }
            Self::Red => definition!("e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED", "red"),
        }
    }

    /// The word for it in the property `tlp_2_0`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    /// The label for people, which is never translated.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Tlp {
    type Err = BadTlp;

    /// Takes what is found in the wild: any case, with or without `TLP:`, `white`, and `-`, `_` or a space for `+`.
    fn from_str(text: &str) -> Result<Self, BadTlp> {
        let level = text.trim().to_ascii_lowercase();
        let level = level.strip_prefix("tlp:").map_or(level.as_str(), str::trim);
        match level {
            "clear" | "white" => Ok(Self::Clear),
            "green" => Ok(Self::Green),
            "amber" => Ok(Self::Amber),
            "amber+strict" | "amber-strict" | "amber_strict" | "amber strict" => Ok(Self::AmberStrict),
            "red" => Ok(Self::Red),
            _ => Err(BadTlp(text.chars().take(60).collect())),
        }
    }
}
