//! Suricata's EVE: one JSON object for each event, recognised by `event_type`.
//!
//! Written against the output of Suricata 4 to 8. What an event says of the connection stands at the top
//! ([`Reading::event`]); what a protocol says stands in an object named after it, and [`fields`] holds a table for each.
//! Only DNS needs code of its own ([`dns`]): its three shapes say the same thing in different places.
//!
//! A protocol's object is read wherever it stands, so that an alert tells as much as the event of the protocol itself,
//! and an event type that this reader has never heard of still tells its connection and the objects it shares.

mod dns;
pub(crate) mod fields;

use crate::flat::Flat;
use crate::json::{BadJson, Cursor, Kind};
use crate::meaning::{Meaning, Way};
use crate::seen::Seen;
use crate::summary::Notes;
use crate::{Limits, time};
use fields::{Fields, Rule};
use std::borrow::Cow;
use std::fmt;
use vigie_model::event::{Event, Field, Scalar};

/// Event types of Suricata 4 to 8, each with the protocol that it implies. Another is read all the same, and counted.
const TYPES: &[(&str, &str)] = &[
    ("alert", ""),
    ("flow", ""),
    ("dns", "dns"),
    ("http", "http"),
    ("tls", "tls"),
    ("fileinfo", ""),
    ("smb", "smb"),
    ("netflow", ""),
    ("anomaly", ""),
    ("arp", ""),
    ("bittorrent_dht", "bittorrent-dht"),
    ("dcerpc", "dcerpc"),
    ("dhcp", "dhcp"),
    ("dnp3", "dnp3"),
    ("doh2", "doh2"),
    ("drop", ""),
    ("email", ""),
    ("enip", "enip"),
    ("frame", ""),
    ("ftp", "ftp"),
    ("ftp_data", "ftp-data"),
    ("http2", "http2"),
    ("ike", "ike"),
    ("ikev2", "ike"),
    ("krb5", "krb5"),
    ("ldap", "ldap"),
    ("mdns", "mdns"),
    ("metadata", ""),
    ("modbus", "modbus"),
    ("mqtt", "mqtt"),
    ("nfs", "nfs"),
    ("packet", ""),
    ("pgsql", "pgsql"),
    ("pop3", "pop3"),
    ("quic", "quic"),
    ("rdp", "rdp"),
    ("rfb", "rfb"),
    ("sip", "sip"),
    ("smtp", "smtp"),
    ("snmp", "snmp"),
    ("ssh", "ssh"),
    ("stats", ""),
    ("telnet", "telnet"),
    ("template", ""),
    ("tftp", "tftp"),
    ("verdict", ""),
    ("websocket", "websocket"),
];

/// The protocol that an event type implies, which may be none; an event type never heard of is counted.
fn protocol_of(event_type: &str, notes: &mut Notes) -> Option<&'static str> {
    let known = TYPES.iter().find(|it| it.0 == event_type);
    if known.is_none() {
        notes.count("eve event type", event_type);
    }
    known.map(|it| it.1)
}

/// Reads one record without its observables: what it says under its own names, its kind and its time.
pub(crate) fn fields<'a>(json: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Flat<'a>, BadJson> {
    let (mut flat, _) = Flat::of_object(json, limits.max_observables)?;
    let last = |name: &str| {
        let text = |it: &Field<'a>| match &it.value {
            Scalar::Text(text) | Scalar::Number(text) if it.name == name => Some(text.clone()),
            _ => None,
        };
        flat.fields.iter().rev().find_map(text)
    };
    let (time, kind) = (last("timestamp"), last("event_type"));
    flat.time = time.and_then(|it| time::iso(&it).or_else(|| time::epoch(&it)));
    flat.kind = kind.unwrap_or_default();
    protocol_of(&flat.kind, notes);
    Ok(flat)
}

/// Reads one record.
pub(crate) fn read<'a>(json: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Event<'a>, BadJson> {
    let mut reading = Reading { json, seen: Seen::new(limits.max_observables), notes };
    reading.event()?;
    reading.json.end()?;
    if reading.seen.event.kind.is_empty() {
        reading.notes.count("eve event type", "");
    }
    if reading.seen.is_full() {
        reading.notes.count("eve", "values beyond the limit");
    }
    Ok(reading.seen.finish())
}

/// The object and the member that a value stands in, for what is counted.
#[derive(Clone, Copy)]
struct Place(&'static str, &'static str);

impl fmt::Display for Place {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = if self.0.is_empty() { "" } else { "." };
        write!(to, "{}{point}{}", self.0, self.1)
    }
}

/// One record being read.
struct Reading<'a, 'n> {
    json: Cursor<'a>,
    seen: Seen<'a>,
    notes: &'n mut Notes,
}

