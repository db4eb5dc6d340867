//! Collections: the shelves on which a node offers objects over TAXII 2.1 (section 5).

use crate::id::CollectionId;

/// A collection of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Stable, on the wire.
    pub id: CollectionId,
    /// For people to read.
    pub title: String,
    /// More for people to read.
    pub description: Option<String>,
    /// A short name for addresses, unique in the node.
    pub alias: Option<String>,
    /// When it was made, nanoseconds since 1970: the `date_added` of nothing is later.
    pub created: i64,
}

/// The alias of the collection that every node makes for itself: what it publishes, and what its peers pull.
pub const SHARED: &str = "shared";

/// The alias of the collection that holds what peers published. It is never offered to other peers.
pub const RECEIVED: &str = "received";
