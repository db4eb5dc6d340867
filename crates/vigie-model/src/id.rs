//! Identifiers that say their noun, written `noun--<uuid>` everywhere: address, log, database, export.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A text that is not the identifier asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is no {noun} identifier; expected `{noun}--<uuid>`")]
pub struct BadId {
    text: String,
    noun: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Gives a UUID this noun.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID alone.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($noun, "--{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let uuid = text.strip_prefix(concat!($noun, "--")).and_then(|it| it.parse().ok());
                uuid.map(Self).ok_or_else(|| BadId { text: text.chars().take(80).collect(), noun: $noun })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// Identifies a member of the accord.
    MemberId,
    "member"
);
id!(
    /// Identifies an alert.
    AlertId,
    "alert"
);
id!(
    /// Identifies a peer: the node of another member.
    PeerId,
    "peer"
);
id!(
    /// Identifies an access token, never its secret.
    TokenId,
    "token"
);

/// Identifies a TAXII collection: a bare version-4 UUID on the wire, as section 5.2 of TAXII 2.1 asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CollectionId(Uuid);

impl CollectionId {
    /// Makes a UUID a collection's.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID alone.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for CollectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CollectionId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = |_| BadId { text: text.chars().take(80).collect(), noun: "collection" };
        text.parse().map(Self).map_err(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_its_noun() {
        let id: MemberId = "member--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse().unwrap();
        assert_eq!(id.to_string(), "member--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f");
        let error = "alert--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse::<MemberId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`alert--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f` is no member identifier; expected `member--<uuid>`"
        );
    }
}
