//! A client that hides nothing: one connection a request, every byte of the answer kept.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What every answer of the TAXII endpoints must carry.
pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// Somebody who asks.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    /// The value of `Authorization`, if any is sent.
    pub(crate) authorization: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client that proves itself with HTTP Basic.
    pub(crate) fn basic(address: SocketAddr, name: &str, secret: &str) -> Self {
        let pair = STANDARD.encode(format!("{name}:{secret}"));
        Self { address, authorization: Some(format!("Basic {pair}")) }
    }

    /// A client that proves nothing.
    pub(crate) fn nobody(address: SocketAddr) -> Self {
        Self { address, authorization: None }
    }

    /// `GET`, with the checks that every TAXII answer must pass.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("Accept", TAXII)], b"")
    }

    /// `DELETE`, checked.
    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[("Accept", TAXII)], b"")
    }

    /// `POST` of an envelope, checked.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("Accept", TAXII), ("Content-Type", TAXII)], body.as_bytes())
    }

    /// Any request, checked.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = self.raw(method, path, headers, body);
        check(method, path, &answer);
        answer
    }

    /// Any request, unchecked.
    pub(crate) fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = vec![
            format!("{method} {path} HTTP/1.1"),
            format!("Host: {}", self.address),
            "Connection: close".to_owned(),
        ];
        head.extend(self.authorization.iter().map(|it| format!("Authorization: {it}")));
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if !body.is_empty() {
            head.push(format!("Content-Length: {}", body.len()));
        }
        let head = head.join("\r\n") + "\r\n\r\n";
        let mut tcp = TcpStream::connect(self.address).expect("the node listens");
        tcp.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        tcp.write_all(head.as_bytes()).expect("the node takes the head");
        // The node may answer before it has read the whole body; that is no error.
        let _ = tcp.write_all(body);
        let mut bytes = Vec::new();
        let mut piece = [0; 8192];
        while let Ok(count @ 1..) = tcp.read(&mut piece) {
            bytes.extend_from_slice(&piece[..count]);
        }
        Answer::parse(&bytes)
    }
}

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").expect("the end of the head");
        let head = std::str::from_utf8(&bytes[..end]).expect("a head in ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|it| it.split(' ').nth(1)).and_then(|it| it.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|it| it.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let answer = Self { status: status.expect("a status"), headers, body: bytes[end + 4..].to_vec() };
        if let Some(length) = answer.header("content-length") {
            assert_eq!(answer.body.len().to_string(), length, "the body is as long as it says");
        }
        answer
    }

    /// The value of a header, if there is exactly one.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(it, _)| it == name);
        let value = found.next().map(|(_, value)| value.as_str());
        if found.next().is_some() { None } else { value }
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// This property of each element of `objects`, in order.
    #[track_caller]
    pub(crate) fn of_objects(&self, property: &str) -> Vec<String> {
        let json = self.json();
        let objects = json["objects"].as_array().cloned().unwrap_or_default();
        objects.iter().map(|it| it[property].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The ids of `objects`, in order.
    #[track_caller]
    pub(crate) fn ids(&self) -> Vec<String> {
        self.of_objects("id")
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// What every answer of a TAXII endpoint must have, whatever was asked.
#[track_caller]
fn check(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {} {}", answer.status, answer.text());
    assert_eq!(answer.header("content-type"), Some(TAXII), "{what}");
    assert!(!matches!(answer.status, 206 | 416), "item ranges are of TAXII 2.0: {what}");
    let json = answer.json();
    let document = json.as_object().unwrap_or_else(|| panic!("no object: {what}"));
    let empty =
        |it: &Value| it.as_array().is_some_and(Vec::is_empty) || it.as_str().is_some_and(str::is_empty);
    assert!(!document.values().any(empty), "empty lists and texts are left out: {what}");
    if answer.status >= 400 {
        assert!(document["title"].is_string(), "{what}");
        assert_eq!(document["http_status"], Value::from(answer.status.to_string()), "{what}");
    }
    let path = path.split('?').next().unwrap_or_default();
    let paged = path.contains("/objects/") || path.ends_with("/manifest/");
    if answer.status == 200 && method == "GET" && paged {
        for name in ["x-taxii-date-added-first", "x-taxii-date-added-last"] {
            let date = answer.header(name).unwrap_or_else(|| panic!("no {name}: {what}"));
            assert!(is_taxii_date(date), "{name}: {date}");
        }
    }
}

/// RFC 3339, UTC, six fractional digits.
pub(crate) fn is_taxii_date(text: &str) -> bool {
    let shape: String = text.chars().map(|it| if it.is_ascii_digit() { 'd' } else { it }).collect();
    shape == "dddd-dd-ddTdd:dd:dd.ddddddZ"
}
