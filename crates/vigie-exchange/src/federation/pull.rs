//! Getting what is new in a collection of a peer.
//!
//! Invariants
//! - The cursor is the peer's own date of the last object taken, so clocks that differ do not matter. It is handed out
//!   with the objects: whoever stores both together loses nothing.
//! - Between pages the cursor stands a microsecond before that date: servers that are no nodes of Vigie give several objects
//!   the same date, and a pull that is cut off there must not lose the rest of them.
//! - When the peer's audience epoch is another than the cursor's, the pull begins at the beginning. An epoch that moves
//!   during a pull is noticed by the next one, so a peer that plays with it cannot hold a pull for ever.

use std::time::Duration;

use vigie_model::peer::Peer;

use crate::taxii::client::{Client, Page, Query, Walk};
use crate::taxii::date::{BadDate, DateAdded};
use crate::transport::ExchangeError;

/// How far we have come in a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// When the last object that we took was added there; `None` before the first.
    pub after: Option<DateAdded>,
    /// The audience epoch there at the beginning of the pull.
    pub epoch: u64,
}

impl Cursor {
    /// Where the last pull from a peer ended.
    pub fn of_peer(peer: &Peer) -> Result<Self, BadDate> {
        let after = peer.cursor.as_deref().map(str::parse).transpose()?;
        Ok(Self { after, epoch: peer.epoch })
    }
}

/// Objects to take in and the cursor to store with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Exact texts, in the order in which the peer added them. They may contain what we have, and may be none.
    pub objects: Vec<Box<str>>,
    /// Where to go on once they are stored.
    pub cursor: Cursor,
}

/// One pull.
#[derive(Debug)]
pub struct Pull {
    client: Client,
    collection: String,
    query: Query,
    walk: Walk<Box<str>>,
    cursor: Cursor,
    /// What the caller has.
    stored: Cursor,
    begun: bool,
}

impl Pull {
    /// From where the cursor stands. The query's `added_after` does not matter.
    pub fn new(client: Client, collection: &str, query: Query, cursor: Cursor) -> Self {
        let query = Query { added_after: cursor.after, ..query };
        let walk = client.objects(collection, query.clone());
        Self { client, collection: collection.to_owned(), query, walk, cursor, stored: cursor, begun: false }
    }

    /// The next batch, or `None` when there is nothing to store any more. One request if nothing is new. After an error,
    /// asking again goes on where it stood.
    pub async fn next(&mut self) -> Result<Option<Batch>, ExchangeError> {
        while let Some(page) = self.walk.next().await? {
            if !self.begun && self.begins_again(&page) {
                continue;
            }
            self.begun = true;
            self.cursor.after = if page.more { page.reached.and_then(just_before) } else { page.reached };
            if !page.items.is_empty() || self.cursor != self.stored {
                self.stored = self.cursor;
                return Ok(Some(Batch { objects: page.items, cursor: self.cursor }));
            }
        }
        Ok(None)
    }

    /// Takes the epoch of the first page, and goes back to the beginning if what the cursor stands for has changed.
    fn begins_again(&mut self, first: &Page<Box<str>>) -> bool {
        let Some(epoch) = first.epoch.filter(|it| *it != self.cursor.epoch) else { return false };
        self.cursor.epoch = epoch;
        let had_begun_before = self.cursor.after.take().is_some();
        if had_begun_before {
            let query = Query { added_after: None, ..self.query.clone() };
            self.walk = self.client.objects(&self.collection, query);
        }
        had_begun_before
    }
}

fn just_before(date: DateAdded) -> Option<DateAdded> {
    date.before(Duration::from_micros(1))
}
