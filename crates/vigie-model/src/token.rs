//! Access tokens: how programs without a certificate prove who they are. Only a hash is kept.

use std::collections::BTreeSet;

use crate::id::{CollectionId, MemberId, TokenId};

/// A token as a node keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Stable, never secret.
    pub id: TokenId,
    /// The user name for HTTP Basic; unique in the node.
    pub name: String,
    /// SHA-256 of the secret, 32 bytes. The secret has 256 random bits, so a slow hash would add nothing.
    pub secret_hash: [u8; 32],
    /// As whom the bearer acts.
    pub member: MemberId,
    /// Collections that it may read.
    pub read: Scope,
    /// Collections that it may write.
    pub write: Scope,
}

/// Which collections a right covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every one, also those made later.
    All,
    /// These only.
    Only(BTreeSet<CollectionId>),
}

impl Scope {
    /// No collection.
    pub fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// Whether it covers a collection.
    pub fn covers(&self, collection: CollectionId) -> bool {
        match self {
            Self::All => true,
            Self::Only(these) => these.contains(&collection),
        }
    }
}
