//! The collections that a caller may know of (TAXII 2.1 section 5.1).

use vigie_model::collection::Collection;

use crate::app::{App, AppError};
use crate::session::Session;

/// A collection with the caller's own rights to it.
#[derive(Debug)]
pub struct Offered {
    /// The collection.
    pub collection: Collection,
    /// Whether this caller may read it.
    pub can_read: bool,
    /// Whether this caller may write to it.
    pub can_write: bool,
}

/// All of them, by id.
pub async fn run(app: &App, session: &Session) -> Result<Vec<Offered>, AppError> {
    let mut collections = app.read(|reader| reader.collections()).await?;
    collections.retain(|it| session.knows(it.id));
    collections.sort_by_key(|it| it.id);
    let offer = |collection: Collection| Offered {
        can_read: session.read.covers(collection.id),
        can_write: session.write.covers(collection.id),
        collection,
    };
    Ok(collections.into_iter().map(offer).collect())
}
