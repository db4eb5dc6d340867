//! Taking back what this node published: a last version that says `revoked` (STIX 2.1 section 3.6).

use vigie_model::query::Query;
use vigie_stix::id::StixId;
use vigie_stix::json::{self, Value};
use vigie_stix::timestamp::Timestamp;

use crate::app::App;
use crate::clock;
use crate::publish_indicator::{self, PublishError};
use crate::read_objects::{self, CollectionError};
use crate::session::Session;

/// Why an object was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// It is not in that collection, or not for this session to see.
    #[error("`{0}` is not in the collection")]
    Unknown(StixId),
    /// It is revoked already, and that is final.
    #[error("`{0}` is revoked already")]
    Already(StixId),
    /// Its stored text cannot be read.
    #[error("the stored `{0}` cannot be read: {1}")]
    Damaged(StixId, json::BadJson),
    /// The collection cannot be read.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The revocation was not taken in.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Publishes the revocation of an object of the collection that peers pull.
pub async fn run(app: &App, session: &Session, id: &StixId) -> Result<(), RevokeError> {
    let query = Query { ids: [id.clone()].into(), ..Query::everything(1) };
    let page = read_objects::run(app, session, vigie_model::collection::SHARED, query).await?;
    let found = page.items.into_iter().next().ok_or_else(|| RevokeError::Unknown(id.clone()))?;
    if found.get().revoked {
        return Err(RevokeError::Already(id.clone()));
    }
    let damaged = |error| RevokeError::Damaged(id.clone(), error);
    let mut object = json::parse(&found.get().text).map_err(damaged)?;
    // A clock that runs behind the last version must not make the revocation an older one.
    let nanos = i128::from(clock::now()).max(found.get().version.nanos() + 1_000_000);
    let modified = Timestamp::from_nanos_millis(nanos);
    if let Value::Object(properties) = &mut object {
        properties.insert("modified", Value::String(modified.as_str().to_owned().into()));
        properties.insert("revoked", Value::Bool(true));
    }
    let text = serde_json::to_string(&object).unwrap_or_default();
    publish_indicator::share(app, session, &[text]).await?;
    Ok(())
}
