//! Access tokens. Of a secret only its hash is kept.

use sha2::{Digest, Sha256};
use vigie_model::id::TokenId;
use vigie_model::journal::Act;
use vigie_model::token::Token;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

/// SHA-256 of a token's secret. A secret has 256 random bits, so nothing slower is needed.
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

impl Reader<'_> {
    /// All tokens, by name.
    pub fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        sqlite::token::all(self.connection)?.into_iter().map(TryInto::try_into).collect()
    }

    /// The token of this name. The caller compares the hash of the secret.
    pub fn token_by_name(&self, name: &str) -> Result<Option<Token>, StoreError> {
        sqlite::token::by_name(self.connection, name)?.map(TryInto::try_into).transpose()
    }

    /// The token with this secret's [`hash_secret`].
    pub fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        sqlite::token::by_hash(self.connection, hash)?.map(TryInto::try_into).transpose()
    }
}

impl Tx<'_> {
    /// Makes a token. Its name must be free, its member known.
    pub fn add_token(&mut self, token: &Token) -> Result<(), StoreError> {
        if sqlite::member::by_id(&self.connection, token.member)?.is_none() {
            return Err(StoreError::NotFound { noun: "member", id: token.member.to_string() });
        }
        sqlite::token::add(&self.connection, token).map_err(|it| {
            if StoreError::is_conflict(&it) {
                StoreError::Taken { noun: "token", name: token.name.clone() }
            } else {
                it.into()
            }
        })?;
        self.journal(&Act::TokenAdded { token: token.id.to_string(), name: token.name.clone() })
    }

    /// Withdraws a token. Says whether it was there.
    pub fn remove_token(&mut self, token: TokenId) -> Result<bool, StoreError> {
        let known = sqlite::token::remove(&self.connection, token)?;
        if known {
            self.journal(&Act::TokenRemoved { token: token.to_string() })?;
        }
        Ok(known)
    }
}
