//! A record in the making.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use vigie_model::event::{Observable, Observed, Path};

use super::program;
use crate::{Certainty, Moment, Record, Sign, link};

/// So many values of a row are looked through.
const FEW: usize = 16;

/// How a browser came to a page.
pub(super) const REDIRECT: &str = "by a redirect";
pub(super) const TYPED: &str = "typed";

/// What happened when a browser came to a page this way. Grades look at that: the rest of a record is others' words.
pub(super) fn came_by(way: &str) -> &'static str {
    match way {
        REDIRECT => "visited by a redirect",
        TYPED => "typed and visited",
        _ => "visited",
    }
}

/// What a row says.
#[derive(Debug, Default)]
pub(super) struct Draft {
    place: String,
    text: String,
    moments: Vec<Moment>,
    seen: Vec<Observable<'static>>,
    /// What was seen, once it is not a few.
    known: HashSet<(Path, String)>,
    signs: Vec<Sign>,
    objects: u16,
}

impl Draft {
    /// A row by what it is and its number.
    pub(super) fn of(what: &str, number: impl std::fmt::Display) -> Self {
        Self { place: format!("{what} {number}"), ..Self::default() }
    }

    /// Says something, after what was said before.
    pub(super) fn say(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("; ");
        }
        self.text.push_str(words);
    }

    /// Says what something is, if it is known.
    pub(super) fn tell(&mut self, what: &str, value: &str) {
        if !value.is_empty() {
            self.say(what);
            self.text.extend([" ", value]);
        }
    }

    /// Says what somebody wrote, and finds the links in it.
    pub(super) fn quote(&mut self, what: &str, text: &str) {
        if !text.is_empty() {
            self.say(what);
            self.text.extend([" “", text, "”"]);
            self.links_in(text);
        }
    }

    /// Happened then. No time, and the clock at zero, say nothing.
    pub(super) fn at(&mut self, what: &'static str, time: Option<i64>) {
        if let Some(time) = time {
            self.moments.push(Moment { what, time, certainty: Certainty::Exact });
        }
    }

    /// Happened then, where that is known.
    pub(super) fn when(&mut self, moment: Option<Moment>) {
        self.moments.extend(moment);
    }

    /// Saw an app by its bundle, if that is the name of one.
    pub(super) fn bundle(&mut self, bundle: &str) {
        if program::is_bundle(bundle) {
            self.see(Path::AppId, bundle);
        }
    }

    /// Whether nothing was seen.
    pub(super) fn saw_nothing(&self) -> bool {
        self.seen.is_empty()
    }

    /// Saw an object with this property. An empty value says nothing.
    pub(super) fn see(&mut self, path: Path, value: &str) {
        if value.is_empty() || self.has_seen(path, value) {
            return;
        }
        let object = self.objects;
        self.objects = self.objects.saturating_add(1);
        self.seen.push(Observable {
            object,
            path,
            value: Cow::<'static, str>::Owned(value.to_owned()).into(),
        });
    }

    /// Whether that was seen. A few are looked through; of many, a set is kept.
    fn has_seen(&mut self, path: Path, value: &str) -> bool {
        let text = |it: &Observable<'_>| match &it.value {
            Observed::Text(text) => Some((it.path, text.as_ref().to_owned())),
            _ => None,
        };
        if self.seen.len() < FEW {
            let is_it = |it: &&Observable<'_>| matches!(&it.value, Observed::Text(text) if text == value);
            return self.seen.iter().filter(is_it).any(|it| it.path == path);
        }
        if self.known.is_empty() {
            self.known = self.seen.iter().filter_map(text).collect();
        }
        !self.known.insert((path, value.to_owned()))
    }

    /// Saw every link in a text.
    pub(super) fn links_in(&mut self, text: &str) {
        for link in link::of(text) {
            self.link(link);
        }
    }

    /// Saw a link, and so its host.
    pub(super) fn link(&mut self, link: &str) {
        self.see(Path::Url, link);
        if let Some(host) = link::host(link) {
            self.host(&host);
        }
    }

    /// Saw an address of the web as it is kept, not as somebody wrote it; `about:blank` has no host.
    pub(super) fn url(&mut self, text: &str) {
        let is_web = text.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("http"));
        if is_web && !text.contains(char::is_whitespace) { self.link(text) } else { self.links_in(text) }
    }

    /// The first moment.
    pub(super) fn time(&self) -> Option<i64> {
        self.moments.first().map(|it| it.time)
    }

    /// Saw a host: a name or an address.
    pub(super) fn host(&mut self, host: &str) {
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => self.see(Path::Ipv4, host),
            Ok(IpAddr::V6(_)) => self.see(Path::Ipv6, host),
            Err(_) => self.see(Path::DomainName, host),
        }
    }

    /// Saw somebody's address: for e-mail, a number of a phone, a name in a messenger.
    pub(super) fn person(&mut self, address: &str) {
        let address = address.strip_prefix("mailto:").unwrap_or(address);
        let address = address.strip_prefix("tel:").unwrap_or(address);
        let is_messenger =
            ["@s.whatsapp.net", "@lid", "@g.us", "@c.us"].iter().any(|it| address.ends_with(it));
        if address.contains('@') && !is_messenger {
            self.see(Path::EmailAddress, address);
        } else {
            self.see(Path::UserId, address);
        }
    }

    /// Saw a file by its path, and so by its name. `~` is the home of the owner.
    pub(super) fn file(&mut self, path: &str) {
        let whole = path.strip_prefix("~/").map(|it| format!("/private/var/mobile/{it}"));
        let path = whole.as_deref().unwrap_or(path);
        let path = path.strip_prefix("file://").unwrap_or(path);
        if path.contains('/') {
            self.see(Path::FilePath, path);
        }
        self.see(Path::FileName, path.rsplit('/').next().unwrap_or_default());
    }

    /// Has this sign.
    pub(super) fn sign(&mut self, sign: Sign) {
        if !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
    }

    /// The record, with a text of at most so many bytes.
    pub(super) fn record(mut self, artefact: &'static str, file: &Arc<str>, text_bytes: usize) -> Record {
        if self.text.len() > text_bytes {
            self.text.truncate(self.text.floor_char_boundary(text_bytes.saturating_sub('…'.len_utf8())));
            self.text.push('…');
        }
        Record {
            artefact,
            file: Arc::clone(file),
            place: self.place,
            moments: self.moments,
            text: self.text,
            seen: self.seen,
            signs: self.signs,
        }
    }
}
