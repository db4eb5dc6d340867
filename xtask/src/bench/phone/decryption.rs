//! Decryption: every file of an encrypted backup is what it was, and a wrong password is told.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::case::{self, MEDIA, PASSWORD};
use super::json::document;
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How};
use super::speed;
use crate::run::root;

/// What hashes the files of a folder.
const DIGESTS: &str = "xtask/src/bench/phone/digests.py";

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let backup = case::backup(bench, &MEDIA, Some(PASSWORD))?;
    let truth = document(&case::truth(&backup))?;
    let truth = truth.as_object().context("the truth of a backup is a map")?;
    let (ours, said) = of_vigie(&backup)?;
    let (_, decrypted) = speed::decrypt(bench, &backup)?;
    let theirs = of_mvt(bench, &decrypted)?;
    let same = |found: &BTreeMap<String, String>| {
        truth.iter().filter(|(id, digest)| found.get(*id).map(String::as_str) == digest.as_str()).count()
    };
    let wrong = bench.vigie("wrong-password", &backup, How { password: Some("wrong"), ..How::default() })?;
    let told = wrong.ran.log.trim().lines().last().unwrap_or_default().to_owned();
    let told = told.rsplit("cannot be read: ").next().unwrap_or_default().to_owned();
    let (ours, theirs, of) = (same(&ours), same(&theirs), truth.len());

    let mut table = Table::new(&["", "Vigie", "MVT"]);
    table.row(&[
        "files whose SHA-256 is right".to_owned(),
        format!("**{ours} of {of}**"),
        format!("**{theirs} of {of}**"),
    ]);
    table.row(&["a wrong password".to_owned(), format!("exit {}: {told}", wrong.ran.status), String::new()]);
    let mut broken = Vec::new();
    if ours != of {
        broken.push(format!("{} files are not decrypted as they were:\n{said}", of - ours));
    }
    if wrong.ran.status != 2 || !wrong.ran.log.contains("password") {
        broken.push("a wrong password is not told".to_owned());
    }
    Ok(Outcome {
        json: json!({"files": of, "vigie": ours, "mvt": theirs, "wrong_password_status": wrong.ran.status}),
        text: table.text(),
        broken,
    })
}

/// The SHA-256 of each file as Vigie's reader gives it, by its id. A test of the reader tells them; nothing is written to
/// the disk.
fn of_vigie(backup: &Path) -> anyhow::Result<(BTreeMap<String, String>, String)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["test", "--locked", "--quiet", "--package", "vigie-phone", "--test", "evidence"])
        .args(["--", "--exact", "oracle::digests_of_a_backup_that_is_named", "--nocapture"])
        .env("VIGIE_TEST_BACKUP", backup)
        .env("VIGIE_TEST_PASSWORD", PASSWORD)
        .current_dir(root())
        .output()
        .context("could not start cargo")?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let digests = said.lines().filter_map(|it| it.strip_prefix("digest ")?.split_once(' '));
    Ok((digests.map(|(id, digest)| (id.to_owned(), digest.to_owned())).collect(), said.clone()))
}

/// The SHA-256 of each file that MVT decrypted to the disk, by its id.
fn of_mvt(bench: &Bench, folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let output = Command::new(&bench.python).arg(root().join(DIGESTS)).arg(folder).output()?;
    let digests: Value = serde_json::from_slice(&output.stdout).context("no digests were told")?;
    let digests = digests.as_object().context("digests are a map")?;
    Ok(digests.iter().filter_map(|(id, it)| Some((id.clone(), it.as_str()?.to_owned()))).collect())
}
