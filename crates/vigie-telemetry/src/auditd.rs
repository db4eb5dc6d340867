//! The Linux auditor's log: all records of one event (`msg=audit(TIME:SERIAL)`) joined into one.
//!
//! Rules for `auditd` look for a record's `type` together with what another record of the event says, so the fields of all
//! records stand side by side, and `type` stands once for each. What the auditor writes in hexadecimal is decoded, and
//! system calls have their names. An execution, a connection and a new file also stand under the names that Sigma's
//! generic categories have (`Image`, `CommandLine`, `DestinationIp`, `TargetFilename`…).
//!
//! Start with [`read`]; [`join`] gathers the records.

pub(crate) mod join;
mod syscall;

use crate::flat::Flat;
use crate::pairs::{Pair, Pairs};
use crate::quoted;
use crate::source::Reason;
use crate::time;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use vigie_model::event::Field;

/// Numbers of record types, where the kernel's own log names no type.
const TYPES: &[(&str, &str)] = &[
    ("1300", "SYSCALL"),
    ("1302", "PATH"),
    ("1305", "CONFIG_CHANGE"),
    ("1306", "SOCKADDR"),
    ("1307", "CWD"),
    ("1309", "EXECVE"),
    ("1320", "EOE"),
    ("1326", "SECCOMP"),
    ("1327", "PROCTITLE"),
    ("1400", "AVC"),
];

/// Fields that the auditor writes in hexadecimal where their text holds blanks or marks.
const ENCODED: &[&str] = &[
    "comm",
    "exe",
    "name",
    "cwd",
    "proctitle",
    "cmd",
    "data",
    "acct",
    "key",
    "path",
    "dir",
    "file",
    "ocomm",
    "watch",
];

/// One record of an event.
struct Record<'a> {
    kind: &'a str,
    /// Seconds since 1970, with a fraction.
    time: &'a str,
    serial: &'a str,
    rest: &'a str,
}

/// Whether a line is a record of the auditor.
pub(crate) fn recognise(line: &str) -> bool {
    record(line).is_some()
}

fn record(line: &str) -> Option<Record<'_>> {
    let at = memchr::memmem::find(line.as_bytes(), b"audit(")?;
    let (before, rest) = (line.get(..at)?, line.get(at + 6..)?);
    let (stamp, rest) = rest.split_once(')')?;
    let (time, serial) = stamp.rsplit_once(':')?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let kind = Pairs(before).find(|it| it.name == "type")?.value;
    let kind = TYPES.iter().find(|it| it.0 == kind).map_or(kind, |it| it.1);
    let good = serial.bytes().all(|it| it.is_ascii_digit()) && !serial.is_empty() && serial.len() <= 20;
    (good && time::epoch(time).is_some()).then_some(Record { kind, time, serial, rest })
}

/// What the records of an event say together.
#[derive(Default)]
struct Gathered<'a> {
    arguments: Vec<Cow<'a, str>>,
    /// A path that was made.
    created: Option<Cow<'a, str>>,
    end: Option<(String, u16)>,
    arch: &'a str,
    syscall: Option<Cow<'a, str>>,
}

/// Reads the records of one event, a line each; at most `limit` fields.
pub(crate) fn read(text: &str, limit: usize) -> Result<Flat<'_>, Reason> {
    let mut flat = Flat::default();
    let mut gathered = Gathered::default();
    for line in text.lines() {
        let Some(record) = record(line) else { continue };
        if flat.time.is_none() {
            flat.time = time::epoch(record.time);
            flat.kind = record.kind.to_ascii_lowercase().into();
            if let Some(node) = Pairs(line).find(|it| it.name == "node") {
                flat.given("node", node.value);
            }
        }
        flat.text("type", record.kind);
        gathered.record(&mut flat, &record, limit);
    }
    if flat.time.is_none() {
        return Err(Reason::Form { expected: "`type=` and `msg=audit(TIME:SERIAL):`" });
    }
    gathered.finish(&mut flat);
    Ok(flat)
}

impl<'a> Gathered<'a> {
    fn record(&mut self, flat: &mut Flat<'a>, record: &Record<'a>, limit: usize) {
        let from = flat.fields.len();
        for pair in Pairs(record.rest) {
            // A message of a program is pairs in itself.
            if pair.name == "msg" && pair.quote == Some('\'') {
                for inner in Pairs(pair.value) {
                    self.pair(flat, record, &inner, limit);
                }
            } else {
                self.pair(flat, record, &pair, limit);
            }
        }
        if record.kind == "PATH" {
            let own = flat.fields.get(from..).unwrap_or_default();
            if value(own, "nametype") == Some("CREATE") {
                self.created = value(own, "name").map(|it| it.to_owned().into());
            }
        }
    }

