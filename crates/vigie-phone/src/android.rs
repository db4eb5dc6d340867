//! Android: bug reports, what `AndroidQF` collects, backups, intrusion logs.
//!
//! ```text
//! Files ─► which file is what ─► bug report ─► sections ─┐
//!              │                                         ├─► one reader for each artefact ─► Sink ─► Record…
//!              ├─► `AndroidQF`'s own JSON ─────────────────┤
//!              └─► backup, archive inside ─► Files again ┘
//! ```
//!
//! Invariants
//! - Files are read in the order of their paths, so that a folder and an archive of it give the same records.
//! - A reader gets the bytes of one file or section and a [`ledger::Sink`]; it says what it could not read.
//!
//! Start with [`read`], then `dumpstate.rs`, then any artefact.

mod accessibility;
mod adb;
mod androidqf;
mod apk;
mod appops;
mod axml;
pub mod backup;
mod battery;
mod certificate;
mod compat;
mod dbinfo;
mod draft;
mod dumpstate;
mod getprop;
pub mod intrusion;
mod ledger;
mod manifest;
mod messages;
mod mounts;
mod names;
mod pack;
mod package_log;
mod packages;
mod processes;
mod resolvers;
mod roles;
mod settings;
mod sockets;
mod tombstone;
mod trust;
mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;

use draft::Draft;
use dumpstate::{Of, Section};
use ledger::{Ledger, Sink};

use crate::lines::{self, Lines};
use crate::zone::{self, Zone};
use crate::{Certainty, Files, Kind, Limits, Moment, Record, Told};

/// The dump itself: when it was made, and whether it is whole.
const DUMPSTATE: &str = "dumpstate";
/// The backup itself: whether it could be opened.
const BACKUP: &str = "backup";

/// What the long text of a bug report may have.
const OF_DUMP: [&str; 19] = [
    DUMPSTATE,
    getprop::NAME,
    packages::NAME,
    package_log::NAME,
    resolvers::ACTIVITIES,
    resolvers::RECEIVERS,
    accessibility::NAME,
    appops::NAME,
    adb::NAME,
    battery::DAILY,
    battery::HISTORY,
    dbinfo::NAME,
    compat::NAME,
    roles::ADMINISTRATORS,
    roles::VPN,
    roles::MODULES,
    settings::NAME,
    processes::NAME,
    sockets::NAME,
];

/// What else lies in its archive.
const OF_ARCHIVE: [&str; 3] = [mounts::NAME, tombstone::NAME, androidqf::FILES];

/// Both.
const OF_BUGREPORT: [&str; 22] = {
    let mut all = [""; 22];
    let (first, second) = all.split_at_mut(OF_DUMP.len());
    first.copy_from_slice(&OF_DUMP);
    second.copy_from_slice(&OF_ARCHIVE);
    all
};

const OF_BACKUP: [&str; 6] =
    [BACKUP, messages::SMS, messages::MMS, packages::NAME, apk::NAME, androidqf::FILES];

const OF_LOG: [&str; 3] = [intrusion::DNS, intrusion::CONNECT, intrusion::SECURITY];

/// Every artefact, in the order in which states are told.
pub fn artefacts() -> Vec<&'static str> {
    let mut all = OF_BUGREPORT.to_vec();
    all.extend([androidqf::ROOT_BINARIES, apk::NAME, BACKUP, messages::SMS, messages::MMS]);
    all.extend(OF_LOG);
    all
}

/// Reads all that is known of in a piece of evidence of an Android phone, and says what became of each artefact.
pub fn read(
    files: &mut dyn Files,
    password: Option<&str>,
    limits: &Limits,
    out: &mut dyn FnMut(Record),
) -> Vec<Told> {
    let kind = files.kind();
    let mut reading = Reading { ledger: Ledger::new(limits, out), password, mounts: BTreeSet::new() };
    reading.files(files, "", 0);
    let all = artefacts();
    let of_kind: Vec<&str> = match kind {
        Kind::Bugreport => OF_BUGREPORT.to_vec(),
        Kind::Androidqf => all.clone(),
        Kind::AndroidBackup => OF_BACKUP.to_vec(),
        Kind::IntrusionLog => OF_LOG.to_vec(),
        Kind::IosBackup | Kind::IosDump | Kind::Sysdiagnose => Vec::new(),
    };
    reading.ledger.close(&all, &of_kind)
}

/// Archives inside archives go no deeper.
const DEPTH: u8 = 2;

struct Reading<'a> {
    ledger: Ledger<'a>,
    password: Option<&'a str>,
    /// The mounts that were told already: every process of a bug report has the same.
    mounts: BTreeSet<String>,
}

