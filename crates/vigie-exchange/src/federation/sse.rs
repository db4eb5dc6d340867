//! Server-sent events (HTML standard, section 9.2.6), from bytes as they come.
//!
//! Invariant: never holds more than the limit of one unfinished event, and what was pushed at once.

use std::collections::VecDeque;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its type; `message` if it names none.
    pub name: String,
    /// Its data: the lines, joined with line feeds.
    pub data: String,
}

/// An event that goes on and on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is larger than {limit} bytes, which is the limit")]
pub struct EventTooLong {
    limit: usize,
}

/// Makes events of bytes, cut anywhere.
#[derive(Debug)]
pub struct EventParser {
    limit: usize,
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    after_cr: bool,
    first_line: bool,
    ready: VecDeque<Event>,
}

impl EventParser {
    /// With the limit of one event, in bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            name: String::new(),
            data: None,
            after_cr: false,
            first_line: true,
            ready: VecDeque::new(),
        }
    }

    /// Takes what came. After an error the stream cannot be read further.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), EventTooLong> {
        for &byte in bytes {
            let follows_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                b'\n' if follows_cr => {}
                b'\n' | b'\r' => self.end_line(),
                _ if self.held() >= self.limit => return Err(EventTooLong { limit: self.limit }),
                _ => self.line.push(byte),
            }
        }
        Ok(())
    }

    /// The next event that is complete.
    #[expect(clippy::should_implement_trait, reason = "more may come after `None`")]
    pub fn next(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn held(&self) -> usize {
        self.line.len() + self.name.len() + self.data.as_ref().map_or(0, String::len)
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut text = String::from_utf8_lossy(&line);
        if std::mem::take(&mut self.first_line)
            && let Some(rest) = text.strip_prefix('\u{feff}')
        {
            text = rest.to_owned().into();
        }
        if text.is_empty() {
            return self.end_event();
        }
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments have an empty field. `id` and `retry` are of no use here: after an interruption we pull anyway, and
            // how soon we come back is not for the other side to say.
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let name = std::mem::take(&mut self.name);
        let Some(data) = self.data.take().filter(|it| !it.is_empty()) else { return };
        let name = if name.is_empty() { "message".to_owned() } else { name };
        self.ready.push_back(Event { name, data });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> String {
        let mut parser = EventParser::new(32);
        for piece in pieces {
            if let Err(error) = parser.push(piece) {
                return format!("error: {error}");
            }
        }
        let mut events = Vec::new();
        while let Some(event) = parser.next() {
            events.push(format!("{}={}", event.name, event.data));
        }
        events.join("|")
    }

    /// Whole, and cut at every place.
    #[track_caller]
    fn check(stream: &str, want: &str) {
        let stream = stream.as_bytes();
        assert_eq!(read(&[stream]), want, "whole");
        for cut in 0..=stream.len() {
            let (before, after) = stream.split_at(cut);
            assert_eq!(read(&[before, after]), want, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(read(&bytes), want, "byte by byte");
    }

    #[test]
    fn lines_end_in_three_ways() {
        check("data: a\n\ndata: b\r\rdata: c\r\n\r\n", "message=a|message=b|message=c");
    }

    #[test]
    fn fields_are_read_as_the_standard_says() {
        check("event: x\ndata:a\ndata:  b\n\n", "x=a\n b");
        check("\u{feff}data: a\n\n", "message=a");
        check("data\n\n", "");
        check("data\ndata\n\n", "message=\n");
        check(": comment\nid: 1\nretry: 9\nother: y\nnothing\n\n", "");
        check("event: lost\n\ndata: a\n\n", "message=a");
    }

    #[test]
    fn what_is_not_finished_is_no_event() {
        check("data: a\n", "");
        check("data: a", "");
    }

    #[test]
    fn an_event_has_a_limit_however_it_is_made() {
        let error = "error: the event is larger than 32 bytes, which is the limit";
        check(&"x".repeat(33), error);
        check(&format!(":{}", "x".repeat(99)), error);
        check(&"data: 1234\n".repeat(9), error);
        check(&":23456789\n".repeat(99), "");
        check(&"data: 1\n\n".repeat(5), "message=1|message=1|message=1|message=1|message=1");
        assert_eq!(read(&[b"data: \xff\n\n"]), "message=\u{fffd}");
    }
}
