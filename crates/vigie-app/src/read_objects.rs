//! Reading a collection as TAXII 2.1 offers it: objects, manifest, versions.
//!
//! What the caller may not see does not exist: it is not counted, does not shift a page and moves no date.

use vigie_model::collection::Collection;
use vigie_model::intel::Intel;
use vigie_model::query::Query;
use vigie_policy::{Action, Released};

use crate::app::{App, AppError};
use crate::session::Session;

/// A page of rows, in the order in which they were added.
#[derive(Debug)]
pub struct Page {
    /// The rows.
    pub items: Vec<Released<Intel>>,
    /// Whether the caller can ask for more.
    pub more: bool,
    /// The caller's audience epoch at this snapshot: it moves when what may be seen changed other than by addition.
    pub epoch: u64,
    /// When the collection was made, nanoseconds since 1970: where an empty page stands.
    pub created: i64,
}

/// Why a collection could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// There is none, or the caller may not know of it.
    #[error("there is no such collection")]
    NotFound,
    /// The caller knows the collection and lacks this right.
    #[error("this collection may not be {0} with these credentials")]
    Forbidden(&'static str),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// A page of objects with their exact texts.
pub async fn run(app: &App, session: &Session, collection: &str, query: Query) -> Result<Page, CollectionError> {
    page(app, session, collection, query, true).await
}

/// A page of rows without texts, for a manifest or a list of versions (`text` is empty).
pub async fn manifest(app: &App, session: &Session, collection: &str, query: Query) -> Result<Page, CollectionError> {
    page(app, session, collection, query, false).await
}

async fn page(
    app: &App,
    session: &Session,
    collection: &str,
    query: Query,
    with_text: bool,
) -> Result<Page, CollectionError> {
    let collection = find(app, session, collection).await?;
    if !session.read.covers(collection.id) {
        return Err(CollectionError::Forbidden("read"));
    }
    let (app, viewer) = (app.clone(), session.viewer.clone());
    let (page, epoch) = app
        .clone()
        .read(move |reader| {
            let clearance = app.clearance(reader, &viewer, Action::View)?;
            let page = reader.intel(collection.id, &query, &clearance, with_text)?;
            Ok((page, reader.epoch(viewer.member)?.unwrap_or_default()))
        })
        .await?;
    Ok(Page { items: page.items, more: page.more, epoch, created: collection.created })
}

/// The collection of this id or alias, if the caller may know of it.
pub async fn find(app: &App, session: &Session, name: &str) -> Result<Collection, CollectionError> {
    let name = name.to_owned();
    let found = app.read(move |reader| reader.collection(&name)).await?;
    found.filter(|it| session.knows(it.id)).ok_or(CollectionError::NotFound)
}
