//! Every address that the node answers, and what all answers have in common.
//!
//! | address | what | for whom |
//! |---|---|---|
//! | `/`, `/intel`, `/alert`, `/peer` | pages for people ([`super::pages`]) | tokens and peers |
//! | `/taxii2/`, `/api/…` | TAXII 2.1 ([`super::taxii`]) | tokens and peers |
//! | `/federation/notices` | the standing channel between nodes ([`super::notices`]) | tokens and peers |
//! | `/healthz`, `/readyz` | whether it lives and can work ([`super::health`]) | everybody |
//! | `/metrics` | figures of operation ([`super::metrics`]) | this machine, and the node's own tokens |
//!
//! Start with [`Site`] and [`router`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequestParts, OriginalUri, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use vigie_app::app::App;
use vigie_exchange::federation::NOTICES_PATH;

use super::error::Failure;
use super::metrics::Metrics;
use super::{health, listen, metrics, notices, observe, pages, taxii};

/// What all requests together may cost.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bounds on connections.
    pub listen: listen::Limits,
    /// Pages that are being made or sent at once.
    pub max_pages: usize,
    /// Bytes of request bodies in memory at once. At least one body of the largest size always has room.
    pub body_memory: usize,
    /// Notice channels at once.
    pub max_notices: usize,
    /// How long a request waits for its turn before the node says that it is busy.
    pub turn: Duration,
    /// How long an answer may take to begin.
    pub answer: Duration,
    /// How long a client may take to receive one page.
    pub send: Duration,
    /// How long a request that brings a body may take, its sending included.
    pub upload: Duration,
    /// How long a notice channel lives before the listener must come back and prove itself again.
    pub channel_life: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: listen::Limits::default(),
            max_pages: 16,
            body_memory: 64 << 20,
            max_notices: 256,
            turn: Duration::from_secs(10),
            answer: Duration::from_mins(1),
            send: Duration::from_mins(2),
            upload: Duration::from_mins(5),
            channel_life: Duration::from_hours(1),
        }
    }
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(super) struct Site {
    /// The node.
    pub app: App,
    /// What requests may cost.
    pub options: Options,
    /// The figures shown at `/metrics`.
    pub metrics: Metrics,
    /// True once the node stops: what would last for ever ends.
    pub stopping: watch::Receiver<bool>,
    pages: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    channels: Arc<Semaphore>,
}

/// The right to hold one page in memory; dropping it makes room.
pub(super) struct PageRoom {
    /// How long the client may take none of it.
    pub(super) stall: Duration,
    /// How long the client may take for all of it.
    pub(super) send: Duration,
    _permit: OwnedSemaphorePermit,
}

/// Bodies are accounted for in units of this many bytes.
const BODY_UNIT: usize = 4096;

impl Site {
    /// What handlers share, for one node.
    pub(super) fn new(app: App, options: Options, stopping: watch::Receiver<bool>) -> Self {
        let largest = app.settings().limits.max_content_length;
        let units = units(options.body_memory.max(largest));
        Self {
            app,
            options,
            metrics: Metrics::new(),
            stopping,
            pages: Arc::new(Semaphore::new(options.max_pages)),
            bodies: Arc::new(Semaphore::new(units as usize)),
            channels: Arc::new(Semaphore::new(options.max_notices)),
        }
    }

    /// Room for one page, held until it is sent.
    pub(super) async fn room_for_page(&self) -> Result<PageRoom, Failure> {
        let permit = self.room(&self.pages, 1).await?;
        Ok(PageRoom { stall: self.options.listen.stall, send: self.options.send, _permit: permit })
    }

    /// Room for a body of so many bytes.
    pub(super) async fn room_for_body(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Failure> {
        self.room(&self.bodies, units(bytes)).await
    }

    /// Room for one more notice channel, if there is any now.
    pub(super) fn room_for_channel(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.channels).try_acquire_owned().map_err(|_| Failure::Busy)
    }

    async fn room(&self, of: &Arc<Semaphore>, units: u32) -> Result<OwnedSemaphorePermit, Failure> {
        let turn = tokio::time::timeout(self.options.turn, Arc::clone(of).acquire_many_owned(units)).await;
        turn.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BODY_UNIT)).unwrap_or(u32::MAX)
}

/// The parts of an address. One that cannot be read leads nowhere.
pub(super) struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Site> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let found = Path::<T>::from_request_parts(parts, site).await;
        found.map(|Path(it)| Self(it)).map_err(|_| Failure::NotFound("address"))
    }
}

/// Everything that the node answers.
pub(super) fn router(site: Site) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(taxii::routes())
        .route(NOTICES_PATH, get(notices::listen))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .fallback(nowhere)
        .method_not_allowed_fallback(|| async { Failure::Method })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(site.clone(), observe::observe))
        .with_state(site)
}

/// TAXII addresses end in `/` (section 3.1 of TAXII 2.1); who forgets it is shown the way, without a word on whether
/// anything is there.
async fn nowhere(OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path();
    let in_taxii =
        ["/taxii2", taxii::API_ROOT.trim_end_matches('/')].iter().any(|root| path.starts_with(root));
    if !in_taxii || path.ends_with('/') {
        return Failure::NotFound("address").into_response();
    }
    let query = uri.query().map(|it| format!("?{it}")).unwrap_or_default();
    Redirect::permanent(&format!("{path}/{query}")).into_response()
}

/// A fault in one request must not take others with it.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it so")]
fn panicked(fault: Box<dyn std::any::Any + Send>) -> Response {
    let text = fault.downcast_ref::<String>().map(String::as_str).or(fault.downcast_ref::<&str>().copied());
    Failure::internal(&std::io::Error::other(text.unwrap_or("a fault without words").to_owned()))
        .into_response()
}
