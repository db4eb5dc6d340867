//! Tests of `listen.rs`.

use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

use super::*;

/// A server on loopback with these limits; it stops when the sender is used or dropped.
async fn start(limits: Limits) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Transport::Plain).await.unwrap();
    let address = listener.address();
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        "slow"
    };
    let router = Router::new().route("/", get(|| async { "hello" })).route("/slow", get(slow));
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        stopped.await.ok();
    };
    let task = tokio::spawn(serve(listener, router, limits, Gauge::default(), shutdown));
    (address, stop, task)
}

async fn talk(address: SocketAddr, text: &str) -> String {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    let error = Listener::bind(([0, 0, 0, 0], 0).into(), Transport::Plain).await.map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`0.0.0.0:0` is not loopback and plain HTTP would be readable on the way; leave out `--plain-http`"
    );
}

#[tokio::test]
async fn headers_that_trickle_are_cut_off() {
    let limits = Limits { headers: Duration::from_millis(100), ..Limits::default() };
    let (address, _stop, _task) = start(limits).await;
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await.unwrap();
    let mut end = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), tcp.read_to_end(&mut end)).await;
    assert!(closed.is_ok(), "the connection was kept");
}

#[tokio::test]
async fn silence_is_cut_off() {
    let limits = Limits { headers: Duration::from_millis(100), ..Limits::default() };
    let (address, _stop, _task) = start(limits).await;
    for says in ["", "P", "PRI * HTTP/2.0\r\n"] {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(says.as_bytes()).await.unwrap();
        let mut end = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), tcp.read_to_end(&mut end)).await;
        assert!(closed.is_ok(), "the connection was kept after {says:?}");
    }
}

#[tokio::test]
async fn headers_are_bounded() {
    let limits = Limits { max_header_bytes: 16 << 10, ..Limits::default() };
    let (address, _stop, _task) = start(limits).await;
    let long = "a".repeat(32 << 10);
    let answer =
        talk(address, &format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\nConnection: close\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = "X: 1\r\n".repeat(MAX_HEADERS + 1);
    let answer =
        talk(address, &format!("GET / HTTP/1.1\r\nHost: a\r\n{many}Connection: close\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn one_address_gets_so_many_connections() {
    let limits = Limits { max_connections_per_address: 1, ..Limits::default() };
    let (address, _stop, _task) = start(limits).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut begun = [0; 12];
    first.read_exact(&mut begun).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    let mut end = [0; 1];
    // Closed at once: an end, or a reset.
    assert!(matches!(second.read(&mut end).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_request_under_way_is_finished_when_the_node_stops() {
    let (address, stop, task) = start(Limits::default()).await;
    let request = tokio::spawn(async move { talk(address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    let answer = request.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("slow"), "{answer}");
    task.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn what_does_not_finish_is_cut_off() {
    let limits = Limits { drain: Duration::from_millis(50), ..Limits::default() };
    let (address, stop, task) = start(limits).await;
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    let done = tokio::time::timeout(Duration::from_millis(120), task).await;
    assert!(done.is_ok(), "the node waits for ever");
}
