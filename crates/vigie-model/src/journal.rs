//! The journal: what a node did, in order, each transaction at least once.

use serde::{Deserialize, Serialize};

/// An entry as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3… without gaps.
    pub sequence: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// Who did it: a member's or token's id, or `node`.
    pub actor: String,
    /// What was done.
    pub act: Act,
}

/// What was done. Identifiers only, never content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// The node was set up.
    Initialised {},
    /// Objects were taken into a collection.
    Ingested {
        /// The collection.
        collection: String,
        /// How many versions are new.
        added: u64,
        /// How many were known already.
        duplicates: u64,
        /// How many were refused.
        refused: u64,
    },
    /// A version was set aside: same id and version, other content.
    Quarantined {
        /// The object.
        object: String,
        /// The version.
        version: String,
    },
    /// An object was deleted from a collection.
    Deleted {
        /// The collection.
        collection: String,
        /// The object.
        object: String,
    },
    /// Something left the node.
    Released {
        /// The collection or page.
        from: String,
        /// The member who received.
        to: String,
        /// How many objects.
        objects: u64,
    },
    /// A version got the label that it was waiting for.
    Relabelled {
        /// The object.
        object: String,
        /// The marking definition that arrived.
        marking: String,
    },
    /// A log was read as far as this line.
    TelemetryRead {
        /// The log.
        file: String,
        /// The line.
        line: u64,
    },
    /// An alert was raised.
    Alerted {
        /// The alert.
        alert: String,
        /// The rule.
        rule: String,
    },
    /// A sighting was made or received.
    Sighted {
        /// The STIX sighting.
        sighting: String,
        /// What was seen.
        indicator: String,
    },
    /// A collection was made.
    CollectionAdded {
        /// The collection.
        collection: String,
    },
    /// A collection got another title, description or alias.
    CollectionSet {
        /// The collection.
        collection: String,
    },
    /// A member was entered, or its state changed.
    MemberSet {
        /// The member.
        member: String,
        /// Its state now.
        state: String,
    },
    /// A peer was entered or changed.
    PeerSet {
        /// The peer.
        peer: String,
    },
    /// A peer was forgotten.
    PeerRemoved {
        /// The peer.
        peer: String,
    },
    /// A token was made.
    TokenAdded {
        /// The token's id.
        token: String,
        /// Its name.
        name: String,
    },
    /// A token was withdrawn.
    TokenRemoved {
        /// The token's id.
        token: String,
    },
}
