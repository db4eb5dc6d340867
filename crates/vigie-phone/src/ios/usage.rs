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
mod tests;
