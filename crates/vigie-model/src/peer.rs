//! Peers: the nodes of other members, known by the key of their certificate.

use std::fmt;
use std::str::FromStr;

use crate::id::{CollectionId, MemberId, PeerId};

/// Another member's node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Stable in this node.
    pub id: PeerId,
    /// Whose node it is.
    pub member: MemberId,
    /// The address of its TAXII API root, ending in `/`.
    pub api_root: String,
    /// The collection that we pull.
    pub collection: CollectionId,
    /// Its identity: what its certificate's key must hash to.
    pub fingerprint: Fingerprint,
    /// How far we have pulled.
    pub cursor: Option<String>,
    /// The peer's audience epoch at that point; when it moves, we pull from the beginning.
    pub epoch: u64,
}

/// SHA-256 of a certificate's DER bytes, in lower-case hexadecimal: 64 letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Box<str>);

/// A text that is no fingerprint.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no certificate fingerprint; expected 64 hexadecimal digits of SHA-256")]
pub struct BadFingerprint(String);

impl Fingerprint {
    /// From the digest itself.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        let halves = digest.iter().flat_map(|it| [it >> 4, it & 15]);
        let letters = halves.filter_map(|it| char::from_digit(u32::from(it), 16));
        Self(letters.collect::<String>().into())
    }

    /// The 64 letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    /// Takes either case, with or without colons.
    fn from_str(text: &str) -> Result<Self, BadFingerprint> {
        let plain: String = text.chars().filter(|it| *it != ':').map(|it| it.to_ascii_lowercase()).collect();
        if plain.len() == 64 && plain.bytes().all(|it| it.is_ascii_hexdigit()) {
            Ok(Self(plain.into()))
        } else {
            Err(BadFingerprint(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
