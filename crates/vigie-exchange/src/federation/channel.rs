//! The client's end of the channel of notices.
//!
//! Invariants
//! - While nothing happens it costs one open connection and a comment every few seconds.
//! - It never gives up: it comes back after waits that grow, also from a node that refuses it today.
//! - A node that answers and breaks off at once does not make it come back faster.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::{EVENT_STREAM, EventParser, NOTICES_PATH, Notice};
use crate::taxii::client::Client;
use crate::transport::{Backoff, ExchangeError, Transport};

/// What the channel tells.
#[derive(Debug)]
pub enum Signal {
    /// It stands, for the first time or again: pull once, since notices may have been missed.
    Connected,
    /// Something is new: pull. Notices that wait behind each other can be answered by one pull.
    Notice(Notice),
    /// It broke off or did not come about. The next call waits and tries again.
    Lost {
        /// Why.
        why: ExchangeError,
        /// How long the next call waits.
        again_in: Duration,
    },
}

/// A standing channel to one peer.
#[derive(Debug)]
pub struct NoticeStream {
    transport: Transport,
    url: Url,
    backoff: Backoff,
    state: State,
    ready: VecDeque<Notice>,
}

#[derive(Debug)]
enum State {
    Waiting { until: Instant },
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    response: Response,
    parser: EventParser,
    since: Instant,
}

impl NoticeStream {
    /// The channel of the node that the client speaks with. Nothing is sent before the first call of
    /// [`NoticeStream::next`].
    pub fn new(client: &Client) -> Self {
        let mut url = client.root().clone();
        url.set_path(NOTICES_PATH);
        let transport = client.transport().clone();
        let backoff = Backoff::new(transport.limits());
        let state = State::Waiting { until: Instant::now() };
        Self { transport, url, backoff, state, ready: VecDeque::new() }
    }

    /// Waits for what happens next. A call that is dropped loses nothing but an attempt to connect.
    pub async fn next(&mut self) -> Signal {
        loop {
            if let Some(notice) = self.ready.pop_front() {
                return Signal::Notice(notice);
            }
            let outcome = match &self.state {
                State::Waiting { until } => {
                    sleep_until(*until).await;
                    self.connect().await.map(|()| true)
                }
                State::Open(_) => self.read().await.map(|()| false),
            };
            match outcome {
                Ok(true) => return Signal::Connected,
                Ok(false) => {}
                Err(why) => return self.lose(why),
            }
        }
    }

    async fn connect(&mut self) -> Result<(), ExchangeError> {
        let response = self.transport.open(&self.url, EVENT_STREAM).await?;
        let media = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(EVENT_STREAM) {
            return Err(self.bad(format!("its content type is `{media}`, not `{EVENT_STREAM}`")));
        }
        let parser = EventParser::new(self.transport.limits().notice_bytes);
        self.state = State::Open(Box::new(Open { response, parser, since: Instant::now() }));
        Ok(())
    }

    /// Reads what came. Notices of one piece are kept as the last for each collection: earlier ones say nothing more.
    async fn read(&mut self) -> Result<(), ExchangeError> {
        let State::Open(open) = &mut self.state else { return Ok(()) };
        let chunk = open.response.chunk().await.map_err(|source| self.transport.failed(&self.url, source))?;
        let Some(chunk) = chunk else { return Err(ExchangeError::Closed { url: self.url.clone().into() }) };
        if let Err(error) = open.parser.push(&chunk) {
            return Err(self.bad(error.to_string()));
        }
        let mut notices = Vec::new();
        while let Some(event) = open.parser.next() {
            notices.extend(Notice::from_event(&event));
        }
        for notice in notices {
            let notice = notice.map_err(|error| self.bad(error.to_string()))?;
            self.ready.retain(|it| it.collection != notice.collection);
            self.ready.push_back(notice);
        }
        Ok(())
    }

    fn lose(&mut self, why: ExchangeError) -> Signal {
        let lasted = match &self.state {
            State::Open(open) => open.since.elapsed(),
            State::Waiting { .. } => Duration::ZERO,
        };
        if lasted >= self.transport.limits().backoff_most {
            self.backoff.reset();
        }
        let asked = match &why {
            ExchangeError::Refused { retry_after: Some(it), .. } => {
                (*it).min(self.transport.limits().retry_after_most)
            }
            _ => Duration::ZERO,
        };
        let again_in = self.backoff.wait().max(asked);
        self.state = State::Waiting { until: Instant::now() + again_in };
        Signal::Lost { why, again_in }
    }

    fn bad(&self, why: String) -> ExchangeError {
        ExchangeError::BadNotice { url: self.url.clone().into(), why }
    }
}
