//! Servers whose single answers are wrong, late, huge or lead elsewhere.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use vigie_exchange::taxii::client::{Client, Query};
use vigie_exchange::transport::{Credentials, ExchangeError};

use super::server::{Reply, Request, Server, answer, head, settings, taxii, whole};

const ROOT: &str =
    r#"{"title":"t","versions":["application/taxii+json;version=2.1"],"max_content_length":9}"#;

/// Asks for the API root and gives its title or the error.
async fn title(client: &Client) -> String {
    match client.api_root().await {
        Ok(root) => root.title,
        Err(error) => whole(&error),
    }
}

#[track_caller]
fn check(script: impl Fn(&Request) -> Reply + Send + Sync + 'static, want: &str, requests: usize) {
    check_within(Duration::from_secs(5), script, want, requests);
}

/// With that much patience for silence, and three times as much for the whole.
#[track_caller]
fn check_within(
    patience: Duration,
    script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    want: &str,
    requests: usize,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (got, address, lines) = runtime.block_on(async {
        let server = Server::start(script).await;
        let client = server.client_with(|it| {
            it.limits.silence = patience;
            it.limits.total = 3 * patience;
            it.limits.attempts = 3;
            it.limits.body_bytes = 10_000;
        });
        (title(&client).await, server.address.clone(), server.lines())
    });
    let got = got.replace(&address, "URL");
    assert!(got.contains(want), "{got}");
    assert_eq!(lines.len(), requests, "{lines:?}");
}

#[test]
fn a_wrong_content_type_does_not_matter_if_the_body_is_right() {
    check(|_| answer(200, &["Content-Type: application/json"], ROOT), "t", 1);
    check(|_| answer(200, &["Content-Type: text/html"], ROOT), "t", 1);
    check(|_| answer(200, &[], ROOT), "t", 1);
}

