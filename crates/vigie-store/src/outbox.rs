//! The outbox: what changed, for those who must hear of it at once.
//!
//! A listener keeps the sequence of the last message it has seen. A message names the label concerned, so that a
//! viewer hears only of what it may see. Old messages are dropped; a listener that fell behind is told so.

use vigie_model::id::CollectionId;
use vigie_model::label::LabelId;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Ascending without gaps.
    pub sequence: u64,
    /// What sort of thing.
    pub change: Change,
    /// The collection concerned, if one is.
    pub collection: Option<CollectionId>,
    /// The label of what changed; None concerns everybody.
    pub label: Option<LabelId>,
    /// The identifier of what changed, where it is one thing.
    pub subject: Option<String>,
}

/// What sort of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Versions of objects were added to the collection, one message for each label.
    Intel,
    /// Versions of the object `subject` were removed from the collection.
    Deleted,
    /// The alert `subject` was raised.
    Alert,
    /// The sighting `subject` was made, received or counted again.
    Sighting,
    /// The member `subject` may see something else than before.
    Member,
}

/// Messages after a place in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// In order.
    pub messages: Vec<Message>,
    /// Whether messages after that place were dropped already: the listener must look at everything anew.
    pub missed: bool,
}

impl Reader<'_> {
    /// Messages after this one; 0 begins at the beginning.
    pub fn outbox(&self, after: u64, limit: usize) -> Result<Outbox, StoreError> {
        let (first, _) = sqlite::outbox::ends(self.connection)?;
        let rows = sqlite::outbox::after(self.connection, after, limit)?;
        let messages = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Outbox { messages, missed: after + 1 < first })
    }

    /// The sequence of the last message: where a new listener begins.
    pub fn last_message(&self) -> Result<u64, StoreError> {
        Ok(sqlite::outbox::ends(self.connection)?.1)
    }
}
