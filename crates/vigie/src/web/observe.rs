//! What every request has around it: an id, a span, a deadline, headers for safety, and its place in the figures.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::Failure;
use super::routes::Site;

/// Header with the id under which the log knows a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Said with every answer unless the handler says otherwise: nothing is kept, guessed at, framed, or told to others.
const SAFETY: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// Around every request. Logs the address's pattern, never its query, headers or body.
pub(super) async fn observe(State(site): State<Site>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::new_v4();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", %id, method = method_name(&method), route);
    let deadline = if method == Method::POST { site.options.upload } else { site.options.answer };
    let answer = tokio::time::timeout(deadline, next.run(request)).instrument(span.clone()).await;
    let mut response = answer.unwrap_or_else(|_| Failure::TimedOut.into_response());
    let status = response.status().as_u16();
    let took = started.elapsed();
    span.in_scope(|| tracing::info!(status, took_ms = took.as_secs_f64() * 1000.0, "answered"));
    site.metrics.answered(method_name(&method), route, status, took);
    let headers = response.headers_mut();
    for (name, value) in SAFETY {
        headers.entry(name).or_insert(value);
    }
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// A closed set, so that strangers cannot grow the log or the figures.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
