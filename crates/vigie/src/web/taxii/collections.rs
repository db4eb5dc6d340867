//! Collections (sections 5.1 and 5.2 of TAXII 2.1), each with the rights of the one who asks.

use axum::extract::State;
use axum::response::Response;
use vigie_app::list_collections::{self, Offered};
use vigie_exchange::taxii::media;
use vigie_exchange::taxii::wire::{Collection, Collections};

use super::negotiate::Negotiated;
use super::respond;
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// `GET {api-root}/collections/`
pub(super) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
) -> Result<Response, Failure> {
    let offered = list_collections::run(&site.app, &session).await?;
    respond::document(&Collections { collections: offered.into_iter().map(describe).collect() })
}

/// `GET {api-root}/collections/{id}/`
pub(super) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    _: Negotiated,
    At(name): At<String>,
) -> Result<Response, Failure> {
    let offered = list_collections::run(&site.app, &session).await?;
    let found = offered.into_iter().find(|it| {
        it.collection.id.to_string().eq_ignore_ascii_case(&name)
            || it.collection.alias.as_ref() == Some(&name)
    });
    respond::document(&describe(found.ok_or(Failure::NotFound("collection"))?))
}

fn describe(offered: Offered) -> Collection {
    let Offered { collection, can_read, can_write } = offered;
    Collection {
        id: collection.id.to_string(),
        title: collection.title,
        description: collection.description,
        alias: collection.alias,
        can_read,
        can_write,
        media_types: [media::STIX, media::STIX_20].map(str::to_owned).into(),
    }
}
