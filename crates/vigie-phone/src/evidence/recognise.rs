//! What evidence is, seen from the paths and first bytes of its files.
//!
//! Each kind has marks: paths that only it has, or that it has together. Two points make a kind; the folder nearest to the
//! top wins, since a dump of a phone may hold what looks like anything further down.

use std::collections::BTreeMap;

use super::{Kind, Tree};
use crate::android::{backup, intrusion};
use crate::sealed;

/// The mark of `getprop.txt`.
const PROPERTIES: u32 = 1 << 12;

/// How deep the evidence may lie within what was given.
const DEEPEST: usize = 4;

/// What was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The kind.
    pub kind: Kind,
    /// The folder that holds it, with `/` at its end; empty where it is everything.
    pub root: String,
    /// What is to be put before paths in place of the root.
    pub before: &'static str,
}

/// Why nothing was recognised.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEvidence {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// Nothing known.
    #[error(
        "it is no evidence of a phone that is known here: a backup by iTunes or Finder, the file system of an iPhone, a \
         sysdiagnose, a bug report, a collection by AndroidQF, a backup by adb or an intrusion log is"
    )]
    Unknown,
    /// More than one.
    #[error("it holds several: `{0}` and `{1}`; give one of them")]
    Several(String, String),
    /// A database alone.
    #[error("it is a single database; give the folder or archive that it comes from")]
    Database,
    /// Encrypted with age within something else.
    #[error("it is encrypted with age inside of another file; unpack that, and give this alone")]
    Age,
    /// Another archive within.
    #[error("it holds `{0}`; unpack that first, or give it alone")]
    Nested(String),
}

/// Says what the files are.
pub fn recognise(tree: &Tree) -> Result<Recognised, NotEvidence> {
    let mut points: BTreeMap<(usize, &str, Kind, &'static str), u32> = BTreeMap::new();
    for entry in tree.entries() {
        for (root, kind, before, mark) in marks(&entry.path) {
            let depth = root.matches('/').count();
            if depth <= DEEPEST {
                *points.entry((depth, root, kind, before)).or_default() |= 1 << mark;
            }
        }
    }
    // Marks below 8 are enough alone.
    let worth = |marks: u32| (marks & 0xff).count_ones() * 2 + (marks >> 8).count_ones();
    let of_least = |least| {
        let points = points.iter().map(|(it, marks)| (it, worth(*marks)));
        points.filter(move |it| it.1 >= least).collect::<Vec<_>>()
    };
    let mut found = of_least(2);
    if found.is_empty() {
        // A collection that was cut down to the properties of the phone: nothing else is called so.
        found = of_least(1);
        found.retain(|it| {
            it.0.2 == Kind::Androidqf && points.get(it.0).is_some_and(|it| it & PROPERTIES != 0)
        });
    }
    let Some(nearest) = found.iter().map(|it| it.0.0).min() else { return Err(nothing(tree)) };
    let nearest = || found.iter().filter(|it| it.0.0 == nearest);
    let most = nearest().map(|it| it.1).max().unwrap_or_default();
    let mut best = nearest().filter(|it| it.1 == most).map(|it| it.0);
    let Some((_, root, kind, before)) = best.next() else { return Err(NotEvidence::Unknown) };
    if let Some((_, other, _, _)) = best.next() {
        return Err(NotEvidence::Several((*root).to_owned(), (*other).to_owned()));
    }
    Ok(Recognised { kind: *kind, root: (*root).to_owned(), before })
}

fn nothing(tree: &Tree) -> NotEvidence {
    let packed = [".zip", ".tar", ".tar.gz", ".tgz", ".age"];
    let inner = tree.entries().iter().find(|it| packed.iter().any(|end| it.path.ends_with(end)));
    match inner {
        Some(inner) => NotEvidence::Nested(inner.path.clone()),
        None if tree.entries().is_empty() => NotEvidence::Empty,
        None => NotEvidence::Unknown,
    }
}

type Mark<'p> = (&'p str, Kind, &'static str, u32);

/// What a path says: the root that it speaks of, the kind, what paths of it begin with, and the number of the mark.
fn marks(path: &str) -> Vec<Mark<'_>> {
    let (folder, name) = path.rfind('/').map_or(("", path), |it| path.split_at(it + 1));
    let mut marks = Vec::new();
    if let Some((kind, mark)) = by_name(name) {
        marks.push((folder, kind, "", mark));
    }
    if let Some((kind, mark)) = by_second_name(name) {
        marks.push((folder, kind, "", mark));
    }
    for (root, rest) in roots(path) {
        let inside = by_inside(rest);
        marks.extend(inside.map(|(kind, before, mark)| (root, kind, before, mark)));
        if root.trim_end_matches('/').rsplit('/').next().is_some_and(|it| it.starts_with("sysdiagnose_")) {
            marks.push((root, Kind::Sysdiagnose, "", 12));
        }
    }
    marks
}

