//! Reads an extract. Whoever knows a public key can make one, so that it is as hostile as any evidence.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, LazyLock};

use flate2::bufread::GzDecoder;
use vigie_model::event::{Observable, Observed, Path};

use super::words::Words;
use super::{FORMAT, Head, Kept, KeptEnd, KeptState, Line, MARK, MAX_LINE, PATHS, SURE, Value};
use crate::{Certainty, Limits, Moment, Record, Sign, State, Told};

/// How many lines that were not understood are described.
const DESCRIBED: usize = 20;

/// Properties by how patterns write them.
static NAMED: LazyLock<HashMap<&'static str, Path>> =
    LazyLock::new(|| PATHS.iter().map(|(path, name)| (name.as_str(), *path)).collect());

/// Why an extract cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// It is something else.
    #[error("it is no extract of a phone check; `vigie phone check --extract-to` makes one")]
    Foreign,
    /// It was made by another version of this program.
    #[error(
        "it is an extract of format {0}; this version reads format {FORMAT}, so use the version of Vigie that made it"
    )]
    Format(u64),
    /// Its bytes cannot be read.
    #[error("line {line} cannot be read: {why}; copy the extract again from where it was made")]
    Damaged {
        /// The line.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// A line that no extract has.
    #[error(
        "line {line} is longer than {MAX_LINE} bytes, which no extract of Vigie has; do not trust who made it"
    )]
    LongLine {
        /// The line.
        line: u64,
    },
    /// It unpacks to more than it may.
    #[error(
        "it unpacks to more than {limit} bytes, which no extract of this size does; do not trust who made it"
    )]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// The last line is missing.
    #[error(
        "it ends after line {line} without its last line; check the phone's evidence again, or copy the extract again"
    )]
    Cut {
        /// The last line that is there.
        line: u64,
    },
}

/// What stands at the end of an extract, and what was found wrong with it on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// What became of each artefact at the check.
    pub told: Vec<Told>,
    /// What the check had to say of the evidence as a whole.
    pub notes: Vec<String>,
    /// Whether the evidence as a whole was damaged.
    pub damaged: bool,
    /// How many records the check read.
    pub records: u64,
    /// How many of them were too large to be kept.
    pub left_out: u64,
    /// How many lines of the extract could not be understood.
    pub bad: u64,
    /// The first of these, a sentence each.
    pub faults: Vec<String>,
}

/// What every version of the format begins with.
#[derive(serde::Deserialize)]
struct Version {
    vigie_phone_extract: u64,
}

/// An extract, of which the head was read.
pub struct Reader<R: Read> {
    lines: Lines<R>,
    head: Head,
    words: Words,
    file: Arc<str>,
    end: End,
    /// Bounds for how many states and notes are kept.
    most: usize,
}

