//! Recognising a format by content.

use crate::json::{Cursor, Kind};
use crate::lines::Framing;
use crate::{Format, Limits, auditd, cef, csv, evtx, leef, squid, syslog, w3c, web};

/// How many lines are looked at before a stream is called unknown.
const LINES: usize = 64;

/// What the first bytes of a stream say: its format, and how its records are told apart. None: nothing yet.
pub(crate) fn recognise(head: &[u8], limits: &Limits) -> Option<(Format, Framing)> {
    if head.starts_with(evtx::FILE) || head.starts_with(evtx::CHUNK) {
        return Some((Format::Evtx, Framing::Chunks));
    }
    let whole = String::from_utf8_lossy(head);
    let text = without_mark(&whole);
    let marks = whole.len() - text.len();
    if let Some(length) = wrapped(text) {
        let first = text.get(length..)?.trim_start();
        let format = format_of(first, limits).or_else(|| first.starts_with('{').then_some(Format::Ndjson))?;
        return Some((format, Framing::Wrapped(marks + length)));
    }
    let framing = framing(text);
    if framing == Framing::Objects {
        let first = text.find('{').and_then(|it| text.get(it..))?;
        return Some((format_of(first, limits)?, framing));
    }
    let sure = text.lines().take(LINES).find_map(|line| format_of(line, limits));
    sure.or_else(|| anything(text, limits)).map(|it| (it, framing))
}

/// What a text is that none of the formats knows that tell themselves: JSON, or a table.
fn anything(text: &str, limits: &Limits) -> Option<Format> {
    let mut lines = text.lines().take(LINES).filter(|it| !it.trim().is_empty());
    let (first, second) = (lines.next()?, lines.next());
    if is_object(first, limits) {
        return Some(Format::Ndjson);
    }
    second.filter(|it| csv::recognise(first, it)).map(|_| Format::Csv)
}

fn is_object(text: &str, limits: &Limits) -> bool {
    let mut cursor = Cursor::new(text, limits.max_depth);
    cursor.kind() == Ok(Kind::Object) && cursor.skip().is_ok() && cursor.end().is_ok()
}

/// The text without a byte order mark, and without the zero bytes that a log holds where it was cut while being written.
pub(crate) fn without_mark(text: &str) -> &str {
    text.trim_start_matches(['\u{feff}', '\0'])
}

/// Names of lists that cloud services put their records in, in an object of its own.
const WRAPPERS: [&str; 4] = ["Records", "value", "logs", "events"];

/// How many bytes stand before the first record of a list that is in an object: `{"Records":[`.
fn wrapped(text: &str) -> Option<usize> {
    let rest = text.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    let rest = WRAPPERS.iter().find_map(|it| rest.strip_prefix(it))?.strip_prefix('"')?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('[')?;
    rest.trim_start().starts_with('{').then(|| text.len() - rest.len())
}

/// A list, or an object that goes on in the next line, is cut by braces.
fn framing(text: &str) -> Framing {
    let first = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let list = first
        .strip_prefix('[')
        .map(str::trim_start)
        .is_some_and(|it| it.is_empty() || it.starts_with(['{', ']']));
    if first == "{" || list { Framing::Objects } else { Framing::Lines }
}

/// The format of one record.
pub(crate) fn format_of(record: &str, limits: &Limits) -> Option<Format> {
    let record = without_mark(record);
    let zeek = ["#separator ", "#set_separator", "#empty_field", "#unset_field", "#fields", "#path"];
    if zeek.iter().any(|it| record.starts_with(it)) {
        return Some(Format::Zeek);
    }
    let mut cursor = Cursor::new(record, limits.max_depth);
    if cursor.kind() != Ok(Kind::Object) {
        return format_of_text(record);
    }
    let mut marks = Marks::default();
    let mut open = cursor.open_object().ok()?;
    while let Ok(Some(name)) = cursor.member(&mut open) {
        let kind = cursor.kind();
        marks.see(&name, kind == Ok(Kind::Object));
        if cursor.skip().is_err() {
            break;
        }
    }
    marks.format()
}

/// Tells whether a line is one of a format.
type IsOne = fn(&str) -> bool;

/// The format of a line that is no JSON.
fn format_of_text(line: &str) -> Option<Format> {
    let marks: [(IsOne, Format); 7] = [
        (w3c::recognise, Format::W3c),
        (|it| cef::start(it) == Some(0), Format::Cef),
        (|it| leef::start(it) == Some(0), Format::Leef),
        (auditd::recognise, Format::Auditd),
        (web::recognise, Format::Web),
        (squid::recognise, Format::Squid),
        (syslog::recognise, Format::Syslog),
    ];
    // A line in which the auditor's record stands behind a header is syslog's.
    let found = marks.iter().find(|it| it.0(line)).map(|it| it.1);
    found.map(|it| if it == Format::Auditd && syslog::recognise(line) { Format::Syslog } else { it })
}

/// Which telling members a JSON record has at its top.
#[derive(Default)]
struct Marks {
    eve: bool,
    zeek: bool,
    event: bool,
    windows: bool,
    channel: bool,
    winlog: bool,
    timestamp: bool,
    elastic: bool,
    ocsf: bool,
}

