//! Deleting versions of an object from a collection (TAXII 2.1 section 5.7).

use vigie_model::query::Query;
use vigie_policy::Action;

use crate::app::App;
use crate::read_objects::{self, CollectionError};
use crate::session::Session;

/// Deletes the versions that the query names and the caller may see, of the object that it names; says how many went.
pub async fn run(
    app: &App,
    session: &Session,
    collection: &str,
    query: Query,
) -> Result<u64, CollectionError> {
    let collection = read_objects::find(app, session, collection).await?;
    match (session.read.covers(collection.id), session.write.covers(collection.id)) {
        (true, true) => {}
        (false, false) => return Err(CollectionError::NotFound),
        _ => return Err(CollectionError::Forbidden("deleted from")),
    }
    // Decided on committed labels: what a transaction has interned may yet be undone.
    let (own, viewer) = (app.clone(), session.viewer.clone());
    let clearance = app.read(move |reader| own.clearance(reader, &viewer, Action::View)).await?;
    let deleted = app.write(&session.name, move |tx, _| {
        query
            .ids
            .iter()
            .try_fold(0, |deleted, id| Ok(deleted + tx.delete_intel(collection.id, id, &query, &clearance)?))
    });
    Ok(deleted.await?)
}
