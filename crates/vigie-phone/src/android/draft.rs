//! A record in the making.

use std::borrow::Cow;
use std::net::IpAddr;

use vigie_model::event::{Observable, Observed, Path};

use super::names;
use crate::{Moment, Sign, link};

/// What a row or line says, before it is known where it stands.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) place: String,
    pub(super) text: String,
    pub(super) moments: Vec<Moment>,
    pub(super) seen: Vec<Observable<'static>>,
    pub(super) signs: Vec<Sign>,
    objects: u16,
}

impl Draft {
    /// Says `text`, at `place`.
    pub(super) fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into(), ..Self::default() }
    }

    /// Stands in a line.
    pub(super) fn line(number: u64, text: impl Into<String>) -> Self {
        Self::new(format!("line {number}"), text)
    }

    /// Saw an object with this property. An empty value says nothing.
    #[must_use]
    pub(super) fn see(mut self, path: Path, value: impl Into<String>) -> Self {
        let value = value.into();
        let known =
            |it: &Observable<'_>| it.path == path && it.value == Observed::Text(Cow::Borrowed(&value));
        if !value.is_empty() && !self.seen.iter().any(known) {
            let object = self.objects;
            self.objects = self.objects.saturating_add(1);
            self.seen.push(Observable { object, path, value: Cow::<'static, str>::Owned(value).into() });
        }
        self
    }

    /// The object seen last has this property too.
    #[must_use]
    pub(super) fn also(mut self, path: Path, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            let object = self.objects.saturating_sub(1);
            self.objects = self.objects.max(1);
            self.seen.push(Observable { object, path, value: Cow::<'static, str>::Owned(value).into() });
        }
        self
    }

    /// Saw an object with this number.
    #[must_use]
    pub(super) fn number(mut self, path: Path, value: i64) -> Self {
        let object = self.objects;
        self.objects = self.objects.saturating_add(1);
        self.seen.push(Observable { object, path, value: value.into() });
        self
    }

    /// Saw a package, if it is the name of one.
    #[must_use]
    pub(super) fn app(self, package: &str) -> Self {
        if names::is_package(package) { self.see(Path::AppId, package) } else { self }
    }

    /// Saw a file by its path, and so by its name.
    #[must_use]
    pub(super) fn file(self, path: &str) -> Self {
        if path.is_empty() {
            return self;
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        self.see(Path::FilePath, path).also(Path::FileName, name)
    }

    /// Saw a process by what it is called: a name, the path of its program, or an app with a part of its own (`com.a:push`).
    #[must_use]
    pub(super) fn process(self, called: &str) -> Self {
        let name = called.rsplit('/').next().unwrap_or_default();
        let app = called.split_once(':').map_or(called, |it| it.0);
        let draft = self.see(Path::ProcessName, name);
        let draft = if called.starts_with('/') { draft.file(called) } else { draft };
        draft.app(app)
    }

    /// Saw a link, and so the name or the address of its server.
    #[must_use]
    pub(super) fn link(self, link: &str) -> Self {
        let host = link::host(link).unwrap_or_default();
        let draft = self.see(Path::Url, link);
        match names::address(&host) {
            Some(address) => draft.address(address),
            None => draft.see(Path::DomainName, host),
        }
    }

    /// Saw an address.
    #[must_use]
    pub(super) fn address(self, address: IpAddr) -> Self {
        match names::address_path(address) {
            Some(path) => self.see(path, address.to_string()),
            None => self,
        }
    }

    /// Happened then, where that is known.
    #[must_use]
    pub(super) fn when(mut self, moment: Option<Moment>) -> Self {
        self.moments.extend(moment);
        self
    }

    /// Has this sign, if it holds.
    #[must_use]
    pub(super) fn sign_if(mut self, holds: bool, sign: Sign) -> Self {
        if holds && !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
        self
    }
}
