//! Files of real iPhones, which lie outside the repository.
//!
//! `VIGIE_SHARED_DATA` names their folder; without it, and without `../shared/data` beside the checkout, the test says
//! that it is skipped.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

use std::io::Read as _;
use std::path::PathBuf;

use vigie_model::event::{Observed, Path};
use vigie_phone::{Held, Kind, Limits, Record, State, ios};

/// Reads evidence; gives the records and the state of one artefact.
fn read(mut files: Held, artefact: &str) -> (Vec<Record>, State) {
    let mut records = Vec::new();
    let told = ios::read(&mut files, &Limits::default(), &mut |it| {
        if it.artefact == artefact {
            records.push(it);
        }
    });
    let state = told.into_iter().find(|it| it.artefact == artefact).unwrap().state;
    (records, state)
}

fn sees(records: &[Record], path: Path, value: &str) -> bool {
    let is_it = |it: &Observed<'_>| matches!(it, Observed::Text(text) if text == value);
    records.iter().flat_map(|it| &it.seen).any(|it| it.path == path && is_it(&it.value))
}

#[test]
fn logs_and_lists_of_real_phones() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from).join("phone-artifacts");
    if !folder.is_dir() {
        println!("SKIPPED: no shared data; set VIGIE_SHARED_DATA to its folder");
        return;
    }
    let packed = std::fs::read(folder.join("plaso.tar.zst")).unwrap();
    let unpacked = zstd::decode_all(&*packed).unwrap();
    let mut logs = Held::new(Kind::Sysdiagnose);
    for member in tar::Archive::new(&*unpacked).entries().unwrap() {
        let mut member = member.unwrap();
        let place = match member.path().unwrap().file_name().and_then(|it| it.to_str()) {
            Some("ios_sysdiag.log") => "logs/MobileInstallation/mobile_installation.log.0",
            Some("ios_lockdownd.log") => "logs/lockdownd/lockdownd.log",
            _ => continue,
        };
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        logs = logs.with(place, &content);
    }
    let (records, state) = read(logs, "installation_logs");
    assert!(!state.is_incomplete(), "{state:?}");
    assert!(sees(&records, Path::AppId, "com.apple.CoreCDPUI.localSecretPrompt"));
    // 2021-08-11 05:51:02 by the phone's clock, whose zone such a log does not tell.
    assert_eq!(records.first().unwrap().moments.first().unwrap().time, 1_628_661_062_000_000_000);

    let backup = folder.join("mvt/ios_backup");
    let file = |path: &str| std::fs::read(backup.join(path)).unwrap();
    let backup = || {
        Held::new(Kind::IosBackup).with("Info.plist", &file("Info.plist")).with(
            "HomeDomain/Library/Preferences/.GlobalPreferences.plist",
            &file("0d/0dc926a1810f7aee4e8f38793ed788701f93bf9d"),
        )
    };
    let (records, state) = read(backup(), "backup_info");
    assert_eq!(state, State::Present { records: 7 });
    assert!(sees(&records, Path::AppId, "net.whatsapp.WhatsApp"));
    let (records, _) = read(backup(), "global_preferences");
    assert_eq!(records.first().unwrap().text, "Lockdown Mode is on");
}
