//! Building one event from the fields of one record.
//!
//! [`Seen::take`] gets each field's [`Meaning`] and text, in any order. What stands alone (an address, a name) becomes an
//! object at once; what belongs together (the two ends of a connection, a request's host and path) is kept until
//! [`Seen::finish`].
//!
//! Invariants
//! - Never more than [`Limits::max_observables`](crate::Limits) properties; what is beyond is dropped and
//!   [`Seen::is_full`] says so.
//! - A text that does not have the form that its meaning asks for gives nothing and makes `take` return false.

#![expect(clippy::ptr_arg, reason = "a part of a borrowed text stays borrowed, which `&str` would forget")]

mod http;
mod text;
mod traffic;
mod windows;

use crate::meaning::{Meaning, Slot, Way};
use http::Http;
use std::borrow::Cow;
use traffic::Traffic;
use vigie_model::event::{Event, Observable, Observed, Path};

pub(crate) use text::is_address;

/// How many of the last names of a DNS message are remembered as the owner of an answer.
const NAMES_REMEMBERED: usize = 16;

/// How many protocols above the transport are kept.
const APPLICATIONS: usize = 4;

/// How many indicators an alert may name; a rule of ours names one.
const ALERTED: usize = 16;

/// How many counts a connection has: bytes and packets each way.
const COUNTS: usize = 4;

