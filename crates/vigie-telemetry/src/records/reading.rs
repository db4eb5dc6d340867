//! Reading one record: its format's reader, and what the mapping makes of it.

use super::memory::Memory;
use crate::flat::{Flat, flatten};
use crate::json::{BadJson, Cursor, Room};
use crate::source::{Raw, Reason};
use crate::summary::Notes;
use crate::syslog::{Inside, Message};
use crate::{
    Format, Limits, Mappings, auditd, cef, detect, ecs, eve, leef, ndjson, ocsf, squid, syslog, web, winlog,
    zeek,
};
use std::borrow::Cow;
use vigie_model::event::{Event, Field, Wanted};

/// What a record becomes: an event, and the record itself.
type Told<'a> = (Event<'a>, Raw<'a>);

/// Makes fields of a JSON text.
type JsonReader<'a> = fn(Cursor<'a>, &Limits, &mut Notes) -> Result<Flat<'a>, BadJson>;

/// How one record is to be read.
pub(super) struct Reading<'a, 'n> {
    pub(super) format: Format,
    pub(super) wanted: Wanted,
    pub(super) mappings: &'a Mappings,
    pub(super) limits: &'a Limits,
    pub(super) not_after: Option<i64>,
    pub(super) notes: &'n mut Notes,
    /// For texts that cannot be borrowed from the record.
    pub(super) room: &'a mut [u8],
}

