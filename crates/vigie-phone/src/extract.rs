//! An extract: what a phone's records show to indicators, and when; to be asked again when new indicators come.
//!
//! ```text
//! Record… ─► Writer ─► gzip ─► whatever encrypts (sealed.rs)      whatever decrypts ─► Reader ─► Record…, End
//! ```
//!
//! docs/spec/phone.md says what is kept and why. A line of JSON for each thing: first the [`Head`], then records, then
//! what became of each artefact, then the end.
//!
//! Invariants
//! - No text of a record is kept, and no record that could meet nothing.
//! - Addresses of people (e-mail, telephone, messengers) are kept as digests under a salt of the extract's own, with the
//!   domain of an e-mail address. Who knows an address can ask for it; who does not cannot read it.
//! - Nothing is held but one line. A line that cannot be understood costs only itself.
//!
//! Start with [`Writer::take`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use vigie_model::event::{Observed, Path};

use crate::{Certainty, Kind, Record, State, Told, hexadecimal, link};

mod read;
mod words;

pub use read::{End, ExtractError, Reader};

/// The version of the format.
pub const FORMAT: u64 = 1;

/// The longest line, in bytes. A record that needs a longer one is left out, and counted.
pub const MAX_LINE: usize = 4 << 20;

/// Stands in a place before and after the number of the value that is kept as a digest.
const MARK: char = '\u{1}';

/// How hard is pressed: twice as fast as the usual, and a tenth larger.
const LEVEL: u32 = 3;

/// What an extract says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the format.
    pub vigie_phone_extract: u64,
    /// The kind of evidence, by its word.
    pub kind: String,
    /// When the phone was checked, in nanoseconds since 1970.
    pub checked_at: i64,
    /// SHA-256 over the manifest of the evidence.
    pub evidence_sha256: String,
    /// How many files the evidence had.
    pub evidence_files: u64,
    /// How many bytes.
    pub evidence_bytes: u64,
    /// What the owner agreed to.
    pub consent: Agreed,
    /// What digests of people's addresses are made with.
    pub salt: String,
}

/// What the owner agreed to; not who the owner is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// What the check is for.
    pub purpose: String,
    /// What may be looked at.
    pub scope: String,
    /// How long what comes of it is kept.
    pub retention: String,
    /// The day on which the owner agreed.
    pub date: String,
}

/// A line after the first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line<'l> {
    Record(Kept<'l>),
    State(KeptState),
    Note(String),
    End(KeptEnd),
}

/// A record as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept<'l> {
    artefact: Cow<'l, str>,
    file: Cow<'l, str>,
    place: Cow<'l, str>,
    /// What, when, how sure.
    moments: Vec<(Cow<'l, str>, i64, Cow<'l, str>)>,
    /// Of which object, what, and its value.
    seen: Vec<(u16, Cow<'l, str>, Value<'l>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signs: Vec<Cow<'l, str>>,
}

/// A value as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value<'l> {
    Text(Cow<'l, str>),
    Number(i64),
    Object { object: u16 },
    Person { person: String, at: Option<String> },
}

/// What became of an artefact.
#[derive(Serialize, Deserialize)]
struct KeptState {
    artefact: String,
    file: Option<String>,
    state: String,
    read: Option<u64>,
    of: Option<u64>,
    why: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptEnd {
    /// Records of the check, kept or not.
    records: u64,
    /// Records that are kept.
    kept: u64,
    /// Records that were too large to be kept.
    left_out: u64,
    /// Whether the evidence as a whole is damaged.
    damaged: bool,
}

/// The words for what became of an artefact.
const STATES: [&str; 5] = ["present", "partial", "unreadable", "absent", "not in this kind"];

/// The words for how sure a time is.
const SURE: [(Certainty, &str); 4] = [
    (Certainty::Exact, "exact"),
    (Certainty::Day, "day"),
    (Certainty::Zoned, "zoned"),
    (Certainty::Local, "local"),
];

/// The paths that readers produce, as patterns write them.
static PATHS: LazyLock<HashMap<Path, String>> =
    LazyLock::new(|| Path::ALL.iter().map(|it| (*it, it.to_string())).collect());

impl Head {
    /// Of evidence of this kind that was checked then.
    pub fn new(kind: Kind, checked_at: i64, evidence_sha256: &str, consent: Agreed, salt: [u8; 16]) -> Self {
        Self {
            vigie_phone_extract: FORMAT,
            kind: kind.as_str().to_owned(),
            checked_at,
            evidence_sha256: evidence_sha256.to_owned(),
            evidence_files: 0,
            evidence_bytes: 0,
            consent,
            salt: hexadecimal::of(&salt),
        }
    }

    /// The digest under which somebody's address is kept.
    pub fn person(&self, address: &str) -> String {
        // A key of any length is one to HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.salt.as_bytes()) else { return String::new() };
        mac.update(folded(address).as_bytes());
        hexadecimal::of(mac.finalize().into_bytes().get(..16).unwrap_or_default())
    }
}

/// An address in one spelling: of e-mail in lower case, with its domain as a browser would ask for it; others as they are.
fn folded(address: &str) -> String {
    let trimmed = address.trim().trim_start_matches('<').trim_end_matches('>');
    match trimmed.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", local.to_ascii_lowercase(), domain_of(domain)),
        None => trimmed.to_owned(),
    }
}

