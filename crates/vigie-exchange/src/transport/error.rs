//! What can go wrong between us and a server.

use std::time::Duration;

use url::Url;

use super::Limits;
use crate::tls::{self, TlsError};

/// Why something asked of a server did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The text is no address.
    #[error("`{text}` is no address; expected one such as `https://ally.example/taxii2/`")]
    Address {
        /// The text.
        text: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// Plain HTTP to another machine, or a scheme that is neither HTTPS nor HTTP.
    #[error("`{url}` is not encrypted; use `https`, plain `http` is for this machine only")]
    NotEncrypted {
        /// The address.
        url: Box<Url>,
    },
    /// A name or password stands in the address.
    #[error("the address contains a name or password; give them as credentials")]
    SecretInAddress,
    /// Keys or certificates.
    #[error("could not prepare the connection")]
    Tls(#[from] TlsError),
    /// The HTTP library would not start.
    #[error("could not prepare the connection")]
    Setup(#[source] reqwest::Error),
    /// An address of another server than the one that was configured.
    #[error("`{url}` lies outside `{origin}`; credentials go to that server only")]
    Elsewhere {
        /// The address.
        url: Box<Url>,
        /// The server.
        origin: String,
    },
    /// A redirect that is not followed: to another server, or of a request that changes something.
    #[error("`{url}` redirects to `{to}`, which is not followed; use that address itself if it is trusted")]
    Redirect {
        /// What was asked.
        url: Box<Url>,
        /// Where the server sends us; empty if it does not say.
        to: String,
    },
    /// A chain of redirects within the server.
    #[error("`{url}` redirects more than {limit} times")]
    TooManyRedirects {
        /// What was asked.
        url: Box<Url>,
        /// [`Limits::redirects`].
        limit: u32,
    },
    /// No connection.
    #[error("could not connect to `{url}`")]
    Unreachable {
        /// What was asked.
        url: Box<Url>,
        /// Why.
        source: reqwest::Error,
    },
    /// Somebody answered who does not prove to be the server.
    #[error("`{url}` is not the server that is trusted: {why}")]
    Untrusted {
        /// What was asked.
        url: Box<Url>,
        /// What is wrong with its certificate or signature.
        why: String,
    },
    /// Connecting, silence or the whole took too long.
    #[error(
        "`{url}` took too long; it has {connect:?} to connect, {silence:?} between bytes and {total:?} in all"
    )]
    TimedOut {
        /// What was asked.
        url: Box<Url>,
        /// [`Limits::connect`].
        connect: Duration,
        /// [`Limits::silence`].
        silence: Duration,
        /// [`Limits::total`].
        total: Duration,
    },
    /// The answer is no HTTP, ends early, or does not decompress.
    #[error("the answer of `{url}` is broken")]
    Broken {
        /// What was asked.
        url: Box<Url>,
        /// How.
        source: reqwest::Error,
    },
    /// The answer is larger than we take.
    #[error("the answer of `{url}` is larger than {limit} bytes, which is the limit")]
    TooLarge {
        /// What was asked.
        url: Box<Url>,
        /// [`Limits::body_bytes`].
        limit: usize,
    },
    /// The server answered with a status that is not a success.
    #[error("`{url}` answered {status}: {message}")]
    Refused {
        /// What was asked.
        url: Box<Url>,
        /// The status line's number.
        status: u16,
        /// What the server says about it, shortened.
        message: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// A success whose body is not the document asked for.
    #[error("`{url}` answered with `{media}` that is no TAXII: {why}")]
    NotTaxii {
        /// What was asked.
        url: Box<Url>,
        /// The content type that it claims.
        media: String,
        /// What is wrong.
        why: String,
    },
    /// The server says that there is more and gives no way to it.
    #[error("`{url}` says that there is more after page {pages}, but {why}")]
    NoProgress {
        /// What was asked.
        url: Box<Url>,
        /// Pages read.
        pages: u64,
        /// What it does in place of a next page.
        why: &'static str,
    },
    /// The other side ended the channel of notices.
    #[error("`{url}` was closed by the other side")]
    Closed {
        /// The channel.
        url: Box<Url>,
    },
    /// The channel carries something else than notices.
    #[error("`{url}` sent what is no notice: {why}")]
    BadNotice {
        /// The channel.
        url: Box<Url>,
        /// What is wrong.
        why: String,
    },
    /// One object is larger than the server takes.
    #[error("object {index} is {bytes} bytes; the server takes requests up to {limit}")]
    ObjectTooLarge {
        /// Its place among those to add, from 0.
        index: usize,
        /// Its size.
        bytes: usize,
        /// The server's limit, or [`Limits::add_bytes`].
        limit: usize,
    },
    /// The walk is longer than we take in one go.
    #[error(
        "`{url}` has more than {limit} pages, which is the limit; continue from the last date, or ask for larger ones"
    )]
    TooManyPages {
        /// What was asked.
        url: Box<Url>,
        /// [`Limits::pages`].
        limit: u64,
    },
}

impl ExchangeError {
    /// What went wrong while a request was sent or its answer read.
    pub(super) fn of_request(url: &Url, source: reqwest::Error, limits: &Limits) -> Self {
        let url = Box::new(url.clone());
        let source = source.without_url();
        if let Some(why) = tls::certificate_fault(&source) {
            Self::Untrusted { url, why }
        } else if source.is_timeout() {
            let Limits { connect, silence, total, .. } = *limits;
            Self::TimedOut { url, connect, silence, total }
        } else if source.is_connect() {
            Self::Unreachable { url, source }
        } else {
            Self::Broken { url, source }
        }
    }

    /// The status that the server answered with, if it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the same request may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Broken { .. } => true,
            Self::Refused { status, .. } => matches!(status, 429 | 502 | 503 | 504),
            _ => false,
        }
    }
}
