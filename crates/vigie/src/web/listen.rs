//! Connections: TCP and TLS in, HTTP/1.1 and HTTP/2 out of them, and an orderly end.
//!
//! Everything that a stranger can hold on to has a bound in [`Limits`]: connections altogether and from one address,
//! the time for a handshake and for request headers, a peer that stops reading, and the time to finish when the node
//! stops. Bodies are bounded where they are read (`taxii/objects.rs`).
//!
//! Invariants
//! - Plain HTTP is spoken on loopback only.
//! - The certificate that a client shows is handed on as a fingerprint; what it may do is the application's to say.
//!
//! Start with [`Listener::bind`], then [`serve`].

mod admission;
mod stall;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use vigie_model::peer::Fingerprint;

use self::admission::Admission;
use self::stall::Stalling;
pub use self::tls::{Identity, IdentityError};

/// What one stranger, and all together, may hold on to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once from one address.
    pub max_connections_per_address: usize,
    /// HTTP/2 requests at once on one connection.
    pub max_streams: u32,
    /// Bytes of a request's line and headers, and their number in HTTP/1.1.
    pub max_header_bytes: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a client may take to begin and to send request headers, and an HTTP/1.1 connection may wait for its next
    /// request.
    pub headers: Duration,
    /// How long a client may refuse to take bytes that are ready for it.
    pub stall: Duration,
    /// How long requests under way may take to finish once the node stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            max_connections_per_address: 256,
            max_streams: 64,
            max_header_bytes: 64 << 10,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// Headers of one HTTP/1.1 request.
const MAX_HEADERS: usize = 100;

/// How long to wait when the system has no more connections to give.
const OUT_OF_CONNECTIONS: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection. An extension of every request that came through [`serve`].
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its address.
    pub address: SocketAddr,
    /// The certificate that it proved to hold the key of.
    pub certificate: Option<Fingerprint>,
}

/// An open port.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

/// How bytes go over the wire.
#[derive(Debug)]
pub enum Transport {
    /// Unprotected; for loopback only.
    Plain,
    /// TLS 1.2 or 1.3, as this server.
    Tls(Identity),
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Unprotected HTTP beyond this machine.
    #[error("`{0}` is not loopback and plain HTTP would be readable on the way; leave out `--plain-http`")]
    PlainBeyondLoopback(SocketAddr),
    /// The certificate and key do not work.
    #[error("the server's certificate cannot be used")]
    Identity(#[from] IdentityError),
    /// The system refused.
    #[error("`{address}` cannot be listened on: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

impl Listener {
    /// Opens a port. Port 0 takes any free one; [`Listener::url`] tells which.
    pub async fn bind(address: SocketAddr, transport: Transport) -> Result<Self, ListenError> {
        let tls = match transport {
            Transport::Plain if !address.ip().is_loopback() => {
                return Err(ListenError::PlainBeyondLoopback(address));
            }
            Transport::Plain => None,
            Transport::Tls(identity) => Some(TlsAcceptor::from(Arc::new(tls::config(identity)?))),
        };
        let bind = |source| ListenError::Bind { address, source };
        let tcp = TcpListener::bind(address).await.map_err(bind)?;
        let address = tcp.local_addr().map_err(bind)?;
        Ok(Self { tcp, address, tls })
    }

    /// The address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as clients on this machine write it: `https://127.0.0.1:6443`, without a final slash.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

/// Answers requests with `router` until `shutdown`, then lets those under way finish.
///
/// `connections` shows how many are open.
pub async fn serve(
    listener: Listener,
    router: Router,
    limits: Limits,
    connections: Gauge,
    shutdown: impl Future<Output = ()>,
) {
    let admission = Admission::new(limits.max_connections, limits.max_connections_per_address, connections);
    let graceful = GracefulShutdown::new();
    let mut tasks = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (tcp, address) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.tcp.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(OUT_OF_CONNECTIONS).await;
                    continue;
                }
            },
        };
        while tasks.try_join_next().is_some() {}
        let Some(place) = admission.admit(address.ip()) else {
            tracing::warn!(client = %address.ip(), "too many connections; one was closed at once");
            continue;
        };
        let (tls, router, watcher) = (listener.tls.clone(), router.clone(), graceful.watcher());
        tasks.spawn(async move {
            connection(tcp, address, tls, router, limits, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(left = tasks.len(), "requests were cut off: the node stops");
    }
    tasks.shutdown().await;
}

/// One connection, from handshake to end.
async fn connection(
    tcp: TcpStream,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    watcher: Watcher,
) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone before it began");
        return;
    }
    let Some(tls) = tls else {
        let remote = Remote { address, certificate: None };
        return http(tcp, remote, router, limits, watcher).await;
    };
    match tokio::time::timeout(limits.handshake, tls.accept(tcp)).await {
        Ok(Ok(stream)) => {
            let certificate = tls::fingerprint(stream.get_ref().1.peer_certificates());
            http(stream, Remote { address, certificate }, router, limits, watcher).await;
        }
        Ok(Err(error)) => tracing::debug!(client = %address.ip(), %error, "no TLS handshake"),
        Err(_) => tracing::debug!(client = %address.ip(), "the TLS handshake took too long"),
    }
}

/// The requests of one connection.
async fn http<S>(stream: S, remote: Remote, router: Router, limits: Limits, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let client = remote.address.ip();
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(remote.clone());
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_headers(MAX_HEADERS)
        .max_buf_size(limits.max_header_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(u32::try_from(limits.max_header_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(limits.headers)
        .keep_alive_timeout(limits.stall);
    let stream = TokioIo::new(Stalling::new(stream, limits.headers, limits.stall));
    let connection = builder.serve_connection(stream, service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%client, %error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
