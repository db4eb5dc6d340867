//! One request to a server that may be slow, broken or hostile, and its answer.
//!
//! Invariants
//! - An answer is read up to [`Limits::body_bytes`] of what it decompresses to, and no further.
//! - Every request ends: connecting, silence and the whole each have a time-out, retries and redirects a number.
//! - Nothing is sent to another origin than the one given; plain HTTP goes to this machine only.
//!
//! Start with [`Transport::get`], then `transport/error.rs`.

mod answer;
mod error;
mod limits;
mod retry;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

pub use self::answer::Answer;
pub use self::error::ExchangeError;
pub use self::limits::Limits;
pub(crate) use self::retry::Backoff;
use crate::taxii::media;
use crate::tls::{self, Identity, Trust};

/// What is accepted by servers that refuse the media type with its version.
const ACCEPT_PLAIN: &str = "application/taxii+json, application/json;q=0.5";

/// How to speak with one server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How it proves who it is. Not asked for over plain HTTP.
    pub trust: Trust,
    /// The certificate by which it knows us.
    pub identity: Option<Identity>,
    /// The name and secret by which it knows us.
    pub credentials: Credentials,
    /// How much of its time and data we take.
    pub limits: Limits,
}

/// What a request says about who sends it.
#[derive(Clone)]
pub enum Credentials {
    /// Nothing, or the client certificate alone.
    None,
    /// HTTP Basic (RFC 7617).
    Basic {
        /// The user.
        name: String,
        /// The password or token.
        secret: String,
    },
    /// HTTP Bearer (RFC 6750).
    Bearer {
        /// The token.
        secret: String,
    },
}

impl fmt::Debug for Credentials {
    /// Never the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic { name, .. } => f.debug_struct("Basic").field("name", name).finish_non_exhaustive(),
            Self::Bearer { .. } => f.debug_struct("Bearer").finish_non_exhaustive(),
        }
    }
}

/// A way to one server. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Transport {
    http: reqwest::Client,
    origin: url::Origin,
    credentials: Arc<Credentials>,
    limits: Arc<Limits>,
    accept_plain: Arc<AtomicBool>,
}

impl Transport {
    /// A way to the server of `address`; only its scheme, host and port matter.
    pub fn new(address: &Url, settings: &Settings) -> Result<Self, ExchangeError> {
        check_address(address)?;
        let limits = settings.limits.clone();
        let config = tls::client_config(&settings.trust, settings.identity.as_ref())?;
        let http = reqwest::Client::builder()
            .use_preconfigured_tls(config)
            .user_agent(concat!("vigie/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence)
            .build()
            .map_err(ExchangeError::Setup)?;
        Ok(Self {
            http,
            origin: address.origin(),
            credentials: Arc::new(settings.credentials.clone()),
            limits: Arc::new(limits),
            accept_plain: Arc::default(),
        })
    }

    /// The limits that it keeps.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads a document.
    pub async fn get(&self, url: &Url) -> Result<Answer, ExchangeError> {
        self.call(&Method::GET, url, None).await
    }

    /// Sends a TAXII document. It may arrive more than once.
    pub async fn post(&self, url: &Url, body: Bytes) -> Result<Answer, ExchangeError> {
        self.call(&Method::POST, url, Some(body)).await
    }

    /// Deletes what the address names. It may be asked more than once.
    pub async fn delete(&self, url: &Url) -> Result<Answer, ExchangeError> {
        self.call(&Method::DELETE, url, None).await
    }

    /// Opens an answer that has no end: no limit on the whole, and `accept` for its media type. It is tried once.
    pub(crate) async fn open(&self, url: &Url, accept: &str) -> Result<Response, ExchangeError> {
        self.own(url)?;
        let request = self.authorise(self.http.get(url.clone())).header(ACCEPT, accept);
        let response = request.send().await.map_err(|source| self.failed(url, source))?;
        answer::refuse_unless_success(url, response, &self.limits).await
    }

    pub(crate) fn failed(&self, url: &Url, source: reqwest::Error) -> ExchangeError {
        ExchangeError::of_request(url, source, &self.limits)
    }

    async fn call(&self, method: &Method, url: &Url, body: Option<Bytes>) -> Result<Answer, ExchangeError> {
        self.own(url)?;
        let mut backoff = Backoff::new(&self.limits);
        for _ in 1..self.limits.attempts {
            let error = match self.negotiate(method, url, body.as_ref()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = backoff.wait_after(&error) else { return Err(error) };
            tracing::debug!(%url, ?wait, %error, "asking again");
            tokio::time::sleep(wait).await;
        }
        self.negotiate(method, url, body.as_ref()).await
    }

    /// Tells the server once more, in other words, what we accept if it does not know the media type of the standard.
    async fn negotiate(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Bytes>,
    ) -> Result<Answer, ExchangeError> {
        let answer = self.follow(method, url, body).await;
        match answer {
            Err(ExchangeError::Refused { status: 406, .. }) if !self.accept_plain.load(Ordering::Relaxed) => {
                self.accept_plain.store(true, Ordering::Relaxed);
                self.follow(method, url, body).await
            }
            other => other,
        }
    }

    /// Follows redirects of what is read, within the origin.
    async fn follow(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Bytes>,
    ) -> Result<Answer, ExchangeError> {
        let mut at = url.clone();
        for _ in 0..=self.limits.redirects {
            let request = self.request(method, &at, body);
            let response = request.send().await.map_err(|source| self.failed(&at, source))?;
            if !response.status().is_redirection() {
                return answer::read(&at, response, &self.limits).await;
            }
            let to = redirect_target(&at, &response);
            match to {
                Some(to) if *method == Method::GET && to.origin() == self.origin => at = to,
                _ => {
                    return Err(ExchangeError::Redirect {
                        url: at.into(),
                        to: to.map(String::from).unwrap_or_default(),
                    });
                }
            }
        }
        Err(ExchangeError::TooManyRedirects { url: url.clone().into(), limit: self.limits.redirects })
    }

    fn request(&self, method: &Method, url: &Url, body: Option<&Bytes>) -> RequestBuilder {
        let accept = if self.accept_plain.load(Ordering::Relaxed) { ACCEPT_PLAIN } else { media::TAXII };
        let request =
            self.http.request(method.clone(), url.clone()).header(ACCEPT, accept).timeout(self.limits.total);
        let request = self.authorise(request);
        match body {
            Some(body) => request.header(CONTENT_TYPE, media::TAXII).body(body.clone()),
            None => request,
        }
    }

    fn authorise(&self, request: RequestBuilder) -> RequestBuilder {
        match &*self.credentials {
            Credentials::None => request,
            Credentials::Basic { name, secret } => request.basic_auth(name, Some(secret)),
            Credentials::Bearer { secret } => request.bearer_auth(secret),
        }
    }

    fn own(&self, url: &Url) -> Result<(), ExchangeError> {
        if url.origin() == self.origin {
            return Ok(());
        }
        Err(ExchangeError::Elsewhere { url: url.clone().into(), origin: self.origin.ascii_serialization() })
    }
}

fn redirect_target(at: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    at.join(location).ok()
}

/// HTTPS anywhere, HTTP to this machine, no name or password.
fn check_address(address: &Url) -> Result<(), ExchangeError> {
    let local = match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if !address.username().is_empty() || address.password().is_some() {
        return Err(ExchangeError::SecretInAddress);
    }
    match address.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => Err(ExchangeError::NotEncrypted { url: address.clone().into() }),
    }
}
