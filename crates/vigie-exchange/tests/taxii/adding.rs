//! Adding objects.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use vigie_exchange::transport::ExchangeError;
use vigie_model::label::{Label, LabelId, Labelled};
use vigie_model::member::{Member, Membership};
use vigie_policy::{Action, Policy, Released, Viewer};

use super::server::{Reply, Request, Server, answer, taxii};

const OBJECTS: [&str; 5] = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}", "{\"e\":5}"];

/// The text of an object that its own member sends out.
struct Text(&'static str);

impl Labelled for Text {
    fn label_id(&self) -> LabelId {
        LabelId(1)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.0
    }
}

fn released(texts: &[&'static str]) -> Vec<Released<Text>> {
    let member = Member {
        id: "member--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse().unwrap(),
        name: "CERT".to_owned(),
        country: "MA".parse().unwrap(),
        identity: "identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse().unwrap(),
        groups: BTreeSet::new(),
        state: Membership::Active,
    };
    let label = Label::originator_only(member.id);
    let policy = Policy::new().unwrap();
    let clearance = policy.clearance(&Viewer::of(&member), Action::Share, 0, [(LabelId(1), &label)]);
    texts.iter().map(|it| clearance.release(Text(it)).unwrap()).collect()
}

fn root(most: usize) -> Reply {
    taxii(&format!(r#"{{"title":"t","versions":["2.1"],"max_content_length":{most}}}"#))
}

fn status(request: &Request, progress: &str) -> Reply {
    let total = request.body.matches(':').count().saturating_sub(1);
    let counts =
        format!(r#""total_count":{total},"success_count":{total},"failure_count":0,"pending_count":0"#);
    let headers = ["Content-Type: application/taxii+json;version=2.1"];
    answer(202, &headers, format!(r#"{{"id":"s1","status":"{progress}",{counts}}}"#))
}

fn posts(server: &Server) -> Vec<String> {
    server.requests().into_iter().filter(|it| it.line().starts_with("POST")).map(|it| it.body).collect()
}

#[tokio::test]
async fn objects_go_out_exactly_as_they_are_and_as_many_as_fit() {
    let server = Server::start(|request| match request.line() {
        "GET /root/" => root(31),
        _ => status(request, "complete"),
    })
    .await;
    let done = server.client().add_objects("c", &released(&OBJECTS)).await.unwrap();
    let counts: Vec<u64> = done.iter().map(|it| it.success_count).collect();
    assert_eq!(counts, [2, 2, 1]);
    let bodies = posts(&server);
    assert_eq!(bodies[0], r#"{"objects":[{"a":1},{"b":2}]}"#);
    let request = server.requests().remove(1);
    assert_eq!(request.header("content-type"), Some("application/taxii+json;version=2.1"));
    assert_eq!(request.line(), "POST /root/collections/c/objects/");
}

#[tokio::test]
async fn a_server_that_takes_less_than_it_says_gets_smaller_requests() {
    let server = Server::start(|request| match request.line() {
        "GET /root/" => root(0),
        _ if request.body.len() > 30 => answer(413, &[], ""),
        _ => status(request, "complete"),
    })
    .await;
    let done = server.client().add_objects("c", &released(&OBJECTS)).await.unwrap();
    assert_eq!(done.iter().map(|it| it.success_count).sum::<u64>(), 5);
}

#[tokio::test]
async fn a_pending_status_is_asked_for_until_it_is_complete() {
    let server = Server::start(|request| match (request.line(), request.nth) {
        ("GET /root/", _) => root(9999),
        ("GET /root/status/s1/", 3) => status(request, "complete"),
        _ => status(request, "pending"),
    })
    .await;
    let done = server.client().add_objects("c", &released(&OBJECTS)).await.unwrap();
    assert_eq!(server.lines().len(), 4);
    assert_eq!(format!("{:?}", done[0].status), "Complete");
}

#[tokio::test]
async fn a_status_that_stays_pending_is_handed_back_in_time() {
    let server = Server::start(|request| match request.line() {
        "GET /root/" => root(9999),
        _ => status(request, "pending"),
    })
    .await;
    let client = server.client_with(|it| it.limits.status_wait = Duration::from_millis(400));
    let done = client.add_objects("c", &released(&OBJECTS)).await.unwrap();
    assert_eq!(format!("{:?}", done[0].status), "Pending");
}

#[tokio::test]
async fn an_error_in_between_keeps_what_was_done() {
    let server = Server::start(|request| match request.nth {
        0 => root(31),
        1 => status(request, "complete"),
        _ => answer(422, &[], r#"{"title":"not these"}"#),
    })
    .await;
    let error = server.client().add_objects("c", &released(&OBJECTS)).await.unwrap_err();
    assert_eq!(error.done.len(), 1);
    assert_eq!(error.to_string(), "could not add all objects; 1 requests were answered before");
    assert!(error.source().unwrap().to_string().ends_with("answered 422: not these"));
}

#[tokio::test]
async fn an_object_that_cannot_fit_is_named() {
    let server = Server::start(|request| match request.line() {
        "GET /root/" => root(21),
        _ => status(request, "complete"),
    })
    .await;
    let error =
        server.client().add_objects("c", &released(&["{\"a\":1}", "{\"long\":1}"])).await.unwrap_err();
    assert!(
        matches!(error.source, ExchangeError::ObjectTooLarge { index: 1, bytes: 10, limit: 21 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn nothing_to_add_asks_nothing_to_be_added() {
    let server = Server::start(|_| root(21)).await;
    assert!(server.client().add_objects("c", &released(&[])).await.unwrap().is_empty());
    assert_eq!(posts(&server).len(), 0);
}
