//! The channel of notices and the pull that follows a notice.

use std::time::{Duration, Instant};

use vigie_exchange::federation::{Batch, Cursor, HEARTBEAT, Notice, NoticeStream, Pull, Signal};
use vigie_exchange::taxii::client::Query;
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::transport::ExchangeError;

use super::server::{Reply, Request, Server, answer, date, head, whole};

const STREAM: &str = "Content-Type: text/event-stream; charset=utf-8";
const COLLECTION: &str = "0f2d2d7e-90a3-4a52-9f0c-7a5d9a4f7d11";

fn notice(micros: i64) -> Notice {
    Notice { collection: COLLECTION.parse().unwrap(), date_added: date(micros).parse().unwrap(), epoch: 1 }
}

fn stream(text: &str) -> Vec<u8> {
    [head(200, &[STREAM], None), text.as_bytes().to_vec()].concat()
}

/// What the channel tells, in short.
async fn next(channel: &mut NoticeStream) -> String {
    match tokio::time::timeout(Duration::from_secs(10), channel.next()).await.unwrap() {
        Signal::Connected => "connected".to_owned(),
        Signal::Notice(notice) => format!("notice {}", notice.date_added.micros()),
        Signal::Lost { why, .. } => format!("lost: {}", whole(&why)),
    }
}

#[tokio::test]
async fn notices_come_as_they_are_sent() {
    let text = format!("{HEARTBEAT}event: later\ndata: {{}}\n\n{}{HEARTBEAT}", notice(5).to_event());
    let server = Server::start(move |_| Reply::ThenSilence(stream(&text))).await;
    let mut channel = NoticeStream::new(&server.client());
    assert_eq!(next(&mut channel).await, "connected");
    assert_eq!(next(&mut channel).await, "notice 5");
    let request = server.requests().remove(0);
    assert_eq!(request.line(), "GET /federation/notices");
    assert_eq!(request.header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn notices_that_wait_are_told_as_the_last() {
    let text: String = (1..=1000).map(|it| notice(it).to_event()).collect();
    let server = Server::start(move |_| Reply::ThenSilence(stream(&text))).await;
    let mut channel = NoticeStream::new(&server.client());
    assert_eq!(next(&mut channel).await, "connected");
    let mut told = 0;
    while next(&mut channel).await != "notice 1000" {
        told += 1;
    }
    assert!(told < 100, "{told}");
}

#[tokio::test]
async fn after_an_interruption_it_comes_back_and_says_so() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::Bytes(stream(HEARTBEAT)),
        1 => answer(503, &[], ""),
        2 => answer(403, &[], r#"{"title":"suspended"}"#),
        _ => Reply::ThenSilence(stream(&notice(7).to_event())),
    })
    .await;
    let mut channel = NoticeStream::new(&server.client());
    assert_eq!(next(&mut channel).await, "connected");
    assert!(next(&mut channel).await.contains("was closed by the other side"));
    assert!(next(&mut channel).await.contains("answered 503"));
    assert!(next(&mut channel).await.contains("answered 403: suspended"));
    assert_eq!(next(&mut channel).await, "connected");
    assert_eq!(next(&mut channel).await, "notice 7");
}

#[tokio::test]
async fn silence_is_an_interruption_and_heartbeats_are_none() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::ThenSilence(stream(HEARTBEAT)),
        _ => Reply::Again(stream(""), HEARTBEAT.as_bytes().to_vec(), Duration::from_millis(50)),
    })
    .await;
    let mut channel = NoticeStream::new(&server.client_with(|it| {
        it.limits.silence = Duration::from_millis(300);
        it.limits.total = Duration::from_millis(300);
    }));
    assert_eq!(next(&mut channel).await, "connected");
    assert!(next(&mut channel).await.contains("took too long"));
    assert_eq!(next(&mut channel).await, "connected");
    // Longer than the limit of silence, and of a whole request.
    let idle = tokio::time::timeout(Duration::from_millis(900), channel.next()).await;
    assert!(idle.is_err(), "{idle:?}");
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_channel_that_carries_something_else_is_left() {
    for (reply, want) in [
        (answer(200, &["Content-Type: text/html"], "<html>"), "its content type is `text/html`"),
        (
            Reply::Bytes(stream("event: notice\ndata: {\"collection\":1}\n\n")),
            "sent what is no notice: invalid type",
        ),
        (Reply::Again(stream(""), vec![b'x'; 1000], Duration::ZERO), "the event is larger than 4096 bytes"),
        (
            Reply::Again(stream(""), b"data: 123456789\n".to_vec(), Duration::ZERO),
            "the event is larger than 4096 bytes",
        ),
        (Reply::Bytes(b"garbage\r\n\r\n".to_vec()), "the answer of"),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        let server =
            Server::start(move |_| reply.lock().unwrap().take().unwrap_or_else(|| answer(500, &[], "")))
                .await;
        let mut channel = NoticeStream::new(&server.client());
        let mut told = next(&mut channel).await;
        if told == "connected" {
            told = next(&mut channel).await;
        }
        assert!(told.starts_with("lost: ") && told.contains(want), "{told}");
    }
}

#[tokio::test]
async fn a_node_that_closes_at_once_is_asked_ever_more_slowly() {
    let server = Server::start(|_| Reply::Bytes(stream(HEARTBEAT))).await;
    let mut channel = NoticeStream::new(&server.client_with(|it| {
        it.limits.backoff_first = Duration::from_millis(20);
        it.limits.backoff_most = Duration::from_millis(400);
    }));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1500) {
        let _ = tokio::time::timeout(Duration::from_millis(100), channel.next()).await;
    }
    // 20, 40, 80, 160, 320, 400, 400 … at most, half of each at least.
    assert!((4..=13).contains(&server.lines().len()), "{}", server.lines().len());
}

