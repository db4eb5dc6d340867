//! Who is calling: from a credential to a viewer with its rights.

use vigie_model::collection::SHARED;
use vigie_model::id::CollectionId;
use vigie_model::member::Membership;
use vigie_model::peer::Fingerprint;
use vigie_model::token::Scope;
use vigie_policy::Viewer;
use vigie_store::{StoreError, hash_secret};

use crate::app::{App, AppError};

/// What a caller proves itself with.
pub enum Credential {
    /// HTTP Basic: a token's name and its secret.
    Basic {
        /// The token's name.
        name: String,
        /// Its secret.
        secret: String,
    },
    /// HTTP Bearer: the secret alone.
    Bearer {
        /// The token's secret.
        secret: String,
    },
    /// The certificate of a peer's node, whose key the TLS handshake has proved.
    Certificate {
        /// SHA-256 of its DER bytes.
        fingerprint: Fingerprint,
    },
}

/// An authenticated caller. Made anew for every request, so that a suspension takes effect at once.
#[derive(Clone, Debug)]
pub struct Session {
    /// As whom policy decides.
    pub viewer: Viewer,
    /// The token's or peer's name, for the journal.
    pub name: String,
    /// Collections that it may read.
    pub read: Scope,
    /// Collections that it may write.
    pub write: Scope,
}

impl Session {
    /// Under what name the outcome of a request is kept: another caller, or the same after a change, cannot ask for it.
    pub(crate) fn owner(&self) -> String {
        format!("{}/{}", self.viewer.member, self.name)
    }

    /// Whether the caller is one of the node's own people and sees everything there is: only they are told of its
    /// alerts, its allies and its state.
    pub fn is_own(&self, app: &App) -> bool {
        self.viewer.member == app.node().member && self.read == Scope::All
    }

    /// Whether the caller may know that the collection exists.
    pub fn knows(&self, collection: CollectionId) -> bool {
        self.read.covers(collection) || self.write.covers(collection)
    }
}

impl App {
    /// Finds out who calls. None means that the credential proves nothing.
    pub async fn authenticate(&self, credential: Credential) -> Result<Option<Session>, AppError> {
        self.read(move |reader| {
            let (member, name, read, write) = match credential {
                Credential::Basic { name, secret } => {
                    let Some(token) =
                        reader.token_by_hash(&hash_secret(&secret))?.filter(|it| it.name == name)
                    else {
                        return Ok(None);
                    };
                    (token.member, token.name, token.read, token.write)
                }
                Credential::Bearer { secret } => {
                    let Some(token) = reader.token_by_hash(&hash_secret(&secret))? else { return Ok(None) };
                    (token.member, token.name, token.read, token.write)
                }
                Credential::Certificate { fingerprint } => {
                    let Some(peer) = reader.peer_by_fingerprint(&fingerprint)? else { return Ok(None) };
                    let shared = reader.collection(SHARED)?.map(|it| it.id);
                    (
                        peer.member,
                        peer.id.to_string(),
                        Scope::Only(shared.into_iter().collect()),
                        Scope::none(),
                    )
                }
            };
            let Some(member) = reader.member(member)? else { return Ok(None) };
            Ok(Some(Session { viewer: Viewer::of(&member), name, read, write }))
        })
        .await
    }

    /// The session of the node's own people: everything, as the home member.
    pub async fn home(&self) -> Result<Session, AppError> {
        let home = self.node().member;
        self.read(move |reader| {
            let member = reader.member(home)?.filter(|it| it.state == Membership::Active);
            let member =
                member.ok_or_else(|| StoreError::NotFound { noun: "active member", id: home.to_string() })?;
            Ok(Session {
                viewer: Viewer::of(&member),
                name: "home".to_owned(),
                read: Scope::All,
                write: Scope::All,
            })
        })
        .await
    }
}
