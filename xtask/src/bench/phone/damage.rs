//! Damage: whether a damaged artefact is told to be damaged, or reported as a clean one.
//!
//! A report is honest where it says that something could not be read, or where nothing was lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::case::{self, HARMLESS, SMALL, Size};
use super::json::{document, elements, text};
use super::outcome::{Outcome, Table};
use super::programs::{Bench, Checked, How, checked_quietly, copy};
use crate::run::root;

/// What edits property lists, which take more than bytes.
const PROPERTY_LISTS: &str = "xtask/src/bench/phone/property_lists.py";

/// How a file is damaged.
enum Change {
    /// Its content is made anew.
    Bytes(fn(Vec<u8>) -> Vec<u8>),
    /// The script damages it, by this word.
    Script(&'static str),
}

struct Damage {
    what: &'static str,
    /// Whether it is in the made-up backup, or in the made-up dump.
    in_backup: bool,
    file: &'static str,
    how: Change,
    /// The artefact, and what MVT calls it.
    artefact: &'static str,
    module: &'static str,
}

/// Where a backup keeps these files.
const SMS: &str = "3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28";
const HISTORY: &str = "1a/1a0e7afc19d307da602ccdcece51af33afe92c53";
const ADDAILY: &str = "f6/f65b5fafc69bbd3c60be019c6e938e146825fa83";

const SHUTDOWN: &str = "private/var/db/diagnostics/shutdown.log";

/// A page of the generated databases.
const PAGE: usize = 4096;

const DAMAGES: [Damage; 8] = [
    Damage {
        what: "`sms.db` cut in half",
        in_backup: true,
        file: SMS,
        how: Change::Bytes(half),
        artefact: "sms",
        module: "sms",
    },
    Damage {
        what: "`sms.db` empty",
        in_backup: true,
        file: SMS,
        how: Change::Bytes(|_| Vec::new()),
        artefact: "sms",
        module: "sms",
    },
    Damage {
        what: "one page of `sms.db` zeroed",
        in_backup: true,
        file: SMS,
        how: Change::Bytes(without_a_page),
        artefact: "sms",
        module: "sms",
    },
    Damage {
        what: "Safari's `History.db` cut in half",
        in_backup: true,
        file: HISTORY,
        how: Change::Bytes(half),
        artefact: "safari_history",
        module: "safari_history",
    },
    Damage {
        what: "`Manifest.db` cut in half",
        in_backup: true,
        file: "Manifest.db",
        how: Change::Bytes(half),
        artefact: "manifest",
        module: "manifest",
    },
    Damage {
        what: "the metadata of one of three apps damaged",
        in_backup: true,
        file: "Info.plist",
        how: Change::Script("damage-app"),
        artefact: "applications",
        module: "applications",
    },
    Damage {
        what: "a record of `addaily` too short",
        in_backup: true,
        file: ADDAILY,
        how: Change::Script("shorten"),
        artefact: "osanalytics_addaily",
        module: "os_analytics_ad_daily",
    },
    Damage {
        what: "a byte that is no UTF-8 in `shutdown.log`",
        in_backup: false,
        file: SHUTDOWN,
        how: Change::Bytes(with_odd_byte),
        artefact: "shutdown_log",
        module: "shutdown_log",
    },
];

/// So many bytes of what is said are shown; all is in the JSON.
const WORDS: usize = 110;

/// What a program made of a phone.
struct Told {
    rows: u64,
    /// What it said of something that could not be read.
    said: Vec<String>,
    status: i64,
}

/// What a program made of a phone before and after the damage.
struct Compared {
    sound: Told,
    damaged: Told,
}

impl Compared {
    /// What was said of the sound phone too is not on the damage.
    fn new(sound: Told, mut damaged: Told) -> Self {
        damaged.said.retain(|it| !sound.said.contains(it));
        Self { sound, damaged }
    }

    fn is_honest(&self) -> bool {
        !self.damaged.said.is_empty() || self.damaged.rows == self.sound.rows
    }