/// A node with objects 1 to `count`, each added in that many microseconds, in pages of at most two.
fn node(count: i64, epoch: impl Fn(&Request) -> u64) -> impl Fn(&Request) -> Reply {
    move |request| {
        let after = request.after().unwrap_or(0);
        let begin = request.parameter("next").map_or(after, |it| it.parse().unwrap());
        let objects: Vec<i64> = (begin + 1..=count).take(2).collect();
        let last = objects.last().copied().unwrap_or(begin);
        let more = last < count;
        let headers = [
            format!("X-TAXII-Date-Added-Last: {}", date(last)),
            format!("X-Vigie-Epoch: {}", epoch(request)),
            "Content-Type: application/taxii+json;version=2.1".to_owned(),
        ];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        answer(200, &headers, format!(r#"{{"more":{more},"next":"{last}","objects":{objects:?}}}"#))
    }
}

fn cursor(after: i64, epoch: u64) -> Cursor {
    Cursor { after: (after > 0).then(|| date(after).parse().unwrap()), epoch }
}

/// Pulls to the end, and writes what came as `objects @ cursor`.
async fn pull(server: &Server, from: Cursor) -> Vec<String> {
    let mut pull = Pull::new(server.client(), COLLECTION, Query::default(), from);
    let mut told = Vec::new();
    while let Some(Batch { objects, cursor }) = pull.next().await.unwrap() {
        let after = cursor.after.map_or(0, DateAdded::micros);
        told.push(format!("{} @ {after}/{}", objects.join(","), cursor.epoch));
    }
    told
}

#[tokio::test]
async fn a_pull_goes_on_from_its_cursor() {
    let server = Server::start(node(5, |_| 1)).await;
    assert_eq!(pull(&server, Cursor::default()).await, ["1,2 @ 1/1", "3,4 @ 3/1", "5 @ 5/1"]);
    assert_eq!(pull(&server, cursor(3, 1)).await, ["4,5 @ 5/1"]);
}

#[tokio::test]
async fn a_pull_of_nothing_new_is_one_request() {
    let server = Server::start(node(5, |_| 1)).await;
    assert!(pull(&server, cursor(5, 1)).await.is_empty());
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn an_epoch_that_moved_means_from_the_beginning() {
    let server = Server::start(node(3, |_| 2)).await;
    assert_eq!(pull(&server, cursor(3, 1)).await, ["1,2 @ 1/2", "3 @ 3/2"]);
}

#[tokio::test]
async fn an_epoch_that_moved_is_remembered_even_if_nothing_is_left_to_see() {
    let server = Server::start(node(0, |_| 2)).await;
    assert_eq!(pull(&server, cursor(3, 1)).await, [" @ 0/2"]);
}

#[tokio::test]
async fn an_epoch_that_moves_during_a_pull_is_left_to_the_next() {
    let server = Server::start(node(5, |request| u64::try_from(request.nth).unwrap())).await;
    assert_eq!(pull(&server, cursor(5, 9)).await, ["1,2 @ 1/1", "3,4 @ 3/1", "5 @ 5/1"]);
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn a_clock_that_is_years_away_does_not_matter() {
    for year in ["0001", "2999"] {
        let server = Server::start(move |request| {
            let last = format!("X-TAXII-Date-Added-Last: {year}-01-01T00:00:00.000001Z");
            let headers = [last.as_str(), "Date: Mon, 01 Jan 1990 00:00:00 GMT"];
            let body = if request.parameter("added_after").is_some() { "{}" } else { r#"{"objects":[1]}"# };
            answer(200, &headers, body)
        })
        .await;
        assert_eq!(pull(&server, Cursor::default()).await.len(), 1);
        let after = format!("{year}-01-01T00:00:00.000001Z").parse().ok();
        assert_eq!(pull(&server, Cursor { after, epoch: 0 }).await, Vec::<String>::new());
        let request = server.requests().remove(1);
        assert_eq!(request.parameter("added_after"), Some(format!("{year}-01-01T00:00:00.000001Z")));
    }
}

#[tokio::test]
async fn a_peer_that_says_nothing_of_epochs_is_pulled_all_the_same() {
    let server = Server::start(|_| answer(200, &["X-Vigie-Epoch: lots"], r#"{"objects":[1]}"#)).await;
    assert_eq!(pull(&server, cursor(4, 1)).await, ["1 @ 4/1"]);
}

#[tokio::test]
async fn a_pull_that_failed_goes_on_where_it_stood() {
    let good = node(5, |_| 1);
    let server =
        Server::start(move |request| if request.nth == 1 { answer(500, &[], "") } else { good(request) })
            .await;
    let mut pull = Pull::new(server.client(), COLLECTION, Query::default(), Cursor::default());
    assert_eq!(pull.next().await.unwrap().unwrap().objects.len(), 2);
    // The answer 500 to a `next` makes the walk go on by date.
    let rest = pull.next().await.unwrap().unwrap();
    assert_eq!((rest.objects.join(","), rest.cursor), ("3".to_owned(), cursor(2, 1)));

    let good = node(5, |_| 1);
    let server =
        Server::start(move |request| if request.nth == 1 { answer(403, &[], "") } else { good(request) })
            .await;
    let mut pull = Pull::new(server.client(), COLLECTION, Query::default(), Cursor::default());
    assert_eq!(pull.next().await.unwrap().unwrap().objects.len(), 2);
    let error = pull.next().await.unwrap_err();
    assert!(matches!(error, ExchangeError::Refused { status: 403, .. }), "{error}");
    assert_eq!(pull.next().await.unwrap().unwrap().cursor, cursor(3, 1));
}
