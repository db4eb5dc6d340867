//! Discovery (section 4.1 of TAXII 2.1): where the API roots are.

use axum::extract::State;
use axum::response::Response;
use vigie_exchange::taxii::wire::Discovery;

use super::negotiate::Negotiated;
use super::{API_ROOT, respond};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// `GET /taxii2/`
pub(super) async fn show(State(site): State<Site>, _: Caller, _: Negotiated) -> Result<Response, Failure> {
    respond::document(&Discovery {
        title: site.app.node().name.clone(),
        description: Some(
            "Intelligence that this node shares, each object under its own handling rules".to_owned(),
        ),
        contact: None,
        default: Some(API_ROOT.to_owned()),
        api_roots: vec![API_ROOT.to_owned()],
    })
}
