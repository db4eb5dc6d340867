//! The API root (section 4.2 of TAXII 2.1): there is one, and it holds every collection.

use axum::extract::State;
use axum::response::Response;
use vigie_exchange::taxii::wire::{API_ROOT_VERSION, ApiRoot};

use super::negotiate::Negotiated;
use super::respond;
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// `GET {api-root}/`
pub(super) async fn show(State(site): State<Site>, _: Caller, _: Negotiated) -> Result<Response, Failure> {
    respond::document(&ApiRoot {
        title: site.app.node().name.clone(),
        description: None,
        versions: vec![API_ROOT_VERSION.to_owned()],
        max_content_length: site.app.settings().limits.max_content_length as u64,
    })
}
