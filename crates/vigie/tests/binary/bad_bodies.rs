//! Bodies that are no envelopes, objects that are none, and bodies without end.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::node::{Answer, Client, EVERYTHING, Home, Node, OBJECTS, TAXII};
use crate::samples::{envelope, id, indicator, indicator_of};

/// The default `max_content_length`.
const LARGEST: usize = 32 << 20;

/// More than a node of these tests may ever hold, in MiB: largest bodies together, caches, the binary itself.
const MEMORY: u64 = 300;

fn serve(folder: &tempfile::TempDir) -> Node {
    Home::new(folder.path()).serve()
}

#[track_caller]
fn check_refused(node: &Node, body: &[u8], says: &str) {
    let answer = node.client.send(body, "");
    let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    assert_eq!(answer.status, 422, "{shown}: {}", answer.text());
    let title = answer.json()["title"].as_str().unwrap().to_owned();
    assert!(title.contains(says), "{shown}: `{says}` is not in `{title}`");
}

#[test]
fn what_is_no_envelope_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let good = indicator(1);
    check_refused(&node, b"", "");
    check_refused(&node, b"nothing", "");
    check_refused(&node, b"17", "");
    check_refused(&node, b"\"objects\"", "");
    check_refused(&node, b"{\"objects\":7}", "objects");
    check_refused(&node, b"{\"objects\":{}}", "objects");
    check_refused(&node, format!("{{\"objects\":[{good}").as_bytes(), "");
    check_refused(&node, format!("{{\"objects\":[{good},]}}").as_bytes(), "");
    check_refused(&node, format!("{{\"objects\":[{good}]}}}}").as_bytes(), "");
    check_refused(&node, b"{\"objects\":[{\"type\":\"\xff\xfe\"}]}", "UTF-8");
    check_refused(&node, format!("{{\"objects\":[{good}],\"objects\":[]}}").as_bytes(), "objects");
    check_refused(&node, "[".repeat(100_000).as_bytes(), "");
    check_refused(&node, &vec![0; 1 << 20], "");
    assert_eq!(node.client.get(&format!("{OBJECTS}?{EVERYTHING}")).text(), "{}", "nothing was taken");
    node.works(2);
}

/// Adds a bad object between two good ones.
#[track_caller]
fn check_alone(node: &Node, number: usize, bad: &str) {
    let good = [indicator(2 * number), indicator(2 * number + 1)];
    let began = Instant::now();
    let answer = node.client.post(&envelope(&[good[0].clone(), bad.to_owned(), good[1].clone()]));
    let shown = &bad[..bad.len().min(200)];
    assert_eq!(answer.status, 202, "{shown}: {}", answer.text());
    assert!(began.elapsed() < Duration::from_secs(10), "{shown}: {:?}", began.elapsed());
    let status = answer.json();
    let counts = (&status["success_count"], &status["failure_count"]);
    assert_eq!(counts, (&2.into(), &1.into()), "{shown}: {status}");
    let why = status["failures"][0]["message"].as_str().unwrap_or_default();
    assert!(!why.is_empty() && why.len() < 2_000, "{shown}: {status}");
}