    fn rows(&self) -> String {
        format!("{} of {}", self.damaged.rows, self.sound.rows)
    }

    /// The first words on it.
    fn words(&self) -> String {
        match self.damaged.said.first() {
            Some(said) if said.len() > WORDS => format!("{}…", &said[..said.floor_char_boundary(WORDS)]),
            Some(said) => said.clone(),
            None if self.is_honest() => "nothing is lost".to_owned(),
            None => "**nothing**".to_owned(),
        }
    }

    fn json(&self) -> Value {
        let Told { rows, said, status } = &self.damaged;
        json!({"rows": rows, "of": self.sound.rows, "status": status, "said": said, "honest": self.is_honest()})
    }
}

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let backup = with_apps(bench, &HARMLESS)?;
    let dump = sound_dump(bench)?;
    let columns = ["damage", "Vigie: rows", "exit", "says", "MVT: rows", "exit", "its errors say"];
    let mut table = Table::new(&columns);
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    let (mut honest, mut their_honest) = (0, 0);
    for (number, damage) in DAMAGES.iter().enumerate() {
        let phone = if damage.in_backup { &backup } else { &dump };
        let damaged = bench.folder(&format!("damaged-{number}"))?;
        copy(phone, &damaged)?;
        apply(bench, damage, &damaged)?;
        let (our_sound, their_sound) = check(bench, damage, phone)?;
        anyhow::ensure!(our_sound.status == 0, "something is found on the sound phone: {}", our_sound.status);
        let (our_damaged, their_damaged) = check(bench, damage, &damaged)?;
        let ours = Compared::new(our_sound, our_damaged);
        let theirs = Compared::new(their_sound, their_damaged);
        honest += u32::from(ours.is_honest());
        their_honest += u32::from(theirs.is_honest());
        if !ours.is_honest() {
            broken.push(format!("{}: the report does not say so", damage.what));
        }
        let mut cells = vec![damage.what.to_owned()];
        for it in [&ours, &theirs] {
            cells.extend([it.rows(), it.damaged.status.to_string(), it.words()]);
        }
        table.row(&cells);
        all.push(json!({"damage": damage.what, "vigie": ours.json(), "mvt": theirs.json()}));
    }
    let of = DAMAGES.len();
    let text = table.text();
    let text = format!(
        "Told, or nothing lost: Vigie **{honest} of {of}**, MVT **{their_honest} of {of}**.\n\n{text}"
    );
    Ok(Outcome {
        json: json!({"of": of, "vigie": honest, "mvt": their_honest, "damages": all}),
        text,
        broken,
    })
}

/// What Vigie and MVT make of a phone.
fn check(bench: &Bench, damage: &Damage, phone: &Path) -> anyhow::Result<(Told, Told)> {
    let command = if damage.in_backup { "mvt-ios check-backup" } else { "mvt-ios check-fs" };
    let ours = bench.vigie("damage", phone, How::default())?;
    let theirs = bench.mvt("damage", command, phone, How::default())?;
    Ok((vigie(&ours, damage)?, mvt(&theirs, damage)?))
}

fn vigie(checked: &Checked, damage: &Damage) -> anyhow::Result<Told> {
    let file = checked.out.join("completeness.json");
    let status = checked.ran.status;
    if !file.exists() {
        return Ok(Told { rows: 0, said: vec![checked.ran.log.trim().to_owned()], status });
    }
    let completeness = document(&file)?;
    let all = |name: &str| completeness.get(name).map(elements).unwrap_or_default();
    let parts = || all("artefacts").iter().filter(|it| text(it, "/artefact") == damage.artefact);
    let rows = parts().filter_map(|it| it.get("read")?.as_u64()).sum();
    let unread = parts().filter(|it| ["unreadable", "partial"].contains(&text(it, "/state")));
    let unread = unread.map(|it| format!("{}: {}", text(it, "/state"), text(it, "/why")));
    let notes = all("notes").iter().filter_map(Value::as_str).map(str::to_owned);
    // The exit status must say it too: nothing was met here, but a part could not be read.
    let said = unread.chain(notes).filter(|_| status == 4).collect();
    Ok(Told { rows, said, status })
}

