//! Open connections: `ss` and `netstat`. The only place of a bug report with addresses of servers.

use std::fmt::Write;

use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;

pub(super) const NAME: &str = "sockets";

const PROTOCOLS: [&str; 6] = ["tcp", "udp", "tcp6", "udp6", "icmp6", "raw"];

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    for line in lines.iter() {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let Some(protocol) = words.first().filter(|it| PROTOCOLS.contains(it)) else { continue };
        // The local address stands before the peer's; whatever stands before both differs.
        let mut ends = words.iter().skip(1).filter_map(|it| names::endpoint(it));
        let (Some((local, local_port)), Some((peer, port))) = (ends.next(), ends.next()) else { continue };
        let who = words.iter().find_map(|it| it.strip_prefix("users:((")).unwrap_or_default();
        let who = who.split('"').nth(1).unwrap_or_default();
        let uid = words.iter().find_map(|it| it.strip_prefix("uid:")).unwrap_or_default();
        let mut text = format!("{protocol} {local}:{} to {peer}:{}", told(local_port), told(port));
        if !who.is_empty() {
            let _ = write!(text, ", {who}");
        }
        if !uid.is_empty() {
            let _ = write!(text, ", user {uid}");
        }
        let draft = Draft::line(line.number, text).address(peer);
        let draft = match port {
            Some(port) if !draft.seen.is_empty() => draft.number(Path::TrafficDestinationPort, port.into()),
            _ => draft,
        };
        sink.take(if who.is_empty() { draft } else { draft.process(who) });
    }
}

fn told(port: Option<u16>) -> String {
    port.map_or_else(|| "*".to_owned(), |it| it.to_string())
}
