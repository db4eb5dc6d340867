//! The side of the process apart: takes logs, lets the library read them, and says what it came to.
//!
//! Whatever happens here costs this process at most. A log is given to the library part by part (a catalogue and the entries
//! that it describes), so that a part over which the library gives up costs only itself.

use std::collections::HashMap;
use std::io::{self, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use macos_unifiedlogs::dsc::SharedCacheStrings;
use macos_unifiedlogs::parser::{build_log, parse_log};
use macos_unifiedlogs::timesync::TimesyncBoot;
use macos_unifiedlogs::traits::{FileProvider, SourceFile};
use macos_unifiedlogs::unified_log::{LogData, UnifiedLogData};
use macos_unifiedlogs::uuidtext::UUIDText;

use self::faults::Faults;
use self::parts::{Part, Parts};
use self::strings::Strings;
use super::names::{self, Known};
use super::talk::{self, Entry, MESSAGE, Met, Said, Sent, TITLE, Wanted, What, cut};
use crate::ios::draft::Draft;

mod faults;
mod parts;
mod strings;

/// How many values are remembered, so that each is told once.
const KNOWN: usize = 500_000;

/// How many long texts are kept, which entries of later parts may refer to.
const LONG_TEXTS: usize = 5_000;

/// How many programs, libraries and subsystems are told at once. They fit into a frame.
const AT_ONCE: usize = 8;

/// What the library says for a program whose file of strings is not there.
const UNKNOWN: &str = "Failed to get";

/// Reads logs until no more are sent: what a process apart does. If it could not be shut in, it reads none and says why.
pub fn work(input: impl Read, output: impl Write, shut_in: Result<(), String>) -> io::Result<()> {
    let link = Link { ends: Mutex::new((input, BufWriter::new(output))) };
    if let Err(why) = shut_in {
        return link.say(&Said::Unable(why));
    }
    let faults = Faults::install();
    link.say(&Said::Ready)?;
    let mut worker =
        Working { link: &link, faults, strings: Strings::default(), times: None, known: Known::new(KNOWN) };
    while let Sent::File(log) = link.take()? {
        worker.log(&log)?;
        link.say(&Said::Done)?;
    }
    Ok(())
}

/// Both ends of what leads to the process that has the evidence.
struct Link<R, W: Write> {
    ends: Mutex<(R, BufWriter<W>)>,
}

impl<R: Read, W: Write> Link<R, W> {
    fn with<T>(&self, what: impl FnOnce(&mut R, &mut BufWriter<W>) -> io::Result<T>) -> io::Result<T> {
        let mut ends = self.ends.lock().map_err(|_| io::Error::other("a reader gave up while it spoke"))?;
        let (input, output) = &mut *ends;
        what(input, output)
    }

    fn say(&self, said: &Said) -> io::Result<()> {
        self.with(|_, output| talk::say(output, said))
    }

    fn take(&self) -> io::Result<Sent> {
        self.with(|input, _| talk::take(input))
    }

    fn ask(&self, wanted: Wanted) -> io::Result<Vec<u8>> {
        self.say(&Said::Want(wanted))?;
        match self.take()? {
            Sent::File(bytes) => Ok(bytes),
            Sent::NoFile => Err(io::ErrorKind::NotFound.into()),
            Sent::Nothing => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The library asks for files by this. It gets those of strings only; logs are given to it.
impl<R: Read, W: Write> FileProvider for Link<R, W> {
    fn tracev3_files(&self) -> impl Iterator<Item = impl SourceFile> {
        std::iter::empty::<NoFile>()
    }

    fn uuidtext_files(&self) -> impl Iterator<Item = impl SourceFile> {
        std::iter::empty::<NoFile>()
    }

    fn read_uuidtext(&self, uuid: &str) -> Result<UUIDText, io::Error> {
        let bytes = self.ask(Wanted::Strings(uuid.to_owned()))?;
        UUIDText::parse_uuidtext(&bytes).map(|it| it.1).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    fn dsc_files(&self) -> impl Iterator<Item = impl SourceFile> {
        std::iter::empty::<NoFile>()
    }

    fn read_dsc_uuid(&self, uuid: &str) -> Result<SharedCacheStrings, io::Error> {
        let bytes = self.ask(Wanted::Shared(uuid.to_owned()))?;
        SharedCacheStrings::parse_dsc(&bytes).map(|it| it.1).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    fn timesync_files(&self) -> impl Iterator<Item = impl SourceFile> {
        std::iter::empty::<NoFile>()
    }
}

/// There is none.
enum NoFile {}

impl SourceFile for NoFile {
    fn reader(&mut self) -> impl Read {
        io::empty()
    }

    fn source_path(&self) -> &'static str {
        ""
    }
}

struct Working<'l, R, W: Write> {
    link: &'l Link<R, W>,
    faults: &'static Faults,
    strings: Strings,
    /// What the time was, by the start of the phone; read with the first log.
    times: Option<HashMap<String, TimesyncBoot>>,
    known: Known,
}

impl<R: Read, W: Write> Working<'_, R, W> {
    fn log(&mut self, log: &[u8]) -> io::Result<()> {
        if self.times.is_none() {
            self.times = Some(self.times()?);
        }
        let mut texts = UnifiedLogData::default();
        let mut number = 0;
        for part in Parts::of(log) {
            match part {
                Ok(part) => self.part(&part, &mut texts, &mut number)?,
                Err(why) => self.link.say(&Said::Lost(why))?,
            }
            // What the library could not read of it.
            for why in self.faults.take() {
                self.link.say(&Said::Lost(why))?;
            }
        }
        Ok(())
    }

    /// Reads the files that say what the time was.
    fn times(&mut self) -> io::Result<HashMap<String, TimesyncBoot>> {
        let mut times: HashMap<String, TimesyncBoot> = HashMap::new();
        for number in 0.. {
            self.link.say(&Said::Want(Wanted::Times(number)))?;
            let Sent::File(bytes) = self.link.take()? else { break };
            let read = catch_unwind(|| TimesyncBoot::parse_timesync_data(&bytes).ok().map(|it| it.1));
            let Ok(Some(read)) = read else {
                self.link.say(&Said::Lost(format!(
                    "file {number} of those that say what the time was is damaged"
                )))?;
                continue;
            };
            for (boot, mut new) in read {
                match times.get_mut(&boot) {
                    Some(known) => known.timesync.append(&mut new.timesync),
                    None => {
                        times.insert(boot, new);
                    }
                }
            }
        }
        Ok(times)
    }

    fn part(&mut self, part: &Part<'_>, texts: &mut UnifiedLogData, number: &mut u64) -> io::Result<()> {
        let Self { link, strings, times, .. } = self;
        let empty = HashMap::new();
        let times = times.as_ref().unwrap_or(&empty);
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut data = parse_log(&*part.bytes(), "").ok()?;
            if data.header.is_empty() {
                return None;
            }
            data.oversize.splice(0..0, std::mem::take(&mut texts.oversize));
            let (entries, _) = build_log(&data, *link, &*strings, times, false);
            // The newest of the long texts are kept.
            let surplus = data.oversize.len().saturating_sub(LONG_TEXTS);
            data.oversize.drain(..surplus);
            texts.oversize = data.oversize;
            Some(entries)
        }));
        let entries = match read {
            Ok(Some(read)) => read,
            Ok(None) => return link.say(&Said::Lost(format!("the part at byte {} is damaged", part.at))),
            Err(_) => {
                let why = format!("the library that reads it gave up over the part at byte {}", part.at);
                return link.say(&Said::Lost(why));
            }
        };
        self.tell(entries, number)
    }

    fn tell(&mut self, entries: Vec<LogData>, number: &mut u64) -> io::Result<()> {
        let mut wrote: HashMap<(What, String), Met> = HashMap::new();
        let nowhere = "".into();
        for entry in entries {
            *number += 1;
            let time = nanoseconds(entry.time);
            let process = if entry.process.starts_with(UNKNOWN) { "" } else { entry.process.as_str() };
            let mut meet = |what, name: &str| {
                let name = cut(name, TITLE).to_owned();
                let one = Met { what, name: name.clone(), count: 1, first: time, last: time };
                wrote.entry((what, name)).and_modify(|it| it.add(&one)).or_insert(one);
            };
            meet(What::Process, process);
            if !entry.library.is_empty() && entry.library != entry.process {
                meet(What::Library, &entry.library);
            }
            if !entry.subsystem.is_empty() && entry.subsystem != "Unknown subsystem" {
                meet(What::Subsystem, &entry.subsystem);
            }
            let message = cut(&entry.message, MESSAGE);
            let mut draft = Draft::default();
            names::named(&mut draft, message);
            if self.known.is_news(&draft.record("", &nowhere, 0).seen) {
                self.link.say(&Said::Entry(Entry {
                    number: *number,
                    process: cut(process, TITLE).to_owned(),
                    subsystem: cut(&entry.subsystem, TITLE).to_owned(),
                    message: message.to_owned(),
                    time,
                }))?;
            }
        }
        let mut wrote: Vec<Met> = wrote.into_values().collect();
        wrote.sort_by(|a, b| (a.what, &a.name).cmp(&(b.what, &b.name)));
        wrote.chunks(AT_ONCE).try_for_each(|it| self.link.say(&Said::Met(it.to_vec())))
    }
}

/// Nanoseconds since 1970. Without a file that says what the time was they count from the start of the phone, and say nothing.
fn nanoseconds(time: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it lies between the bounds of the number")]
    let whole = (time.is_finite() && time > 1e18 && time < 9e18).then_some(time as i64);
    whole
}