#[test]
fn versions_2_1_is_an_api_root() {
    check(|_| taxii(r#"{"title":"t","versions":["2.1"],"max_content_length":9}"#), "t", 1);
}

#[test]
fn an_accept_with_version_that_is_refused_is_said_without() {
    check(
        |request| match request.header("accept") {
            Some(it) if it.contains("version") => answer(406, &[], ""),
            Some(it) if it.contains("application/taxii+json") => taxii(ROOT),
            other => panic!("{other:?}"),
        },
        "t",
        2,
    );
    check(|_| answer(406, &[], ""), "`URL` answered 406: Not Acceptable", 2);
}

#[test]
fn a_page_for_people_is_no_taxii() {
    let html = "<!doctype html>\n<title>Sign in</title>";
    check(
        move |_| answer(200, &["Content-Type: text/html"], html),
        "`URL` answered with `text/html` that is no TAXII: expected value at line 1 column 1; \
         it begins with `<!doctype html> <title>Sign in</title>`",
        1,
    );
    check(
        move |_| answer(403, &["Content-Type: text/html"], html),
        "`URL` answered 403: Forbidden (text/html: <!doctype html> <title>Sign in</title>)",
        1,
    );
    check(|_| answer(500, &[], ""), "`URL` answered 500: Internal Server Error", 1);
}

#[test]
fn an_error_message_is_repeated_without_what_steers_a_terminal() {
    let body = r#"{"title":"no","description":"\u001b[31mred","http_status":404}"#;
    check(move |_| answer(404, &[], body), "`URL` answered 404: no:  [31mred", 1);
}

#[test]
fn garbage_is_tried_again_and_then_named() {
    check(|_| Reply::Bytes(b"\x00\xff\x17garbage\r\n\r\n".to_vec()), "the answer of `URL` is broken", 3);
    check(|_| Reply::Bytes(Vec::new()), "the answer of `URL` is broken", 3);
    check(|_| Reply::Bytes(head(200, &[], Some(100))), "the answer of `URL` is broken", 3);
    check(|_| answer(200, &[], b"{\"title\":\"\xff\"}"), "that is no TAXII: invalid unicode", 1);
    check(|_| answer(200, &[], "[".repeat(9000)), "that is no TAXII", 1);
    check(|_| answer(200, &["Content-Encoding: gzip"], "no gzip"), "the answer of `URL` is broken", 3);
}

#[test]
fn a_server_that_hangs_is_left() {
    let begun = Instant::now();
    let patience = Duration::from_millis(100);
    let late = "`URL` took too long";
    check_within(patience, |_| Reply::ThenSilence(Vec::new()), late, 3);
    let beginning = [head(200, &[], Some(100)), b"{".to_vec()].concat();
    check_within(patience, move |_| Reply::ThenSilence(beginning.clone()), late, 3);
    // Never silent for long, and never done.
    let drip = || Reply::Again(head(200, &[], Some(9000)), b" ".to_vec(), Duration::from_millis(10));
    check_within(patience, move |_| drip(), late, 3);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_body_is_read_up_to_its_limit() {
    let error = "the answer of `URL` is larger than 10000 bytes, which is the limit";
    check(|_| answer(200, &[], " ".repeat(10_001)), error, 1);
    check(|_| Reply::ThenSilence(head(200, &[], Some(1 << 40))), error, 1);
    // Without a length, and without an end.
    check(|_| Reply::Again(head(200, &[], None), vec![b' '; 4096], Duration::ZERO), error, 1);
    check(|_| answer(200, &[], format!("{ROOT}{}", " ".repeat(10_000 - ROOT.len()))), "t", 1);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 50 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let error = "the answer of `URL` is larger than 10000 bytes, which is the limit";
    let begin = bomb[..9_000].to_vec();
    check(move |_| answer(200, &["Content-Encoding: gzip"], &begin), error, 1);
}

#[test]
fn gzip_is_read() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(ROOT.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    check(move |_| answer(200, &["Content-Encoding: gzip"], &packed), "t", 1);
}

#[test]
fn redirects_within_the_server_are_followed_to_a_limit() {
    check(
        |request| match request.line() {
            "GET /root/" => answer(308, &["Location: /elsewhere/"], ""),
            "GET /elsewhere/" => taxii(ROOT),
            other => panic!("{other}"),
        },
        "t",
        2,
    );
    check(|_| answer(302, &["Location: /root/"], ""), "`URL` redirects more than 3 times", 4);
    check(|_| answer(302, &[], ""), "`URL` redirects to ``, which is not followed", 1);
}

#[tokio::test]
async fn credentials_never_follow_to_another_server() {
    let other = Server::start(|_| taxii(ROOT)).await;
    let location = format!("Location: {}", other.address);
    let server = Server::start(move |_| answer(307, &[&location], "")).await;
    let client =
        server.client_with(|it| it.credentials = Credentials::Bearer { secret: "s3cret".to_owned() });
    let error = client.api_root().await.unwrap_err();
    assert!(matches!(error, ExchangeError::Redirect { .. }), "{error}");
    let error = client.at_root(&other.address).unwrap_err();
    assert!(matches!(error, ExchangeError::Elsewhere { .. }), "{error}");
    assert_eq!(other.lines().len(), 0);
}

#[tokio::test]
async fn what_changes_something_is_never_redirected() {
    let server = Server::start(|_| answer(307, &["Location: /root/other/"], "")).await;
    let error = server.client().delete_object("c", "x--1", &Query::default()).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Redirect { .. }), "{error}");
    assert_eq!(server.lines(), ["DELETE /root/collections/c/objects/x--1/"]);
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    check(|request| if request.nth < 2 { answer(503, &[], "") } else { taxii(ROOT) }, "t", 3);
    check(|request| if request.nth < 1 { answer(429, &["Retry-After: 0"], "") } else { taxii(ROOT) }, "t", 2);
    check(|request| if request.nth < 2 { Reply::Bytes(Vec::new()) } else { taxii(ROOT) }, "t", 3);
    check(|_| answer(503, &[], ""), "`URL` answered 503: Service Unavailable", 3);
    check(|_| answer(429, &["Retry-After: 86400"], ""), "`URL` answered 429: Too Many Requests", 1);
}

#[test]
fn a_server_may_say_when_to_come_back() {
    let begun = Instant::now();
    check(|request| if request.nth < 1 { answer(503, &["Retry-After: 1"], "") } else { taxii(ROOT) }, "t", 2);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn nobody_listens() {
    // Bound and dropped: nothing listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::new(&format!("http://127.0.0.1:{port}/"), &settings(|_| ())).unwrap();
    let error = client.api_root().await.unwrap_err();
    assert!(matches!(error, ExchangeError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn credentials_are_sent_and_never_shown() {
    let basic = Credentials::Basic { name: "ana".to_owned(), secret: "s3cret".to_owned() };
    let bearer = Credentials::Bearer { secret: "s3cret".to_owned() };
    for (credentials, want) in [(basic, "Basic YW5hOnMzY3JldA=="), (bearer, "Bearer s3cret")] {
        let server = Server::start(|_| answer(401, &["WWW-Authenticate: Basic"], "")).await;
        let settings = settings(|it| it.credentials = credentials);
        let client = Client::new(&server.address, &settings).unwrap();
        let error = client.api_root().await.unwrap_err();
        assert_eq!(server.requests()[0].header("authorization"), Some(want));
        for shown in [format!("{settings:?}"), format!("{client:?}"), whole(&error), format!("{error:?}")] {
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
}

#[track_caller]
fn refuses(address: &str, want: &str) {
    let error = Client::new(address, &settings(|_| ())).unwrap_err();
    assert_eq!(error.to_string(), want);
}

#[test]
fn addresses_that_would_leak_are_refused() {
    refuses(
        "http://ally.example/taxii2/",
        "`http://ally.example/taxii2/` is not encrypted; use `https`, plain `http` is for this machine only",
    );
    refuses(
        "http://127.0.0.1.example/",
        "`http://127.0.0.1.example/` is not encrypted; use `https`, plain `http` is for this machine only",
    );
    refuses(
        "file:///etc/passwd",
        "`file:///etc/passwd` is not encrypted; use `https`, plain `http` is for this machine only",
    );
    refuses(
        "https://me:pw@ally.example/",
        "the address contains a name or password; give them as credentials",
    );
    refuses("ally", "`ally` is no address; expected one such as `https://ally.example/taxii2/`");
}

#[tokio::test]
async fn discovery_lies_at_the_root_of_the_server() {
    let server = Server::start(|_| taxii(r#"{"title":"d","api_roots":["/one/","/two/"]}"#)).await;
    let client = server.client();
    let discovery = client.discovery().await.unwrap();
    let roots: Vec<_> =
        discovery.api_roots.iter().map(|it| client.at_root(it).unwrap().root().path().to_owned()).collect();
    assert_eq!(roots, ["/one/", "/two/"]);
    assert_eq!(server.lines(), ["GET /taxii2/"]);
}

#[tokio::test]
async fn collections_are_read() {
    let server = Server::start(|request| match request.line() {
        "GET /root/collections/" => {
            taxii(r#"{"collections":[{"id":"i","title":"t","can_read":true,"can_write":false}]}"#)
        }
        "GET /root/collections/i/" => taxii(r#"{"id":"i","title":"t","can_read":true,"can_write":false}"#),
        other => panic!("{other}"),
    })
    .await;
    let client = server.client();
    assert_eq!(client.collections().await.unwrap(), [client.collection("i").await.unwrap()]);
}
