//! An analyst tells allies what to look for.
//!
//! Makes a STIX indicator and, when the audience is limited, the marking that says so; both enter the collection
//! that peers pull. The home nation is always part of its own audience, so that sightings under the same marking
//! can come back.

use uuid::Uuid;
use vigie_model::collection::SHARED;
use vigie_model::label::{Clause, Party, Tlp};
use vigie_policy::{Terms, releasability_marking};
use vigie_stix::id::StixId;
use vigie_stix::pattern::{ParseError, Pattern};
use vigie_stix::timestamp::Timestamp;

use crate::app::{App, AppError};
use crate::clock;
use crate::ingest_intel::{self, Fate, IngestError};
use crate::read_objects::{self, CollectionError};
use crate::session::Session;

/// What to publish.
#[derive(Clone, Debug)]
pub struct Draft {
    /// For people to read.
    pub name: String,
    /// More for people to read.
    pub description: Option<String>,
    /// A STIX pattern.
    pub pattern: String,
    /// The traffic light.
    pub tlp: Tlp,
    /// The only ones who may have it. None leaves it to the traffic light alone.
    pub audience: Option<Clause>,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The pattern cannot be read.
    #[error("the pattern cannot be published: {0}")]
    Pattern(#[from] ParseError),
    /// The objects were not taken in.
    #[error("`{id}` was not taken in: {why}")]
    Refused {
        /// Which object.
        id: String,
        /// Why.
        why: String,
    },
    /// The collection for allies is missing.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The objects were not taken in at all.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Publishes an indicator and says what its id is.
pub async fn run(app: &App, session: &Session, draft: Draft) -> Result<StixId, PublishError> {
    Pattern::parse(&draft.pattern)?;
    let id = StixId::new("indicator", Uuid::new_v4());
    let now = Timestamp::from_nanos_millis(clock::now().into());
    let node = app.node();
    let mut objects = vec![own_identity(app)];
    let mut markings = vec![draft.tlp.marking_id().to_owned()];
    if let Some(mut audience) = draft.audience {
        audience.any_of.insert(Party::Country(node.country));
        let terms = Terms { audience: Some(audience), ..Terms::default() };
        let (marking, text) = releasability_marking(&terms);
        markings.push(marking.to_string());
        objects.push(text);
    }
    let mut indicator = serde_json::json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": id.as_str(),
        "created_by_ref": node.identity.as_str(),
        "created": now.as_str(),
        "modified": now.as_str(),
        "name": draft.name,
        "pattern": draft.pattern,
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": now.as_str(),
        "object_marking_refs": markings,
    });
    if let (Some(description), Some(object)) = (draft.description, indicator.as_object_mut()) {
        object.insert("description".to_owned(), description.into());
    }
    objects.push(indicator.to_string());
    share(app, session, &objects).await?;
    Ok(id)
}

/// Takes objects into the collection that peers pull.
pub(crate) async fn share(app: &App, session: &Session, objects: &[String]) -> Result<(), PublishError> {
    let shared = read_objects::find(app, session, SHARED).await?;
    let envelope = format!("{{\"objects\":[{}]}}", objects.join(","));
    for taken in ingest_intel::run(app, session, shared.id, envelope.into_bytes()).await? {
        if let Fate::Refused(why) = taken.fate {
            return Err(PublishError::Refused { id: taken.id, why });
        }
    }
    Ok(())
}

/// The identity that this node's objects name as their creator. Always the same text, so that it is known after the
/// first time; free to all, because a member of the accord is no secret among members.
pub(crate) fn own_identity(app: &App) -> String {
    let node = app.node();
    serde_json::json!({
        "type": "identity",
        "spec_version": "2.1",
        "id": node.identity.as_str(),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": node.name,
        "identity_class": "organization",
        "sectors": ["government"],
        "object_marking_refs": [Tlp::Green.marking_id()],
    })
    .to_string()
}
