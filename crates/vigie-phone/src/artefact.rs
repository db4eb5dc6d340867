//! Artefacts: what is read of evidence, each by a reader of its own.
//!
//! Start with [`read`].

mod place;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use place::Place;

use crate::evidence::{Files, Kind};
use crate::limits::Limits;
use crate::record::Record;
use crate::state::State;
use crate::zone::Zone;

/// One artefact of some kinds of evidence.
pub struct Artefact {
    /// Its name in findings and in the statement of completeness, such as `sms`.
    pub name: &'static str,
    /// Where it lies, for each kind of evidence that has it: paths, in which `*` stands for any characters of one part,
    /// and `**` at the front for any parts.
    pub places: &'static [(Kind, &'static [&'static str])],
    /// Reads one of its files.
    pub reader: fn(&Input<'_>, &mut dyn FnMut(Record)) -> State,
}

impl Artefact {
    /// Where it lies in evidence of a kind; none if such evidence never has it.
    fn places_in(&self, kind: Kind) -> Option<&'static [&'static str]> {
        self.places.iter().find(|it| it.0 == kind).map(|it| it.1)
    }
}

/// A file of an artefact.
pub struct Input<'i> {
    /// The kind of the evidence.
    pub kind: Kind,
    /// The path of the file.
    pub file: Arc<str>,
    /// Its content.
    pub bytes: &'i [u8],
    /// The content of its write-ahead log, if it is a database that has one.
    pub wal: Option<&'i [u8]>,
    /// When the file was last changed, in nanoseconds since 1970, as far as the evidence says.
    pub modified: Option<i64>,
    /// The names of all files that may be programs; none where the evidence does not hold the phone's programs.
    pub programs: Option<&'i HashSet<Box<str>>>,
    /// How times are read that are kept by the phone's clock.
    pub zone: &'i Zone,
    /// Bounds.
    pub limits: &'i Limits,
}

/// What became of an artefact, or of one of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The artefact.
    pub artefact: &'static str,
    /// The file; none where there is none.
    pub file: Option<Arc<str>>,
    /// What became of it.
    pub state: State,
}

/// Reads artefacts of evidence, and says of each what became of it.
pub fn read(
    artefacts: &[Artefact],
    files: &mut dyn Files,
    limits: &Limits,
    tell: &mut dyn FnMut(Record),
) -> Vec<Told> {
    let mut told = Vec::new();
    let zone = zone(files);
    let found = find(artefacts, files);
    let about = About { programs: programs(files), zone, limits };
    for (artefact, found) in artefacts.iter().zip(found) {
        let name = artefact.name;
        let Some(found) = found else {
            told.push(Told { artefact: name, file: None, state: State::NotInThisKind });
            continue;
        };
        if found.is_empty() {
            told.push(Told { artefact: name, file: None, state: State::Absent });
        }
        for found in found {
            let (file, state) = read_one(artefact, files, found, &about, tell);
            told.push(Told { artefact: name, file: Some(file), state });
        }
    }
    told
}

/// What readers are told of the evidence as a whole.
struct About<'l> {
    programs: Option<HashSet<Box<str>>>,
    zone: Zone,
    limits: &'l Limits,
}

/// The names of files without an ending, if the first program of every iPhone is among them.
fn programs(files: &dyn Files) -> Option<HashSet<Box<str>>> {
    if files.kind() != Kind::IosDump {
        return None;
    }
    let names = files.entries().iter().filter_map(|it| it.path.rsplit('/').next());
    let names: HashSet<Box<str>> = names.filter(|it| !it.contains('.')).map(Box::from).collect();
    names.contains("launchd").then_some(names)
}

/// A file of an artefact, and its write-ahead log, by their places among [`Files::entries`].
#[derive(Clone, Copy)]
struct Found {
    entry: usize,
    wal: Option<usize>,
}