impl Reading<'_> {
    /// Reads files, whose paths stand below `prefix` in the evidence.
    fn files(&mut self, files: &mut dyn Files, prefix: &str, depth: u8) {
        let root = root(files);
        let mut order: Vec<(usize, String, Option<i64>)> = Vec::new();
        for (number, entry) in files.entries().iter().enumerate().take(self.ledger.limits.entries) {
            let path = entry.path.strip_prefix(&*root).unwrap_or(&entry.path).trim_start_matches('/');
            order.push((number, path.to_owned(), entry.modified));
        }
        order.sort_by(|one, other| one.1.cmp(&other.1));
        self.zone(files, &order);
        let kind = files.kind();
        for (number, path, modified) in order {
            let file: Arc<str> = format!("{prefix}{path}").into();
            if matches!(kind, Kind::Bugreport | Kind::AndroidBackup) {
                self.listed(kind, &path, &file, modified);
            }
            let Some(reader) = reader(kind, &path) else { continue };
            match files.read(number) {
                Ok(bytes) => self.file(reader, &bytes, &file, depth),
                Err(error) => self.ledger.at(reader.name(), &file).bad(error.to_string()),
            }
        }
    }

    /// Learns the zone of the phone's clock and the date of the evidence.
    fn zone(&mut self, files: &mut dyn Files, order: &[(usize, String, Option<i64>)]) {
        let mut made = None;
        let mut name = None;
        for (number, path, _) in order {
            let wanted =
                matches!(base(path), "getprop.txt" | "acquisition.json") || is_dump(files.kind(), path);
            let Some(bytes) = wanted.then(|| files.read(*number).ok()).flatten() else { continue };
            if base(path) == "acquisition.json" {
                made = androidqf::started(&bytes).or(made);
            } else {
                made = made.or_else(|| dumpstate::made(&bytes));
                name = name.or_else(|| dumpstate::property(&bytes, "persist.sys.timezone"));
            }
        }
        if let Some(name) = name {
            self.ledger.zone = Zone::named(&name);
        }
        if let Some(made) = made {
            self.ledger.made = self.ledger.zone.moment("made", &made).map(|it| it.time).or(self.ledger.made);
            self.ledger.zone = self.ledger.zone.clone().made(&made);
        }
    }

    /// A file as the evidence lists it.
    fn listed(&mut self, kind: Kind, path: &str, file: &Arc<str>, modified: Option<i64>) {
        let on_phone = match kind {
            // What a bug report copies from the phone lies under `FS`.
            Kind::Bugreport => path.strip_prefix("FS").filter(|it| it.starts_with('/')),
            // A backup lies in a file without a folder; its own files never do.
            _ => Some(path).filter(|it| it.contains('/')),
        };
        let Some(on_phone) = on_phone else { return };
        // A zip keeps the phone's clock, a backup an instant.
        let certainty = if kind == Kind::Bugreport { Certainty::Local } else { Certainty::Exact };
        let modified = modified.filter(|it| *it > 0).map(|time| Moment { what: "modified", time, certainty });
        let draft = Draft::new("entry", on_phone).file(on_phone).when(modified);
        let package = on_phone.strip_prefix("apps/").and_then(|it| it.split('/').next());
        self.ledger.at(androidqf::FILES, file).take(draft.app(package.unwrap_or_default()));
    }

    fn file(&mut self, reader: Reader, bytes: &[u8], file: &Arc<str>, depth: u8) {
        match reader {
            Reader::Dump => self.dump(bytes, file),
            Reader::Archive => self.archive(bytes, file, depth),
            Reader::Backup => self.backup(bytes, file, depth),
            Reader::IntrusionLog => intrusion::read(bytes, file, &mut self.ledger),
            Reader::Lines(name, read) => read(Lines::new(bytes), &mut self.ledger.at(name, file)),
            Reader::Bytes(name, read) => read(bytes, &mut self.ledger.at(name, file)),
            Reader::Mounts => {
                let mut sink = self.ledger.at(mounts::NAME, file);
                match bytes.iter().find(|it| !it.is_ascii_whitespace()) {
                    Some(b'[' | b'"' | b'{') => androidqf::mounts(bytes, &mut self.mounts, &mut sink),
                    _ => mounts::read(Lines::new(bytes), &mut self.mounts, &mut sink),
                }
            }
        }
    }

    /// A long text of sections.
    fn dump(&mut self, bytes: &[u8], file: &Arc<str>) {
        let cut = dumpstate::is_whole(bytes) == Some(false);
        if let Some(made) = dumpstate::made(bytes) {
            let mut sink = self.ledger.at(DUMPSTATE, file);
            let draft = Draft::new("head", format!("the dump was made at {made}"));
            let made = sink.when("made", &made);
            sink.take(draft.when(made));
            if dumpstate::is_whole(bytes) == Some(false) {
                sink.bad(
                    "the dump does not say at its end that it is done: it was cut, or the phone was stopped",
                );
            }
        }
        let sections = dumpstate::sections(bytes);
        if sections.is_empty() && dumpstate::made(bytes).is_none() {
            self.ledger.at(DUMPSTATE, file).bad("has no section of a dump");
        }
        let last = sections.len().saturating_sub(1);
        if cut && self.ledger.cut.is_empty() && sections.last().is_none_or(|it| it.is_open) {
            self.ledger.cut = &OF_DUMP;
        }
        for (number, section) in sections.into_iter().enumerate() {
            for (name, read) in readers(section.of) {
                let mut sink = self.ledger.at(name, file);
                read(section.lines, &mut sink);
                if let Some(why) = failed(&section) {
                    sink.bad(why);
                }
                if cut && number == last && section.is_open {
                    sink.bad("the dump was cut within it");
                }
            }
        }
    }

    /// An archive inside the evidence: a bug report.
    fn archive(&mut self, bytes: &[u8], file: &Arc<str>, depth: u8) {
        let wanted = |path: &str| reader(Kind::Bugreport, path).is_some();
        let mut unpacked = pack::unpack(bytes, Kind::Bugreport, self.ledger.limits, wanted);
        if let Some(damage) = unpacked.damage {
            self.ledger.cut = &OF_BUGREPORT;
            self.ledger.at(DUMPSTATE, file).bad(damage);
        }
        if depth < DEPTH {
            self.files(&mut unpacked.files, &format!("{file}/"), depth + 1);
        }
    }

    fn backup(&mut self, bytes: &[u8], file: &Arc<str>, depth: u8) {
        match backup::open(bytes, self.password, self.ledger.limits) {
            Ok(mut opened) => {
                let mut sink = self.ledger.at(BACKUP, file);
                let count = opened.files.entries().len();
                sink.take(Draft::new("head", format!("a backup of {count} files")));
                if let Some(damage) = opened.damage.take() {
                    sink.bad(damage);
                }
                if depth < DEPTH {
                    self.files(&mut opened.files, &format!("{file}/"), depth + 1);
                }
            }
            Err(error) => self.ledger.at(BACKUP, file).bad(error.to_string()),
        }
    }
}

