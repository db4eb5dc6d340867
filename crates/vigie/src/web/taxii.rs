//! The TAXII 2.1 server (OASIS Standard, 10 June 2021).
//!
//! Discovery is at `/taxii2/`; there is one API root, [`API_ROOT`]. `docs/spec/taxii.md` says how each requirement is
//! met and what was chosen where the standard is silent; `tests/taxii/` has a test for each.
//!
//! Every handler proves the caller, negotiates the media type, reads the parameters, calls one verb and renders. What a
//! caller may not know of is not found; where it knows the collection and lacks the right, it is told so.
//!
//! Start with [`routes`], then `objects.rs` and `parameters.rs`.

mod api_root;
mod collections;
pub mod cursor;
mod discovery;
mod manifest;
mod negotiate;
mod objects;
mod paging;
pub mod parameters;
mod respond;
mod status;
mod versions;

use axum::Router;
use axum::routing::get;
use vigie_exchange::taxii::wire::DISCOVERY_PATH;

use super::routes::Site;

/// The path of the API root: relative, as section 4.1.1 allows, so that it holds whatever name the node is reached by.
pub const API_ROOT: &str = "/api/";

/// All endpoints of TAXII 2.1.
pub(super) fn routes() -> Router<Site> {
    let at = |rest: &str| format!("{API_ROOT}{rest}");
    let object = at("collections/{collection}/objects/{object}/");
    Router::new()
        .route(DISCOVERY_PATH, get(discovery::show))
        .route(API_ROOT, get(api_root::show))
        .route(&at("status/{id}/"), get(status::show))
        .route(&at("collections/"), get(collections::list))
        .route(&at("collections/{collection}/"), get(collections::show))
        .route(&at("collections/{collection}/manifest/"), get(manifest::list))
        .route(&at("collections/{collection}/objects/"), get(objects::list).post(objects::add))
        .route(&object, get(objects::show).delete(objects::delete))
        .route(&format!("{object}versions/"), get(versions::list))
}
