//! What an event is asked about: the keys of the values seen in it.
//!
//! Each observable gives the key of its value, a host also those of its parents, a URL also those of its host and of
//! itself without query, an e-mail address also those of its domain. The keys are made once for each event and looked
//! up in every segment.

use std::ops::Range;

use vigie_model::event::{Event, Observed, Path};

use crate::key::{self, Host, Network};

/// A set of [`Path`]s, one bit each.
pub(crate) type PathSet = u128;

const _: () = assert!(Path::ALL.len() <= 128, "a path needs a bit in a `PathSet`");

/// The set of one path.
pub(crate) fn only(path: Path) -> PathSet {
    1 << path as u32
}

/// What kind of value stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A domain name or an address.
    Host,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// A digest.
    Digest,
    /// Anything else: compared as it stands.
    Plain,
}

impl Slot {
    /// The kind that a path holds.
    pub(crate) fn of(path: Path) -> Self {
        match path {
            Path::DomainName | Path::Ipv4 | Path::Ipv6 => Self::Host,
            Path::Url => Self::Url,
            Path::EmailAddress => Self::Email,
            Path::FileMd5
            | Path::FileSha1
            | Path::FileSha256
            | Path::FileSha512
            | Path::CertificateMd5
            | Path::CertificateSha1
            | Path::CertificateSha256 => Self::Digest,
            _ => Self::Plain,
        }
    }
}

/// The keys of an event.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    bytes: Vec<u8>,
    /// In the order of the observables.
    pub(crate) keys: Vec<Probe>,
    /// The paths that the event has, counting an address in a field for names as an address.
    pub(crate) present: PathSet,
    key: Vec<u8>,
}

/// One key.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    key: Range<u32>,
    /// Which observable it comes from.
    pub(crate) observable: u32,
    /// What it is to that observable.
    pub(crate) kind: Kind,
}

/// What a key is to the observable that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The value itself, or a part of it that lists speak of.
    Whole,
    /// An address, or the first of a network, which networks no smaller than the prefix may cover.
    Address(Network),
    /// A parent of the domain name whose key stands there.
    Parent(Range<u32>),
    /// A value that only indicators ask about, at its own path.
    Plain,
}

impl Probes {
    /// Takes the keys of an event in place of those before. Values at plain paths are left out unless the path is in
    /// `plain`.
    pub(crate) fn refill(&mut self, event: &Event<'_>, plain: PathSet) {
        self.bytes.clear();
        self.keys.clear();
        self.present = 0;
        for (number, observable) in (0_u32..).zip(&event.observables) {
            let path = observable.path;
            self.present |= only(path);
            match &observable.value {
                Observed::Text(text) => self.text(number, path, text, plain),
                Observed::Number(it) if plain & only(path) != 0 => {
                    key::number(path as u8, *it, &mut self.key);
                    self.push(number, Kind::Plain);
                }
                Observed::Number(_) | Observed::Object(_) => {}
            }
        }
    }

    /// The bytes of a key.
    pub(crate) fn key(&self, range: &Range<u32>) -> &[u8] {
        self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The bytes of a probe's key.
    pub(crate) fn key_of(&self, probe: &Probe) -> &[u8] {
        self.key(&probe.key)
    }

    fn text(&mut self, number: u32, path: Path, text: &str, plain: PathSet) {
        match Slot::of(path) {
            Slot::Host => self.host(number, text),
            Slot::Url => self.url(number, text),
            Slot::Email => {
                let domain = key::email(text, &mut self.key);
                self.push(number, Kind::Whole);
                if let Some(domain) = domain {
                    self.host(number, domain);
                }
            }
            Slot::Digest => {
                key::digest(text, &mut self.key);
                self.push(number, Kind::Whole);
            }
            Slot::Plain => {
                match path {
                    Path::HttpHost => self.host(number, without_port(text)),
                    Path::HttpReferer => self.url(number, text),
                    _ => {}
                }
                if plain & only(path) != 0 {
                    key::text(path as u8, text, &mut self.key);
                    self.push(number, Kind::Plain);
                }
            }
        }
    }

    fn host(&mut self, number: u32, text: &str) {
        match key::host(text, &mut self.key) {
            Host::Address(first) => {
                let prefix = if first.is_ipv4() { 32 } else { 128 };
                self.network(number, Network { first, prefix });
            }
            Host::Network(network) => self.network(number, network),
            Host::Domain => self.domain(number),
        }
    }

    /// Takes the address or network whose key was just written.
    fn network(&mut self, number: u32, network: Network) {
        self.present |= only(if network.first.is_ipv4() { Path::Ipv4 } else { Path::Ipv6 });
        self.push(number, Kind::Address(network));
    }

    /// Takes the domain name whose key was just written, and its parents.
    fn domain(&mut self, number: u32) {
        let whole = self.push(number, Kind::Whole);
        let class = self.key.first().copied().unwrap_or_default();
        let name = self.key.get(1..).unwrap_or_default();
        for parent in key::parents(name) {
            let start = self.bytes.len() as u32;
            self.bytes.push(class);
            self.bytes.extend_from_slice(parent);
            let key = start..self.bytes.len() as u32;
            self.keys.push(Probe { key, observable: number, kind: Kind::Parent(whole.clone()) });
        }
    }

    fn url(&mut self, number: u32, text: &str) {
        let found = key::url(text, &mut self.key);
        let whole = self.push(number, Kind::Whole);
        if let Some(query) = found.query {
            let key = whole.start..whole.start + query as u32;
            self.keys.push(Probe { key, observable: number, kind: Kind::Whole });
        }
        let Some(authority) = found.authority else { return };
        let host = self.key.get(authority.start..authority.end).map(<[u8]>::to_vec);
        // The key's host is canonical already, so it is text; an address in brackets is still to be read.
        if let Some(host) = host.and_then(|it| String::from_utf8(it).ok()) {
            self.host(number, &host);
        }
    }

    fn push(&mut self, observable: u32, kind: Kind) -> Range<u32> {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&self.key);
        let key = start..self.bytes.len() as u32;
        self.keys.push(Probe { key: key.clone(), observable, kind });
        key
    }
}

/// A `Host` header without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            if port.bytes().all(|it| it.is_ascii_digit()) { name } else { host }
        }
        _ => host,
    }
}
