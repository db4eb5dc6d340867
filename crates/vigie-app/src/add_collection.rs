//! Making a collection.

use uuid::Uuid;
use vigie_model::collection::Collection;
use vigie_model::id::CollectionId;

use crate::app::{App, AppError};

/// Makes an empty collection and says what its id is.
pub async fn run(
    app: &App,
    title: &str,
    alias: Option<&str>,
    description: Option<&str>,
) -> Result<CollectionId, AppError> {
    let id = CollectionId::new(Uuid::new_v4());
    let (title, alias, description) =
        (title.to_owned(), alias.map(str::to_owned), description.map(str::to_owned));
    app.write("home", move |tx, now| {
        tx.add_collection(&Collection { id, title, description, alias, created: now })?;
        Ok(id)
    })
    .await
}
