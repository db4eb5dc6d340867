//! Bodies and addresses that mean harm: a clear error for each, in bounded time and memory.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::http::{Answer, TAXII};
use crate::node::{Node, Stage, Wire};
use crate::stix::{envelope, id, indicator};

#[test]
fn a_body_announced_too_large_is_refused_before_it_is_sent() {
    let stage = Stage::new();
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {TAXII}\r\nAuthorization: {}\r\nContent-Length: 1000000000\r\n\r\n",
        stage.objects,
        stage.home.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).unwrap();
    assert_eq!(Answer::parse(&bytes).status, 413);
}

#[test]
fn a_body_that_does_not_say_its_length_is_bounded_too() {
    let stage =
        Stage::on(Node::start_with(Wire::Plain, |settings, _| settings.limits.max_content_length = 10_000));
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {TAXII}\r\nAuthorization: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        stage.objects,
        stage.home.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    for _ in 0..11 {
        if tcp.write_all(format!("3e8\r\n{}\r\n", " ".repeat(1000)).as_bytes()).is_err() {
            break;
        }
    }
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).ok();
    assert_eq!(Answer::parse(&bytes).status, 413);
}

#[test]
fn a_body_that_stops_coming_is_given_up() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |_, options| {
        options.listen.stall = Duration::from_millis(200);
    }));
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {TAXII}\r\nAuthorization: {}\r\nContent-Length: 100\r\n\r\n{{\"obj",
        stage.objects,
        stage.home.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    let began = Instant::now();
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).unwrap();
    assert_eq!(Answer::parse(&bytes).status, 408);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn who_may_not_add_is_refused_before_the_body_is_read() {
    let stage = Stage::new();
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {TAXII}\r\nAuthorization: {}\r\nContent-Length: 1000\r\n\r\n",
        stage.objects,
        stage.ally.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).unwrap();
    assert_eq!(Answer::parse(&bytes).status, 403);
}

#[track_caller]
fn check_refused(stage: &Stage, body: &[u8], says: &str) {
    let headers = [("Content-Type", TAXII)];
    let answer = stage.home.send("POST", &stage.objects, &headers, body).expect(422);
    let title = answer.json()["title"].to_string();
    assert!(title.contains(says), "{title}");
}

#[test]
fn what_is_no_envelope_is_refused_with_its_place() {
    let stage = Stage::new();
    check_refused(&stage, b"", "");
    check_refused(&stage, b"{\"objects\":[}", "13");
    check_refused(&stage, b"{\"objects\":[{\"type\":\"\xff\"}]}", "21");
    check_refused(&stage, b"{\"objects\":7}", "objects");
    check_refused(&stage, b"17", "");
    assert_eq!(stage.home.get(&stage.objects).expect(200).text(), "{}", "nothing was taken");
}

#[test]
fn a_deep_object_costs_only_itself() {
    let stage = Stage::new();
    let depth = 100_000;
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let odd = indicator(1).replace(r#""name""#, &format!(r#""x_deep":{deep},"name""#));
    let answer = stage.home.post(&stage.objects, &envelope(&[odd, indicator(2)]));
    assert!(matches!(answer.status, 202 | 422), "{}", answer.text());
    assert_eq!(stage.home.get("/api/").status, 200, "the node lives");
}

#[test]
fn too_many_objects_are_refused_whole() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |settings, _| settings.limits.max_objects = 3));
    let body = envelope(&(1..=4).map(indicator).collect::<Vec<_>>());
    check_refused(&stage, body.as_bytes(), "3");
    assert_eq!(stage.home.get(&stage.objects).text(), "{}");
}

#[test]
fn odd_addresses_lead_nowhere() {
    let stage = Stage::new();
    for path in [
        "/api/collections/%ff/",
        "/api/collections/%2e%2e/objects/",
        "/api/collections//objects/",
        "/api/collections/'%20or%201=1/",
        &format!("/api/collections/{}/", "a".repeat(10_000)),
        &format!("{}{}%00/", stage.objects, id("indicator", 1)),
        "/../../etc/passwd",
    ] {
        stage.ally.get(path).expect(404);
    }
}

#[test]
fn when_all_pages_are_taken_the_node_says_that_it_is_busy() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |_, options| {
        options.max_pages = 0;
        options.turn = Duration::from_millis(50);
    }));
    let answer = stage.ally.get(&stage.objects).expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    stage.ally.get("/api/").expect(200);
}

/// A client that asks for a large page and reads nothing holds neither the page nor the others up.
#[test]
fn a_reader_that_does_not_read_is_given_up() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |settings, options| {
        settings.limits.max_page = 10_000;
        options.max_pages = 1;
        options.listen.stall = Duration::from_millis(300);
    }));
    let big = |number: usize| {
        let text = indicator(number);
        text.replace(r#""name":"n"#, &format!(r#""description":"{}","name":"n"#, "x".repeat(1_000_000)))
    };
    for number in 1..=24 {
        stage.add(&[big(number)]);
    }
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n\r\n",
        stage.objects,
        stage.ally.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let answer = stage.ally.get(&format!("{}?limit=1", stage.objects)).expect(200);
    assert_eq!(answer.ids().len(), 1, "the one page there is room for was free again");
    drop(tcp);
}