type ReadLines = fn(Lines<'_>, &mut Sink<'_, '_>);
type ReadBytes = fn(&[u8], &mut Sink<'_, '_>);

/// What reads a file.
#[derive(Clone, Copy)]
enum Reader {
    Dump,
    Archive,
    Backup,
    IntrusionLog,
    Mounts,
    Lines(&'static str, ReadLines),
    Bytes(&'static str, ReadBytes),
}

impl Reader {
    /// The artefact that suffers where the file cannot be read.
    fn name(self) -> &'static str {
        match self {
            Self::Dump | Self::Archive => DUMPSTATE,
            Self::Backup => BACKUP,
            Self::IntrusionLog => intrusion::SECURITY,
            Self::Mounts => mounts::NAME,
            Self::Lines(name, _) | Self::Bytes(name, _) => name,
        }
    }
}

/// What reads a file of this name in evidence of this kind.
fn reader(kind: Kind, path: &str) -> Option<Reader> {
    let name = base(path);
    if kind == Kind::IntrusionLog {
        return Some(Reader::IntrusionLog);
    }
    if kind == Kind::AndroidBackup {
        return match messages::artefact(path) {
            Some(artefact) => Some(Reader::Bytes(artefact, messages::read)),
            None if ends(name, "apk") => Some(Reader::Bytes(apk::NAME, apk::read)),
            None if name == "_manifest" => Some(Reader::Bytes(packages::NAME, manifest::read)),
            None if ends(name, "ab") || !path.contains('/') => Some(Reader::Backup),
            None => None,
        };
    }
    if name.starts_with("tombstone_") {
        return Some(Reader::Bytes(tombstone::NAME, tombstone::read));
    }
    if is_dump(kind, path) {
        return Some(Reader::Dump);
    }
    if kind == Kind::Bugreport {
        return (name == "mountinfo" && path.contains("/proc/")).then_some(Reader::Mounts);
    }
    Some(match name {
        "packages.json" => Reader::Bytes(packages::NAME, androidqf::packages),
        "files.json" => Reader::Bytes(androidqf::FILES, androidqf::files),
        "root_binaries.json" => Reader::Bytes(androidqf::ROOT_BINARIES, androidqf::root_binaries),
        "processes.json" => Reader::Bytes(processes::NAME, androidqf::processes),
        "mounts.json" | "mounts.txt" => Reader::Mounts,
        "getprop.txt" => Reader::Lines(getprop::NAME, getprop::read),
        "ps.txt" | "processes.txt" => Reader::Lines(processes::NAME, processes::read),
        "settings_global.txt" | "settings_secure.txt" | "settings_system.txt" => {
            Reader::Lines(settings::NAME, settings::read)
        }
        "logcat.txt" | "logcat_old.txt" => Reader::Lines(package_log::NAME, package_log::read),
        _ if ends(name, "apk") => Reader::Bytes(apk::NAME, apk::read),
        _ if ends(name, "ab") => Reader::Backup,
        _ if name.starts_with("bugreport") && ends(name, "zip") => Reader::Archive,
        _ if path.contains("intrusion-logs/") || path.contains("intrusion_logs/") => Reader::IntrusionLog,
        _ => return None,
    })
}

/// Whether the file is a text of sections.
fn is_dump(kind: Kind, path: &str) -> bool {
    let name = base(path);
    match kind {
        Kind::Bugreport => {
            let text = !path.contains('/') && ends(name, "txt");
            text && !matches!(name, "main_entry.txt" | "version.txt" | "dumpstate_log.txt")
                && !name.starts_with("dumpstate_log")
        }
        Kind::Androidqf => name == "dumpsys.txt" || (name.starts_with("bugreport") && ends(name, "txt")),
        _ => false,
    }
}

/// What reads a section.
fn readers(of: Of<'_>) -> Vec<(&'static str, ReadLines)> {
    match of {
        Of::Service("accessibility") => vec![(accessibility::NAME, accessibility::read)],
        Of::Service("package") => vec![
            (packages::NAME, packages::read),
            (resolvers::ACTIVITIES, resolvers::activities),
            (resolvers::RECEIVERS, resolvers::receivers),
            (package_log::NAME, package_log::read),
        ],
        Of::Service("appops") => vec![(appops::NAME, appops::read)],
        Of::Service("adb") => vec![(adb::NAME, adb::read)],
        Of::Service("batterystats") => {
            vec![(battery::DAILY, battery::daily), (battery::HISTORY, battery::history)]
        }
        Of::Service("dbinfo") => vec![(dbinfo::NAME, dbinfo::read)],
        Of::Service("platform_compat") => vec![(compat::NAME, compat::read)],
        Of::Service("device_policy") => vec![(roles::ADMINISTRATORS, roles::administrators)],
        Of::Service("vpn_management" | "vpn") => vec![(roles::VPN, roles::vpn)],
        Of::Service("settings") => vec![(settings::NAME, settings::read)],
        Of::Service(_) => Vec::new(),
        Of::Title(title) => of_title(title),
    }
}

fn of_title(title: &str) -> Vec<(&'static str, ReadLines)> {
    match title {
        "SYSTEM PROPERTIES" => vec![(getprop::NAME, getprop::read)],
        "PROCESSES AND THREADS" | "PROCESSES" => vec![(processes::NAME, processes::read)],
        "DETAILED SOCKET STATE" | "NETSTAT" | "SOCKET STATE" => vec![(sockets::NAME, sockets::read)],
        "LSMOD" => vec![(roles::MODULES, roles::modules)],
        "SYSTEM LOG" | "LAST LOGCAT" => vec![(package_log::NAME, package_log::read)],
        _ => Vec::new(),
    }
}

/// Why the phone itself could not dump a section, as it says within.
fn failed(section: &Section<'_>) -> Option<String> {
    let bytes = section.lines.bytes();
    for mark in ["DUMP TIMEOUT", "DUMP FAILED", "Can't find service", "Permission Denial: can't dump"] {
        if memchr::memmem::find(bytes, mark.as_bytes()).is_some() {
            return Some(format!("the phone itself says `{mark}` in {:?}", section.of));
        }
    }
    None
}

/// The folder that everything lies in, such as that which an archive was made of.
fn root(files: &dyn Files) -> String {
    let mut paths = files.entries().iter().map(|it| &*it.path);
    let folder = |path: &str| path.split_once('/').map(|it| format!("{}/", it.0));
    let Some(first) = paths.next().and_then(folder) else { return String::new() };
    let all = files.kind() == Kind::Androidqf
        && paths.all(|it| it.starts_with(&first) || *it == *first.trim_end_matches('/'));
    if all && !matches!(&*first, "intrusion-logs/" | "intrusion_logs/") { first } else { String::new() }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Whether the name of a file ends so, after its last dot.
fn ends(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|it| it.1.eq_ignore_ascii_case(ending))
}
