//! Reading a collection as TAXII 2.1 offers it: objects, manifest, versions.
//!
//! What the caller may not see does not exist: it is not counted, does not shift a page and moves no date.

use vigie_model::collection::Collection;
use vigie_model::id::CollectionId;
use vigie_model::intel::{Intel, IntelRef};
use vigie_model::query::Query;
use vigie_policy::{Action, Clearance, Released};
use vigie_stix::timestamp::Timestamp;
use vigie_store::{Page as Rows, Reader, StoreError};

use crate::app::{App, AppError};
use crate::session::Session;

/// A page of rows, in the order in which they were added.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<Released<T>>,
    /// When the first of them was added, microseconds since 1970.
    pub first: Option<i64>,
    /// When the last of them was added, microseconds since 1970.
    pub last: Option<i64>,
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
pub async fn run(
    app: &App,
    session: &Session,
    collection: &str,
    query: Query,
) -> Result<Page<Intel>, CollectionError> {
    let read = move |reader: &Reader<'_>, id, clearance: &Clearance| reader.intel(id, &query, clearance);
    page(app, session, collection, read, |it: &Intel| &it.date_added).await
}

/// A page of rows without texts, for a manifest or a list of versions.
pub async fn manifest(
    app: &App,
    session: &Session,
    collection: &str,
    query: Query,
) -> Result<Page<IntelRef>, CollectionError> {
    let read = move |reader: &Reader<'_>, id, clearance: &Clearance| reader.manifest(id, &query, clearance);
    page(app, session, collection, read, |it: &IntelRef| &it.date_added).await
}

async fn page<T: Send + 'static>(
    app: &App,
    session: &Session,
    collection: &str,
    read: impl FnOnce(&Reader<'_>, CollectionId, &Clearance) -> Result<Rows<Released<T>>, StoreError>
    + Send
    + 'static,
    date_added: impl Fn(&T) -> &Timestamp,
) -> Result<Page<T>, CollectionError> {
    let collection = find(app, session, collection).await?;
    if !session.read.covers(collection.id) {
        return Err(CollectionError::Forbidden("read"));
    }
    let (own, viewer, id) = (app.clone(), session.viewer.clone(), collection.id);
    let (page, epoch) = app
        .read(move |reader| {
            let clearance = own.clearance(reader, &viewer, Action::View)?;
            Ok((read(reader, id, &clearance)?, reader.epoch(viewer.member)?.unwrap_or_default()))
        })
        .await?;
    let micros =
        |it: &Released<T>| i64::try_from(date_added(it.get()).nanos().div_euclid(1_000)).unwrap_or(i64::MAX);
    Ok(Page {
        first: page.items.first().map(micros),
        last: page.items.last().map(micros),
        items: page.items,
        more: page.more,
        epoch,
        created: collection.created,
    })
}

/// The collection of this id or alias, if the caller may know of it.
pub async fn find(app: &App, session: &Session, name: &str) -> Result<Collection, CollectionError> {
    let name = name.to_owned();
    let found = app.read(move |reader| reader.collection(&name)).await?;
    found.filter(|it| session.knows(it.id)).ok_or(CollectionError::NotFound)
}