#[test]
fn a_bad_object_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let other = |from: &str, to: &str| indicator(9_999).replace(from, to);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bad = [
        "7".to_owned(),
        "null".to_owned(),
        "\"indicator\"".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        other(r#""type":"indicator""#, r#""type":7"#),
        other(r#""type":"indicator""#, r#""type":"indicator","type":"malware""#),
        other(r#""type":"indicator""#, r#""type":"malware""#),
        other(&id("indicator", 9_999), "indicator--no-uuid"),
        other(&id("indicator", 9_999), &"x".repeat(1 << 20)),
        other(r#""spec_version":"2.1""#, r#""spec_version":"3.0""#),
        other("2016-01-01T00:00:00.000Z", "2016-13-01T00:00:00.000Z"),
        other("2016-01-01T00:00:00.000Z", "yesterday"),
        other(r#""valid_from""#, &format!(r#""x_deep":{deep},"valid_from""#)),
    ];
    for (number, text) in bad.iter().enumerate() {
        check_alone(&node, number, text);
    }
    assert_eq!(node.client.everything(1_000).len(), 2 * bad.len());
    node.works(5_000);
}

/// What producers get wrong and everybody can live with is taken as it is, with a remark.
#[test]
fn broken_patterns_are_taken_with_a_remark() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let brackets = |of: &str| format!("{}{of}{}", "(".repeat(10_000), ")".repeat(10_000));
    let patterns = [
        "[".to_owned(),
        brackets("[a:b = 1]"),
        format!("[{}]", brackets("a:b = 1")),
        format!("[a:b = '{}']", "x".repeat(2 << 20)),
    ];
    let texts: Vec<String> = patterns.iter().enumerate().map(|(place, it)| indicator_of(place, it)).collect();
    let began = Instant::now();
    let status = node.client.post(&envelope(&texts)).json();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(status["success_count"], patterns.len(), "{status}");
    for taken in status["successes"].as_array().unwrap() {
        let remark = taken["message"].as_str().unwrap_or_default();
        assert!(remark.len() < 500 && remark.contains("stix-4.7-pattern"), "{taken}");
    }
    assert_eq!(node.client.everything(10), texts);
    node.works(100);
}

/// Patterns that other engines choke on are legal STIX: they are kept, served, and cost nothing while they wait.
#[test]
fn hostile_patterns_are_kept_and_hold_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let wide = vec!["a:b = 1"; 10_000].join(" OR ");
    let texts = [
        indicator_of(1, "[domain-name:value MATCHES '(a+)+$']"),
        indicator_of(2, r"[domain-name:value MATCHES '^(a|a)*\\\\1(?=b)$']"),
        indicator_of(3, &format!("[{wide}]")),
        indicator_of(4, &vec!["[a:b = 1]"; 200].join(" FOLLOWEDBY ")),
        indicator_of(5, "[file:name MATCHES '(']"),
    ];
    let began = Instant::now();
    let answer = node.client.post(&envelope(&texts));
    assert_eq!((answer.status, &answer.json()["success_count"]), (202, &5.into()), "{}", answer.text());
    assert_eq!(node.client.everything(10), texts);
    node.works(6);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// Clocks differ: dates in the far past and future are kept as they are said, and order as they are said.
#[test]
fn dates_of_wrong_clocks_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let dates = [
        "0001-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.000Z",
        "2200-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
    ];
    let at = |date: &str| {
        indicator(1)
            .replace("2016-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z")
            .replace(r#""modified":"0001-01-01T00:00:00.000Z""#, &format!(r#""modified":"{date}""#))
    };
    // The latest version comes first: the order of arrival is not that of versions.
    let arrived: Vec<&str> = dates.into_iter().rev().collect();
    let texts: Vec<String> = arrived.iter().map(|it| at(it)).collect();
    let answer = node.client.post(&envelope(&texts));
    assert_eq!(&answer.json()["success_count"], 4, "{}", answer.text());
    assert_eq!(node.client.everything(2), texts);
    let object = format!("{OBJECTS}{}/", id("indicator", 1));
    assert_eq!(
        node.client.get(&format!("{object}versions/")).json()["versions"],
        serde_json::Value::from(arrived)
    );
    assert_eq!(node.client.get(&object).json()["objects"][0]["modified"], dates[3]);
    node.works(2);
}

#[test]
fn a_body_one_byte_too_long_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let padded = |length: usize| {
        let text = envelope(&[indicator(1)]);
        text.clone() + &" ".repeat(length - text.len())
    };
    let answer = node.client.post(&padded(LARGEST));
    assert_eq!(answer.status, 202, "{}", answer.text());
    let answer = node.client.post(&padded(LARGEST + 1));
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert!(answer.text().contains(&LARGEST.to_string()), "{}", answer.text());
    let answer = stream(&node.client, padded(LARGEST + 1).as_bytes(), 1);
    assert_eq!(answer.unwrap().status, 413);
    node.works(2);
}

/// Sends a body in chunks, so many times, without saying how long it will be.
fn stream(client: &Client, piece: &[u8], times: usize) -> Option<Answer> {
    let more = format!("Content-Type: {TAXII}\r\nTransfer-Encoding: chunked\r\n");
    let mut tcp = client.connect();
    tcp.write_all(client.head("POST", OBJECTS, &more).as_bytes()).unwrap();
    let sent = (0..times).all(|_| {
        write!(tcp, "{:x}\r\n", piece.len()).is_ok()
            && tcp.write_all(piece).is_ok()
            && tcp.write_all(b"\r\n").is_ok()
    });
    if sent {
        // Where the node has hung up already, this fails, and what it said is there to be read.
        let _ = tcp.write_all(b"0\r\n\r\n");
    }
    Answer::read(&mut tcp)
}

#[test]
fn a_gigabyte_is_refused_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let more = format!("Content-Type: {TAXII}\r\nContent-Length: {}\r\n", 1_u64 << 30);
    let mut tcp = node.client.connect();
    tcp.write_all(node.client.head("POST", OBJECTS, &more).as_bytes()).unwrap();
    let answer = Answer::read(&mut tcp).unwrap();
    assert_eq!(answer.status, 413, "refused before anything of it was sent");

    let began = Instant::now();
    let piece = vec![b' '; 1 << 20];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // A node that hangs up while bytes are on their way may take its words with it.
                let answer = stream(&node.client, &piece, 1 << 10);
                assert!(answer.is_none_or(|it| matches!(it.status, 413 | 503)));
            });
        }
    });
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(node.peak_mib() < MEMORY, "{} MiB", node.peak_mib());
    node.works(1);
}

#[test]
fn compressed_and_foreign_bodies_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let body = envelope(&[indicator(1)]);
    for coding in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        let answer = node.client.send(body.as_bytes(), &format!("Content-Encoding: {coding}\r\n"));
        assert_eq!(answer.status, 415, "{coding}: {}", answer.text());
    }
    for kind in ["text/plain", "application/xml", "application/json"] {
        let head = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        let mut tcp = node.client.connect();
        tcp.write_all(node.client.head("POST", OBJECTS, &head).as_bytes()).unwrap();
        // The node may have answered before this arrives.
        let _ = tcp.write_all(body.as_bytes());
        assert_eq!(Answer::read(&mut tcp).unwrap().status, 415, "{kind}");
    }
    node.works(1);
}