impl<R: Read> Reader<R> {
    /// Reads the head of an extract that has so many bytes while it is packed.
    pub fn new(source: R, packed: u64, limits: &Limits) -> Result<Self, ExtractError> {
        let mut lines = Lines::new(source, limits.unpacked(packed));
        let line = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) | Err(ExtractError::Damaged { .. }) => return Err(ExtractError::Foreign),
            Err(error) => return Err(error),
        };
        let version: Version = serde_json::from_slice(line).map_err(|_| ExtractError::Foreign)?;
        if version.vigie_phone_extract != FORMAT {
            return Err(ExtractError::Format(version.vigie_phone_extract));
        }
        let head = serde_json::from_slice(line)
            .map_err(|it| ExtractError::Damaged { line: 1, why: it.to_string() })?;
        Ok(Self {
            lines,
            head,
            words: Words::default(),
            file: Arc::from(""),
            end: End::default(),
            most: limits.entries,
        })
    }

    /// What the extract says of itself.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Reads all records. `who` says whose address has a digest, as far as somebody asks for it; of others only the domain of
    /// an e-mail address is told.
    pub fn records(
        mut self,
        who: &dyn Fn(&str) -> Option<String>,
        tell: &mut dyn FnMut(Record),
    ) -> Result<End, ExtractError> {
        loop {
            let Some(line) = self.lines.next()? else {
                return Err(ExtractError::Cut { line: self.lines.number });
            };
            match serde_json::from_slice(line) {
                Ok(Line::Record(kept)) => match self.record(kept, who) {
                    Ok(record) => tell(record),
                    Err(why) => self.bad(&why),
                },
                Ok(Line::State(kept)) => match self.state(kept) {
                    Ok(told) if self.end.told.len() < self.most => self.end.told.push(told),
                    Ok(_) => self.bad("there are too many artefacts"),
                    Err(why) => self.bad(&why),
                },
                Ok(Line::Note(note)) if self.end.notes.len() < self.most => self.end.notes.push(note),
                Ok(Line::Note(_)) => self.bad("there are too many notes"),
                Ok(Line::End(end)) => return self.ended(&end),
                Err(error) => self.bad(&error.to_string()),
            }
        }
    }

    fn ended(mut self, end: &KeptEnd) -> Result<End, ExtractError> {
        // What is packed proves itself at its end.
        if self.lines.next()?.is_some() {
            self.bad("something stands after the end");
        }
        self.end.records = end.records;
        self.end.left_out = end.left_out;
        self.end.damaged = end.damaged;
        Ok(self.end)
    }

    fn bad(&mut self, why: &str) {
        self.end.bad += 1;
        if self.end.faults.len() < DESCRIBED {
            let why: String = why.chars().take(200).collect();
            self.end.faults.push(format!("line {} of the extract: {why}", self.lines.number));
        }
    }

    fn word(&mut self, word: &str) -> Result<&'static str, String> {
        self.words.own(word).ok_or_else(|| format!("`{}` is no word of an extract", cut(word)))
    }

    fn record(&mut self, kept: Kept<'_>, who: &dyn Fn(&str) -> Option<String>) -> Result<Record, String> {
        let artefact = self.word(&kept.artefact)?;
        let mut moments = Vec::with_capacity(kept.moments.len());
        for (what, time, certainty) in &kept.moments {
            moments.push(Moment { what: self.word(what)?, time: *time, certainty: sure(certainty)? });
        }
        let mut place = kept.place.into_owned();
        let mut seen = Vec::with_capacity(kept.seen.len());
        for (number, (object, name, value)) in kept.seen.into_iter().enumerate() {
            let path = *NAMED
                .get(&*name)
                .ok_or_else(|| format!("`{}` is no property that is known here", cut(&name)))?;
            let value = match value {
                Value::Text(text) => Some(Observed::Text(text.into_owned().into())),
                Value::Number(number) => Some(Observed::Number(number)),
                Value::Object { object } => Some(Observed::Object(object)),
                Value::Person { person, at } => {
                    let known = who(&person);
                    let shown = known.or_else(|| at.map(|it| format!("…@{it}")));
                    let mark = format!("{MARK}{number}{MARK}");
                    place = place.replace(&mark, shown.as_deref().unwrap_or("…"));
                    shown.map(|it| Observed::Text(it.into()))
                }
            };
            seen.extend(value.map(|value| Observable { object, path, value }));
        }
        let sign = |name: &Cow<'_, str>| {
            let known = Sign::ALL.iter().find(|it| it.name() == name).copied();
            known.ok_or_else(|| format!("`{}` is no sign that is known here", cut(name)))
        };
        let signs = kept.signs.iter().map(sign).collect::<Result<_, _>>()?;
        if *self.file != *kept.file {
            self.file = Arc::from(&*kept.file);
        }
        Ok(Record {
            artefact,
            file: Arc::clone(&self.file),
            place,
            moments,
            text: String::new(),
            seen,
            signs,
        })
    }

    fn state(&mut self, kept: KeptState) -> Result<Told, String> {
        let artefact = self.word(&kept.artefact)?;
        let why = kept.why.unwrap_or_default();
        let state = match (kept.state.as_str(), kept.read) {
            ("present", Some(records)) => State::Present { records },
            ("partial", Some(read)) => State::Partial { read, of: kept.of, why },
            ("unreadable", _) => State::Unreadable { why },
            ("absent", _) => State::Absent,
            ("not in this kind", _) => State::NotInThisKind,
            (other, _) => return Err(format!("`{}` is no state of an artefact", cut(other))),
        };
        Ok(Told { artefact, file: kept.file.map(Arc::from), state })
    }
}

fn sure(word: &str) -> Result<Certainty, String> {
    let known = SURE.iter().find(|it| it.1 == word);
    known.map(|it| it.0).ok_or_else(|| format!("`{}` is no certainty", cut(word)))
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Lines of what is packed.
struct Lines<R: Read> {
    from: BufReader<GzDecoder<BufReader<R>>>,
    line: Vec<u8>,
    number: u64,
    /// How many more bytes it may unpack to.
    left: u64,
    limit: u64,
}

impl<R: Read> Lines<R> {
    fn new(source: R, limit: u64) -> Self {
        let from =
            BufReader::with_capacity(64 << 10, GzDecoder::new(BufReader::with_capacity(64 << 10, source)));
        Self { from, line: Vec::new(), number: 0, left: limit, limit }
    }

    /// The next line, without its end.
    fn next(&mut self) -> Result<Option<&[u8]>, ExtractError> {
        self.line.clear();
        let number = self.number + 1;
        let most = self.left.min(MAX_LINE as u64);
        let read = (&mut self.from).take(most + 1).read_until(b'\n', &mut self.line);
        let read = read.map_err(|it| ExtractError::Damaged { line: number, why: said(&it) })? as u64;
        if read > self.left {
            return Err(ExtractError::TooLarge { limit: self.limit });
        }
        if read > MAX_LINE as u64 {
            return Err(ExtractError::LongLine { line: number });
        }
        self.left -= read;
        if read == 0 {
            return Ok(None);
        }
        self.number = number;
        Ok(Some(self.line.strip_suffix(b"\n").unwrap_or(&self.line)))
    }
}

fn said(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        "it ends too early".to_owned()
    } else {
        error.to_string()
    }
}
