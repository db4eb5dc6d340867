//! Whether the node lives, and whether it can work. For whoever restarts it or sends it traffic; tells nothing else.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::error::Failure;
use super::routes::Site;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the store answers and the node is not stopping.
pub(super) async fn ready(State(site): State<Site>) -> Result<Response, Failure> {
    if *site.stopping.borrow() {
        return Err(Failure::Busy);
    }
    site.app.home().await?;
    Ok("ready\n".into_response())
}
