//! The manifest (section 5.3 of TAXII 2.1): what a collection holds, one record a version, without the objects.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use vigie_app::read_objects;
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::taxii::media;
use vigie_exchange::taxii::wire::{Manifest, ManifestRecord};
use vigie_model::intel::{Intel, SpecVersion};
use vigie_policy::Released;

use super::negotiate::Negotiated;
use super::paging::{Paging, micros};
use super::parameters::Endpoint;
use super::respond;
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// `GET {api-root}/collections/{id}/manifest/`
pub(super) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At(collection): At<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let paging = Paging::begin(&site, &session, Endpoint::Manifest, &uri)?;
    let _permit = site.room_for_page().await?;
    let page = read_objects::manifest(&site.app, &session, &collection, paging.query.clone()).await?;
    let dates = paging.dates(&page.items, &collection).await?;
    let next = paging.next(&page.items, page.more);
    let objects = page.items.iter().map(record).collect::<Result<_, _>>()?;
    respond::page(&Manifest { more: page.more, next, objects }, dates)
}

fn record(row: &Released<Intel>) -> Result<ManifestRecord, Failure> {
    let intel = row.get();
    let media_type = match intel.spec_version {
        SpecVersion::V20 => media::STIX_20,
        SpecVersion::V21 => media::STIX,
    };
    Ok(ManifestRecord {
        id: intel.id.to_string(),
        date_added: DateAdded::from_micros(micros(row)).map_err(|error| Failure::internal(&error))?,
        version: intel.version.to_string(),
        media_type: Some(media_type.to_owned()),
    })
}