    fn pair(&mut self, flat: &mut Flat<'a>, record: &Record<'a>, pair: &Pair<'a>, limit: usize) {
        if flat.fields.len() >= limit || matches!(pair.value, "(null)" | "?" | "{" | "}") {
            return;
        }
        let (name, piece) = pair.name.split_once('[').unwrap_or((pair.name, "0]"));
        let argument = record.kind == "EXECVE" && is_argument(name);
        let encoded = pair.quote.is_none() && (argument || ENCODED.contains(&name));
        let text = match quoted::from_hex(pair.value).filter(|_| encoded && is_encoded(pair.value)) {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(pair.value),
        };
        match name {
            "key" => return text.split('\u{1}').for_each(|it| flat.given("key", it.to_owned())),
            "proctitle" => return flat.given("proctitle", text.replace('\0', " ")),
            "arch" => self.arch = pair.value,
            "SYSCALL" => self.syscall = Some(text.clone()),
            "saddr" => self.end = self.end.take().or_else(|| address(pair.value)),
            _ => {}
        }
        if !argument {
            return flat.given(name, text);
        }
        // A long argument comes in pieces: `a1[0]=… a1[1]=…`.
        match self.arguments.last_mut() {
            Some(last) if piece != "0]" => {
                last.to_mut().push_str(&text);
                let whole = last.clone();
                if let Some(field) = flat.fields.last_mut() {
                    *field = crate::flat::field(name, whole);
                }
            }
            _ => {
                self.arguments.push(text.clone());
                flat.text(name, text);
            }
        }
    }

    /// Adds what Sigma's generic categories ask for, and says which of them the event belongs to.
    fn finish(mut self, flat: &mut Flat<'a>) {
        if self.syscall.is_none()
            && let Some(name) = value(&flat.fields, "syscall").and_then(|it| syscall::name(self.arch, it))
        {
            flat.text("SYSCALL", name);
            self.syscall = Some(name.into());
        }
        if let Some(name) = &self.syscall {
            flat.text("syscall", name.clone());
        }
        let title = value(&flat.fields, "proctitle").map(str::to_owned);
        if let Some(title) = &title {
            flat.text("cmdline", title.clone());
        }
        let written = || value(&flat.fields, "syscall").map(str::to_owned);
        let syscall = self.syscall.as_deref().map(str::to_owned).or_else(written).unwrap_or_default();
        let connects = syscall == "connect";
        // Some agents tell the command line and no arguments; a call that failed started nothing.
        let told = value(&flat.fields, "cmdline").filter(|_| syscall == "execve");
        let line = told.filter(|_| value(&flat.fields, "success") == Some("yes")).map(str::to_owned);
        if !self.arguments.is_empty() {
            flat.kind = "execve".into();
            flat.text("CommandLine", self.arguments.join(" "));
        } else if let Some(line) = line {
            flat.kind = "execve".into();
            flat.text("CommandLine", line);
        } else if let Some((address, port)) = self.end.filter(|_| connects) {
            flat.kind = "connect".into();
            flat.text("DestinationIp", address);
            flat.text("DestinationPort", port.to_string());
            flat.text("Initiated", "true");
        } else if let Some(path) = self.created {
            flat.kind = "create".into();
            let folder = value(&flat.fields, "cwd").unwrap_or_default().trim_end_matches('/');
            let whole = if path.starts_with('/') { path } else { format!("{folder}/{path}").into() };
            flat.text("TargetFilename", whole);
        } else {
            return;
        }
        for (name, own) in [
            ("Image", "exe"),
            ("CurrentDirectory", "cwd"),
            ("ProcessId", "pid"),
            ("ParentProcessId", "ppid"),
            ("LogonId", "ses"),
        ] {
            copy(flat, name, own);
        }
        let user = if value(&flat.fields, "UID").is_some() { "UID" } else { "uid" };
        copy(flat, "User", user);
    }
}

fn copy(flat: &mut Flat<'_>, name: &'static str, own: &str) {
    if let Some(text) = value(&flat.fields, own).map(str::to_owned) {
        flat.text(name, text);
    }
}

fn value<'f>(fields: &'f [Field<'_>], name: &str) -> Option<&'f str> {
    fields.iter().find(|it| it.name == name)?.value.text()
}

/// `a0`, `a1`…
fn is_argument(name: &str) -> bool {
    name.strip_prefix('a').is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

/// The auditor writes hexadecimal in capitals.
fn is_encoded(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_digit() || (b'A'..=b'F').contains(&it))
}

/// The address and port of a socket address, as the kernel holds it: family (in the order of the machine), port,
/// address.
fn address(digits: &str) -> Option<(String, u16)> {
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let byte = |at: usize| {
        let pair = std::str::from_utf8(pairs.get(at)?).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    let port = u16::from_be_bytes([byte(2)?, byte(3)?]);
    match (byte(0)?, byte(1)?) {
        (2, 0) | (0, 2) => {
            let octets = [byte(4)?, byte(5)?, byte(6)?, byte(7)?];
            Some((Ipv4Addr::from(octets).to_string(), port))
        }
        (10, 0) | (0, 10) => {
            let mut octets = [0; 16];
            for (at, octet) in octets.iter_mut().enumerate() {
                *octet = byte(8 + at)?;
            }
            Some((Ipv6Addr::from(octets).to_string(), port))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