impl<'a> Reading<'a, '_> {
    fn event(&mut self) -> Result<(), BadJson> {
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match &*name {
                "timestamp" => self.each(Self::timestamp)?,
                "event_type" => self.each(Self::event_type)?,
                "src_ip" => self.value(Meaning::From(Way::Main), Place("", "src_ip"))?,
                "dest_ip" => self.value(Meaning::To(Way::Main), Place("", "dest_ip"))?,
                "src_port" => self.value(Meaning::FromPort(Way::Main), Place("", "src_port"))?,
                "dest_port" => self.value(Meaning::ToPort(Way::Main), Place("", "dest_port"))?,
                "proto" => self.value(Meaning::Transport(Way::Main), Place("", "proto"))?,
                "app_proto" => self.value(Meaning::Application, Place("", "app_proto"))?,
                "dns" | "mdns" => self.dns()?,
                "ftp" if self.json.kind()? == Kind::Object => self.ftp()?,
                other => match fields::top(other) {
                    Some((name, Some(rule))) => self.apply(rule, Place("", name))?,
                    Some((_, None)) => drop(self.json.skip()?),
                    None => {
                        self.notes.count("eve", other);
                        self.json.skip()?;
                    }
                },
            }
        }
        Ok(())
    }

    /// Reads a value, or each of a list.
    fn each(&mut self, read: fn(&mut Self) -> Result<(), BadJson>) -> Result<(), BadJson> {
        if self.json.kind()? != Kind::List {
            return read(self);
        }
        let mut open = self.json.open_list()?;
        while self.json.element(&mut open)? {
            self.each(read)?;
        }
        Ok(())
    }

    fn timestamp(&mut self) -> Result<(), BadJson> {
        if let Some(text) = self.text(Place("", "timestamp"))? {
            self.seen.event.time = time::iso(&text).or_else(|| time::epoch(&text));
            if self.seen.event.time.is_none() {
                self.notes.count("eve", "timestamp");
            }
        }
        Ok(())
    }

    fn event_type(&mut self) -> Result<(), BadJson> {
        if let Some(text) = self.text(Place("", "event_type"))? {
            if let Some(protocol) = protocol_of(&text, self.notes) {
                self.seen.take(Meaning::Application, Cow::Borrowed(protocol));
            }
            self.seen.event.kind = text;
        }
        Ok(())
    }

    /// Reads a value as its rule says; a value of another shape costs only itself.
    fn apply(&mut self, rule: &'static Rule, place: Place) -> Result<(), BadJson> {
        match (rule, self.json.kind()?) {
            (_, Kind::List) => {
                let mut open = self.json.open_list()?;
                while self.json.element(&mut open)? {
                    self.apply(rule, place)?;
                }
                Ok(())
            }
            (Rule::Is(meaning), _) => self.value(*meaning, place),
            (Rule::In(fields), Kind::Object) => self.object(fields, place.1),
            (Rule::Each(slot, fields), Kind::Object) => {
                self.seen.another(*slot);
                self.object(fields, place.1)
            }
            (Rule::Headers, Kind::Object) => self.header(),
            (Rule::In(_) | Rule::Each(..) | Rule::Headers, kind) => {
                if kind != Kind::Null {
                    self.notes.count("eve shape", &place.to_string());
                }
                self.json.skip().map(drop)
            }
        }
    }

    fn object(&mut self, fields: Fields, outer: &'static str) -> Result<(), BadJson> {
        let mut open = self.json.open_object()?;
        // Most objects have their members in the order of the table, so each is looked for behind the last.
        let mut next = 0;
        while let Some(name) = self.json.member(&mut open)? {
            let (before, after) = fields.split_at_checked(next).unwrap_or((&[], fields));
            let mut places = (next..).zip(after).chain((0..).zip(before));
            match places.find(|(_, it)| it.0 == name) {
                Some((place, (name, rule))) => {
                    next = place + 1;
                    self.apply(rule, Place(outer, name))?;
                }
                None => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    /// `{"name": …, "value": …}` of HTTP/2, where `:authority` and the like stand for what HTTP/1 says elsewhere.
    fn header(&mut self) -> Result<(), BadJson> {
        let (mut header, mut content) = (None, None);
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match &*name {
                "name" => header = self.text(Place("http.request_headers", "name"))?,
                "value" => content = self.text(Place("http.request_headers", "value"))?,
                _ => drop(self.json.skip()?),
            }
        }
        if let (Some(header), Some(content)) = (header, content)
            && let Some((_, meaning)) = fields::HEADERS.iter().find(|it| it.0.eq_ignore_ascii_case(&header))
        {
            self.seen.take(*meaning, content);
        }
        Ok(())
    }

    /// `{"command": "USER", "command_data": "anonymous"}`: what the data is depends on the command.
    fn ftp(&mut self) -> Result<(), BadJson> {
        let (mut command, mut data) = (None, None);
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match &*name {
                "command" => command = self.text(Place("ftp", "command"))?,
                "command_data" => data = self.text(Place("ftp", "command_data"))?,
                _ => drop(self.json.skip()?),
            }
        }
        let meaning = match command.as_deref() {
            Some("USER") => Meaning::Login,
            Some("RETR" | "STOR" | "STOU" | "APPE" | "DELE" | "SIZE" | "MDTM") => Meaning::AnotherFile,
            _ => Meaning::Nothing,
        };
        if let Some(data) = data {
            self.seen.take(meaning, data);
        }
        Ok(())
    }

    /// Reads one value that is a text or a number.
    #[expect(clippy::inline_always, reason = "a text stays in registers: 15 % of the whole reading")]
    #[inline(always)]
    fn value(&mut self, meaning: Meaning, place: Place) -> Result<(), BadJson> {
        if let Some(text) = self.text(place)?
            && !self.seen.take(meaning, text)
        {
            self.notes.count("eve value", &place.to_string());
        }
        Ok(())
    }

    /// A text, or a number as it is written; None for null, and for any other shape, which is counted.
    #[expect(clippy::inline_always, reason = "a text stays in registers: 15 % of the whole reading")]
    #[inline(always)]
    fn text(&mut self, place: Place) -> Result<Option<Cow<'a, str>>, BadJson> {
        match self.json.kind()? {
            Kind::String => self.json.string().map(Some),
            Kind::Number => self.json.skip().map(|it| Some(Cow::Borrowed(it))),
            Kind::Null => self.json.skip().map(|_| None),
            Kind::Bool | Kind::Object | Kind::List => {
                self.notes.count("eve shape", &place.to_string());
                self.json.skip().map(|_| None)
            }
        }
    }
}
