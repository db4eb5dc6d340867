//! Recognising a format by content.

use crate::json::{Cursor, Kind};
use crate::lines::Framing;
use crate::{Format, Limits};

/// How many lines are looked at before a stream is called unknown.
const LINES: usize = 64;

/// What the first bytes of a stream say: its format, and how its records are told apart. None: nothing yet.
pub(crate) fn recognise(head: &[u8], limits: &Limits) -> Option<(Format, Framing)> {
    let text = String::from_utf8_lossy(head);
    let text = without_mark(&text);
    let framing = framing(text);
    if framing == Framing::Objects {
        let first = text.find('{').and_then(|it| text.get(it..))?;
        return Some((format_of(first, limits)?, framing));
    }
    text.lines().take(LINES).find_map(|line| format_of(line, limits)).map(|it| (it, framing))
}

/// The text without a byte order mark, and without the zero bytes that a log holds where it was cut while being written.
pub(crate) fn without_mark(text: &str) -> &str {
    text.trim_start_matches(['\u{feff}', '\0'])
}

/// A list, or an object that goes on in the next line, is cut by braces.
fn framing(text: &str) -> Framing {
    let first = text.trim_start().lines().next().unwrap_or_default().trim_end();
    if first == "{" || first.starts_with('[') { Framing::Objects } else { Framing::Lines }
}

fn format_of(record: &str, limits: &Limits) -> Option<Format> {
    let record = without_mark(record);
    let zeek = ["#separator ", "#set_separator", "#empty_field", "#unset_field", "#fields", "#path"];
    if zeek.iter().any(|it| record.starts_with(it)) {
        return Some(Format::Zeek);
    }
    let mut cursor = Cursor::new(record, limits.max_depth);
    if cursor.kind() != Ok(Kind::Object) {
        return None;
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
            Self { ocsf: true, .. } => Format::Ocsf,
            Self { timestamp: true, elastic: true, .. } => Format::Ecs,
            Self { eve: true, .. } => Format::Eve,
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
        check("{\"class_uid\":1007,\"metadata\":{}}\n", Some((Format::Ocsf, Lines)));
        check("{\"a\":1}\n", None);
        check("", None);
        check("#comment\n", None);
        check("\u{1f8b}", None);
    }
}
