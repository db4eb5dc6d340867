//! What an event is asked about: the keys of the values seen in it.
//!
//! Each observable gives the key of its value, a host also those of its parents, a URL also those of its host and of
//! itself without query, an e-mail address also those of its domain. The keys are made once for each event and looked
//! up in every segment.

use std::ops::Range;

use vigie_model::event::{Event, Observed, Path};

use crate::index::{Tag, Tagger};
use crate::key::{self, Host, Network};
use crate::pattern::canonical;

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
    /// The path of a file on a phone.
    FilePath,
    /// An identifier that is written in either case.
    Folded,
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
            | Path::CertificateSha256
            | Path::AppCertificateMd5
            | Path::AppCertificateSha1
            | Path::AppCertificateSha256 => Self::Digest,
            Path::FilePath => Self::FilePath,
            Path::ProfileId => Self::Folded,
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
    tagger: Tagger,
    /// The domain names of the event: each with its own probe and how many of its parents follow.
    domains: Vec<Range<usize>>,
}

/// One key.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    key: Range<u32>,
    /// The tag of the key, under the secret of the probes.
    pub(crate) tag: Tag,
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
    pub(crate) fn refill(&mut self, event: &Event<'_>, plain: PathSet, tagger: &Tagger) {
        self.tagger.clone_from(tagger);
        self.bytes.clear();
        self.keys.clear();
        self.domains.clear();
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

    /// The secret under which the tags are made.
    pub(crate) fn secret(&self) -> u64 {
        self.tagger.secret()
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
            Slot::FilePath | Slot::Folded => {
                if plain & only(path) != 0 {
                    key::text(path as u8, &canonical::value(Slot::of(path), text), &mut self.key);
                    self.push(number, Kind::Plain);
                }
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
        let read = key::host(text, &mut self.key);
        self.host_read(number, read);
    }

    /// Takes the host whose key was just written.
    fn host_read(&mut self, number: u32, read: Host) {
        match read {
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

    /// Takes the domain name whose key was just written, and its parents. A record names one host many times; what
    /// was made of it then serves again.
    fn domain(&mut self, number: u32) {
        let known = |it: &&Range<usize>| {
            self.keys.get(it.start).is_some_and(|probe| self.key_of(probe) == self.key.as_slice())
        };
        if let Some(known) = self.domains.iter().find(known).cloned() {
            for at in known {
                let Some(probe) = self.keys.get(at) else { continue };
                let again = Probe { observable: number, ..probe.clone() };
                self.keys.push(again);
            }
            return;
        }
        let first = self.keys.len();
        let whole = self.push(number, Kind::Whole);
        let class = self.key.first().copied().unwrap_or_default();
        let name = self.key.get(1..).unwrap_or_default();
        for parent in key::parents(name) {
            let start = self.bytes.len();
            self.bytes.push(class);
            self.bytes.extend_from_slice(parent);
            let tag = self.tagger.tag(self.bytes.get(start..).unwrap_or_default());
            let key = start as u32..self.bytes.len() as u32;
            self.keys.push(Probe { key, tag, observable: number, kind: Kind::Parent(whole.clone()) });
        }
        self.domains.push(first..self.keys.len());
    }

    fn url(&mut self, number: u32, text: &str) {
        let found = key::url(text, &mut self.key);
        let whole = self.push(number, Kind::Whole);
        if let Some(query) = found.query {
            let key = whole.start..whole.start + query as u32;
            let tag = self.tagger.tag(self.key(&key));
            self.keys.push(Probe { key, tag, observable: number, kind: Kind::Whole });
        }
        let Some(authority) = found.authority else { return };
        let host = authority.start as u32 + whole.start..authority.end as u32 + whole.start;
        // The key's host is canonical already, so it is text; an address in brackets is still to be read.
        let bytes = std::mem::take(&mut self.bytes);
        let host = bytes.get(host.start as usize..host.end as usize).and_then(|it| str::from_utf8(it).ok());
        let read = host.map(|it| key::host(it, &mut self.key));
        self.bytes = bytes;
        if let Some(read) = read {
            self.host_read(number, read);
        }
    }

    fn push(&mut self, observable: u32, kind: Kind) -> Range<u32> {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&self.key);
        let key = start..self.bytes.len() as u32;
        self.keys.push(Probe { key: key.clone(), tag: self.tagger.tag(&self.key), observable, kind });
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
