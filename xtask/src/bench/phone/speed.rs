//! Time and memory on phones of three sizes, and on an encrypted one.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::case::{self, LARGE, MEDIUM, PASSWORD, SMALL, Size};
use super::measure::Ran;
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How, files_in, remove};
use crate::run::say;

/// How many times as fast as MVT a check should be.
const GOAL: f64 = 20.0;

/// The most memory that a check should hold.
const MEMORY: u64 = 300_000_000;

/// What is measured how often.
struct Case {
    size: &'static Size,
    encrypted: bool,
    runs: usize,
}

/// MVT takes minutes for the large phone, so once must do.
const CASES: [Case; 4] = [
    Case { size: &SMALL, encrypted: false, runs: 3 },
    Case { size: &MEDIUM, encrypted: false, runs: 3 },
    Case { size: &MEDIUM, encrypted: true, runs: 3 },
    Case { size: &LARGE, encrypted: false, runs: 1 },
];

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let columns = [
        "case",
        "runs",
        "Vigie: wall / CPU s",
        "peak MB",
        "MVT: wall / CPU s",
        "peak MB",
        "MVT's wall ÷ Vigie's",
    ];
    let mut table = Table::new(&columns);
    let mut all = Vec::new();
    let mut missed = Vec::new();
    for case in &CASES {
        let (ours, theirs) = measure(bench, case)?;
        let name = format!("{}{}", case.size.name, if case.encrypted { ", encrypted" } else { "" });
        let ratio = theirs.wall / ours.wall;
        table.row(&[
            name.clone(),
            case.runs.to_string(),
            format!("{:.2} / {:.2}", ours.wall, ours.cpu),
            megabytes(ours.peak),
            format!("{:.2} / {:.2}", theirs.wall, theirs.cpu),
            megabytes(theirs.peak),
            format!("**{ratio:.1}**"),
        ]);
        say(&format!(
            "{name}: {:.2} s beside {:.2} s of MVT, {ratio:.1} times as fast",
            ours.wall, theirs.wall
        ));
        if ratio < GOAL {
            missed.push(format!("{name}: {ratio:.1} times as fast; asked for: {GOAL}"));
        }
        if ours.peak > MEMORY {
            missed.push(format!("{name}: {} MB; asked for: {}", megabytes(ours.peak), megabytes(MEMORY)));
        }
        all.push(json!({
            "case": name, "runs": case.runs, "vigie": figures(&ours), "mvt": figures(&theirs), "ratio": ratio,
        }));
    }
    let mut text = table.text();
    // How fast this machine is today breaks no promise; what is missed is told.
    text.extend(missed.iter().map(|it| format!("\nGoal missed: {it}.\n")));
    Ok(Outcome { json: json!({"cases": all, "goals_missed": missed}), text, broken: Vec::new() })
}

/// The medians of both programs, run in turn.
fn measure(bench: &Bench, case: &Case) -> anyhow::Result<(Ran, Ran)> {
    let password = case.encrypted.then_some(PASSWORD);
    let backup = case::backup(bench, case.size, password)?;
    let how = How { password, ..How::default() };
    warm(&backup)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..case.runs {
        let checked = bench.vigie("speed", &backup, how)?;
        anyhow::ensure!(checked.ran.status == 3, "Vigie found no traces:\n{}", checked.ran.log);
        ours.push(checked.ran);
        remove(&checked.out)?;
        theirs.push(if case.encrypted { decrypt_and_check(bench, &backup)? } else { check(bench, &backup)? });
    }
    Ok((median(ours)?, median(theirs)?))
}

fn check(bench: &Bench, backup: &Path) -> anyhow::Result<Ran> {
    let checked = bench.mvt("speed", "mvt-ios check-backup", backup, How::default())?;
    anyhow::ensure!(checked.out.join("alerts.json").exists(), "MVT could not check:\n{}", checked.ran.log);
    remove(&checked.out)?;
    Ok(checked.ran)
}

/// MVT's two commands for an encrypted backup, as one.
fn decrypt_and_check(bench: &Bench, backup: &Path) -> anyhow::Result<Ran> {
    let (decrypting, decrypted) = decrypt(bench, backup)?;
    let checking = check(bench, &decrypted)?;
    remove(&decrypted)?;
    Ok(Ran {
        wall: decrypting.wall + checking.wall,
        cpu: decrypting.cpu + checking.cpu,
        peak: decrypting.peak.max(checking.peak),
        ..checking
    })
}

/// MVT's decryption of a backup to the disk: how it went, and where the files are.
pub(super) fn decrypt(bench: &Bench, backup: &Path) -> anyhow::Result<(Ran, std::path::PathBuf)> {
    let folder = bench.folder("decrypted-mvt")?;
    let to = folder.join("backup");
    let rest = vec!["--destination".to_owned(), to.display().to_string(), backup.display().to_string()];
    let how = How { password: Some(PASSWORD), ..How::default() };
    let ran = bench.mvt_program("mvt-ios decrypt-backup", rest, how)?.run(&bench.python, &folder)?;
    anyhow::ensure!(to.join("Manifest.db").exists(), "MVT could not decrypt:\n{}", ran.log);
    Ok((ran, to))
}

/// Reads all files once, so that neither program waits for the disk.
fn warm(backup: &Path) -> anyhow::Result<()> {
    for file in files_in(backup)? {
        std::hint::black_box(fs::read(file)?);
    }
    Ok(())
}

fn median(mut runs: Vec<Ran>) -> anyhow::Result<Ran> {
    runs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    let middle = runs.len() / 2;
    runs.into_iter().nth(middle).ok_or_else(|| anyhow::anyhow!("nothing was run"))
}

fn figures(ran: &Ran) -> Value {
    json!({"wall_seconds": ran.wall, "cpu_seconds": ran.cpu, "peak_bytes": ran.peak})
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / 1e6)
}
