//! Peers, and how far each was pulled.

use vigie_model::id::PeerId;
use vigie_model::journal::Act;
use vigie_model::peer::{Fingerprint, Peer};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

impl Reader<'_> {
    /// All peers, in the order of their identifiers.
    pub fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        sqlite::peer::all(self.connection)?.into_iter().map(TryInto::try_into).collect()
    }

    /// One peer.
    pub fn peer(&self, id: PeerId) -> Result<Option<Peer>, StoreError> {
        sqlite::peer::by_id(self.connection, id)?.map(TryInto::try_into).transpose()
    }

    /// The peer that shows this certificate.
    pub fn peer_by_fingerprint(&self, fingerprint: &Fingerprint) -> Result<Option<Peer>, StoreError> {
        sqlite::peer::by_fingerprint(self.connection, fingerprint)?.map(TryInto::try_into).transpose()
    }
}

impl Tx<'_> {
    /// Enters a peer, or changes it. Its member must be known and its fingerprint its own.
    pub fn set_peer(&mut self, peer: &Peer) -> Result<(), StoreError> {
        if sqlite::member::by_id(&self.connection, peer.member)?.is_none() {
            return Err(StoreError::NotFound { noun: "member", id: peer.member.to_string() });
        }
        sqlite::peer::set(&self.connection, peer).map_err(|it| {
            if StoreError::is_conflict(&it) {
                StoreError::Taken { noun: "peer with the fingerprint", name: peer.fingerprint.to_string() }
            } else {
                it.into()
            }
        })?;
        self.journal(&Act::PeerSet { peer: peer.id.to_string() })
    }

    /// Remembers how far a peer was pulled, and its epoch there.
    pub fn set_cursor(&mut self, peer: PeerId, cursor: Option<&str>, epoch: u64) -> Result<(), StoreError> {
        if !sqlite::peer::set_cursor(&self.connection, peer, cursor, epoch)? {
            return Err(StoreError::NotFound { noun: "peer", id: peer.to_string() });
        }
        self.journal(&Act::PeerSet { peer: peer.to_string() })
    }

    /// Forgets a peer. Says whether it was known.
    pub fn remove_peer(&mut self, peer: PeerId) -> Result<bool, StoreError> {
        let known = sqlite::peer::remove(&self.connection, peer)?;
        if known {
            self.journal(&Act::PeerRemoved { peer: peer.to_string() })?;
        }
        Ok(known)
    }
}
