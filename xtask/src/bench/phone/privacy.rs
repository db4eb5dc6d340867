//! Privacy: what of an encrypted backup lies on the disk afterwards, and who was spoken to.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::case::{self, PASSWORD, SMALL};
use super::measure::{Program, Ran};
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How, files_in};
use super::speed;
use crate::provide;

/// What stands in messages that met no indicator: the host of the links that the writer puts into every fifth message.
const PERSONAL: &str = "site5.example.org";

/// How a database begins that is no longer encrypted.
const PLAIN: &[u8] = b"SQLite format 3\0";

/// What is looked at of what the system is asked.
const CALLS: &str =
    "trace=open,openat,openat2,creat,socket,connect,sendto,rename,renameat,renameat2,link,linkat";

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let backup = case::backup(bench, &SMALL, Some(PASSWORD))?;
    let how = How { password: Some(PASSWORD), ..How::default() };
    let strace = provide::strace()?;
    let traced = strace.as_deref().map(|it| trace_vigie(bench, it, &backup)).transpose()?;
    let their_sockets = strace.as_deref().map(|it| trace_mvt(bench, it, &backup)).transpose()?;
    let ours = bench.vigie("privacy", &backup, how)?;
    let (_, decrypted) = speed::decrypt(bench, &backup)?;
    let theirs = bench.mvt("privacy", "mvt-ios check-backup", &decrypted, How::default())?;
    let (our_plain, our_personal) = (holding(&ours.out, PLAIN)?, holding(&ours.out, PERSONAL.as_bytes())?);
    let tree = files_in(&decrypted)?.len();
    let databases = holding(&decrypted, PLAIN)?;
    let their_personal = holding(&theirs.out, PERSONAL.as_bytes())?;

    let mut table = Table::new(&["", "Vigie", "MVT"]);
    let mut broken = Vec::new();
    let number = |it: usize| it.to_string();
    table.row(&["decrypted files on the disk", &number(our_plain), &number(tree)]);
    table.row(&["databases among them", &number(our_plain), &number(databases)]);
    let what = "outputs with text of messages that met no indicator";
    table.row(&[what, &number(our_personal), &number(their_personal)]);
    let traced_json =
        traced.as_ref().map(|it| json!({"written_elsewhere": it.elsewhere, "sockets": it.sockets}));
    if let Some(traced) = &traced {
        table.row(&[
            "files written outside of the output folder (strace)",
            &number(traced.elsewhere.len()),
            "",
        ]);
        let theirs = their_sockets.as_ref().map_or(0, Vec::len);
        table.row(&["sockets opened (strace)", &number(traced.sockets.len()), &number(theirs)]);
        broken
            .extend(traced.elsewhere.iter().map(|it| format!("written outside of the output folder: {it}")));
        broken.extend(traced.sockets.iter().map(|it| format!("a socket is opened: {it}")));
    }
    if our_plain + our_personal > 0 {
        broken.push("an output holds what was decrypted".to_owned());
    }
    Ok(Outcome {
        json: json!({
            "vigie": {"decrypted": our_plain, "personal_outputs": our_personal, "traced": traced_json},
            "mvt": {
                "decrypted": tree, "databases": databases, "personal_outputs": their_personal,
                "sockets": their_sockets,
            },
        }),
        text: table.text(),
        broken,
    })
}

/// What was asked of the system.
struct Traced {
    elsewhere: Vec<String>,
    sockets: Vec<String>,
}

/// Vigie's check under `strace`.
fn trace_vigie(bench: &Bench, strace: &Path, backup: &Path) -> anyhow::Result<Traced> {
    let folder = bench.folder("traced-vigie")?;
    let out = folder.join("out");
    let how = How { password: Some(PASSWORD), ..How::default() };
    let words = bench.vigie_words(backup, &out, how);
    let program = Program { words, set: Vec::new(), input: Some(format!("{PASSWORD}\n")) };
    let (ran, calls) = calls(bench, strace, program, &folder)?;
    anyhow::ensure!(ran.status == 3, "the check under strace failed:\n{}", ran.log);
    // The trace must have seen the outputs being written, or it proves nothing.
    let out = format!("\"{}", out.display());
    let writes =
        |it: &&String| ["O_WRONLY", "O_RDWR", "O_CREAT", "creat("].iter().any(|mark| it.contains(mark));
    anyhow::ensure!(calls.iter().filter(writes).any(|it| it.contains(&out)), "the trace saw no output");
    let elsewhere = calls.iter().filter(writes).filter(|it| !it.contains(&out) && !it.contains(" = -1 "));
    Ok(Traced { elsewhere: elsewhere.cloned().collect(), sockets: of_network(&calls) })
}

/// The network calls of MVT's decryption.
fn trace_mvt(bench: &Bench, strace: &Path, backup: &Path) -> anyhow::Result<Vec<String>> {
    let folder = bench.folder("traced-mvt")?;
    let to = folder.join("backup");
    let rest = vec!["--destination".to_owned(), to.display().to_string(), backup.display().to_string()];
    let how = How { password: Some(PASSWORD), ..How::default() };
    let program = bench.mvt_program("mvt-ios decrypt-backup", rest, how)?;
    let (ran, calls) = calls(bench, strace, program, &folder)?;
    anyhow::ensure!(to.join("Manifest.db").exists(), "MVT under strace failed:\n{}", ran.log);
    Ok(of_network(&calls))
}

/// Runs a program under `strace`: how it went, and what it asked of the system.
fn calls(
    bench: &Bench,
    strace: &Path,
    mut program: Program,
    folder: &Path,
) -> anyhow::Result<(Ran, Vec<String>)> {
    let log = folder.join("calls.txt");
    let (strace, log_name) = (strace.display().to_string(), log.display().to_string());
    let traced = [&*strace, "-f", "-qq", "-e", CALLS, "-o", &log_name].map(str::to_owned);
    program.words.splice(0..0, traced);
    let ran = program.run(&bench.python, folder)?;
    let calls = fs::read_to_string(&log).context("strace wrote nothing")?;
    Ok((ran, calls.lines().map(str::to_owned).collect()))
}

fn of_network(calls: &[String]) -> Vec<String> {
    let is = |call: &String| ["socket(", "connect(", "sendto("].iter().any(|it| call.contains(it));
    calls.iter().filter(|it| is(it)).cloned().collect()
}

/// How many files below a folder hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> anyhow::Result<usize> {
    let mut count = 0;
    for file in files_in(folder)? {
        count += usize::from(fs::read(file)?.windows(bytes.len()).any(|it| it == bytes));
    }
    Ok(count)
}
