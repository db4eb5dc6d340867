//! The phones whose rows are counted: files of real and test phones that others published, laid out as a phone would have
//! them, and our own small ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::phone::programs::{Bench, checked_quietly, copy, files_in, place_file, unpack};
use crate::run::{root, say};

/// A phone's evidence.
pub(super) struct Phone {
    pub(super) name: &'static str,
    /// What it is, and where it comes from.
    pub(super) path: PathBuf,
    /// The command of MVT for it.
    pub(super) command: &'static str,
    pub(super) password: Option<&'static str>,
}

const BACKUP: &str = "mvt-ios check-backup";
const DUMP: &str = "mvt-ios check-fs";
const BUGREPORT: &str = "mvt-android check-bugreport";
const ANDROIDQF: &str = "mvt-android check-androidqf --non-interactive";
const ANDROID_BACKUP: &str = "mvt-android check-backup --non-interactive";

/// A test phone's sections of a bug report, as MVT's tests have them: the file, and what Android calls the service.
const SECTIONS: [(&str, &str); 5] = [
    ("dumpsys_accessibility.txt", "accessibility"),
    ("dumpsys_adb.txt", "adb"),
    ("dumpsys_battery.txt", "batterystats"),
    ("dumpsys_packages.txt", "package"),
    ("dumpsys_platform_compat.txt", "platform_compat"),
];

/// Those of newer phones.
const NEWER: [(&str, &str); 2] =
    [("dumpsys_accessibility_v14_or_later.txt", "accessibility"), ("dumpsys_adb_wifi.txt", "adb")];

/// Lays all out in the work folder. What the shared data lacks is left out, and that is said.
pub(super) fn lay_out(bench: &Bench) -> anyhow::Result<Vec<Phone>> {
    let to = bench.folder("phones")?;
    let mvt = bench.data.join("phone-artifacts/mvt");
    let ours = root().join("crates/vigie-phone/tests/android");
    let mut phones = Vec::new();
    let mut add = |name, path: anyhow::Result<PathBuf>, command, password| match path {
        Ok(path) => phones.push(Phone { name, path, command, password }),
        Err(error) => say(&format!("phone/rows: `{name}` is left out: {error:#}")),
    };
    add("MVT's iPhone backup", backup(&mvt.join("ios_backup"), &to), BACKUP, None);
    for (name, image) in [
        ("iOS 15 image", "josh_ios15_ffs"),
        ("iOS 16 image", "mvs_ios_2023"),
        ("iOS 17 image", "josh_ios17_ffs"),
    ] {
        add(name, dump(bench, image, &to), DUMP, None);
    }
    let data = mvt.join("android_data");
    add("MVT's bug report", bug_report(&data, &SECTIONS, &to.join("bugreport")), BUGREPORT, None);
    add("MVT's bug report, Android 14", bug_report(&data, &NEWER, &to.join("bugreport-14")), BUGREPORT, None);
    add("our bug report", our_bug_report(bench), BUGREPORT, None);
    add("MVT's AndroidQF", there(mvt.join("androidqf.zip")), ANDROIDQF, None);
    add("our AndroidQF", there(ours.join("androidqf-whole/evidence")), ANDROIDQF, None);
    let backups = mvt.join("android_backup");
    add("MVT's Android backup", there(backups.join("backup.ab")), ANDROID_BACKUP, None);
    add("MVT's Android backup 3", there(backups.join("backup3.ab")), ANDROID_BACKUP, None);
    let encrypted = ours.join("backup-encrypted/evidence/backup.ab");
    add("our encrypted Android backup", there(encrypted), ANDROID_BACKUP, Some("password"));
    Ok(phones)
}

fn there(path: PathBuf) -> anyhow::Result<PathBuf> {
    anyhow::ensure!(path.exists(), "{} is missing", path.display());
    Ok(path)
}

/// A backup whose list of files lies packed beside the rest.
fn backup(from: &Path, to: &Path) -> anyhow::Result<PathBuf> {
    let to = to.join("ios-backup");
    copy(from, &to)?;
    unpack(&to.join("Manifest.db.zst"), &to.join("Manifest.db"))?;
    fs::remove_file(to.join("Manifest.db.zst"))?;
    Ok(to)
}

/// The files of a public image of an iPhone that iLEAPP's tests have, and a database of the use of the network that
/// plaso's have.
fn dump(bench: &Bench, image: &str, to: &Path) -> anyhow::Result<PathBuf> {
    let (to, raw) = (to.join(image), to.join(format!("{image}-raw")));
    let archives = files_in(&bench.data.join("phone-artifacts/ileapp"))?;
    let archives = archives.iter().filter(|it| it.to_string_lossy().ends_with(&format!("{image}.zip")));
    for archive in archives {
        checked_quietly(Command::new(&bench.python).args(["-m", "zipfile", "-e"]).arg(archive).arg(&raw))?;
    }
    for file in files_in(&raw)? {
        let path = file.strip_prefix(&raw)?;
        // Some images begin at the root, some name a partition, and some begin within `/private/var`.
        let parts: Vec<_> =
            path.iter().skip_while(|it| it.to_string_lossy().starts_with("filesystem")).collect();
        let below: PathBuf = parts.iter().collect();
        let place = if below.starts_with("private") { below } else { Path::new("private/var").join(below) };
        place_file(&file, &to.join(place))?;
    }
    fs::remove_dir_all(raw)?;
    let packed = bench.data.join("phone-artifacts/plaso.tar.zst");
    let database = to.join("private/var/networkd/netusage.sqlite");
    let mut tar = Command::new("tar");
    tar.args(["--zstd", "-x", "-f"]).arg(packed).arg("-C").arg(&to).arg("plaso/ios/netusage.sqlite");
    checked_quietly(&mut tar)?;
    place_file(&to.join("plaso/ios/netusage.sqlite"), &database)?;
    fs::remove_dir_all(to.join("plaso"))?;
    Ok(to)
}

/// A bug report of sections that were published one by one.
fn bug_report(from: &Path, sections: &[(&str, &str)], to: &Path) -> anyhow::Result<PathBuf> {
    let rule = |with: &str| with.repeat(79);
    let mut text = format!("{0}\n== dumpstate: 2024-05-01 10:00:00\n{0}\n", rule("="));
    for (file, service) in sections {
        let section = fs::read_to_string(from.join(file))?;
        if !section.starts_with("---") {
            text.extend([rule("-"), "\n".to_owned()]);
        }
        if !section.contains("DUMP OF SERVICE") {
            text.extend([format!("DUMP OF SERVICE {service}:\n")]);
        }
        text.extend([section, "\n".to_owned()]);
    }
    text.extend([format!("{0}\n== dumpstate: done (id 1)\n{0}\n", rule("="))]);
    fs::create_dir_all(to.join("FS/data/tombstones"))?;
    fs::write(to.join("dumpstate.txt"), text)?;
    fs::write(to.join("main_entry.txt"), "dumpstate.txt")?;
    place_file(&from.join("tombstone_process.pb"), &to.join("FS/data/tombstones/tombstone_00.pb"))?;
    Ok(to.to_owned())
}

/// Our own bug report with the file that names its text, without which MVT does not look.
pub(in crate::bench::phone) fn our_bug_report(bench: &Bench) -> anyhow::Result<PathBuf> {
    let to = bench.folder("bugreport-ours")?;
    copy(&root().join("crates/vigie-phone/tests/android/bugreport-whole/evidence"), &to)?;
    fs::write(to.join("main_entry.txt"), "dumpstate.txt")?;
    Ok(to)
}
