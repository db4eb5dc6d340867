//! The standing channel between nodes: server-sent events that say when there is something new for the listener.
//!
//! A channel ends when the node stops, when the listener no longer takes what is sent, and after
//! [`Options::channel_life`](super::Options::channel_life), so that a withdrawn token does not listen for ever.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, interval, sleep_until};
use vigie_app::notices::{self, Subscription};
use vigie_exchange::federation::{EVENT_STREAM, HEARTBEAT, HEARTBEAT_EVERY};

use super::authenticate::Caller;
use super::error::Failure;
use super::routes::Site;

/// Events that wait for the listener to take them.
const WAITING: usize = 16;

/// `GET /federation/notices`
pub(super) async fn listen(State(site): State<Site>, Caller(session): Caller) -> Result<Response, Failure> {
    let room = site.room_for_channel()?;
    let subscription = notices::subscribe(&site.app, &session).await?;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let channel = Channel {
        sender,
        stopping: site.stopping.clone(),
        stall: site.options.listen.stall,
        life: site.options.channel_life,
        _shown: Shown::new(site.metrics.channels()),
        _room: room,
    };
    tokio::spawn(channel.run(subscription));
    let body = Body::from_stream(stream::poll_fn(move |cx| {
        receiver.poll_recv(cx).map(|it| it.map(Ok::<_, Infallible>))
    }));
    Ok(([(CONTENT_TYPE, EVENT_STREAM)], body).into_response())
}

/// The node's end of one channel.
struct Channel {
    sender: mpsc::Sender<Bytes>,
    stopping: watch::Receiver<bool>,
    stall: Duration,
    life: Duration,
    _shown: Shown,
    _room: OwnedSemaphorePermit,
}

impl Channel {
    async fn run(mut self, mut subscription: Subscription) {
        let mut heartbeat = interval(HEARTBEAT_EVERY);
        let end = Instant::now() + self.life;
        let mut stopping = self.stopping.clone();
        loop {
            // Waited for to the end: what it has read counts as told.
            let mut next = pin!(subscription.next());
            let told = loop {
                tokio::select! {
                    told = &mut next => break told,
                    _ = heartbeat.tick() => {
                        if !self.send(Bytes::from_static(HEARTBEAT.as_bytes())).await {
                            return;
                        }
                    }
                    () = self.sender.closed() => return,
                    () = stopped(&mut stopping) => return,
                    () = sleep_until(end) => return,
                }
            };
            let notices = match told {
                None => return,
                Some(Ok(notices)) => notices,
                Some(Err(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a notice channel broke off");
                    return;
                }
            };
            let text: String = notices.iter().map(vigie_exchange::federation::Notice::to_event).collect();
            if !self.send(text.into()).await {
                return;
            }
        }
    }

    /// Whether the listener has room for more within bounds.
    async fn send(&mut self, text: Bytes) -> bool {
        self.sender.send_timeout(text, self.stall).await.is_ok()
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that nobody is left to tell: stopped as well.
    stopping.wait_for(|it| *it).await.ok();
}

/// One channel in the figures.
struct Shown(Gauge);

impl Shown {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.dec();
    }
}
