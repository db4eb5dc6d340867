//! Plain lists: one value a line, perhaps a tab and its source, `#` for comments.
//!
//! What a value is, is recognised from the value. A line of a hosts file lists the names after its address. Defanged
//! values (`hxxp`, `[.]`) are read as what they stand for. [`Chunk::read`] takes any whole lines, so that the chunks
//! of a long list can be read on several cores and added to a [`crate::Builder`] in their order.
//!
//! Invariants
//! - A line that cannot be read costs only itself, and is counted with its number and reason.
//! - A value longer than [`MAX_VALUE_BYTES`] is refused, whatever it is.
//!
//! Start with [`Chunk::read`], then `list/value.rs`.

use std::collections::HashMap;

use crate::rule::Refusal;

mod value;

pub use value::{Unreadable, read_value};

/// The longest value that a list may hold, in bytes.
pub const MAX_VALUE_BYTES: usize = 4096;

/// How many refused lines of a chunk are described; the others are only counted.
const DESCRIBED: usize = 100;

/// Some lines of a list, read: the values in canonical form.
#[derive(Debug, Default)]
pub struct Chunk {
    pub(crate) keys: Vec<u8>,
    pub(crate) values: Vec<Value>,
    pub(crate) sources: Vec<Box<str>>,
    /// The lines that were refused, the first hundred of them.
    pub refused: Vec<Refusal>,
    /// How many lines were refused.
    pub refused_count: u64,
    /// How many lines there were.
    pub lines: u64,
}

/// One value of a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    /// Where its key begins in `keys`; it ends where the next begins.
    pub(crate) start: u32,
    /// The line of the list, from 1.
    pub(crate) line: u32,
    /// Which of `sources`.
    pub(crate) source: u32,
}

impl Chunk {
    /// Reads whole lines, of which the first is line `first_line` of the list. The bytes should be fewer than 4 GiB.
    pub fn read(bytes: &[u8], first_line: u64) -> Self {
        let mut reader = Reader::default();
        for line in bytes.split_inclusive(|it| *it == b'\n') {
            reader.line(line, first_line + reader.chunk.lines);
            reader.chunk.lines += 1;
        }
        reader.chunk
    }

    /// How many values were read.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values with their keys, in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Value, &[u8])> {
        let ends = self.values.iter().skip(1).map(|it| it.start as usize).chain([self.keys.len()]);
        self.values
            .iter()
            .zip(ends)
            .map(|(value, end)| (*value, self.keys.get(value.start as usize..end).unwrap_or_default()))
    }
}

#[derive(Default)]
struct Reader {
    chunk: Chunk,
    known_sources: HashMap<Box<str>, u32>,
    last_source: (String, u32),
    key: Vec<u8>,
}

impl Reader {
    fn line(&mut self, line: &[u8], number: u64) {
        let Ok(line) = std::str::from_utf8(line) else {
            return self.refuse(number, Unreadable::NotUtf8, "");
        };
        let line = line.trim_matches(['\u{feff}', '\n', '\r', ' ', '\t']);
        if line.is_empty() || line.starts_with('#') {
            return;
        }
        let (text, source) = line.split_once('\t').unwrap_or((line, ""));
        let text = text.find(" #").and_then(|at| text.get(..at)).unwrap_or(text).trim_end();
        let source = self.source(source.trim());
        if let Some(names) = hosts_line(line) {
            for name in names.filter(|it| !is_own_name(it)) {
                self.value(name, number, 0);
            }
            return;
        }
        self.value(text, number, source);
    }

    fn value(&mut self, text: &str, number: u64, source: u32) {
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        let Ok(start) = u32::try_from(self.chunk.keys.len()) else {
            return self.refuse(number, Unreadable::TooLong, text);
        };
        match read_value(text, &mut self.key) {
            Ok(_) => {
                self.chunk.keys.extend_from_slice(&self.key);
                self.chunk.values.push(Value { start, line, source });
            }
            Err(reason) => self.refuse(number, reason, text),
        }
    }

    fn source(&mut self, text: &str) -> u32 {
        if self.chunk.sources.is_empty() {
            self.chunk.sources.push("".into());
            self.known_sources.insert("".into(), 0);
        }
        if self.last_source.0 == text {
            return self.last_source.1;
        }
        let number = self.known_sources.get(text).copied().unwrap_or_else(|| {
            let number = u32::try_from(self.chunk.sources.len()).unwrap_or(0);
            self.chunk.sources.push(text.into());
            self.known_sources.insert(text.into(), number);
            number
        });
        text.clone_into(&mut self.last_source.0);
        self.last_source.1 = number;
        number
    }

    fn refuse(&mut self, line: u64, reason: Unreadable, text: &str) {
        self.chunk.refused_count += 1;
        if self.chunk.refused.len() < DESCRIBED {
            let shown: String = text.chars().take(80).collect();
            let place = format!("line {line}");
            self.chunk.refused.push(Refusal {
                place,
                reason: reason.into(),
                detail: format!("`{shown}`: {reason}"),
            });
        }
    }
}

/// The names of a hosts-file line: those after an address that leads nowhere.
fn hosts_line(line: &str) -> Option<impl Iterator<Item = &str>> {
    let (first, rest) = line.split_once([' ', '\t'])?;
    let nowhere = [
        "0.0.0.0",
        "127.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%lo0",
        "ff00::0",
        "ff02::1",
        "ff02::2",
    ];
    if !nowhere.contains(&first) {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or_default().trim();
    // A listed address with its source looks alike; names in a hosts file have a dot or are those every machine has.
    let names = || rest.split_ascii_whitespace();
    (names().next().is_some() && names().all(|it| it.contains('.') || is_own_name(it))).then(names)
}

/// The names by which a machine knows itself, with which every hosts file begins.
fn is_own_name(name: &str) -> bool {
    let names = ["localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0"];
    names.contains(&name) || name.starts_with("ip6-")
}

#[cfg(test)]
mod tests;
