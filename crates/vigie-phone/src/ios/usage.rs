//! Which programs used the network, and how much. `DataUsage.sqlite` for mobile data, `netusage.sqlite` for all.
//!
//! A program is in `ZPROCESS`, what it used in `ZLIVEUSAGE`. Who cleans up after himself removes the first and may forget the
//! second.

use std::collections::{HashMap, HashSet};

use vigie_model::event::Path;

use super::draft::Draft;
use super::gaps::Gaps;
use super::reading::{self, Reading, key, mac, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Kind, Sign};

pub(crate) const DATA_USAGE: Artefact = Artefact {
    name: "datausage",
    places: &[
        (Kind::IosBackup, &["WirelessDomain/Library/Databases/DataUsage.sqlite"]),
        (Kind::IosDump, &["private/var/wireless/Library/Databases/DataUsage.sqlite"]),
    ],
    reader: |input, out| reading::read("datausage", input, out, read),
};

pub(crate) const NET_USAGE: Artefact = Artefact {
    name: "netusage",
    places: &[(
        Kind::IosDump,
        &["private/var/networkd/netusage.sqlite", "private/var/networkd/db/netusage.sqlite"],
    )],
    reader: |input, out| reading::read("netusage", input, out, read),
};

/// So many characters of a name are kept where the kernel names a program.
const CUT: usize = 16;

#[derive(Clone, Default)]
struct Process {
    name: String,
    bundle: String,
    first: Option<i64>,
    last: Option<i64>,
    /// Whether the phone has no file of its name.
    is_gone: bool,
}

fn read(reading: &mut Reading<'_>) {
    let (mut processes, mut gaps) = (HashMap::new(), Gaps::default());
    let whole = reading.look("ZPROCESS", &["ZPROCNAME", "ZFIRSTTIMESTAMP", "ZTIMESTAMP"], |row| {
        let (first, last) = (mac(row, "ZFIRSTTIMESTAMP"), mac(row, "ZTIMESTAMP"));
        let (name, bundle) = (words(row, "ZPROCNAME"), words(row, "ZBUNDLENAME"));
        gaps.see(number(row), first);
        processes.insert(number(row), Process { name, bundle, first, last, is_gone: false });
    });
    for process in processes.values_mut() {
        process.is_gone = process.is_program() && reading.has_program(&process.name) == Some(false);
    }
    let mut used = HashSet::new();
    reading.each("ZLIVEUSAGE", &["ZHASPROCESS"], |row| {
        let mut draft = Draft::of("usage", number(row));
        let of = key(row, "ZHASPROCESS").and_then(|it| Some((it, processes.get(&it)?)));
        if let Some((number, process)) = of {
            used.insert(number);
            process.tell(&mut draft);
        } else {
            let number = words(row, "ZHASPROCESS");
            draft.say(&format!("by a program whose entry is gone (process {number})"));
            // Where the table of programs is damaged, its entry may be among what was lost.
            if whole {
                draft.sign(Sign::UsageWithoutProcess);
            }
        }
        bytes(row, &mut draft);
        draft.at("counted", mac(row, "ZTIMESTAMP"));
        Some(draft)
    });
    let mut idle: Vec<_> = processes.iter().filter(|it| !used.contains(it.0)).collect();
    idle.sort_by_key(|it| it.0);
    for (number, process) in idle {
        let mut draft = Draft::of("process", number);
        process.tell(&mut draft);
        reading.tell(draft);
    }
    if whole {
        let mut last = None;
        reading.look_if_any("Z_PRIMARYKEY", |row| {
            if row.text("Z_NAME").is_some_and(|it| it == "Process") {
                last = row.integer("Z_MAX");
            }
        });
        reading.tell_gaps("process", gaps, last);
    }
}

impl Process {
    /// Whether its name is that of a program, and whole; apps are known by their bundles.
    fn is_program(&self) -> bool {
        self.bundle.is_empty() && self.name.len() < CUT && !self.name.contains(['/', '.'])
    }

    fn tell(&self, draft: &mut Draft) {
        draft.say(&self.name);
        draft.tell("app", &self.bundle);
        if self.name.len() == CUT {
            draft.say("the name may be cut");
        }
        draft.see(Path::ProcessName, &self.name);
        // `mDNSResponder/com.example.app`, and `1FB47783-…/com.apple.facetime`
        if let Some((asked, on_behalf)) = self.name.split_once('/') {
            if asked.len() != 36 {
                draft.see(Path::ProcessName, asked);
            }
            draft.see(Path::ProcessName, on_behalf);
            draft.see(Path::AppId, on_behalf);
        }
        draft.see(Path::AppId, &self.bundle);
        draft.at("first seen", self.first);
        draft.at("last seen", self.last);
        if self.is_gone {
            draft.sign(Sign::ProgramGone);
        }
    }
}

fn bytes(row: &Row<'_>, draft: &mut Draft) {
    let columns = [
        ("by Wi-Fi in", "ZWIFIIN"),
        ("by Wi-Fi out", "ZWIFIOUT"),
        ("by mobile network in", "ZWWANIN"),
        ("by mobile network out", "ZWWANOUT"),
        ("by cable in", "ZWIREDIN"),
        ("by cable out", "ZWIREDOUT"),
    ];
    for (what, column) in columns {
        if let Some(bytes) = row.real(column).filter(|it| *it > 0.0) {
            draft.say(&format!("{what} {bytes:.0} bytes"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Held, Kind, Limits};

    /// Signs of programs in a dump with these files.
    fn signs(programs: &[&str]) -> Vec<(String, Vec<Sign>)> {
        let path = tempfile::NamedTempFile::new().unwrap();
        let statements = "
            CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, ZPROCNAME TEXT, ZBUNDLENAME TEXT, ZFIRSTTIMESTAMP REAL, ZTIMESTAMP REAL);
            CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP REAL);
            INSERT INTO ZPROCESS VALUES (1, 'here', NULL, 1.0, 2.0), (2, 'gone', NULL, 1.0, 2.0),
                (3, 'app', 'com.example.app', 1.0, 2.0), (4, 'd/com.example.b', NULL, 1.0, 2.0);";
        rusqlite::Connection::open(path.path()).unwrap().execute_batch(statements).unwrap();
        let database = std::fs::read(path.path()).unwrap();
        let mut files = Held::new(Kind::IosDump).with("private/var/networkd/netusage.sqlite", &database);
        for program in programs {
            files = files.with(program, b"");
        }
        let mut signs = Vec::new();
        crate::ios::read(&mut files, &Limits::default(), &mut |it| {
            if it.artefact == NET_USAGE.name {
                signs.push((it.text, it.signs));
            }
        });
        signs
    }

    #[test]
    fn a_program_without_a_file_is_told_where_programs_are_there() {
        let of = |programs: &[&str]| -> Vec<String> {
            let gone = signs(programs).into_iter().filter(|it| it.1.contains(&Sign::ProgramGone));
            gone.map(|it| it.0).collect()
        };
        assert_eq!(of(&["sbin/launchd", "usr/libexec/here"]), ["gone"]);
        assert_eq!(of(&["usr/libexec/here"]), Vec::<String>::new());
    }
}
