//! The intrusion log of Android's Advanced Protection: one JSON object a line, each with one event under its kind.
//!
//! ```text
//! {"dns_event":{"event_time":1700000000000,"package_name":"com.example","hostname":"a.example","ip_addresses":["192.0.2.1"]}}
//! {"security_event":{"event_time":1700000000000,"app_process_start":{"process":"com.example","uid":10123}}}
//! ```
//!
//! The log is young and grows: names are compared without `_` and case, values are found wherever they stand in an event,
//! and an event of an unknown kind is a record like any other.

use std::borrow::Cow;

use serde_json::{Map, Value};
use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::{Ledger, Sink};
use super::lines::Lines;
use super::{names, zone};
use crate::{Moment, Sign};

pub(super) const DNS: &str = "dns_events";
pub(super) const CONNECT: &str = "connect_events";
pub(super) const SECURITY: &str = "security_events";

/// Names that say something about an event rather than being one.
const ABOUT: [&str; 7] = ["eventtime", "timestamp", "time", "eventid", "id", "logid", "loglevel"];

/// Whether a text begins as an intrusion log.
pub fn is_intrusion_log(bytes: &[u8]) -> bool {
    let first = Lines::new(bytes.get(..bytes.len().min(65536)).unwrap_or_default());
    let Some(first) = first.iter().find(|it| !it.text.trim().is_empty()) else { return false };
    let Ok(Value::Object(object)) = serde_json::from_str(&first.text) else { return false };
    object.keys().any(|it| matches!(&*plain(it), "dnsevent" | "connectevent" | "securityevent"))
}

pub(super) fn read(bytes: &[u8], file: &std::sync::Arc<str>, ledger: &mut Ledger<'_>) {
    for name in [DNS, CONNECT, SECURITY] {
        ledger.at(name, file);
    }
    for line in Lines::new(bytes).iter() {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) => events(&object, line.number, file, ledger),
            Ok(_) => ledger.at(SECURITY, file).bad(format!("line {} is no event", line.number)),
            Err(error) => ledger.at(SECURITY, file).bad(format!("line {}: {error}", line.number)),
        }
    }
}

/// The events of a line: what lies under a name that is none about them.
fn events(line: &Map<String, Value>, number: u64, file: &std::sync::Arc<str>, ledger: &mut Ledger<'_>) {
    let mut told = false;
    for (kind, value) in line.iter().filter(|it| !ABOUT.contains(&&*plain(it.0))) {
        let list = match value {
            Value::Array(list) => list.iter().filter_map(Value::as_object).collect(),
            Value::Object(one) => Vec::from([one]),
            _ => continue,
        };
        let artefact = match &*plain(kind) {
            "dnsevent" => DNS,
            "connectevent" => CONNECT,
            _ => SECURITY,
        };
        let mut sink = ledger.at(artefact, file);
        for event in list {
            told = true;
            event_of(kind, event, line, number, &mut sink);
        }
    }
    if !told {
        ledger.at(SECURITY, file).bad(format!("line {number} has no event"));
    }
}

fn event_of(
    kind: &str,
    event: &Map<String, Value>,
    line: &Map<String, Value>,
    number: u64,
    sink: &mut Sink<'_, '_>,
) {
    let inner = event.iter().find(|it| it.1.is_object() && !ABOUT.contains(&&*plain(it.0))).map(|it| &**it.0);
    let named = ["event_type", "type", "tag"].iter().find_map(|it| event.get(*it)?.as_str());
    let security = plain(kind) == "securityevent";
    let name = if security { inner.or(named).unwrap_or(kind) } else { kind };
    let time = moment(event).or_else(|| moment(line));
    let json = serde_json::to_string(event).unwrap_or_default();
    let draft = Draft::line(number, format!("{name}: {json}")).when(time);
    let draft = event.iter().fold(draft, |draft, (key, value)| see(draft, key, value));
    let failed = ["success", "result", "succeeded"].iter().any(|it| says_no(event, it));
    let name = plain(name);
    let is = |what: &str| name.contains(what);
    let draft = draft
        .sign_if(is("certauthorityinstalled") && !failed, Sign::AuthorityInstalled)
        .sign_if(is("certvalidationfailure"), Sign::CertificateRefused)
        .sign_if(is("keyintegrityviolation"), Sign::KeyBroken)
        .sign_if(is("wipefailure"), Sign::WipeFailed);
    sink.take(draft);
}

/// Whether the event, or what is in it, says under this name that it failed.
fn says_no(event: &Map<String, Value>, name: &str) -> bool {
    event.iter().any(|(key, value)| match value {
        Value::Object(inner) => says_no(inner, name),
        Value::Bool(it) => plain(key) == name && !it,
        Value::Number(it) => plain(key) == name && it.as_i64() == Some(0),
        Value::String(it) => {
            plain(key) == name && matches!(&*it.to_ascii_lowercase(), "false" | "failure" | "failed" | "0")
        }
        _ => false,
    })
}

/// What a value says in STIX paths. The depth is that which the JSON reader allows.
fn see(draft: Draft, key: &str, value: &Value) -> Draft {
    match value {
        Value::Object(inner) => inner.iter().fold(draft, |draft, (key, value)| see(draft, key, value)),
        Value::Array(list) => list.iter().fold(draft, |draft, value| see(draft, key, value)),
        Value::String(text) => see_text(draft, &plain(key), text),
        Value::Number(number) if plain(key) == "port" => match number.as_i64() {
            Some(port) => draft.number(Path::TrafficDestinationPort, port),
            None => draft,
        },
        _ => draft,
    }
}

fn see_text(draft: Draft, key: &str, text: &str) -> Draft {
    // `a.example/192.0.2.1`, as Java writes an address.
    let address = names::address(text.rsplit('/').next().unwrap_or_default());
    match (key, address) {
        ("hostname" | "host" | "domain" | "domainname", None) => {
            draft.see(Path::DomainName, text.trim_end_matches('.'))
        }
        (_, Some(address)) if key.contains("address") || key.contains("host") || key.starts_with("ip") => {
            draft.address(address)
        }
        (key, _) if key.contains("package") => draft.app(text),
        ("process" | "processname", _) => draft.process(text),
        (key, _) if key.contains("hash") || key.contains("sha256") => {
            let is_hash = text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit());
            if is_hash { draft.see(Path::FileSha256, text.to_ascii_lowercase()) } else { draft }
        }
        _ if text.starts_with('/') && text.len() < 4096 && !text.contains(' ') => draft.file(text),
        ("subject" | "certsubject", _) => draft.see(Path::CertificateSubject, text),
        _ => draft,
    }
}

/// When an event happened: a number of seconds, milliseconds, microseconds or nanoseconds, or a date with its zone.
fn moment(event: &Map<String, Value>) -> Option<Moment> {
    let value = event.iter().find(|it| matches!(&*plain(it.0), "eventtime" | "timestamp" | "time"))?.1;
    let number = match value {
        Value::Number(it) => it.as_i64()?,
        Value::String(it) => match it.parse() {
            Ok(it) => it,
            Err(_) => return zone::Zone::default().moment("happened", it),
        },
        _ => return None,
    };
    let factor = match number.unsigned_abs() {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1000,
        _ => 1,
    };
    let time = number.checked_mul(factor)?;
    Some(Moment { what: "happened", time, certainty: crate::Certainty::Exact })
}

/// A name without `_` and case.
fn plain(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().filter(|it| *it != '_').collect::<String>().to_ascii_lowercase())
}
