//! The manifest (section 5.3 of TAXII 2.1): what a collection holds, one record a version, without the objects.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use vigie_app::read_objects;
use vigie_exchange::taxii::media;
use vigie_exchange::taxii::wire::{Manifest, ManifestRecord};
use vigie_model::intel::{IntelRef, SpecVersion};
use vigie_policy::Released;

use super::negotiate::Negotiated;
use super::paging::{Around, Paging, date};
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
    let _room = site.room_for_page().await?;
    let page = read_objects::manifest(&site.app, &session, &collection, paging.query.clone()).await?;
    let Around { next, dates } = paging.around(&page)?;
    let objects = page.items.iter().map(record).collect::<Result<_, _>>()?;
    respond::page(&Manifest { more: page.more, next, objects }, dates)
}

fn record(row: &Released<IntelRef>) -> Result<ManifestRecord, Failure> {
    let intel = row.get();
    let media_type = match intel.spec_version {
        SpecVersion::V20 => media::STIX_20,
        SpecVersion::V21 => media::STIX,
    };
    Ok(ManifestRecord {
        id: intel.id.to_string(),
        date_added: date(i64::try_from(intel.date_added.nanos().div_euclid(1_000)).unwrap_or(i64::MAX))?,
        version: intel.version.to_string(),
        media_type: Some(media_type.to_owned()),
    })
}
