//! Figures of operation, in the OpenMetrics text format.
//!
//! They count what may be hidden from a caller, so only this machine and the node's own tokens get them.

mod node;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use vigie_app::read_figures;

use super::authenticate::Caller;
use super::error::Failure;
use super::listen::Remote;
use super::routes::Site;

/// The media type of the text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the durations counted, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The figures of one node. Clones count together.
#[derive(Clone)]
pub(super) struct Metrics(Arc<Figures>);

struct Figures {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    connections: Gauge,
    channels: Gauge,
    sent: Counter,
    received: Family<Fate, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fate {
    fate: &'static str,
}

impl Metrics {
    /// All figures at nothing.
    pub(super) fn new() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut figures = Figures {
            registry: Registry::with_prefix("vigie"),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            connections: Gauge::default(),
            channels: Gauge::default(),
            sent: Counter::default(),
            received: Family::default(),
        };
        let registry = &mut figures.registry;
        registry.register("http_requests", "Requests answered", figures.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from a request's headers to the beginning of its answer",
            Unit::Seconds,
            figures.durations.clone(),
        );
        registry.register("http_connections", "Connections open", figures.connections.clone());
        registry.register("notice_channels", "Notice channels open to peers", figures.channels.clone());
        registry.register("taxii_objects_sent", "Objects sent in TAXII envelopes", figures.sent.clone());
        registry.register(
            "taxii_objects_received",
            "Objects that clients added over TAXII, by what became of them",
            figures.received.clone(),
        );
        Self(Arc::new(figures))
    }

    /// Connections open.
    pub(super) fn connections(&self) -> Gauge {
        self.0.connections.clone()
    }

    /// Notice channels open.
    pub(super) fn channels(&self) -> Gauge {
        self.0.channels.clone()
    }

    /// A request was answered.
    pub(super) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = Answered { method, route: route.to_owned(), status };
        self.0.requests.get_or_create(&labels).inc();
        let labels = Route { route: route.to_owned() };
        self.0.durations.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Objects went out.
    pub(super) fn sent(&self, objects: usize) {
        self.0.sent.inc_by(objects as u64);
    }

    /// Objects came in.
    pub(super) fn received(&self, taken: u64, refused: u64) {
        for (fate, count) in [("taken", taken), ("refused", refused)] {
            self.0.received.get_or_create(&Fate { fate }).inc_by(count);
        }
    }
}

/// `GET /metrics`
pub(super) async fn show(State(site): State<Site>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let from_here = parts.extensions.get::<Remote>().is_some_and(|it| it.address.ip().is_loopback());
    if !from_here {
        let Caller(session) = Caller::from_request_parts(&mut parts, &site).await?;
        if !session.is_own(&site.app) {
            return Err(Failure::NotFound("address"));
        }
    }
    let mut text = String::new();
    let node = node::registry(read_figures::run(&site.app).await?);
    encode_registry(&mut text, &site.metrics.0.registry)
        .and_then(|()| encode_registry(&mut text, &node))
        .and_then(|()| encode_eof(&mut text))
        .map_err(|error| Failure::internal(&error))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn figures_have_names_units_and_help() {
        let metrics = Metrics::new();
        metrics.answered("GET", "/taxii2/", 200, Duration::from_millis(3));
        metrics.received(2, 1);
        metrics.sent(7);
        let mut text = String::new();
        encode(&mut text, &metrics.0.registry).unwrap();
        for line in [
            "# HELP vigie_http_requests Requests answered.",
            "# TYPE vigie_http_requests counter",
            "vigie_http_requests_total{method=\"GET\",route=\"/taxii2/\",status=\"200\"} 1",
            "# UNIT vigie_http_request_duration_seconds seconds",
            "vigie_http_request_duration_seconds_bucket{le=\"0.005\",route=\"/taxii2/\"} 1",
            "vigie_taxii_objects_sent_total 7",
            "vigie_taxii_objects_received_total{fate=\"refused\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }
}
