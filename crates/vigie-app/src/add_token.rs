//! Giving a program access, and taking it back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use vigie_model::id::{MemberId, TokenId};
use vigie_model::token::{Scope, Token};
use vigie_store::hash_secret;

use crate::app::{App, AppError};

/// A token whose secret exists here and nowhere else: it is shown once, and only its hash is kept.
#[derive(Debug)]
pub struct Issued {
    /// The token's id.
    pub id: TokenId,
    /// 256 random bits in URL-safe base64, 43 letters.
    pub secret: String,
}

/// Why no token was given.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name would break HTTP Basic.
    #[error("`{0}` cannot be a user name: it is empty or holds a colon or a control character")]
    BadName(String),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// Something failed here; a name in use is told by the store.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Makes a token for a member, or for the node's own member.
pub async fn run(
    app: &App,
    name: &str,
    member: Option<MemberId>,
    read: Scope,
    write: Scope,
) -> Result<Issued, TokenError> {
    if name.is_empty() || name.contains(|it: char| it == ':' || it.is_control()) {
        return Err(TokenError::BadName(name.to_owned()));
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let id = TokenId::new(Uuid::new_v4());
    let token = Token {
        id,
        name: name.to_owned(),
        secret_hash: hash_secret(&secret),
        member: member.unwrap_or(app.node().member),
        read,
        write,
    };
    app.write("home", move |tx, _| tx.add_token(&token)).await?;
    Ok(Issued { id, secret })
}

/// Withdraws the token of this name. False when there is none.
pub async fn remove(app: &App, name: &str) -> Result<bool, AppError> {
    let name = name.to_owned();
    app.write("home", move |tx, _| {
        let Some(token) = tx.reader()?.token_by_name(&name)? else { return Ok(false) };
        tx.remove_token(token.id)
    })
    .await
}