fn domain_of(domain: &str) -> String {
    link::host(domain).unwrap_or_else(|| domain.to_lowercase())
}

/// Whether a value names somebody.
fn names_somebody(path: Path) -> bool {
    matches!(path, Path::EmailAddress | Path::UserId | Path::UserLogin)
}

/// Writes an extract as records come.
pub struct Writer<W: Write> {
    out: GzEncoder<W>,
    head: Head,
    line: Vec<u8>,
    end: KeptEnd,
}

impl<W: Write> Writer<W> {
    /// Begins with what the extract says of itself.
    pub fn new(out: W, head: Head) -> io::Result<Self> {
        let end = KeptEnd { records: 0, kept: 0, left_out: 0, damaged: false };
        let out = GzEncoder::new(out, Compression::new(LEVEL));
        let mut writer = Self { out, head, line: Vec::new(), end };
        let head = writer.head.clone();
        writer.put(&head)?;
        Ok(writer)
    }

    /// Takes a record. What could meet nothing is only counted.
    pub fn take(&mut self, record: &Record) -> io::Result<()> {
        self.end.records += 1;
        if record.seen.is_empty() && record.signs.is_empty() {
            return Ok(());
        }
        let line = Line::Record(self.kept(record));
        if self.put(&line)? {
            self.end.kept += 1;
        } else {
            self.end.left_out += 1;
        }
        Ok(())
    }

    fn kept<'r>(&self, record: &'r Record) -> Kept<'r> {
        let mut place = Cow::Borrowed(record.place.as_str());
        if place.contains(MARK) {
            place = place.replace(MARK, "?").into();
        }
        let mut seen = Vec::with_capacity(record.seen.len());
        for (number, observable) in record.seen.iter().enumerate() {
            let value = match &observable.value {
                Observed::Text(text) if names_somebody(observable.path) => {
                    if !text.is_empty() && place.contains(&**text) {
                        place = place.replace(&**text, &format!("{MARK}{number}{MARK}")).into();
                    }
                    self.person(text)
                }
                Observed::Text(text) => Value::Text(Cow::Borrowed(text)),
                Observed::Number(number) => Value::Number(*number),
                Observed::Object(object) => Value::Object { object: *object },
            };
            seen.push((observable.object, Cow::Borrowed(path_name(observable.path)), value));
        }
        let moments = record.moments.iter();
        Kept {
            artefact: record.artefact.into(),
            file: Cow::Borrowed(&record.file),
            place,
            moments: moments.map(|it| (it.what.into(), it.time, sure(it.certainty).into())).collect(),
            seen,
            signs: record.signs.iter().map(|it| it.name().into()).collect(),
        }
    }

    fn person(&self, address: &str) -> Value<'static> {
        let domain = address.trim_end_matches('>').rsplit_once('@').map(|it| domain_of(it.1));
        Value::Person { person: self.head.person(address), at: domain }
    }

    /// Writes a line; none that is too long.
    fn put(&mut self, line: &impl Serialize) -> io::Result<bool> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        if self.line.len() > MAX_LINE {
            return Ok(false);
        }
        self.out.write_all(&self.line)?;
        Ok(true)
    }

    /// Ends with what became of each artefact, and what is to be said of the evidence as a whole.
    pub fn end(mut self, told: &[Told], notes: &[String], damaged: bool) -> io::Result<W> {
        for it in told {
            self.put(&Line::State(KeptState::of(it)))?;
        }
        for note in notes {
            self.put(&Line::Note(note.clone()))?;
        }
        self.end.damaged = damaged;
        let KeptEnd { records, kept, left_out, damaged } = self.end;
        self.put(&Line::End(KeptEnd { records, kept, left_out, damaged }))?;
        self.out.finish()
    }
}

impl KeptState {
    fn of(told: &Told) -> Self {
        let (word, read, of, why) = match &told.state {
            State::Present { records } => (0, Some(*records), None, None),
            State::Partial { read, of, why } => (1, Some(*read), *of, Some(why.clone())),
            State::Unreadable { why } => (2, None, None, Some(why.clone())),
            State::Absent => (3, None, None, None),
            State::NotInThisKind => (4, None, None, None),
        };
        let state = STATES.get(word).copied().unwrap_or_default().to_owned();
        let file = told.file.as_deref().map(str::to_owned);
        Self { artefact: told.artefact.to_owned(), file, state, read, of, why }
    }
}

fn path_name(path: Path) -> &'static str {
    PATHS.get(&path).map_or("", String::as_str)
}

fn sure(certainty: Certainty) -> &'static str {
    SURE.iter().find(|it| it.0 == certainty).map_or("", |it| it.1)
}

#[cfg(test)]
mod tests;
