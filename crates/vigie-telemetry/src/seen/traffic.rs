//! The connections of a record: `network-traffic`.

use super::text::address;
use super::{Seen, number};
use crate::meaning::Way;
use std::borrow::Cow;
use vigie_model::event::{Observed, Path};

/// An address and which of the two kinds it is.
type End<'a> = (Path, Cow<'a, str>);

/// What is known of one connection.
#[derive(Default)]
pub(super) struct Traffic<'a> {
    source: Option<End<'a>>,
    destination: Option<End<'a>>,
    pub(super) source_port: Option<u16>,
    pub(super) destination_port: Option<u16>,
    transport: Option<Cow<'a, str>>,
}

impl<'a> Traffic<'a> {
    /// Sets a port; the first one stays.
    pub(super) fn set_port(port: &mut Option<u16>, text: &str) -> bool {
        let Some(number) = number(text).and_then(|it| u16::try_from(it).ok()) else { return false };
        port.get_or_insert(number);
        true
    }

    pub(super) fn set_transport(&mut self, text: Cow<'a, str>) -> bool {
        self.transport = Some(match &*text {
            "TCP" | "6" => "tcp".into(),
            "UDP" | "17" => "udp".into(),
            "ICMP" | "1" => "icmp".into(),
            "IPv6-ICMP" | "58" => "ipv6-icmp".into(),
            _ => lower(text),
        });
        true
    }

    /// Whether the two numbers that sensors give in the place of ports are the type and code of ICMP.
    fn is_icmp(&self) -> bool {
        matches!(self.transport.as_deref(), Some("icmp" | "ipv6-icmp"))
    }

    fn is_empty(&self) -> bool {
        self.source.is_none() && self.destination.is_none()
    }

    /// Whether both begin at the same end.
    fn goes_like(&self, other: &Self) -> bool {
        (&self.source, self.source_port) == (&other.source, other.source_port)
    }
}

/// An object of type `network-traffic`, and which end of it serves.
pub(super) struct Connection<'a> {
    pub(super) object: u16,
    ends: [Option<u16>; 2],
    pub(super) server: Option<Cow<'a, str>>,
    pub(super) server_port: Option<u16>,
}

impl<'a> Seen<'a> {
    /// Sets one end of a connection. A second, different address stands alone.
    pub(super) fn end(&mut self, way: Way, text: &Cow<'a, str>, source: bool) -> bool {
        let Some(address) = address(text) else { return false };
        let traffic = self.way(way);
        let end = if source { &mut traffic.source } else { &mut traffic.destination };
        match end {
            None => *end = Some(address),
            Some(known) if *known == address => {}
            Some(_) => return self.object(address.0, address.1).is_some(),
        }
        true
    }

    /// Adds protocols above the transport: `http`, or `gssapi,smb`.
    pub(super) fn application(&mut self, text: &Cow<'a, str>) -> bool {
        let mut start = 0;
        for piece in text.split(',') {
            let name = super::text::part(text, start..start + piece.len());
            start += piece.len() + 1;
            // Zeek's word for TLS comes from its analyzer's name.
            let name = if name.eq_ignore_ascii_case("ssl") { "tls".into() } else { lower(name) };
            let known = self.applications.iter().flatten().any(|it| *it == name);
            if known || matches!(&*name, "" | "failed" | "unknown" | "-") {
                continue;
            }
            if let Some(free) = self.applications.iter_mut().find(|it| it.is_none()) {
                *free = Some(name);
            }
        }
        true
    }

    /// Sets a count of the connection.
    pub(super) fn count(&mut self, path: Path, text: &str) -> bool {
        let Some(number) = number(text) else { return false };
        let free = self.counts.iter_mut().find(|it| it.is_none_or(|it| it.0 == path));
        if let Some(free) = free {
            *free = Some((path, number));
        }
        true
    }

    /// Adds the objects of every connection and returns the one that a request belongs to.
    pub(super) fn finish_traffic(&mut self) -> Option<Connection<'a>> {
        let main = std::mem::take(self.way(Way::Main));
        let packet = (!main.is_empty()).then(|| self.connection(&main, true, [None; 2])).flatten();
        let mut whole = None;
        if !self.way(Way::Flow).is_empty() && !self.way(Way::Flow).goes_like(&main) {
            let flow = std::mem::take(self.way(Way::Flow));
            let turned = flow.source == main.destination && flow.destination == main.source;
            let known = packet.as_ref().filter(|_| turned).map(|it| [it.ends[1], it.ends[0]]);
            let flow = Traffic { transport: main.transport, ..flow };
            whole = self.connection(&flow, true, known.unwrap_or_default());
        }
        if !self.way(Way::Tunnel).is_empty() {
            let tunnel = std::mem::take(self.way(Way::Tunnel));
            self.connection(&tunnel, false, [None; 2]);
        }
        let last = whole.or(packet);
        if let Some(connection) = &last {
            for (path, value) in std::mem::take(&mut self.counts).into_iter().flatten() {
                self.push(connection.object, path, Observed::Number(value));
            }
        }
        last
    }

    /// Adds one connection, and its two ends unless they are `known` objects.
    fn connection(
        &mut self,
        traffic: &Traffic<'a>,
        applications: bool,
        known: [Option<u16>; 2],
    ) -> Option<Connection<'a>> {
        let object = self.new_object()?;
        let mut version = None;
        let [source, destination] = known;
        let mut end = |path, end: &Option<End<'a>>, known: Option<u16>| {
            let (kind, text) = end.as_ref()?;
            let address = known.or_else(|| self.object(*kind, text.clone()))?;
            version = Some(if *kind == Path::Ipv6 { "ipv6" } else { "ipv4" });
            self.push(object, path, Observed::Object(address));
            Some(address)
        };
        let ends = [
            end(Path::TrafficSource, &traffic.source, source),
            end(Path::TrafficDestination, &traffic.destination, destination),
        ];
        if !traffic.is_icmp() {
            let ports = [
                (Path::TrafficSourcePort, traffic.source_port),
                (Path::TrafficDestinationPort, traffic.destination_port),
            ];
            for (path, port) in ports {
                if let Some(port) = port {
                    self.push(object, path, Observed::Number(port.into()));
                }
            }
        }
        for protocol in version.map(Cow::Borrowed).into_iter().chain(traffic.transport.clone()) {
            self.push(object, Path::TrafficProtocol, Observed::Text(protocol));
        }
        for protocol in self.applications.clone().into_iter().flatten().filter(|_| applications) {
            self.push(object, Path::TrafficProtocol, Observed::Text(protocol));
        }
        // A record about an answer names the server first; the lower port is the one that was served.
        let answer = traffic.source_port.zip(traffic.destination_port).is_some_and(|(from, to)| from < to);
        let (server, server_port) = if answer {
            (&traffic.source, traffic.source_port)
        } else {
            (&traffic.destination, traffic.destination_port)
        };
        Some(Connection { object, ends, server: server.as_ref().map(|it| it.1.clone()), server_port })
    }
}

/// In lower case, borrowed if it is already.
fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|it| it.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { text }
}
