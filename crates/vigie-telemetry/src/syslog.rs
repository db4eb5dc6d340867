//! Syslog: lines of RFC 3164 and RFC 5424, as daemons, routers and relays write them to files and streams.
//!
//! The header is read first ([`Message`]), and then what the message itself is ([`inside`]): a record of another format is
//! handed on to its reader; what sshd, sudo, the kernel's packet filter and the like say is taken apart a little
//! ([`services`]); all else is text that keyword rules search.
//!
//! No clock is read: a time without a year is placed by the time when the log was last written
//! ([`Stamp::resolve`](crate::time::log::Stamp::resolve)), a time without a zone is taken for UTC.

mod services;
mod sysmon;

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::{self, log};
use crate::{auditd, cef, leef};

/// Names of the facilities of RFC 5424, section 6.2.1, by number.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

/// Names of the severities, by number.
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// A line of syslog, taken apart. What a line does not say is empty.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Message<'a> {
    /// Facility and severity.
    pub(crate) priority: Option<u8>,
    pub(crate) time: Option<i64>,
    pub(crate) host: &'a str,
    pub(crate) program: &'a str,
    pub(crate) process: &'a str,
    /// `MSGID` of RFC 5424.
    id: &'a str,
    /// `STRUCTURED-DATA` of RFC 5424.
    structured: &'a str,
    /// The message itself.
    pub(crate) text: &'a str,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside<'a> {
    /// From `CEF:` on.
    Cef(&'a str),
    /// From `LEEF:` on.
    Leef(&'a str),
    /// A record of the Linux auditor.
    Audit(&'a str),
    /// A JSON object.
    Json(&'a str),
    /// Text.
    Text,
}

/// Whether a line is one of syslog's. A priority in front says so at once, a time alone only with a program
/// behind it, or a process as vsftpd writes it.
pub(crate) fn recognise(line: &str) -> bool {
    parse(line, None)
        .is_some_and(|it| it.priority.is_some() || !it.program.is_empty() || it.text.starts_with("[pid "))
}

/// Takes a line apart; `not_after` is when the log was last written, in nanoseconds since 1970.
pub(crate) fn parse(line: &str, not_after: Option<i64>) -> Option<Message<'_>> {
    let mut rest = without_count(line);
    let mut message = Message::default();
    if let Some((number, after)) = rest.strip_prefix('<').and_then(|it| it.split_once('>')) {
        message.priority = Some(number.parse().ok().filter(|it| *it < 192)?);
        rest = after;
        if let Some(after) = rest.strip_prefix("1 ") {
            return message.modern(after);
        }
    }
    let told = message.priority.is_some();
    let behind_number = rest.split_once(": ").filter(|it| told && it.0.bytes().all(|it| it.is_ascii_digit()));
    rest = behind_number.map_or(rest, |it| it.1); // Cisco counts its messages
    let Some((time, after)) = time_in_front(rest, not_after) else {
        message.text = rest;
        // A router may name itself before the time, and a firewall leaves both out.
        if let Some((host, after)) = rest.split_once(": ")
            && !host.contains(' ')
            && let Some((time, after)) = time_in_front(after, not_after)
        {
            (message.time, message.host) = (time, host);
            message.tag(after);
        } else {
            message.set_program(rest);
        }
        return told.then_some(message);
    };
    message.time = time;
    message.tag(after);
    Some(message)
}

impl<'a> Message<'a> {
    /// A message that an agent has taken apart already.
    pub(crate) fn of(time: Option<i64>, host: &'a str, program: &'a str, text: &'a str) -> Self {
        Self { time, host, program, text, ..Self::default() }
    }

    /// `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]`, section 6 of RFC 5424.
    fn modern(mut self, text: &'a str) -> Option<Self> {
        let mut words = text.splitn(6, ' ');
        let mut next = || words.next().map(|it| if it == "-" { "" } else { it });
        self.time = time::iso(next()?);
        (self.host, self.program) = (next()?, next()?);
        (self.process, self.id) = (next()?, next()?);
        let rest = words.next()?;
        let end = if rest.starts_with('[') {
            end_of_structured(rest)?
        } else {
            rest.find(' ').unwrap_or(rest.len())
        };
        let (structured, text) = rest.split_at_checked(end)?;
        self.structured = if structured == "-" { "" } else { structured };
        self.text = text.strip_prefix(' ').unwrap_or(text).trim_start_matches('\u{feff}');
        Some(self)
    }

    /// `HOST PROGRAM[PROCESS]: MESSAGE`, or without the host, as RFC 3164 saw it written.
    fn tag(&mut self, text: &'a str) {
        let text = text.trim_start_matches(' ');
        self.text = text;
        if self.set_program(text) || !self.host.is_empty() {
            return;
        }
        let Some((host, after)) = text.split_once(' ') else { return };
        let after = after.trim_start_matches(' ');
        if host.starts_with(['%', '<', '[']) {
            return;
        }
        (self.host, self.text) = (host.trim_end_matches(':'), after);
        self.set_program(after);
    }

    /// `PROGRAM[PROCESS]: ` or `PROGRAM: ` at the start of a text.
    fn set_program(&mut self, text: &'a str) -> bool {
        let end = text.find([' ', ':', '[']).unwrap_or(text.len());
        let (program, mut rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let mut process = "";
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            (process, rest) = (inside, after);
        }
        let Some(message) = rest.strip_prefix(':').filter(|it| it.is_empty() || it.starts_with([' ', '{']))
        else {
            return false;
        };
        // `CEF: 0|…` is a record, whatever it looks like.
        if program.is_empty()
            || program.len() > 128
            || program.starts_with('%')
            || matches!(program, "CEF" | "LEEF")
        {
            return false;
        }
        (self.program, self.process, self.text) = (program, process, message.trim_start_matches(' '));
        true
    }

    /// Whether the message is a record of another format.
    pub(crate) fn inside(&self) -> Inside<'a> {
        let text = self.text.trim_start_matches("@cee:").trim_start();
        let from = |at: Option<usize>| at.and_then(|it| self.text.get(it..));
        if text.starts_with('{') {
            Inside::Json(text)
        } else if let Some(record) = from(cef::start(self.text)) {
            Inside::Cef(record)
        } else if let Some(record) = from(leef::start(self.text)) {
            Inside::Leef(record)
        } else if auditd::recognise(self.text) {
            Inside::Audit(self.text)
        } else {
            Inside::Text
        }
    }

    /// What a message that is text says; at most `limit` fields. The kind is the service that rules know it by.
    pub(crate) fn flat(&self, limit: usize) -> Flat<'a> {
        let mut flat = Flat { time: self.time, ..Flat::default() };
        self.header(&mut flat, limit);
        if sysmon::recognise(self.text) {
            flat.kind = "sysmon".into();
            flat.time = sysmon::read(self.text, &mut flat, limit).or(flat.time);
            return flat;
        }
        flat.text("message", self.text);
        flat.kind = services::read(self, &mut flat, limit).into();
        flat
    }

    /// Adds who sent the message.
    pub(crate) fn sender(&self, flat: &mut Flat<'a>) {
        flat.given("hostname", self.host);
        flat.given("program", self.program);
    }

    /// Adds what the header says.
    fn header(&self, flat: &mut Flat<'a>, limit: usize) {
        flat.given("facility", self.facility());
        let severity = self.priority.and_then(|it| SEVERITIES.get(usize::from(it % 8)));
        flat.given("severity", severity.copied().unwrap_or_default());
        self.sender(flat);
        flat.given("pid", self.process);
        flat.given("msgid", self.id);
        structured(self.structured, flat, limit);
    }

    fn facility(&self) -> &'static str {
        self.priority.and_then(|it| FACILITIES.get(usize::from(it / 8))).copied().unwrap_or_default()
    }
}