impl Marks {
    fn see(&mut self, name: &str, object: bool) {
        match name {
            "event_type" => self.eve = true,
            "_path" | "_write_ts" | "ts" | "@stream" => self.zeek = true,
            "Event" | "System" if object => self.event = true,
            "EventID" => self.windows = true,
            "Channel" | "SourceName" | "ProviderGuid" | "Provider_Name" => self.channel = true,
            "winlog" if object => self.winlog = true,
            "@timestamp" => self.timestamp = true,
            "ecs" | "event" | "agent" | "host" | "process" | "source" if object => self.elastic = true,
            "class_uid" | "category_uid" => self.ocsf = true,
            dotted if ["ecs.", "event.", "winlog.", "agent."].iter().any(|it| dotted.starts_with(it)) => {
                self.elastic = true;
            }
            _ => {}
        }
    }

    fn format(&self) -> Option<Format> {
        Some(match self {
            Self { winlog: true, .. } => Format::Ecs,
            Self { event: true, .. } | Self { windows: true, channel: true, .. } => Format::Winlog,
            // Also where a shipper of logs has put its own members beside it.
            Self { eve: true, .. } => Format::Eve,
            Self { ocsf: true, .. } => Format::Ocsf,
            Self { timestamp: true, elastic: true, .. } => Format::Ecs,
            Self { zeek: true, .. } => Format::Zeek,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Framing::{Lines, Objects};

    #[track_caller]
    fn check(head: &str, want: Option<(Format, Framing)>) {
        assert_eq!(recognise(head.as_bytes(), &Limits::default()), want, "{head}");
    }

    #[test]
    fn formats_are_recognised_by_content() {
        check("{\"timestamp\":\"x\",\"event_type\":\"dns\"}\n", Some((Format::Eve, Lines)));
        check("\u{feff}{\"event_type\":\"dns\"}", Some((Format::Eve, Lines)));
        check("\0\0{\"event_type\":\"dns\"}", Some((Format::Eve, Lines)));
        check("garbage\n{\"cut\n{\"event_type\":\"dns\"}", Some((Format::Eve, Lines)));
        check("{\"event_type\":\"dns\",\"cut", Some((Format::Eve, Lines)));
        check("[{\"event_type\":\"dns\"},", Some((Format::Eve, Objects)));
        check("[\n  {\n  \"event_type\": \"dns\"\n  },", Some((Format::Eve, Objects)));
        check("{\n\"event_type\": \"dns\"\n}", Some((Format::Eve, Objects)));
        check("{\"ts\":1.0,\"uid\":\"C\"}", Some((Format::Zeek, Lines)));
        check("#separator \\x09\n#set_separator\t,\n", Some((Format::Zeek, Lines)));
        check("#fields\tts\tuid\n", Some((Format::Zeek, Lines)));
        check("{\"Event\":{\"System\":{}}}\n", Some((Format::Winlog, Lines)));
        check("{\n  \"Event\": {\n", Some((Format::Winlog, Objects)));
        check(
            "{\"EventID\":1,\"EventType\":\"INFO\",\"Channel\":\"Security\"}\n",
            Some((Format::Winlog, Lines)),
        );
        check("{\"@timestamp\":\"x\",\"winlog\":{\"channel\":\"Security\"}}\n", Some((Format::Ecs, Lines)));
        check("{\"@timestamp\":\"x\",\"event.category\":\"process\"}\n", Some((Format::Ecs, Lines)));
        check("{\"@timestamp\":\"x\",\"host\":{},\"event_type\":\"dns\"}\n", Some((Format::Eve, Lines)));
        check("{\"class_uid\":1007,\"metadata\":{}}\n", Some((Format::Ocsf, Lines)));
        check("{\"a\":1}\n", Some((Format::Ndjson, Lines)));
        check("{\"a\":1}\n{\"event_type\":\"dns\"}\n", Some((Format::Eve, Lines)));
        check("{\"a\":", None);
        check("Mar  6 04:07:23 host prog: x\n", Some((Format::Syslog, Lines)));
        check(
            "<13>Mar  6 04:07:23 host audispd: type=AVC msg=audit(1.5:1): a=b\n",
            Some((Format::Syslog, Lines)),
        );
        check("type=AVC msg=audit(1.5:1): a=b\n", Some((Format::Auditd, Lines)));
        check("CEF:0|a|b|c|d|e|f|\n", Some((Format::Cef, Lines)));
        check("LEEF:1.0|a|b|c|d|\n", Some((Format::Leef, Lines)));
        check("#Software: IIS\n", Some((Format::W3c, Lines)));
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET / HTTP/1.1\" 200 1\n",
            Some((Format::Web, Lines)),
        );
        check("1286536309.1 0 192.0.2.24 TCP_MISS/200 0 GET x - NONE/- -\n", Some((Format::Squid, Lines)));
        check("\u{feff}{ \"Records\": [\n{\"a\":1},", Some((Format::Ndjson, Framing::Wrapped(17))));
        check("{\"Records\":[1]}", Some((Format::Ndjson, Lines)));
        check("[Fri Sep 09 10:42:29 2011] [notice] x\n", Some((Format::Web, Lines)));
        check("time,src_ip\n1,2\n", Some((Format::Csv, Lines)));
        check("time,src_ip\n", None);
        check("", None);
        check("#comment\n", None);
        check("\u{1f8b}", None);
    }
}
