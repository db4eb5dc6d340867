//! What is said between the process that has the evidence and the one that reads the log.
//!
//! Either side speaks in frames: how many bytes, then the bytes. The reader's are lines of JSON and short; those of the side
//! with the evidence are files. A log is sent, the reader asks for files as it needs them, tells, and ends with
//! [`Said::Done`].

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

/// The longest frame that a reader may send, in bytes.
pub(super) const FRAME: u32 = 256 << 10;

/// The longest message that is told, in bytes. As JSON it fits into a frame whatever stands in it.
pub(super) const MESSAGE: usize = 32 << 10;

/// The longest name that is told, in bytes.
pub(super) const TITLE: usize = 4 << 10;

/// What the reader says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Said {
    /// It is shut in and takes logs.
    Ready,
    /// It cannot be shut in, and so takes none.
    Unable(String),
    /// It needs a file.
    Want(Wanted),
    /// An entry whose message names something.
    Entry(Entry),
    /// How often it met programs, libraries and subsystems since it last said so.
    Met(Vec<Met>),
    /// Something of the log could not be read.
    Lost(String),
    /// All of the log is read.
    Done,
}

/// A file beside the log.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Wanted {
    /// The strings of a program or library, by its UUID in 32 digits.
    Strings(String),
    /// The strings of a cache of libraries, by its UUID in 32 digits.
    Shared(String),
    /// One of the files that say what the time was, by its number.
    Times(u32),
}

/// An entry of the log.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The how manieth of the file.
    pub(super) number: u64,
    /// The program's path.
    pub(super) process: String,
    /// The subsystem that wrote it.
    pub(super) subsystem: String,
    /// What it says.
    pub(super) message: String,
    /// When, in nanoseconds since 1970, if that is known.
    pub(super) time: Option<i64>,
}

/// What wrote entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Met {
    /// What it is.
    pub(super) what: What,
    /// Its path or name; of a program that is not known, empty.
    pub(super) name: String,
    /// How many entries.
    pub(super) count: u64,
    /// The earliest time, in nanoseconds since 1970.
    pub(super) first: Option<i64>,
    /// The latest.
    pub(super) last: Option<i64>,
}

/// What can write entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// A program.
    Process,
    /// A library within one.
    Library,
    /// A part of a program, by the name that its maker chose.
    Subsystem,
}

impl Met {
    /// With what was met later.
    pub(super) fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}

/// Why nothing more is heard.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The other side is no more.
    #[error("it is no more")]
    Gone(#[from] io::Error),
    /// A frame is too long.
    #[error("it sent {0} bytes at once")]
    TooLong(u32),
    /// A frame is none.
    #[error("it sent what is none of its words")]
    NoWord,
}

/// Says something, on the reader's side.
pub(super) fn say(to: &mut dyn Write, said: &Said) -> io::Result<()> {
    let text = serde_json::to_vec(said)?;
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&text)?;
    to.flush()
}

/// Hears what the reader says. It may say anything.
pub(super) fn hear(from: &mut dyn Read) -> Result<Said, Broken> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > FRAME {
        return Err(Broken::TooLong(length));
    }
    let mut text = Vec::new();
    from.take(length.into()).read_to_end(&mut text)?;
    if text.len() < length as usize {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    serde_json::from_slice(&text).map_err(|_| Broken::NoWord)
}

/// Sends a file, or that there is none.
pub(super) fn send(to: &mut dyn Write, file: Option<&[u8]>) -> io::Result<()> {
    // A length that no file has stands for none.
    let length = file.map_or(u64::MAX, |it| it.len() as u64);
    to.write_all(&length.to_le_bytes())?;
    to.write_all(file.unwrap_or_default())?;
    to.flush()
}

/// What was sent, on the reader's side.
#[derive(Debug, PartialEq)]
pub(super) enum Sent {
    /// A file.
    File(Vec<u8>),
    /// That there is no such file.
    NoFile,
    /// Nothing, and nothing more will be.
    Nothing,
}

/// Takes what is sent, on the reader's side.
pub(super) fn take(from: &mut dyn Read) -> io::Result<Sent> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Sent::Nothing),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    if length == u64::MAX {
        return Ok(Sent::NoFile);
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Sent::File(bytes))
}

/// The beginning of a text, in at most so many bytes.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let entry = Entry { number: 7, message: "\u{1}".repeat(MESSAGE), time: Some(-1), ..Entry::default() };
        let met = Met { what: What::Library, name: "/x".to_owned(), count: 2, first: Some(1), last: None };
        for said in [
            Said::Ready,
            Said::Unable("x".to_owned()),
            Said::Want(Wanted::Strings("AB".to_owned())),
            Said::Want(Wanted::Times(3)),
            Said::Entry(entry),
            Said::Met(vec![met]),
            Said::Lost("why".to_owned()),
            Said::Done,
        ] {
            let mut bytes = Vec::new();
            say(&mut bytes, &said).unwrap();
            assert!(bytes.len() < FRAME as usize, "{} bytes", bytes.len());
            assert_eq!(hear(&mut &*bytes).unwrap(), said);
        }
    }

    #[test]
    fn what_is_none_of_its_words_is_refused() {
        #[track_caller]
        fn check(bytes: &[u8], want: &str) {
            assert_eq!(hear(&mut &*bytes).unwrap_err().to_string(), want);
        }
        let framed = |text: &str| [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
        check(b"", "it is no more");
        check(b"\x05\0\0\0\"don", "it is no more");
        check(b"\xff\xff\xff\xff", "it sent 4294967295 bytes at once");
        check(&framed("\"gone\""), "it sent what is none of its words");
        check(&framed(r#"{"entry":{"number":-1}}"#), "it sent what is none of its words");
        check(&framed(r#"{"want":{"path":"/etc/passwd"}}"#), "it sent what is none of its words");
        check(&framed(&"[".repeat(9999)), "it sent what is none of its words");
    }

    #[test]
    fn files_arrive() {
        let mut bytes = Vec::new();
        send(&mut bytes, Some(b"abc")).unwrap();
        send(&mut bytes, None).unwrap();
        let mut from = &*bytes;
        assert_eq!(take(&mut from).unwrap(), Sent::File(b"abc".to_vec()));
        assert_eq!(take(&mut from).unwrap(), Sent::NoFile);
        assert_eq!(take(&mut from).unwrap(), Sent::Nothing);
        assert!(take(&mut &bytes[..9]).is_err());
    }
}
