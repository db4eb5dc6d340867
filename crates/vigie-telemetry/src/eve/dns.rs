//! DNS in EVE. The same question and answers stand in four places, by version:
//!
//! - 1: one event for each record, `{"type":"answer","rrname":…,"rrtype":"A","rdata":…}`;
//! - 2: one event for each answer, with `answers: […]` and `grouped: {"A": […]}`; in an alert `query: […]` and `answer: {…}`;
//! - 3: one event for each message, with `queries: […]`, `answers`, `authorities`, `additionals`.
//!
//! So a record is read wherever an object with an `rrname` stands, and the lists are read as records.

use super::{Place, Reading};
use crate::json::{BadJson, Kind};
use crate::meaning::Meaning;
use std::borrow::Cow;

impl<'a> Reading<'a, '_> {
    /// The object `dns`, or a list of records in it.
    pub(super) fn dns(&mut self) -> Result<(), BadJson> {
        match self.json.kind()? {
            Kind::Object => self.record(),
            Kind::List => {
                let mut open = self.json.open_list()?;
                while self.json.element(&mut open)? {
                    self.dns()?;
                }
                Ok(())
            }
            kind => {
                if kind != Kind::Null {
                    self.notes.count("eve shape", "dns");
                }
                self.json.skip().map(drop)
            }
        }
    }

    fn record(&mut self) -> Result<(), BadJson> {
        let (mut owner, mut kind, mut data) = (None, None, None);
        let mut answered = false;
        let mut grouped = Vec::new();
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match &*name {
                "rrname" => {
                    if let Some(name) = self.text(Place("dns", "rrname"))? {
                        owner = self.seen.query(name);
                    }
                }
                "rrtype" => kind = self.text(Place("dns", "rrtype"))?,
                "rdata" => data = self.rdata()?,
                "query" | "queries" | "answer" | "authorities" | "additionals" => self.dns()?,
                "answers" => {
                    answered = true;
                    self.dns()?;
                }
                "grouped" if !answered && self.json.kind()? == Kind::Object => self.grouped(&mut grouped)?,
                "srv" => self.named("name", Place("dns", "srv"))?,
                "soa" => self.named("mname", Place("dns", "soa"))?,
                _ => drop(self.json.skip()?),
            }
        }
        if let Some(data) = data {
            self.rr(owner, kind.as_deref(), data);
        }
        for (kind, data) in grouped {
            self.rr(owner, Some(&kind), data);
        }
        Ok(())
    }

    /// `rdata` is a text; newer versions write an object for some types, which holds no name that is not elsewhere.
    fn rdata(&mut self) -> Result<Option<Cow<'a, str>>, BadJson> {
        if self.json.kind()? == Kind::Object {
            self.json.skip().map(|_| None)
        } else {
            self.text(Place("dns", "rdata"))
        }
    }

    /// One record's data, by its type.
    fn rr(&mut self, owner: Option<u16>, kind: Option<&str>, data: Cow<'a, str>) {
        match kind {
            Some("CNAME" | "NS" | "PTR" | "MX" | "DNAME") => {
                self.seen.answer(owner, data, true);
            }
            Some("A" | "AAAA") => {
                if !data.is_empty() && !self.seen.answer(owner, data, false) {
                    self.notes.count("eve value", "dns.rdata");
                }
            }
            None => {
                self.seen.answer(owner, data, false);
            }
            Some(_) => {} // such as `TXT`: a text, not a name
        }
    }

    /// `{"A": ["192.0.2.1"], "CNAME": […], "SRV": [{"name": …}]}`
    fn grouped(&mut self, found: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Result<(), BadJson> {
        let mut open = self.json.open_object()?;
        while let Some(kind) = self.json.member(&mut open)? {
            if self.json.kind()? != Kind::List {
                self.json.skip()?;
                continue;
            }
            let mut list = self.json.open_list()?;
            while self.json.element(&mut list)? {
                match self.json.kind()? {
                    Kind::String => found.push((kind.clone(), self.json.string()?)),
                    Kind::Object if kind == "SRV" => self.named("name", Place("dns", "srv"))?,
                    Kind::Object if kind == "SOA" => self.named("mname", Place("dns", "soa"))?,
                    _ => drop(self.json.skip()?),
                }
            }
        }
        Ok(())
    }

    /// The name of a server in an object of several members.
    fn named(&mut self, member: &str, place: Place) -> Result<(), BadJson> {
        if self.json.kind()? != Kind::Object {
            return self.json.skip().map(drop);
        }
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            if name == member {
                self.value(Meaning::Domain, place)?;
            } else {
                self.json.skip()?;
            }
        }
        Ok(())
    }
}
