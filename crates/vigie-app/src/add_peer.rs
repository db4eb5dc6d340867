//! Meeting an ally: cards are exchanged out of band, and each node enters the other's.
//!
//! A card says who a node is and by which key it is known. It is not secret, but it must come by a way that the
//! administrator trusts: everything that the peer later brings is believed to be that member's because of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vigie_model::collection::SHARED;
use vigie_model::country::Country;
use vigie_model::id::{CollectionId, MemberId, PeerId};
use vigie_model::member::{Member, Membership};
use vigie_model::peer::{Fingerprint, Peer};

use vigie_store::StoreError;

use crate::app::{App, AppError};

/// What a node tells an ally about itself, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The member whose node it is.
    pub member: MemberId,
    /// The member's name.
    pub name: String,
    /// The nation.
    pub nation: Country,
    /// The STIX identity under which it creates objects.
    pub identity: String,
    /// The groups of the accord that it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The address of its TAXII API root.
    pub api_root: String,
    /// The collection that it offers to allies.
    pub collection: CollectionId,
    /// SHA-256 of its certificate.
    pub fingerprint: String,
}

/// Why a card was not entered.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// It is this node's own card.
    #[error("this is the node's own card")]
    Own,
    /// A part of the card cannot be read.
    #[error("the card's `{0}` cannot be used: {1}")]
    Bad(&'static str, String),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// This node's own card, for an address at which allies reach it.
pub async fn card(app: &App, api_root: &str) -> Result<Card, AppError> {
    let node = app.node().clone();
    let api_root = api_root.to_owned();
    app.read(move |reader| {
        let shared = reader.collection(SHARED)?;
        let shared =
            shared.ok_or_else(|| StoreError::NotFound { noun: "collection", id: SHARED.to_owned() })?;
        let groups = reader.member(node.member)?.map(|it| it.groups).unwrap_or_default();
        Ok(Card {
            member: node.member,
            name: node.name,
            nation: node.country,
            identity: node.identity.to_string(),
            groups: groups.into_iter().collect(),
            api_root,
            collection: shared.id,
            fingerprint: node.fingerprint.to_string(),
        })
    })
    .await
}

/// Enters an ally: its member, active, and its node. A card entered again replaces address and key.
pub async fn run(app: &App, card: Card) -> Result<PeerId, CardError> {
    if card.member == app.node().member {
        return Err(CardError::Own);
    }
    let identity = card.identity.parse().map_err(|it: vigie_stix::id::BadStixId| bad("identity", &it))?;
    let fingerprint: Fingerprint =
        card.fingerprint.parse().map_err(|it: vigie_model::peer::BadFingerprint| bad("fingerprint", &it))?;
    let entered = app.write("home", move |tx, _| {
        let known = tx.reader()?.member(card.member)?;
        let member = Member {
            id: card.member,
            name: card.name,
            country: card.nation,
            identity,
            groups: card.groups.into_iter().collect(),
            // A suspended member does not become active by handing in its card again.
            state: known.map_or(Membership::Active, |it| it.state),
        };
        tx.set_member(&member)?;
        let peers = tx.reader()?.peers()?;
        let known = peers.iter().find(|it| it.member == card.member);
        let id = known.map_or_else(|| PeerId::new(Uuid::new_v4()), |it| it.id);
        tx.set_peer(&Peer {
            id,
            member: card.member,
            api_root: card.api_root,
            collection: card.collection,
            fingerprint,
            cursor: None,
            epoch: 0,
        })?;
        Ok(id)
    });
    Ok(entered.await?)
}

/// All peers with their members.
pub async fn list(app: &App) -> Result<Vec<(Peer, Option<Member>)>, AppError> {
    app.read(|reader| {
        let with_member =
            |peer: Peer| Ok((reader.member(peer.member)?, peer)).map(|(member, peer)| (peer, member));
        reader.peers()?.into_iter().map(with_member).collect()
    })
    .await
}

fn bad(part: &'static str, why: &dyn std::fmt::Display) -> CardError {
    CardError::Bad(part, why.to_string())
}
