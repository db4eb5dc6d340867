//! Servers that page in ways of their own.

use vigie_exchange::taxii::client::Query;
use vigie_exchange::transport::ExchangeError;

use super::server::{Reply, Request, Server, answer, collect, date};

const TAXII: &str = "Content-Type: application/taxii+json;version=2.1";

/// What a server holds: the number of an object is its text, and it was added in that many microseconds.
fn shelf(count: i64) -> Vec<i64> {
    (1..=count).collect()
}

/// A page of `objects`, with both date headers.
fn page(objects: &[i64], more: bool, next: Option<&str>) -> Reply {
    dated(objects, objects, more, next)
}

fn dated(objects: &[i64], dates: &[i64], more: bool, next: Option<&str>) -> Reply {
    let mut headers = vec![TAXII.to_owned()];
    if let (Some(first), Some(last)) = (dates.first(), dates.last()) {
        headers.push(format!("X-TAXII-Date-Added-First: {}", date(*first)));
        headers.push(format!("X-TAXII-Date-Added-Last: {}", date(*last)));
    }
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    answer(200, &headers, body(objects, more, next))
}

fn body(objects: &[i64], more: bool, next: Option<&str>) -> String {
    let next = next.map_or("null".to_owned(), |it| format!("{it:?}"));
    format!(r#"{{"more":{more},"next":{next},"objects":{objects:?}}}"#)
}

/// The part of the shelf that a request by date asks for.
fn after(shelf: &[i64], request: &Request) -> Vec<i64> {
    let after = request.after().unwrap_or(0);
    shelf.iter().copied().filter(|it| *it > after).collect()
}

/// Cut to the limit; and whether there is more.
fn cut(mut objects: Vec<i64>, limit: usize) -> (Vec<i64>, bool) {
    let more = objects.len() > limit;
    objects.truncate(limit);
    (objects, more)
}

fn of_ten(limit: usize) -> Query {
    Query { limit: Some(limit), ..Query::default() }
}

/// Walks over a server; `want` is what it hands out, `wants_error` a part of the error that ends the walk, and `most` the
/// most requests that may be needed.
#[track_caller]
fn check(
    script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    query: Query,
    want: &[i64],
    wants_error: Option<&str>,
    most: usize,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (items, error, lines) = runtime.block_on(async {
        let server = Server::start(script).await;
        let client = server.client_with(|it| it.limits.pages = 50);
        let (items, error) = collect(client.objects("shelf", query)).await;
        (items, error, server.lines())
    });
    let items: Vec<i64> = items.iter().map(|it| it.parse().unwrap()).collect();
    assert_eq!(items, want, "{lines:#?}");
    let error = error.map(|it| it.to_string());
    match (&error, wants_error) {
        (None, None) => {}
        (Some(error), Some(part)) => assert!(error.contains(part), "{error}"),
        _ => panic!("error {error:?}, wanted {wants_error:?}: {lines:#?}"),
    }
    assert!(lines.len() <= most, "{} requests: {lines:#?}", lines.len());
}

/// What the standard asks for.
fn good(request: &Request) -> Reply {
    let begin: usize = request.parameter("next").map_or(0, |it| it.parse().unwrap());
    let left = after(&shelf(10), request).split_off(begin);
    let (objects, more) = cut(left, request.limit());
    let next = (begin + objects.len()).to_string();
    page(&objects, more, more.then_some(&next))
}

#[test]
fn a_good_server_is_asked_once_for_each_page() {
    check(good, of_ten(3), &shelf(10), None, 4);
    check(good, of_ten(10), &shelf(10), None, 1);
    check(good, Query::default(), &shelf(10), None, 1);
}

#[test]
fn an_empty_collection_is_one_empty_page() {
    check(|_| page(&[], false, None), of_ten(3), &[], None, 1);
    check(|_| answer(200, &[TAXII], "{}"), of_ten(3), &[], None, 1);
}

#[test]
fn more_without_next_goes_on_by_date() {
    let script = |request: &Request| {
        let (objects, more) = cut(after(&shelf(10), request), request.limit());
        page(&objects, more, None)
    };
    check(script, of_ten(4), &shelf(10), None, 3);
    check(script, of_ten(2), &shelf(10), None, 9);
}

#[test]
fn more_with_an_empty_next_goes_on_by_date() {
    let script = |request: &Request| {
        let (objects, more) = cut(after(&shelf(10), request), request.limit());
        page(&objects, more, Some(""))
    };
    check(script, of_ten(4), &shelf(10), None, 3);
}

#[test]
fn the_same_next_again_goes_on_by_date() {
    let script = |request: &Request| {
        let (objects, more) = cut(after(&shelf(10), request), request.limit());
        page(&objects, more, Some("always"))
    };
    check(script, of_ten(4), &shelf(10), None, 5);
}

#[test]
fn next_that_is_ignored_beside_added_after_goes_on_by_date() {
    let script = |request: &Request| {
        let (objects, more) = cut(after(&shelf(10), request), request.limit());
        let fresh = format!("token-{}", request.nth);
        page(&objects, more, Some(&fresh))
    };
    let query = Query { added_after: Some("1970-01-01T00:00:00.000002Z".parse().unwrap()), ..of_ten(4) };
    check(script, query, &shelf(10)[2..], None, 5);
}

#[test]
fn next_that_is_refused_goes_on_by_date() {
    let script = |request: &Request| {
        if request.parameter("next").is_some() {
            return answer(400, &[TAXII], r#"{"title":"next and added_after exclude each other"}"#);
        }
        let (objects, more) = cut(after(&shelf(10), request), request.limit());
        page(&objects, more, Some("opaque"))
    };
    check(script, of_ten(4), &shelf(10), None, 5);
}

#[test]
fn added_after_that_includes_the_date_itself_hands_nothing_out_twice() {
    let script = |request: &Request| {
        let from = request.after().unwrap_or(0);
        let (objects, more) = cut(shelf(10).into_iter().filter(|it| *it >= from).collect(), request.limit());
        page(&objects, more, None)
    };
    check(script, of_ten(4), &shelf(10), None, 6);
}

#[test]
fn a_page_of_one_from_a_server_that_includes_the_date_is_asked_larger() {
    let script = |request: &Request| {
        let from = request.after().unwrap_or(0);
        let (objects, more) = cut(shelf(10).into_iter().filter(|it| *it >= from).collect(), request.limit());
        page(&objects, more, None)
    };
    check(script, of_ten(1), &shelf(10), None, 6);
}

#[test]
fn objects_of_one_microsecond_are_not_lost_between_pages() {
    // Twenty objects, the middle sixteen added at once.
    let script = |request: &Request| {
        let when = |it: i64| if (3..=18).contains(&it) { 3 } else { it };
        let after = request.after().unwrap_or(0);
        let (objects, more) =
            cut(shelf(20).into_iter().filter(|it| when(*it) > after).collect(), request.limit());
        let dates: Vec<i64> = objects.iter().map(|it| when(*it)).collect();
        dated(&objects, &dates, more, None)
    };
    check(script, of_ten(5), &shelf(20), None, 6);
}

#[test]
fn more_with_neither_next_nor_date_ends_with_an_error() {
    let script = |request: &Request| answer(200, &[TAXII], body(&shelf(10)[..request.limit()], true, None));
    check(script, of_ten(4), &shelf(4), Some("names no next page and no date"), 1);
}

#[test]
fn dates_that_are_undefined_do_not_matter_while_next_leads_on() {
    let script = |request: &Request| {
        let begin: usize = request.parameter("next").map_or(0, |it| it.parse().unwrap());
        let (objects, more) = cut(shelf(10).split_off(begin), request.limit());
        let next = (begin + objects.len()).to_string();
        let undefined = ["X-TAXII-Date-Added-First: undefined", "X-TAXII-Date-Added-Last: undefined", TAXII];
        answer(200, &undefined, body(&objects, more, more.then_some(&next)))
    };
    check(script, of_ten(4), &shelf(10), None, 3);
}

#[test]
fn the_same_page_for_ever_ends_with_an_error() {
    let script = |request: &Request| page(&[1, 2, 3], true, Some(&format!("token-{}", request.nth)));
    check(script, of_ten(3), &[1, 2, 3], Some("brings nothing new"), 10);
}

#[test]
fn two_pages_in_turn_for_ever_end_with_an_error() {
    let script = |request: &Request| {
        let objects = if request.nth.is_multiple_of(2) { [1, 2] } else { [3, 4] };
        page(&objects, true, Some(&format!("token-{}", request.nth)))
    };
    check(script, of_ten(2), &[1, 2, 3, 4], Some("brings nothing new"), 12);
}

#[test]
fn more_for_ever_after_the_last_object_ends_with_an_error() {
    let script = |request: &Request| {
        let (objects, _) = cut(after(&shelf(10), request), request.limit());
        page(&objects, true, None)
    };
    check(script, of_ten(4), &shelf(10), Some("brings nothing new"), 12);
}

#[test]
fn limit_and_added_after_ignored_with_more_ends_with_an_error() {
    check(|_| page(&shelf(10), true, None), of_ten(4), &shelf(10), Some("brings nothing new"), 10);
}

#[test]
fn a_limit_that_is_ignored_does_no_harm() {
    check(|_| page(&shelf(10), false, None), of_ten(4), &shelf(10), None, 1);
}

#[test]
fn empty_pages_for_ever_end_with_an_error() {
    let script = |request: &Request| page(&[], true, Some(&format!("token-{}", request.nth)));
    check(script, of_ten(4), &[], Some("its pages are empty"), 18);
}

#[test]
fn a_few_empty_pages_are_passed_over() {
    let script = |request: &Request| match request.nth {
        0..=9 => page(&[], true, Some(&format!("token-{}", request.nth))),
        _ => page(&[1], false, None),
    };
    check(script, of_ten(4), &[1], None, 11);
}

#[test]
fn new_objects_for_ever_end_at_the_limit_of_pages() {
    let script = |request: &Request| {
        let object = i64::try_from(request.nth).unwrap() + 1;
        page(&[object], true, Some(&format!("token-{object}")))
    };
    check(script, of_ten(1), &shelf(50), Some("has more than 50 pages"), 50);
}

#[test]
fn objects_null_is_an_empty_page() {
    check(|_| answer(200, &[TAXII], r#"{"objects":null,"more":false}"#), of_ten(4), &[], None, 1);
}

#[test]
fn dates_that_go_back_do_not_move_the_walk_back() {
    let script = |request: &Request| match request.parameter("next").as_deref() {
        None => dated(&[1, 2], &[5, 6], true, Some("b")),
        Some("b") => dated(&[3, 4], &[1, 2], true, Some("c")),
        _ => dated(&[5], &[7], false, None),
    };
    check(script, of_ten(2), &[1, 2, 3, 4, 5], None, 3);
}

#[tokio::test]
async fn a_manifest_without_next_goes_on_by_date() {
    let server = Server::start(|request| {
        let (records, more) = cut(after(&shelf(5), request), request.limit());
        let record = |it: &i64| format!(r#"{{"id":"x--{it}","date_added":"{}","version":"v"}}"#, date(*it));
        let text = records.iter().map(record).collect::<Vec<_>>().join(",");
        let last = format!("X-TAXII-Date-Added-Last: {}", date(*records.last().unwrap()));
        answer(200, &[TAXII, &last], format!(r#"{{"more":{more},"objects":[{text}]}}"#))
    })
    .await;
    let (records, error) = collect(server.client().manifest("shelf", of_ten(2))).await;
    assert!(error.is_none(), "{error:?}");
    let ids: Vec<_> = records.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["x--1", "x--2", "x--3", "x--4", "x--5"]);
}

#[tokio::test]
async fn versions_are_read() {
    let server = Server::start(|_| answer(200, &[TAXII], r#"{"versions":["2020-01-01T00:00:00.1Z"]}"#)).await;
    let (versions, error) = collect(server.client().versions("shelf", "x--1", Query::default())).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(versions, ["2020-01-01T00:00:00.1Z"]);
    assert_eq!(server.lines(), ["GET /root/collections/shelf/objects/x--1/versions/"]);
}

#[tokio::test]
async fn a_query_is_written_as_the_standard_says() {
    let server = Server::start(|_| answer(200, &[TAXII], "{}")).await;
    let query = Query {
        added_after: Some("2020-01-01T00:00:00Z".parse().unwrap()),
        limit: Some(7),
        ids: vec!["a--1".to_owned(), "b--2".to_owned()],
        types: vec!["indicator".to_owned()],
        versions: vec!["all".to_owned()],
        spec_versions: vec!["2.0".to_owned(), "2.1".to_owned()],
    };
    collect(server.client().objects("../a b/?#", query)).await;
    let request = server.requests().remove(0);
    assert!(
        request.line().starts_with("GET /root/collections/..%2Fa%20b%2F%3F%23/objects/?"),
        "{}",
        request.line()
    );
    for (name, value) in [
        ("added_after", "2020-01-01T00:00:00.000000Z"),
        ("limit", "7"),
        ("match[id]", "a--1,b--2"),
        ("match[type]", "indicator"),
        ("match[version]", "all"),
        ("match[spec_version]", "2.0,2.1"),
    ] {
        assert_eq!(request.parameter(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn more_objects_than_the_limit_of_a_page_are_refused() {
    let server = Server::start(|_| page(&shelf(10), false, None)).await;
    let client = server.client_with(|it| it.limits.page_items = 9);
    let (items, error) = collect(client.objects("shelf", Query::default())).await;
    assert!(items.is_empty());
    assert!(
        matches!(&error, Some(ExchangeError::NotTaxii { why, .. }) if why.contains("more than 9 objects")),
        "{error:?}"
    );
}