/// Each folder that a path may be seen from, and the path from there.
fn roots(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = path.match_indices('/').map(|it| it.0 + 1);
    std::iter::once(0).chain(ends).take(DEEPEST + 1).map(|it| path.split_at(it))
}

fn by_name(name: &str) -> Option<(Kind, u32)> {
    let ends = |end: &str| name.ends_with(end);
    Some(match name {
        "Manifest.db" => (Kind::IosBackup, 0),
        "Manifest.mbdb" => (Kind::IosBackup, 1),
        "Manifest.plist" => (Kind::IosBackup, 8),
        "Status.plist" => (Kind::IosBackup, 9),
        "Info.plist" => (Kind::IosBackup, 10),
        "sysdiagnose.log" => (Kind::Sysdiagnose, 8),
        "taskinfo.txt" => (Kind::Sysdiagnose, 9),
        "remotectl_dumpstate.txt" => (Kind::Sysdiagnose, 10),
        "ps.txt" => (Kind::Sysdiagnose, 11),
        "main_entry.txt" => (Kind::Bugreport, 0),
        "dumpstate_log.txt" => (Kind::Bugreport, 8),
        "version.txt" => (Kind::Bugreport, 9),
        "dumpstate.txt" => (Kind::Bugreport, 10),
        "acquisition.json" => (Kind::Androidqf, 8),
        "packages.json" => (Kind::Androidqf, 9),
        "files.json" => (Kind::Androidqf, 10),
        "root_binaries.json" => (Kind::Androidqf, 11),
        "getprop.txt" => (Kind::Androidqf, 12),
        "dumpsys.txt" => (Kind::Androidqf, 13),
        "mounts.json" => (Kind::Androidqf, 14),
        "processes.txt" | "services.txt" => (Kind::Androidqf, 15),
        "bugreport.zip" => (Kind::Androidqf, 16),
        _ if name.starts_with("settings_") && ends(".txt") => (Kind::Androidqf, 17),
        _ if name.starts_with("dumpstate-") && ends(".txt") => (Kind::Bugreport, 11),
        _ if name.starts_with("bugreport-") && ends(".txt") => (Kind::Bugreport, 1),
        _ => return None,
    })
}

fn by_second_name(name: &str) -> Option<(Kind, u32)> {
    matches!(name, "ps.txt" | "env.txt").then_some((Kind::Androidqf, 18))
}

/// What a path says of the folder that it is seen from.
fn by_inside(path: &str) -> Option<(Kind, &'static str, u32)> {
    let (first, rest) = path.split_once('/')?;
    let of_dump =
        |rest: &str| ["mobile/", "db/", "root/", "containers/"].iter().any(|it| rest.starts_with(it));
    Some(match first {
        "private" if rest.strip_prefix("var/").is_some_and(of_dump) => (Kind::IosDump, "", 0),
        "var" if rest.starts_with("mobile/") => (Kind::IosDump, "private/", 1),
        "system_logs.logarchive" => (Kind::Sysdiagnose, "", 0),
        "crashes_and_spins" => (Kind::Sysdiagnose, "", 13),
        "FS" => (Kind::Bugreport, "", 12),
        "intrusion_logs" | "intrusion-logs" => (Kind::Androidqf, "", 19),
        "apps" if rest.ends_with("/_manifest") || rest.starts_with("com.android.providers.telephony/") => {
            (Kind::AndroidBackup, "", 0)
        }
        _ if is_id(first, rest) => (Kind::IosBackup, "", 11),
        _ => return None,
    })
}

/// `3d/3d0d…`: how a backup names its files.
fn is_id(folder: &str, name: &str) -> bool {
    folder.len() == 2
        && name.len() == 40
        && name.starts_with(folder)
        && name.bytes().all(|it| it.is_ascii_hexdigit())
}

/// What one file alone is, from its first bytes.
pub(super) fn single(head: &[u8]) -> Result<Kind, NotEvidence> {
    let has = |text: &[u8]| head.windows(text.len()).any(|it| it == text);
    match head {
        [] => Err(NotEvidence::Empty),
        _ if backup::is_backup(head) => Ok(Kind::AndroidBackup),
        _ if sealed::is_sealed(head) => Err(NotEvidence::Age),
        _ if head.starts_with(b"SQLite format 3\0") => Err(NotEvidence::Database),
        _ if has(b"== dumpstate: ") => Ok(Kind::Bugreport),
        _ if intrusion::is_intrusion_log(head) => Ok(Kind::IntrusionLog),
        _ => Err(NotEvidence::Unknown),
    }
}

#[cfg(test)]
mod tests;
