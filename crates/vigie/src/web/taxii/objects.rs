//! Objects of a collection (sections 5.4 to 5.7 of TAXII 2.1): read, add, read one, delete one.
//!
//! Invariants
//! - A body is not read before the caller's right to add is known, and never past `max_content_length`.
//! - Bodies under way take no more memory together than [`super::super::routes::Options::body_memory`].

use std::collections::BTreeSet;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use http_body_util::BodyExt as _;
use vigie_app::session::Session;
use vigie_app::{add_objects, delete_object, read_objects};
use vigie_model::intel::SpecVersion;
use vigie_model::query::{Query, VersionFilter};
use vigie_stix::id::StixId;

use super::negotiate::{self, Negotiated};
use super::paging::{Around, Paging};
use super::parameters::{self, Endpoint, PageSize};
use super::respond;
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// `GET {api-root}/collections/{id}/objects/`
pub(super) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At(collection): At<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let paging = Paging::begin(&site, &session, Endpoint::Objects, &uri)?;
    envelope(&site, &session, &collection, paging).await
}

/// `GET {api-root}/collections/{id}/objects/{object-id}/`
pub(super) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At((collection, object)): At<(String, String)>,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut paging = Paging::begin(&site, &session, Endpoint::Object, &uri)?;
    paging.query.ids = identified(&object);
    find(&site, &session, &collection, &object).await?;
    envelope(&site, &session, &collection, paging).await
}

async fn envelope(
    site: &Site,
    session: &Session,
    collection: &str,
    paging: Paging<'_>,
) -> Result<Response, Failure> {
    let room = site.room_for_page().await?;
    let page = read_objects::run(&site.app, session, collection, paging.query.clone()).await?;
    let Around { next, dates } = paging.around(&page)?;
    site.metrics.sent(page.items.len());
    respond::envelope(page.items, next.as_deref(), dates, room)
}

/// `POST {api-root}/collections/{id}/objects/`
pub(super) async fn add(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At(collection): At<String>,
    request: Request,
) -> Result<Response, Failure> {
    negotiate::check_body(request.headers())?;
    add_objects::check(&site.app, &session, &collection).await?;
    let limit = site.app.settings().limits.max_content_length;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if announced.is_some_and(|it: usize| it > limit) {
        return Err(Failure::TooLarge(limit));
    }
    let _room = site.room_for_body(announced.unwrap_or(limit)).await?;
    let body = read_body(&site, request.into_body(), limit).await?;
    let status = add_objects::run(&site.app, &session, &collection, body).await?;
    site.metrics.received(status.success_count, status.failure_count);
    respond::accepted(&status)
}

/// The whole body, unless it is too large or the client stops sending.
async fn read_body(site: &Site, mut body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut whole = Vec::new();
    loop {
        let frame = tokio::time::timeout(site.options.listen.stall, body.frame()).await;
        match frame.map_err(|_| Failure::Body("nothing came for too long"))? {
            None => return Ok(whole),
            Some(Err(_)) => return Err(Failure::Body("the connection broke")),
            Some(Ok(frame)) => {
                let piece: Bytes = frame.into_data().unwrap_or_default();
                if whole.len() + piece.len() > limit {
                    return Err(Failure::TooLarge(limit));
                }
                whole.extend_from_slice(&piece);
            }
        }
    }
}

/// `DELETE {api-root}/collections/{id}/objects/{object-id}/`
///
/// Without filters every version goes; afterwards there is no such object. Nothing deleted: not found.
pub(super) async fn delete(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At((collection, object)): At<(String, String)>,
    uri: Uri,
) -> Result<Response, Failure> {
    let rows = PageSize { default: 1, max: 1 };
    let asked = parameters::read(Endpoint::Delete, uri.query(), rows)?.query;
    let query = Query { ids: identified(&object), ..asked };
    let deleted = delete_object::run(&site.app, &session, &collection, query).await?;
    if deleted == 0 {
        return Err(Failure::NotFound("object"));
    }
    respond::document(&serde_json::Map::new())
}

/// The identifier in an address. A text that is none matches nothing, and the empty set would match everything, so it
/// becomes one that no object bears.
pub(super) fn identified(object: &str) -> BTreeSet<StixId> {
    let id = object.parse().unwrap_or_else(|_| StixId::new("none", uuid::Uuid::nil()));
    BTreeSet::from([id])
}

/// Whether the caller may know of any version of the object: without this, a filter that lets no version through and
/// an object that is not there would read the same.
pub(super) async fn find(
    site: &Site,
    session: &Session,
    collection: &str,
    object: &str,
) -> Result<(), Failure> {
    let query = Query {
        ids: identified(object),
        versions: VersionFilter::All,
        spec_versions: BTreeSet::from([SpecVersion::V20, SpecVersion::V21]),
        ..Query::everything(1)
    };
    let page = read_objects::manifest(&site.app, session, collection, query).await?;
    if page.items.is_empty() { Err(Failure::NotFound("object")) } else { Ok(()) }
}
