//! A scripted server: reads one request of a connection, answers with exactly the bytes that its script gives, and hangs up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;
use vigie_exchange::taxii::client::{Client, Page, PageItem, Walk};
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::tls::Trust;
use vigie_exchange::transport::{Credentials, ExchangeError, Limits, Settings};

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// From 0, over all connections.
    pub(crate) nth: usize,
    /// `GET /path?query HTTP/1.1` and the headers.
    pub(crate) head: String,
    /// What came after the head.
    pub(crate) body: String,
    /// The certificate that the client showed.
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Request {
    /// `GET /path?query`
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap().trim_end_matches(" HTTP/1.1")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|it| it.split_once(':'));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let target = self.line().split(' ').nth(1)?;
        let url = Url::parse("http://localhost").unwrap().join(target).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// `added_after` in microseconds.
    pub(crate) fn after(&self) -> Option<i64> {
        self.parameter("added_after").map(|it| it.parse::<DateAdded>().unwrap().micros())
    }

    pub(crate) fn limit(&self) -> usize {
        self.parameter("limit").map_or(usize::MAX, |it| it.parse().unwrap())
    }
}

/// What a script answers.
pub(crate) enum Reply {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, then silence.
    ThenSilence(Vec<u8>),
    /// The first bytes, then the second again and again at this interval.
    Again(Vec<u8>, Vec<u8>, Duration),
}

/// An answer with a status, headers (`Name: value` lines) and a body.
pub(crate) fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = head(status, headers, Some(body.len()));
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// The beginning of an answer.
pub(crate) fn head(status: u16, headers: &[&str], length: Option<usize>) -> Vec<u8> {
    let length = length.map(|it| format!("Content-Length: {it}"));
    let lines = headers.iter().copied().chain(length.as_deref());
    let lines: String = lines.flat_map(|it| [it, "\r\n"]).collect();
    let head = format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\n{lines}\r\n");
    head.into_bytes()
}

/// A document of TAXII.
pub(crate) fn taxii(body: &str) -> Reply {
    answer(200, &["Content-Type: application/taxii+json;version=2.1"], body)
}

pub(crate) fn date(micros: i64) -> String {
    DateAdded::from_micros(micros).unwrap().to_string()
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(None, Box::new(script)).await
    }

    pub(crate) async fn start_tls(
        config: rustls::ServerConfig,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(TlsAcceptor::from(Arc::new(config))), Box::new(script)).await
    }

    async fn listen(tls: Option<TlsAcceptor>, script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://127.0.0.1:{}/root/", listener.local_addr().unwrap().port());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let server = Self { address, requests: Arc::clone(&requests) };
        let script = Arc::new(script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, script, requests) = (tls.clone(), Arc::clone(&script), Arc::clone(&requests));
                tokio::spawn(async move {
                    let Some(tls) = tls else { return serve(stream, None, &script, &requests).await };
                    // A client that does not trust us breaks off here.
                    let Ok(stream) = tls.accept(stream).await else { return };
                    let shown =
                        stream.get_ref().1.peer_certificates().and_then(<[CertificateDer<'_>]>::first);
                    let certificate = shown.map(|it| it.to_vec());
                    serve(stream, certificate, &script, &requests).await;
                });
            }
        });
        server
    }

    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| ())
    }

    pub(crate) fn client_with(&self, change: impl FnOnce(&mut Settings)) -> Client {
        Client::new(&self.address, &settings(change)).unwrap()
    }

    /// The requests so far, `GET /path?query` each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(|it| it.line().to_owned()).collect()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

type Script = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Settings with limits for tests.
pub(crate) fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let limits = Limits {
        connect: Duration::from_secs(5),
        silence: Duration::from_secs(5),
        total: Duration::from_secs(5),
        backoff_first: Duration::from_millis(1),
        backoff_most: Duration::from_millis(4),
        ..Limits::default()
    };
    let trust = Trust::Pinned("00".repeat(32).parse().unwrap());
    let mut settings = Settings { trust, identity: None, credentials: Credentials::None, limits };
    change(&mut settings);
    settings
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    certificate: Option<Vec<u8>>,
    script: &Script,
    requests: &Mutex<Vec<Request>>,
) {
    let Some((head, body)) = read_request(&mut stream).await else { return };
    let request = {
        let mut requests = requests.lock().unwrap();
        let request = Request { nth: requests.len(), head, body, certificate };
        requests.push(request.clone());
        request
    };
    // Where writing fails the client has left, which is its right.
    match script(&request) {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::ThenSilence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        Reply::Again(first, again, every) => {
            let mut written = stream.write_all(&first).await;
            while written.is_ok() {
                tokio::time::sleep(every).await;
                written = stream.write_all(&again).await;
                let _ = stream.flush().await;
            }
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|it| it.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// All that a walk hands out, and the error that ended it.
pub(crate) async fn collect<T: PageItem>(mut walk: Walk<T>) -> (Vec<T>, Option<ExchangeError>) {
    let mut items = Vec::new();
    loop {
        match walk.next().await {
            Ok(Some(Page { items: more, .. })) => items.extend(more),
            Ok(None) => return (items, None),
            Err(error) => return (items, Some(error)),
        }
    }
}

/// An error and its causes.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |it| it.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
