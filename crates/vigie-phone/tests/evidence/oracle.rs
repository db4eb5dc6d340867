//! Backups by a writer that is independent of this project, and by others' phones. Both are skipped where they are missing.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::{contents, open};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is missing", path.display());
        return None;
    }
    Some(path)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn every_file_of_the_independent_writer_is_read_as_it_was() {
    let Some(writer) = shared("tools/phone/gen_ios_backup.py") else { return };
    let folder = tempfile::tempdir().unwrap();
    for password in [None, Some("pässword 🔑")] {
        let out = folder.path().join(if password.is_some() { "encrypted" } else { "plain" });
        let mut command = Command::new("python3");
        command.arg(&writer).arg(&out).args([
            "--rows",
            "200",
            "--touch",
            "--dpic",
            "1000",
            "--media-mib",
            "9",
        ]);
        if let Some(password) = password {
            command.args(["--password", password]);
        }
        let done = command.output();
        if !done.as_ref().is_ok_and(|it| it.status.success()) {
            eprintln!("skipped: python3 with `cryptography` is missing");
            return;
        }
        let truth = std::fs::read(out.with_extension("truth.json")).unwrap();
        let truth: BTreeMap<String, String> = serde_json::from_slice(&truth).unwrap();
        let mut files = open(&out, password).unwrap();
        assert_eq!(files.notes(), &vigie_phone::Notes::default());
        let got: BTreeMap<String, String> = contents(&mut *files)
            .into_iter()
            .filter_map(|(path, content)| {
                let (domain, path) = path.split_once('/')?;
                let id = hex(&sha1::Sha1::digest(format!("{domain}-{path}")));
                Some((id, hex(&Sha256::digest(content.unwrap()))))
            })
            .collect();
        assert_eq!(got, truth);
    }
}

/// For `cargo xtask bench phone/decryption`, which compares them with what the writer of the backup says.
#[test]
fn digests_of_a_backup_that_is_named() {
    let Some(backup) = std::env::var_os("VIGIE_TEST_BACKUP") else {
        eprintln!("skipped: `VIGIE_TEST_BACKUP` names no backup");
        return;
    };
    let password = std::env::var("VIGIE_TEST_PASSWORD").ok();
    let mut files = open(Path::new(&backup), password.as_deref()).unwrap();
    let listed = files.entries().iter().filter(|it| it.path.contains('/')).count();
    let mut told = BTreeMap::new();
    for entry in 0..files.entries().len() {
        let path = files.entries()[entry].path.clone();
        let Some((domain, path)) = path.split_once('/') else { continue };
        let id = hex(&sha1::Sha1::digest(format!("{domain}-{path}")));
        told.insert(id, hex(&Sha256::digest(files.read(entry).unwrap())));
    }
    assert_eq!(told.len(), listed);
    for (id, digest) in told {
        println!("digest {id} {digest}");
    }
}

#[test]
fn a_backup_of_a_real_phone() {
    let Some(backup) = shared("data/phone-artifacts/mvt/ios_backup") else { return };
    let folder = tempfile::tempdir().unwrap();
    let unpacked = Command::new("zstd")
        .arg("-dqo")
        .arg(folder.path().join("Manifest.db"))
        .arg(backup.join("Manifest.db.zst"))
        .status();
    if !unpacked.is_ok_and(|it| it.success()) {
        eprintln!("skipped: zstd is missing");
        return;
    }
    let mut folders = vec![backup.clone()];
    while let Some(inner) = folders.pop() {
        for entry in inner.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let to = folder.path().join(path.strip_prefix(&backup).unwrap());
            if path.is_dir() {
                std::fs::create_dir_all(to).unwrap();
                folders.push(path);
            } else if path.extension().is_none_or(|it| it != "zst") {
                std::fs::write(to, std::fs::read(path).unwrap()).unwrap();
            }
        }
    }
    let mut files = open(folder.path(), None).unwrap();
    let got = contents(&mut *files);
    let there = got.iter().filter(|it| it.1.is_ok()).count();
    eprintln!("{} entries, {there} there, {:?}", got.len(), files.notes());
    // 1,089 files are listed; `Info.plist` and `Manifest.db` are beside them, and a list of WhatsApp that is not listed.
    assert_eq!(got.len(), 1089 + 2 + 1);
    assert!(got.iter().any(|it| it.0.ends_with("WhatsApp.shared/LID.sqlite") && it.1.is_ok()));
    assert_eq!(files.folders().len(), 2618 + 14);
    assert_eq!(files.notes().missing, (got.len() - there) as u64);
    assert!(got.iter().any(|it| it.0 == "HomeDomain/Library/SMS/sms.db" && it.1.is_ok()));
}
