//! What is mounted where, and whether it can be written.
//!
//! Three spellings: `/proc/*/mountinfo`, the command `mount` (`a on b type c (options)`) and `/proc/mounts` (`a b c options 0 0`).

use std::collections::BTreeSet;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use crate::Sign;

pub(super) const NAME: &str = "mounts";

/// Where the system lies, which is mounted read-only.
const SYSTEM: [&str; 8] =
    ["/", "/system", "/system_root", "/vendor", "/product", "/system_ext", "/odm", "/oem"];

#[derive(Debug)]
struct Mount {
    source: String,
    target: String,
    kind: String,
    options: String,
}

/// The mounts of a process. One that another process has too is told once.
pub(super) fn read(lines: Lines<'_>, known: &mut BTreeSet<String>, sink: &mut Sink<'_, '_>) {
    for line in lines.iter() {
        if line.text.trim().is_empty() {
            continue;
        }
        match parse(&line.text) {
            Some(mount) => tell(format!("line {}", line.number), &mount, known, sink),
            None => sink.bad(format!("line {} is no mount", line.number)),
        }
    }
}

/// One mount, by itself.
pub(super) fn read_one(place: String, text: &str, known: &mut BTreeSet<String>, sink: &mut Sink<'_, '_>) {
    match parse(text) {
        Some(mount) => tell(place, &mount, known, sink),
        None => sink.bad(format!("{place} is no mount")),
    }
}

fn tell(place: String, mount: &Mount, known: &mut BTreeSet<String>, sink: &mut Sink<'_, '_>) {
    let Mount { source, target, kind, options } = mount;
    let text = format!("{source} on {target}, {kind}, {options}");
    if !known.insert(text.clone()) {
        return;
    }
    let in_system = SYSTEM.contains(&&**target)
        || SYSTEM.iter().skip(1).any(|it| target.strip_prefix(it).is_some_and(|it| it.starts_with('/')));
    let writable = options.split(',').any(|it| it == "rw");
    // A file system in memory has nothing of the system's own in it; what matters is what it hides.
    let laid_over = matches!(&**kind, "overlay" | "tmpfs") || source.contains("/data/adb");
    let whole = SYSTEM.contains(&&**target) && !matches!(&**kind, "overlay" | "tmpfs" | "rootfs");
    let draft = Draft::new(place, text).file(target);
    let draft = if source.starts_with('/') { draft.file(source) } else { draft };
    let draft = draft.sign_if(whole && writable, Sign::SystemWritable);
    sink.take(draft.sign_if(in_system && laid_over && target != "/", Sign::SystemOverlaid));
}

fn parse(text: &str) -> Option<Mount> {
    let text = text.trim();
    if let Some((before, after)) = text.split_once(" - ") {
        // 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw
        let mut before = before.split(' ').skip(4);
        let mut after = after.split(' ');
        let (target, options) = (before.next()?, before.next()?);
        let (kind, source) = (after.next()?, after.next()?);
        return Some(mount(source, target, kind, options));
    }
    if let Some((source, rest)) = text.split_once(" on ") {
        let (target, rest) = rest.split_once(" type ")?;
        let (kind, options) = rest.split_once(' ')?;
        return Some(mount(source, target, kind, options.trim_matches(['(', ')'])));
    }
    let mut words = text.split(' ');
    let mount = mount(words.next()?, words.next()?, words.next()?, words.next()?);
    (mount.target.starts_with('/')).then_some(mount)
}

fn mount(source: &str, target: &str, kind: &str, options: &str) -> Mount {
    Mount {
        source: source.to_owned(),
        target: target.to_owned(),
        kind: kind.to_owned(),
        options: options.to_owned(),
    }
}
