//! The side that has the evidence: sends logs to a process apart, gives it the files that it asks for, and makes records of
//! what it says. Nothing that it says is trusted: it is bounded, and what can be compared is looked for here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::names::{self, Known};
use super::places::Places;
use super::talk::{self, Broken, Entry, MESSAGE, Met, Said, TITLE, Wanted, What, cut};
use crate::apart::{Apart, Worker};
use crate::ios::draft::Draft;
use crate::ios::program;
use crate::{Certainty, Files, Kind, Limits, Moment, Record, Sign, State, Told};

/// The name of the artefact.
pub(in crate::ios) const NAME: &str = "unified_log";

/// How long one file may take.
const TIME: Duration = Duration::from_mins(10);

/// How many entries of one file are told.
const ENTRIES: u64 = 100_000;

/// How many programs, libraries and subsystems of one file are told.
const NAMES: usize = 50_000;

/// How many files a process may ask for while it reads one log, and how many bytes they may have together.
const FILES: u32 = 50_000;
const BYTES: u64 = 8 << 30;

/// How many faults of one file are counted.
const LOST: u64 = 1_000_000;

/// How many bytes of logs a process reads until another takes its place: its processor time is bounded.
const RETIRED: usize = 512 << 20;

/// How many values are remembered, so that each is told once.
const KNOWN: usize = 2_000_000;

/// 2007, when there was no iPhone yet, and 2200, in nanoseconds since 1970: what lies outside is no time.
const TIMES: std::ops::Range<i64> = 1_167_609_600_000_000_000..7_258_118_400_000_000_000;

/// Reads the logs of evidence, and says of each what became of it.
pub(in crate::ios) fn read(
    files: &mut dyn Files,
    limits: &Limits,
    apart: Option<&mut dyn Apart>,
    tell: &mut dyn FnMut(Record),
) -> Vec<Told> {
    let one = |state| vec![Told { artefact: NAME, file: None, state }];
    if !matches!(files.kind(), Kind::IosDump | Kind::Sysdiagnose) {
        return one(State::NotInThisKind);
    }
    let places = Places::of(files);
    if places.logs.is_empty() {
        return one(State::Absent);
    }
    let Some(apart) = apart else {
        let why = format!(
            "{} files of the unified log (tracev3) are there; they are read by a process of their own only, and \
             there is none here",
            places.logs.len()
        );
        return one(State::Unreadable { why });
    };
    let mut asking =
        Asking { places: &places, limits, apart, worker: None, read: 0, known: Known::new(KNOWN) };
    let told = places.logs.iter().map(|&entry| {
        let path = files.entries().get(entry).map(|it| it.path.as_str()).unwrap_or_default();
        let file: Arc<str> = path.into();
        let state = asking.log(files, entry, &file, tell);
        Told { artefact: NAME, file: Some(file), state }
    });
    told.collect()
}

struct Asking<'a> {
    places: &'a Places,
    limits: &'a Limits,
    apart: &'a mut dyn Apart,
    /// One process reads log after log, until it is lost over one.
    worker: Option<Box<dyn Worker>>,
    /// How many bytes it has read.
    read: usize,
    known: Known,
}

impl Asking<'_> {
    /// Reads one log.
    fn log(
        &mut self,
        files: &mut dyn Files,
        entry: usize,
        file: &Arc<str>,
        tell: &mut dyn FnMut(Record),
    ) -> State {
        let bytes = match files.read(entry) {
            Ok(bytes) => bytes,
            Err(error) => return State::Unreadable { why: error.to_string() },
        };
        if self.read.saturating_add(bytes.len()) > RETIRED {
            self.worker = None;
        }
        if let Err(why) = self.start() {
            return State::Unreadable { why };
        }
        self.read += bytes.len();
        let mut heard = Heard::default();
        let ended = self.hear(files, &bytes, file, &mut heard, tell);
        drop(bytes);
        if let Err(why) = ended {
            // What it said before stays; the next log gets another process.
            let how = self.worker.take().map(Worker::end).unwrap_or_default();
            let why = match why {
                Ended::Broken(Broken::Gone(_)) => how,
                Ended::Broken(broken) => broken.to_string(),
                Ended::Beyond(what) => what.to_owned(),
            };
            heard.cut = Some(format!("the process that read it came to no end: {why}"));
        }
        heard.end(file, self.limits, tell)
    }

    fn start(&mut self) -> Result<(), String> {
        if self.worker.is_some() {
            return Ok(());
        }
        let mut worker = self.apart.start()?;
        worker.allow(TIME);
        match talk::hear(worker.from()) {
            Ok(Said::Ready) => {}
            Ok(Said::Unable(why)) => {
                return Err(format!(
                    "the process that would read it could not be shut in: {}",
                    cut(&why, 300)
                ));
            }
            _ => return Err(format!("the process that would read it did not begin: {}", worker.end())),
        }
        self.worker = Some(worker);
        self.read = 0;
        Ok(())
    }

    fn hear(
        &mut self,
        files: &mut dyn Files,
        bytes: &[u8],
        file: &Arc<str>,
        heard: &mut Heard,
        tell: &mut dyn FnMut(Record),
    ) -> Result<(), Ended> {
        let Self { worker: Some(worker), places, known, limits, .. } = self else { return Ok(()) };
        worker.allow(TIME);
        talk::send(worker.to(), Some(bytes))?;
        let (mut asked, mut sent) = (0, 0);
        loop {
            match talk::hear(worker.from())? {
                Said::Done => return Ok(()),
                Said::Ready | Said::Unable(_) => return Err(Broken::NoWord.into()),
                Said::Want(wanted) => {
                    let found = find(places, files, &wanted, heard);
                    asked += 1;
                    sent += found.as_ref().map_or(0, |it| it.len() as u64);
                    if asked > FILES || sent > BYTES {
                        return Err(Ended::Beyond("it asked for too much"));
                    }
                    talk::send(worker.to(), found.as_deref())?;
                }
                Said::Entry(entry) => {
                    if heard.told >= ENTRIES {
                        return Err(Ended::Beyond("it told more entries than are taken of one file"));
                    }
                    let record = entry_of(&entry).record(NAME, file, limits.text_bytes);
                    if known.is_news(&record.seen) {
                        heard.told += 1;
                        tell(record);
                    }
                }
                Said::Met(all) => heard.meet(all),
                Said::Lost(why) => heard.lose(&why),
            }
            if heard.lost > LOST {
                return Err(Ended::Beyond("it named more faults than are counted"));
            }
        }
    }
}

