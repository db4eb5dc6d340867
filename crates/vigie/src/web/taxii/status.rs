//! What became of objects that were added (section 4.3 of TAXII 2.1).

use axum::extract::State;
use axum::response::Response;
use vigie_app::read_status;

use super::negotiate::Negotiated;
use super::respond;
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// `GET {api-root}/status/{id}/`. To anybody but the one who added, there is no such status.
pub(super) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At(id): At<String>,
) -> Result<Response, Failure> {
    let status = read_status::run(&site.app, &session, &id).await?;
    respond::document(&status.ok_or(Failure::NotFound("status"))?)
}