/// The files of each artefact, in the order of the evidence; none for what evidence of this kind never has.
fn find(artefacts: &[Artefact], files: &dyn Files) -> Vec<Option<Vec<Found>>> {
    let places: Vec<(usize, Place<'_>)> = artefacts
        .iter()
        .enumerate()
        .flat_map(|(at, it)| {
            it.places_in(files.kind()).into_iter().flatten().map(move |it| (at, Place::new(it)))
        })
        .collect();
    let mut found: Vec<Option<Vec<Found>>> =
        artefacts.iter().map(|it| it.places_in(files.kind()).map(|_| Vec::new())).collect();
    let mut logs: HashMap<&str, usize> = HashMap::new();
    for (entry, listed) in files.entries().iter().enumerate() {
        if let Some(database) = listed.path.strip_suffix("-wal") {
            logs.entry(database).or_insert(entry);
        }
        for (at, _) in places.iter().filter(|it| it.1.has(&listed.path)) {
            let Some(Some(found)) = found.get_mut(*at) else { continue };
            if found.last().is_none_or(|it| it.entry != entry) {
                found.push(Found { entry, wal: None });
            }
        }
    }
    for found in found.iter_mut().flatten().flatten() {
        let path = files.entries().get(found.entry).map(|it| it.path.as_str());
        found.wal = path.and_then(|it| logs.get(it)).copied();
    }
    found
}

fn read_one(
    artefact: &Artefact,
    files: &mut dyn Files,
    found: Found,
    about: &About<'_>,
    tell: &mut dyn FnMut(Record),
) -> (Arc<str>, State) {
    let listed = files.entries().get(found.entry);
    let (path, modified) = listed.map(|it| (it.path.as_str(), it.modified)).unwrap_or_default();
    let file: Arc<str> = path.into();
    let bytes = match files.read(found.entry) {
        Ok(bytes) => bytes,
        Err(error) => return (file, State::Unreadable { why: error.to_string() }),
    };
    let (wal, lost) = match found.wal.map(|it| files.read(it)) {
        None => (None, None),
        Some(Ok(wal)) => (Some(wal), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let (kind, wal) = (files.kind(), wal.as_deref());
    let About { programs, zone, limits } = about;
    let input = Input {
        kind,
        file: Arc::clone(&file),
        bytes: &bytes,
        wal,
        modified,
        programs: programs.as_ref(),
        zone,
        limits,
    };
    let state = (artefact.reader)(&input, tell);
    let state = match (lost, state) {
        (Some(error), State::Present { records }) => {
            State::Partial { read: records, of: None, why: format!("its write-ahead log: {error}") }
        }
        (_, state) => state,
    };
    (file, state)
}

/// The zone of the phone's clock: a sysdiagnose has it in its name, and its own log tells that name.
fn zone(files: &mut dyn Files) -> Zone {
    if files.kind() != Kind::Sysdiagnose {
        return Zone::default();
    }
    if let Some(zone) = files.name().and_then(Zone::of_sysdiagnose) {
        return zone;
    }
    let log = files.entries().iter().position(|it| it.path == "sysdiagnose.log");
    let log = log.and_then(|it| files.read(it).ok()).unwrap_or_default();
    Zone::of_sysdiagnose(&String::from_utf8_lossy(&log)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Entry, Unreadable};

    /// Files in memory; none stands for one that cannot be read.
    struct InMemory(Vec<Entry>, Vec<Option<&'static [u8]>>);

    impl Files for InMemory {
        fn kind(&self) -> Kind {
            Kind::IosBackup
        }

        fn entries(&self) -> &[Entry] {
            &self.0
        }

        fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable> {
            let bytes = self.1.get(entry).copied().flatten();
            bytes.map(<[u8]>::to_vec).ok_or_else(|| Unreadable("the disk fails".to_owned()))
        }
    }

    #[test]
    fn every_artefact_is_told_of() {
        fn reader(input: &Input<'_>, _: &mut dyn FnMut(Record)) -> State {
            State::Present { records: (input.bytes.len() + input.wal.map_or(0, <[u8]>::len)) as u64 }
        }
        let artefact = |name, places| Artefact { name, places, reader };
        let artefacts = [
            artefact("both", &[(Kind::IosBackup, &["d/both.db"])]),
            artefact("gone", &[(Kind::IosBackup, &["d/gone.db"])]),
            artefact("broken", &[(Kind::IosBackup, &["d/broken.db", "d/lost.db"])]),
            artefact("other", &[(Kind::Bugreport, &["*"])]),
        ];
        let files = [
            ("d/both.db", Some(&b"ab"[..])),
            ("d/both.db-wal", Some(b"c")),
            ("d/broken.db", None),
            ("d/lost.db", Some(b"d")),
            ("d/lost.db-wal", None),
        ];
        let entry =
            |it: &(&str, _)| Entry { path: it.0.to_owned(), size: None, modified: None, ..Entry::default() };
        let mut files = InMemory(files.iter().map(entry).collect(), files.iter().map(|it| it.1).collect());
        let told = read(&artefacts, &mut files, &Limits::default(), &mut |_| {});
        let told: Vec<_> =
            told.iter().map(|it| (it.artefact, it.file.as_deref(), it.state.clone())).collect();
        let lost = "its write-ahead log: the disk fails".to_owned();
        assert_eq!(
            told,
            [
                ("both", Some("d/both.db"), State::Present { records: 3 }),
                ("gone", None, State::Absent),
                ("broken", Some("d/broken.db"), State::Unreadable { why: "the disk fails".to_owned() }),
                ("broken", Some("d/lost.db"), State::Partial { read: 1, of: None, why: lost }),
                ("other", None, State::NotInThisKind),
            ]
        );
    }
}