/// A file that the process wants; none if there is none, or if it cannot be read, which is told.
fn find(places: &Places, files: &mut dyn Files, wanted: &Wanted, heard: &mut Heard) -> Option<Vec<u8>> {
    let entry = places.find(wanted)?;
    match files.read(entry) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let path = files.entries().get(entry).map(|it| it.path.as_str()).unwrap_or_default();
            heard.lose(&format!("`{path}`: {error}"));
            None
        }
    }
}

/// Why a process came to no end.
enum Ended {
    Broken(Broken),
    Beyond(&'static str),
}

impl<E: Into<Broken>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

/// What was heard of one log.
#[derive(Default)]
struct Heard {
    told: u64,
    met: BTreeMap<(What, String), Met>,
    lost: u64,
    why: Option<String>,
    cut: Option<String>,
}

impl Heard {
    fn meet(&mut self, all: Vec<Met>) {
        for mut met in all {
            met.name.truncate(cut(&met.name, TITLE).len());
            let key = (met.what, met.name.clone());
            if let Some(known) = self.met.get_mut(&key) {
                known.add(&met);
            } else if self.met.len() < NAMES {
                self.met.insert(key, met);
            } else {
                self.lose("more programs, libraries and subsystems wrote than are told of one file");
            }
        }
    }

    fn lose(&mut self, why: &str) {
        self.lost += 1;
        self.why.get_or_insert_with(|| cut(why, 300).to_owned());
    }

    /// Tells what wrote entries, and what became of the file.
    fn end(mut self, file: &Arc<str>, limits: &Limits, tell: &mut dyn FnMut(Record)) -> State {
        for met in std::mem::take(&mut self.met).into_values() {
            self.told += 1;
            tell(met_of(&met).record(NAME, file, limits.text_bytes));
        }
        let lost = self.why.map(|why| match self.lost {
            1 => why,
            lost => format!("{why}; {} more like it", lost - 1),
        });
        let why: Vec<String> = self.cut.into_iter().chain(lost).collect();
        let why = why.join("; ");
        match (why.is_empty(), self.told) {
            (true, records) => State::Present { records },
            (false, 0) => State::Unreadable { why },
            (false, read) => State::Partial { read, of: None, why },
        }
    }
}

fn entry_of(entry: &Entry) -> Draft {
    let message = cut(&entry.message, MESSAGE);
    let mut draft = Draft::of("entry", entry.number);
    draft.say(cut(&entry.process, TITLE));
    draft.tell("for", cut(&entry.subsystem, TITLE));
    draft.say(message);
    draft.when(moment("written", entry.time));
    names::named(&mut draft, message);
    draft
}

fn met_of(met: &Met) -> Draft {
    let mut draft = match met.what {
        What::Process if met.name.is_empty() => Draft::of("programs", "without a name"),
        What::Process => Draft::of("program", &met.name),
        What::Library => Draft::of("library", &met.name),
        What::Subsystem => Draft::of("subsystem", &met.name),
    };
    draft.say(&match met.count {
        1 => "wrote an entry".to_owned(),
        count => format!("wrote {count} entries"),
    });
    draft.when(moment("first written", met.first));
    draft.when(moment("last written", met.last));
    match met.what {
        What::Process => program::named(&mut draft, &met.name),
        What::Library => {
            let path = program::without_uuid(&met.name);
            draft.file(path);
            if program::is_staged(path) {
                draft.sign(Sign::StagingProgram);
            }
        }
        What::Subsystem => draft.bundle(&met.name),
    }
    draft
}

fn moment(what: &'static str, time: Option<i64>) -> Option<Moment> {
    let time = time.filter(|it| TIMES.contains(it))?;
    Some(Moment { what, time, certainty: Certainty::Exact })
}