/// Takes one line apart, or says why it is no line of syslog.
pub(crate) fn read(line: &str, not_after: Option<i64>) -> Result<Message<'_>, Reason> {
    parse(line, not_after).ok_or(Reason::Form { expected: "`<PRIORITY>` or a time, as syslog has them" })
}

/// A line without the count of its bytes that stands before messages on streams (RFC 6587, section 3.4.1).
fn without_count(line: &str) -> &str {
    match line.split_once(' ') {
        Some((count, rest)) if rest.starts_with('<') && !count.is_empty() && count.len() < 8 => {
            if count.bytes().all(|it| it.is_ascii_digit()) { rest } else { line }
        }
        _ => line,
    }
}

/// A time at the start of a text, and what follows: ISO 8601, a day and a time of day, or a month's name and the rest of
/// RFC 3164. The time is none where its year cannot be told.
fn time_in_front(text: &str, not_after: Option<i64>) -> Option<(Option<i64>, &str)> {
    if text.starts_with(|it: char| it.is_ascii_digit()) && text.as_bytes().get(4) == Some(&b'-') {
        let (first, rest) = text.split_once(' ')?;
        if let Some(time) = time::iso(first) {
            return Some((Some(time), rest));
        }
        let (second, rest) = rest.split_once(' ')?;
        return Some((Some(time::iso(&format!("{first}T{second}"))?), rest));
    }
    let (stamp, rest) = log::syslog(text)?;
    let rest = match rest.split_once(": ") {
        // `UTC:`, which Cisco writes behind the time.
        Some((zone, after)) if zone.len() <= 5 && zone.bytes().all(|it| it.is_ascii_uppercase()) => after,
        _ => rest,
    };
    Some((stamp.resolve(not_after), rest))
}

/// Where `[id name="value"…][…]` ends.
fn end_of_structured(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => quoted = !quoted,
            b']' if !quoted && text.as_bytes().get(at + 1) != Some(&b'[') => return Some(at + 1),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

/// Adds `[id name="value"…]` as `id.name`, section 6.3 of RFC 5424.
fn structured<'a>(text: &'a str, flat: &mut Flat<'a>, limit: usize) {
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix('[') {
        let end = inside.find([' ', ']']).unwrap_or(inside.len());
        let (id, mut pairs) = inside.split_at_checked(end).unwrap_or((inside, ""));
        while let Some((name, after)) = pairs.trim_start_matches(' ').split_once("=\"") {
            if name.contains(']') || flat.fields.len() >= limit {
                break;
            }
            let Some((value, after)) = crate::quoted::split(after, |_| true) else { return };
            flat.given(format!("{id}.{name}"), value);
            pairs = after;
        }
        let Some((_, after)) = pairs.split_once(']') else { return };
        rest = after;
    }
}

#[cfg(test)]
mod tests;
