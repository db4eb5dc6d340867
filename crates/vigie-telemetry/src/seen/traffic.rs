//! The connections of a record: `network-traffic`.

use super::{Seen, is_address, number};
use crate::meaning::Way;
use std::borrow::Cow;
use vigie_model::event::{Observed, Path};

/// What is known of one connection.
#[derive(Default)]
pub(super) struct Traffic<'a> {
    pub(super) source: Option<Cow<'a, str>>,
    pub(super) destination: Option<Cow<'a, str>>,
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
            "TCP" => "tcp".into(),
            "UDP" => "udp".into(),
            "ICMP" => "icmp".into(),
            "IPv6-ICMP" => "ipv6-icmp".into(),
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

    /// The same two ends, in either order.
    fn joins_the_same(&self, other: &Self) -> bool {
        (&self.source, self.source_port) == (&other.source, other.source_port)
    }
}

/// An object of type `network-traffic`, and which end of it serves.
pub(super) struct Connection<'a> {
    pub(super) object: u16,
    pub(super) server: Option<Cow<'a, str>>,
    pub(super) server_port: Option<u16>,
}

impl<'a> Seen<'a> {
    /// Sets one end of a connection. A second, different address stands alone.
    pub(super) fn end(&mut self, way: Way, text: Cow<'a, str>, source: bool) -> bool {
        let traffic = self.way(way);
        let end = if source { &mut traffic.source } else { &mut traffic.destination };
        match end {
            None if is_address(&text) => *end = Some(text),
            None => return false,
            Some(known) if *known == text => {}
            Some(_) => return self.address(&text).is_some(),
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
            if !matches!(&*name, "" | "failed" | "unknown" | "-") && !self.applications.contains(&name) {
                self.applications.push(name);
            }
        }
        true
    }

    /// Adds the objects of every connection and returns the one that a request belongs to.
    pub(super) fn finish_traffic(&mut self) -> Option<Connection<'a>> {
        let [main, flow, tunnel] = std::mem::take(&mut self.ways);
        let packet = (!main.is_empty()).then(|| self.connection(&main, true)).flatten();
        let other_way = !flow.is_empty() && !flow.joins_the_same(&main);
        let mut whole = None;
        if other_way {
            let flow = Traffic { transport: main.transport, ..flow };
            whole = self.connection(&flow, true);
        }
        if !tunnel.is_empty() {
            self.connection(&tunnel, false);
        }
        let last = whole.or(packet);
        if let Some(connection) = &last {
            for (path, value) in std::mem::take(&mut self.counts) {
                self.push(connection.object, path, Observed::Number(value));
            }
        }
        last
    }

    fn connection(&mut self, traffic: &Traffic<'a>, applications: bool) -> Option<Connection<'a>> {
        let object = self.new_object()?;
        let mut version = None;
        for (path, end) in
            [(Path::TrafficSource, &traffic.source), (Path::TrafficDestination, &traffic.destination)]
        {
            if let Some(text) = end
                && let Some(address) = self.address(text)
            {
                version = Some(if text.contains(':') { "ipv6" } else { "ipv4" });
                self.push(object, path, Observed::Object(address));
            }
        }
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
        let lower = version.map(Cow::Borrowed).into_iter().chain(traffic.transport.clone());
        let upper = self.applications.iter().filter(|_| applications).cloned().collect::<Vec<_>>();
        for protocol in lower.chain(upper) {
            self.push(object, Path::TrafficProtocol, Observed::Text(protocol));
        }
        // A record about an answer names the server first; the lower port is the one that was served.
        let answer = traffic.source_port.zip(traffic.destination_port).is_some_and(|(from, to)| from < to);
        let (server, server_port) = match answer {
            true => (&traffic.source, traffic.source_port),
            false => (&traffic.destination, traffic.destination_port),
        };
        Some(Connection { object, server: server.clone(), server_port })
    }
}

/// In lower case, borrowed if it is already.
fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|it| it.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { text }
}
