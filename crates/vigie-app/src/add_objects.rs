//! Adding objects over TAXII 2.1 (section 5.4), with a status that tells what became of each.
//!
//! The status is written in the transaction of the objects: whoever can ask for it can rely on it.

use uuid::Uuid;
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::taxii::wire;
use vigie_model::collection::Collection;
use vigie_store::{Status, StatusItem};

use crate::app::{App, AppError};
use crate::clock;
use crate::ingest_intel::{self, Fate, IngestError, Taken};
use crate::read_objects::{self, CollectionError};
use crate::session::Session;

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// There is no such collection for this caller, or it may not be written.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The body is no envelope.
    #[error("the body cannot be taken in: {0}")]
    Body(String),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Whether the caller may write, to be asked before the body is read.
pub async fn check(app: &App, session: &Session, collection: &str) -> Result<(), CollectionError> {
    writable(app, session, collection).await.map(|_| ())
}

async fn writable(app: &App, session: &Session, collection: &str) -> Result<Collection, CollectionError> {
    let found = read_objects::find(app, session, collection).await?;
    if session.write.covers(found.id) { Ok(found) } else { Err(CollectionError::Forbidden("written")) }
}

/// Takes an envelope in, and says what became of each object.
pub async fn run(
    app: &App,
    session: &Session,
    collection: &str,
    body: Vec<u8>,
) -> Result<wire::Status, AddError> {
    let collection = writable(app, session, collection).await?;
    let (app, session) = (app.clone(), session.clone());
    let task = tokio::task::spawn_blocking(move || {
        let mut status = Status {
            id: Uuid::new_v4(),
            owner: session.owner(),
            requested: clock::now(),
            successes: Vec::new(),
            failures: Vec::new(),
            pendings: Vec::new(),
        };
        ingest_intel::ingest(&app, &session, collection.id, &body, |tx, taken| {
            for one in taken {
                file(&mut status, one);
            }
            tx.save_status(&status)
        })?;
        Ok(status)
    });
    let status = task.await.map_err(|_| AppError::Stopping)?.map_err(|error| match error {
        IngestError::App(error) => AddError::App(error),
        IngestError::Utf8(error) => AddError::Body(error.to_string()),
        IngestError::Bundle(error) => AddError::Body(error.to_string()),
    })?;
    Ok(to_wire(status))
}

fn file(status: &mut Status, one: &Taken) {
    // The standard wants a version; an object without one gets the time of the request.
    let version = one.version.clone().unwrap_or_else(|| micros(status.requested));
    let item = StatusItem { id: one.id.clone(), version, message: one.remark.clone() };
    match &one.fate {
        Fate::Added | Fate::Known => status.successes.push(item),
        Fate::Refused(why) => status.failures.push(StatusItem { message: Some(why.clone()), ..item }),
    }
}

fn micros(nanos: i64) -> String {
    vigie_stix::timestamp::Timestamp::from_nanos_micros(nanos.into()).to_string()
}

/// The status as it goes over the wire. What is taken in is taken in at once, so it is always complete.
pub(crate) fn to_wire(status: Status) -> wire::Status {
    let details = |items: Vec<StatusItem>| -> Vec<wire::StatusDetail> {
        let detail =
            |it: StatusItem| wire::StatusDetail { id: it.id, version: it.version, message: it.message };
        items.into_iter().map(detail).collect()
    };
    let (successes, failures) = (details(status.successes), details(status.failures));
    wire::Status {
        id: status.id.to_string(),
        status: wire::Progress::Complete,
        request_timestamp: DateAdded::from_micros(status.requested.div_euclid(1_000)).ok(),
        total_count: (successes.len() + failures.len()) as u64,
        success_count: successes.len() as u64,
        successes,
        failure_count: failures.len() as u64,
        failures,
        pending_count: 0,
        pendings: Vec::new(),
    }
}