/// MVT says it in the errors of its log; a hit is a line of the same kind.
fn mvt(checked: &Checked, damage: &Damage) -> anyhow::Result<Told> {
    let file = checked.out.join(format!("{}.json", damage.module));
    let rows = if file.exists() { elements(&document(&file)?).len() as u64 } else { 0 };
    let lines: Vec<&str> = checked.ran.log.lines().collect();
    let mut said = Vec::new();
    for (number, line) in
        lines.iter().enumerate().filter(|it| it.1.starts_with("ERROR ") || it.1.starts_with("CRITICAL "))
    {
        // A message goes on in the lines below, to the right.
        let more = lines.iter().skip(number + 1).take_while(|it| it.starts_with("    "));
        let whole: Vec<&str> = std::iter::once(line).chain(more).map(|it| it.trim()).collect();
        let whole = whole.join(" ");
        said.push(whole.split(']').nth(1).unwrap_or(&whole).trim().to_owned());
    }
    Ok(Told { rows, said, status: checked.ran.status })
}

fn apply(bench: &Bench, damage: &Damage, phone: &Path) -> anyhow::Result<()> {
    let file = phone.join(damage.file);
    match damage.how {
        Change::Bytes(change) => fs::write(&file, change(fs::read(&file)?))?,
        Change::Script(word) => edit(bench, word, &file)?,
    }
    Ok(())
}

fn edit(bench: &Bench, word: &str, file: &Path) -> anyhow::Result<()> {
    checked_quietly(Command::new(&bench.python).arg(root().join(PROPERTY_LISTS)).arg(word).arg(file))
}

/// The small backup with its traces and three apps.
pub(super) fn backup_with_apps(bench: &Bench) -> anyhow::Result<PathBuf> {
    with_apps(bench, &SMALL)
}

fn with_apps(bench: &Bench, size: &Size) -> anyhow::Result<PathBuf> {
    let to = bench.folder("sound-backup")?;
    copy(&case::backup(bench, size, None)?, &to)?;
    edit(bench, "add-apps", &to.join("Info.plist"))?;
    Ok(to)
}

/// A dump with a log of one shutdown.
fn sound_dump(bench: &Bench) -> anyhow::Result<PathBuf> {
    let to = bench.folder("sound-dump")?;
    let log = to.join(SHUTDOWN);
    fs::create_dir_all(log.parent().unwrap_or(&to))?;
    fs::create_dir_all(to.join("private/var/mobile"))?;
    fs::write(to.join("private/var/mobile/x"), "")?;
    let programs = ["/usr/libexec/nfcd", "/usr/libexec/locationd", "/usr/sbin/mDNSResponder"];
    let clients = programs
        .iter()
        .enumerate()
        .map(|(pid, it)| format!("\t\tremaining client pid: {} ({it})\n", pid + 7));
    let clients: String = clients.collect();
    let ends = "SIGTERM: [1780000000] All buffers have been flushed\n";
    fs::write(log, format!("After 1.26s, these clients are still here:\n{clients}{ends}"))?;
    Ok(to)
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// The page in the middle is lost.
fn without_a_page(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / PAGE / 2 * PAGE;
    if let Some(page) = bytes.get_mut(middle..middle + PAGE) {
        page.fill(0);
    }
    bytes
}

/// A byte of the name of the first program is no text.
fn with_odd_byte(mut bytes: Vec<u8>) -> Vec<u8> {
    let name = bytes.windows(4).position(|it| it == b"nfcd");
    if let Some(byte) = name.and_then(|it| bytes.get_mut(it)) {
        *byte = 0xff;
    }
    bytes
}
