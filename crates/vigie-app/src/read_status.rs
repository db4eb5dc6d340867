//! Asking later what became of the objects of a request (TAXII 2.1 section 4.3).

use vigie_exchange::taxii::wire;

use crate::add_objects::to_wire;
use crate::app::{App, AppError};
use crate::session::Session;

/// The status, if there is one, it has not expired, and it is this caller's own.
pub async fn run(app: &App, session: &Session, id: &str) -> Result<Option<wire::Status>, AppError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let owner = session.owner();
    Ok(app.read(move |reader| reader.status(id, &owner)).await?.map(to_wire))
}
