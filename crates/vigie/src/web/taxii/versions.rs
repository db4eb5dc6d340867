//! The versions of one object (section 5.8 of TAXII 2.1).

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use vigie_app::read_objects;
use vigie_exchange::taxii::wire::Versions;

use super::negotiate::Negotiated;
use super::paging::{Around, Paging};
use super::parameters::Endpoint;
use super::{objects, respond};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// `GET {api-root}/collections/{id}/objects/{object-id}/versions/`
pub(super) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At((collection, object)): At<(String, String)>,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut paging = Paging::begin(&site, &session, Endpoint::Versions, &uri)?;
    paging.query.ids = objects::identified(&object);
    let _room = site.room_for_page().await?;
    objects::find(&site, &session, &collection, &object).await?;
    let page = read_objects::manifest(&site.app, &session, &collection, paging.query.clone()).await?;
    let Around { next, dates } = paging.around(&page)?;
    let versions = page.items.iter().map(|it| it.get().version.to_string()).collect();
    respond::page(&Versions { more: page.more, next, versions }, dates)
}