impl<'a> Reading<'a, '_> {
    /// A record of the stream's own format.
    pub(super) fn record(&mut self, memory: &'a Memory, text: &'a str) -> Result<Told<'a>, Reason> {
        let limit = self.limits.max_observables;
        let flat = match self.format {
            Format::Eve => return self.eve(text),
            Format::Zeek => return self.zeek(&memory.zeek, text),
            Format::Winlog | Format::Evtx => return self.json(text, winlog::read),
            Format::Ecs => return self.json(text, ecs::read),
            Format::Ocsf => return self.json(text, ocsf::read),
            Format::Ndjson => return self.ndjson(text),
            Format::Cef if text.starts_with("CEF:") => cef::read(text, limit)?,
            Format::Leef if text.starts_with("LEEF:") => leef::read(text, limit)?,
            Format::Syslog | Format::Cef | Format::Leef => return self.syslog(text),
            Format::Web => web::read(text)?,
            Format::Squid => squid::read(text)?,
            Format::W3c => memory.w3c.read(text)?,
            Format::Auditd => auditd::read(text, limit)?,
            Format::Csv => memory.csv.read(text)?,
        };
        Ok(self.fields(flat))
    }

    /// A record of generic JSON; a message of syslog that an agent put into it is read as one.
    fn ndjson(&mut self, text: &'a str) -> Result<Told<'a>, Reason> {
        let mut flat = ndjson::read(self.cursor(text), self.limits, self.notes)?;
        if flat.kind == "syslog_agent" {
            let value = |name: &str| {
                flat.fields
                    .iter()
                    .find(|it| it.name == name)
                    .and_then(|it| it.value.text())
                    .unwrap_or_default()
            };
            let (host, program, sent) = (value("HostName"), value("ProcessName"), value("SyslogMessage"));
            let message = Message::of(flat.time, host, program, sent);
            let limit = self.limits.max_observables.saturating_sub(flat.fields.len());
            let (format, inside) = match message.inside() {
                Inside::Audit(record) => (Format::Auditd, auditd::read(record, limit)?),
                _ => (Format::Syslog, message.flat(limit)),
            };
            let inside = inside.into_owned();
            self.format = format;
            flat.time = inside.time.or(flat.time);
            flat.kind = inside.kind;
            flat.fields.extend(inside.fields.into_iter().take(limit));
        }
        Ok((self.mapped(flat).0, Raw::Json(text)))
    }

    /// A line of syslog; a record of another format inside it is read as such.
    fn syslog(&mut self, line: &'a str) -> Result<Told<'a>, Reason> {
        let limit = self.limits.max_observables;
        let message = syslog::read(line, self.not_after)?;
        let (format, mut flat) = match message.inside() {
            Inside::Cef(record) => (Format::Cef, cef::read(record, limit)?),
            Inside::Leef(record) => (Format::Leef, leef::read(record, limit)?),
            Inside::Audit(record) => (Format::Auditd, auditd::read(record, limit)?),
            Inside::Json(record) => match self.inside(record) {
                Ok(told) => return Ok(told),
                // Text that begins with a brace.
                Err(_) => (Format::Syslog, message.flat(limit)),
            },
            Inside::Text => (Format::Syslog, message.flat(limit)),
        };
        if format != Format::Syslog {
            flat.time = flat.time.or(message.time);
            message.sender(&mut flat);
        }
        self.format = format;
        Ok(self.fields(flat))
    }

    /// A record of JSON inside something else.
    fn inside(&mut self, text: &'a str) -> Result<Told<'a>, Reason> {
        match detect::format_of(text, self.limits) {
            Some(Format::Eve) => self.eve(text),
            Some(Format::Winlog) => self.json_of(Format::Winlog, text, winlog::read),
            Some(Format::Ecs) => self.json_of(Format::Ecs, text, ecs::read),
            Some(Format::Ocsf) => self.json_of(Format::Ocsf, text, ocsf::read),
            _ => self.json_of(Format::Ndjson, text, ndjson::read),
        }
    }

    fn json_of(&mut self, format: Format, text: &'a str, read: JsonReader<'a>) -> Result<Told<'a>, Reason> {
        self.format = format;
        self.json(text, read)
    }

    fn cursor(&mut self, text: &'a str) -> Cursor<'a> {
        Cursor::with_room(text, self.limits.max_depth, Room::new(std::mem::take(&mut self.room)))
    }

    /// One that leaves as much room as it gets for another.
    fn first_cursor(&mut self, text: &'a str) -> Cursor<'a> {
        let room = std::mem::take(&mut self.room);
        let (room, rest) = room.split_at_mut(room.len() / 2);
        self.room = rest;
        Cursor::with_room(text, self.limits.max_depth, Room::new(room))
    }

    /// A record of JSON whose fields a mapping understands.
    fn json(&mut self, text: &'a str, read: JsonReader<'a>) -> Result<Told<'a>, Reason> {
        let flat = read(self.cursor(text), self.limits, self.notes)?;
        Ok((self.mapped(flat).0, Raw::Json(text)))
    }

    /// A record of any other form whose fields a mapping understands.
    fn fields(&mut self, mut flat: Flat<'a>) -> Told<'a> {
        if flat.fields.len() > self.limits.max_observables {
            flat.fields.truncate(self.limits.max_observables);
            self.notes.count(self.format.name(), "values beyond the limit");
        }
        let own = flat.fields.len();
        let (event, left) = self.mapped(flat);
        let raw = if self.wanted.fields { Raw::Own(own) } else { Raw::Fields(left) };
        (event, raw)
    }

    /// The event, and the record's fields where the event was not to have them.
    fn mapped(&mut self, flat: Flat<'a>) -> (Event<'a>, Vec<Field<'a>>) {
        self.mappings.event(flat, self.format, self.wanted, self.limits, self.notes)
    }

    fn eve(&mut self, text: &'a str) -> Result<Told<'a>, Reason> {
        if !self.wanted.observables {
            let flat = eve::fields(self.cursor(text), self.limits, self.notes)?;
            let mut event = Event { time: flat.time, kind: flat.kind, ..Event::default() };
            if self.wanted.fields && self.mappings.knows_kind(Format::Eve, &event.kind) {
                self.mappings.add_fields(&mut event, Format::Eve, flat.fields, self.limits);
            }
            return Ok((event, Raw::Json(text)));
        }
        let mut event = eve::read(self.first_cursor(text), self.limits, self.notes)?;
        if self.wanted.fields && self.mappings.knows_kind(Format::Eve, &event.kind) {
            let mut fields = Vec::with_capacity(64);
            let mut cursor = self.cursor(text);
            flatten(&mut cursor, &Cow::Borrowed(""), &mut fields, self.limits.max_observables)?;
            self.mappings.add_fields(&mut event, Format::Eve, fields, self.limits);
        }
        Ok((event, Raw::Json(text)))
    }

    fn zeek(&mut self, reader: &'a zeek::Reader, text: &'a str) -> Result<Told<'a>, Reason> {
        let (mut event, raw) = reader.read(text, self.limits, self.notes)?;
        if self.wanted.fields && self.mappings.knows_kind(Format::Zeek, &event.kind) {
            let fields = reader.fields(text, self.cursor(text), self.limits)?;
            self.mappings.add_fields(&mut event, Format::Zeek, fields, self.limits);
        }
        Ok((event, raw))
    }
}