/// An event in the making.
pub(crate) struct Seen<'a> {
    pub(crate) event: Event<'a>,
    objects: u16,
    limit: usize,
    full: bool,
    slots: [Option<u16>; Slot::COUNT],
    ways: [Traffic<'a>; Way::ALL.len()],
    applications: [Option<Cow<'a, str>>; APPLICATIONS],
    counts: [Option<(Path, i64)>; COUNTS],
    http: Http<'a>,
    sender: Option<u16>,
    from_header: bool,
    names: Vec<(Cow<'a, str>, u16)>,
}

impl<'a> Seen<'a> {
    /// Nothing seen yet; at most `limit` properties will be kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            event: Event { observables: Vec::with_capacity(24), ..Event::default() },
            objects: 0,
            limit,
            full: false,
            slots: [None; Slot::COUNT],
            ways: Default::default(),
            applications: Default::default(),
            counts: [None; COUNTS],
            http: Http::default(),
            sender: None,
            from_header: false,
            names: Vec::new(),
        }
    }

    /// Takes one field. False: the text does not have the form that this meaning asks for.
    #[expect(clippy::inline_always, reason = "a text stays in registers: 15 % of the whole reading")]
    #[inline(always)]
    pub(crate) fn take(&mut self, meaning: Meaning, text: Cow<'a, str>) -> bool {
        if text.is_empty() {
            return true;
        }
        match meaning {
            Meaning::Nothing => true,
            Meaning::From(way) => self.end(way, &text, true),
            Meaning::To(way) => self.end(way, &text, false),
            Meaning::FromPort(way) => Traffic::set_port(&mut self.way(way).source_port, &text),
            Meaning::ToPort(way) => Traffic::set_port(&mut self.way(way).destination_port, &text),
            Meaning::Transport(way) => self.way(way).set_transport(text),
            Meaning::Application => self.application(&text),
            Meaning::Traffic(path) => self.count(path, &text),
            Meaning::HttpHost => self.http.set_host(text),
            Meaning::HttpPort => self.http.set_port(&text),
            Meaning::HttpUri => self.http.set_uri(text),
            Meaning::HttpMethod => self.http.set_method(&text),
            Meaning::HttpUserAgent => self.http.set_user_agent(text),
            Meaning::HttpReferer => self.http.set_referer(text),
            Meaning::Alerted => self.alerted(text),
            other => self.take_object(other, text),
        }
    }

    /// Whether something was dropped because the event holds as much as it may.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Starts a new object for a slot: what follows describes another file, another certificate.
    pub(crate) fn another(&mut self, slot: Slot) {
        if let Some(it) = self.slots.get_mut(slot as usize) {
            *it = None;
        }
    }

    /// Names the object of an answer to `name`, adding the name if it is new.
    pub(crate) fn query(&mut self, name: Cow<'a, str>) -> Option<u16> {
        let name = text::without_end(name, ".");
        if name.is_empty() {
            return None;
        }
        let known = self.names.iter().rev().take(NAMES_REMEMBERED).find(|(it, _)| *it == name);
        if let Some((_, object)) = known {
            return Some(*object);
        }
        let object = self.object(Path::DomainName, name.clone())?;
        self.names.push((name, object));
        Some(object)
    }

    /// Adds what a name server answered for the object `owner`. `named` says that it can only be a name.
    pub(crate) fn answer(&mut self, owner: Option<u16>, text: Cow<'a, str>, named: bool) -> bool {
        let object = match self.address(&text) {
            Some(object) => Some(object),
            None if named || text::is_host_name(&text) => self.query(text),
            None => None,
        };
        if let (Some(owner), Some(object)) = (owner, object)
            && owner != object
        {
            self.push(owner, Path::DomainResolvesTo, Observed::Object(object));
        }
        object.is_some()
    }

    /// The event, with what was kept until now.
    pub(crate) fn finish(mut self) -> Event<'a> {
        if let (Some(sender), false) = (self.sender, self.from_header) {
            self.of(Slot::Mail, Path::EmailFrom, Observed::Object(sender));
        }
        self.finish_file();
        self.finish_processes();
        let traffic = self.finish_traffic();
        self.finish_http(traffic);
        self.event
    }

    fn take_object(&mut self, meaning: Meaning, text: Cow<'a, str>) -> bool {
        match meaning {
            Meaning::Address => self.address(&text).is_some(),
            Meaning::Host => self.host(&text).is_some(),
            Meaning::Domain => self.domain(&text),
            Meaning::Query => self.query(text).is_some(),
            Meaning::Answer => {
                let owner = self.names.first().map(|it| it.1);
                self.answer(owner, text, false);
                true // `TXT` and the like hold any text
            }
            Meaning::Url => self.url(text),
            Meaning::MaybeUrl => !text.contains("://") || self.url(text),
            Meaning::Mac => text::is_mac(&text) && self.object(Path::Mac, text).is_some(),
            Meaning::Mail | Meaning::MailFrom | Meaning::MailTo | Meaning::MailCc | Meaning::Sender => {
                self.mail(meaning, &text)
            }
            Meaning::Of(slot, path) => self.of(slot, path, Observed::Text(text)),
            Meaning::Count(slot, path) => number(&text).is_some_and(|it| self.of(slot, path, it.into())),
            Meaning::Hash(slot) => self.hash(slot, text),
            Meaning::Chain(slot) => self.chain(slot, text),
            Meaning::FileName(slot) => self.file_name(slot, text),
            Meaning::AnotherFile => {
                self.another(Slot::File);
                self.file_name(Slot::File, text)
            }
            Meaning::Login => {
                let name = text.split('/').next().unwrap_or_default().len();
                self.object(Path::UserLogin, text::part(&text, 0..name)).is_some()
            }
            Meaning::Software => self.object(Path::SoftwareName, text).is_some(),
            other => self.take_of_host(other, text),
        }
    }

    fn alerted(&mut self, text: Cow<'a, str>) -> bool {
        let room = self.event.alerted.len() < ALERTED;
        if room {
            self.event.alerted.push(text);
        }
        room
    }

    fn way(&mut self, way: Way) -> &mut Traffic<'a> {
        let [main, flow, tunnel] = &mut self.ways;
        match way {
            Way::Main => main,
            Way::Flow => flow,
            Way::Tunnel => tunnel,
        }
    }

    /// Adds a property, unless the event is full.
    fn push(&mut self, object: u16, path: Path, value: Observed<'a>) -> bool {
        if self.event.observables.len() >= self.limit {
            self.full = true;
            return false;
        }
        self.event.observables.push(Observable { object, path, value });
        true
    }

    /// The number of a new object; None when the event is full.
    fn new_object(&mut self) -> Option<u16> {
        let next = self.objects.checked_add(1);
        if next.is_none() || self.event.observables.len() >= self.limit {
            self.full = true;
            return None;
        }
        let object = self.objects;
        self.objects = next?;
        Some(object)
    }

    /// A new object with one property.
    fn object(&mut self, path: Path, text: Cow<'a, str>) -> Option<u16> {
        let object = self.new_object()?;
        self.push(object, path, Observed::Text(text)).then_some(object)
    }

    fn slot(&self, slot: Slot) -> Option<u16> {
        self.slots.get(slot as usize).copied().flatten()
    }

    /// A property of a slot's object.
    fn of(&mut self, slot: Slot, path: Path, value: Observed<'a>) -> bool {
        let Some(object) = self.slot(slot).or_else(|| self.new_object()) else { return true };
        if let Some(it) = self.slots.get_mut(slot as usize) {
            *it = Some(object);
        }
        self.push(object, path, value);
        true
    }

    fn address(&mut self, text: &Cow<'a, str>) -> Option<u16> {
        let (path, text) = text::address(text)?;
        self.object(path, text)
    }

    /// A host by name or address, without the port that may follow.
    fn host(&mut self, text: &Cow<'a, str>) -> Option<u16> {
        let (host, _) = text::host_and_port(text);
        if let Some(object) = self.address(&host) {
            return Some(object);
        }
        text::is_host_name(&host).then(|| self.object(Path::DomainName, text::without_end(host, ".")))?
    }

    fn domain(&mut self, text: &Cow<'a, str>) -> bool {
        let start = if text.starts_with("*.") { 2 } else { 0 };
        let name = text::without_end(text::part(text, start..text.len()), ".");
        text::is_host_name(&name) && self.object(Path::DomainName, name).is_some()
    }

    /// A URL and its host. `www.example.com/x`, as mail readers find it, is taken as `http://www.example.com/x`.
    fn url(&mut self, text: Cow<'a, str>) -> bool {
        let Some(host) = text::host_of_url(&text) else { return false };
        let host = text::part(&text, host);
        if !text.contains(':') || !text::has_scheme(&text) {
            self.host(&host);
            return self.object(Path::Url, Cow::Owned(format!("http://{text}"))).is_some();
        }
        self.host(&host);
        self.object(Path::Url, text).is_some()
    }

    fn mail(&mut self, meaning: Meaning, text: &Cow<'a, str>) -> bool {
        let mut any = false;
        for range in text::mail_addresses(text) {
            let Some(object) = self.object(Path::EmailAddress, text::part(text, range)) else { break };
            any = true;
            let path = match meaning {
                Meaning::MailFrom => Path::EmailFrom,
                Meaning::MailTo => Path::EmailTo,
                Meaning::MailCc => Path::EmailCc,
                Meaning::Sender => {
                    self.sender.get_or_insert(object);
                    continue;
                }
                _ => continue,
            };
            self.from_header |= path == Path::EmailFrom;
            self.of(Slot::Mail, path, Observed::Object(object));
        }
        any
    }

    fn hash(&mut self, slot: Slot, text: Cow<'a, str>) -> bool {
        let Some(text) = text::hex(text) else { return false };
        let file = !matches!(slot, Slot::Certificate | Slot::ClientCertificate);
        let path = match text.len() {
            32 if file => Path::FileMd5,
            40 if file => Path::FileSha1,
            64 if file => Path::FileSha256,
            128 if file => Path::FileSha512,
            32 => Path::CertificateMd5,
            40 => Path::CertificateSha1,
            64 => Path::CertificateSha256,
            _ => return false,
        };
        self.of(slot, path, Observed::Text(text))
    }

    /// The first hash is that of the slot's certificate; each further one is of a certificate of its own.
    fn chain(&mut self, slot: Slot, text: Cow<'a, str>) -> bool {
        let first = self.slot(slot).is_none_or(|object| !self.has(object, Path::CertificateSha256));
        if first {
            return self.hash(slot, text);
        }
        text::hex(text).is_some_and(|it| self.object(Path::CertificateSha256, it).is_some())
    }

    /// Zeek writes the certificates of a connection among its files: their hashes are those of certificates too.
    fn finish_file(&mut self) {
        let Some(file) = self.slot(Slot::File) else { return };
        let of_file = || self.event.observables.iter().filter(|it| it.object == file);
        let is_certificate =
            |it: &Observed<'_>| matches!(it, Observed::Text(text) if text.starts_with("application/x-x509"));
        if !of_file().any(|it| it.path == Path::FileMime && is_certificate(&it.value)) {
            return;
        }
        let same = |path| match path {
            Path::FileMd5 => Some(Path::CertificateMd5),
            Path::FileSha1 => Some(Path::CertificateSha1),
            Path::FileSha256 => Some(Path::CertificateSha256),
            _ => None,
        };
        let hashes: Vec<_> = of_file().filter_map(|it| Some((same(it.path)?, it.value.clone()))).collect();
        for (path, value) in hashes {
            self.of(Slot::Certificate, path, value);
        }
    }

    fn has(&self, object: u16, path: Path) -> bool {
        self.event.observables.iter().any(|it| it.object == object && it.path == path)
    }

    /// A name as it is written, `/images/a.js` or `dir\a.exe`, and its last part.
    fn file_name(&mut self, slot: Slot, text: Cow<'a, str>) -> bool {
        let last = text.rfind(['/', '\\']).map_or(0, |it| it + 1);
        if last > 0 && last < text.len() {
            self.of(slot, Path::FileName, Observed::Text(text::part(&text, last..text.len())));
        }
        self.of(slot, Path::FileName, Observed::Text(text))
    }
}

/// A whole number; `1.0` as some tools rewrite it counts too.
fn number(text: &str) -> Option<i64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
