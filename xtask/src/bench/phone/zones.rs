//! The time zone of the machine changes nothing: outputs are the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::damage;
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How, files_in};
use super::rows::phones::our_bug_report;

const ZONES: [&str; 3] = ["UTC", "Europe/Paris", "America/New_York"];

/// What Vigie promises to be the same.
const OURS: [&str; 3] = ["findings.jsonl", "timeline.jsonl", "completeness.json"];

/// What MVT writes of the run itself: when it was, and where.
const OF_THE_RUN: [&str; 2] = ["command.log", "info.json"];

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let phones = [
        ("the small backup, with apps", damage::backup_with_apps(bench)?, "mvt-ios check-backup"),
        ("our bug report", our_bug_report(bench)?, "mvt-android check-bugreport"),
    ];
    let mut table = Table::new(&["phone", "Vigie: files that differ", "MVT: files that differ", "which"]);
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    for (name, phone, command) in phones {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for zone in ZONES {
            let how = How { zone: Some(zone), ..How::default() };
            ours.push(outputs(&bench.vigie("zones", &phone, how)?.out, |it| OURS.contains(&it))?);
            let is_output = |it: &str| !OF_THE_RUN.contains(&it);
            let outputs = outputs(&bench.mvt("zones", command, &phone, how)?.out, is_output)?;
            theirs.push(outputs.into_iter().map(|(name, bytes)| (name, sorted(&bytes))).collect());
        }
        anyhow::ensure!(ours.iter().all(|it| it.len() == OURS.len()), "{name}: Vigie wrote not all outputs");
        let (differ, their_differ) = (differing(&ours), differing(&theirs));
        broken.extend(
            differ.iter().map(|it| format!("{name}: `{it}` depends on the time zone of the machine")),
        );
        table.row(&[
            name.to_owned(),
            format!("{} of {}", differ.len(), OURS.len()),
            format!("{} of {}", their_differ.len(), theirs.first().map_or(0, BTreeMap::len)),
            their_differ.join(", "),
        ]);
        all.push(json!({"phone": name, "vigie": differ, "mvt": their_differ}));
    }
    let zones = ZONES.join(", ");
    let text = format!(
        "`TZ` of {zones}: Vigie's outputs byte for byte, MVT's whatever the order of their lines.\n\n{}",
        table.text()
    );
    Ok(Outcome { json: json!({"zones": ZONES, "phones": all}), text, broken })
}

/// The outputs of these names.
fn outputs(folder: &Path, is_output: impl Fn(&str) -> bool) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut outputs = BTreeMap::new();
    for file in files_in(folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if is_output(&name) {
            outputs.insert(file.strip_prefix(folder)?.to_owned(), fs::read(&file)?);
        }
    }
    Ok(outputs)
}

/// The lines in order: MVT writes those of one time now in this order, now in that, whatever the zone.
fn sorted(bytes: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split(|it| *it == b'\n').collect();
    lines.sort_unstable();
    lines.join(&b'\n')
}

/// The files that are not the same in all runs.
fn differing(runs: &[BTreeMap<PathBuf, Vec<u8>>]) -> Vec<String> {
    let Some((first, others)) = runs.split_first() else { return Vec::new() };
    let names = runs.iter().flat_map(BTreeMap::keys).collect::<std::collections::BTreeSet<_>>();
    let differ = names.into_iter().filter(|it| others.iter().any(|other| other.get(*it) != first.get(*it)));
    differ.map(|it| it.display().to_string()).collect()
}
