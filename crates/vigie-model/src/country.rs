//! Countries, by their two letters of ISO 3166-1.

use std::fmt;
use std::str::FromStr;

/// A country's alpha-2 code, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that is no country code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no country; expected the two letters of ISO 3166-1, such as `MA`")]
pub struct BadCountry(String);

impl Country {
    /// The two letters, upper case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = BadCountry;

    /// Takes either case.
    fn from_str(text: &str) -> Result<Self, BadCountry> {
        let letters: Result<[u8; 2], _> = text.as_bytes().try_into();
        match letters {
            Ok(letters) if letters.iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self(letters.map(|it| it.to_ascii_uppercase())))
            }
            _ => Err(BadCountry(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
