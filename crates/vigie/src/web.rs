//! The server face: what a node answers over HTTP.
//!
//! `listen.rs` takes connections, `routes.rs` says which address leads where, and each handler extracts, parses, calls
//! one verb of `vigie-app` and renders. Status codes of failures are in `error.rs` and nowhere else.
//!
//! Invariants
//! - A handler that serves intelligence takes an authenticated `Caller`; rights are decided anew with
//!   each request.
//! - Bodies, pages, channels and connections under way are bounded together, by name ([`Options`]).
//! - Logs hold no credential, no query and no content.
//!
//! Start with [`serve`], then `routes.rs`.

mod authenticate;
mod error;
mod health;
mod language;
pub mod listen;
mod metrics;
mod notices;
mod observe;
mod pages;
mod routes;
pub mod taxii;

use std::future::Future;

use tokio::sync::watch;
use vigie_app::app::App;

use self::listen::Listener;
pub(crate) use self::pages::Foreign;
pub use self::routes::Options;
use self::routes::Site;
pub use self::taxii::API_ROOT;

/// Answers requests to a node until `shutdown`, then lets those under way finish.
pub async fn serve(app: App, listener: Listener, options: Options, shutdown: impl Future<Output = ()>) {
    let (stop, stopping) = watch::channel(false);
    let site = Site::new(app, options, stopping);
    let connections = site.metrics.connections();
    let shutdown = async move {
        shutdown.await;
        stop.send_replace(true);
    };
    listen::serve(listener, routes::router(site), options.listen, connections, shutdown).await;
}
