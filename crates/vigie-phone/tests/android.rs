//! Evidence of Android phones, written by us, each a folder under `tests/android`: `evidence/` in, `want.txt` out.
//! `BLESS=1` rewrites what is wanted. And any bytes at all: nothing panics.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vigie_model::event::Observed;
use vigie_phone::{Files, Held, Kind, Limits, Record, State, Told, android};

fn kind(name: &str) -> Kind {
    match name.split('-').next().unwrap() {
        "bugreport" => Kind::Bugreport,
        "androidqf" => Kind::Androidqf,
        "backup" => Kind::AndroidBackup,
        "intrusion" => Kind::IntrusionLog,
        other => panic!("no kind of evidence is called `{other}`"),
    }
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/android").join(case)
}

/// The files of a folder, in no order that matters.
fn held(kind: Kind, root: &Path, under: &str) -> Held {
    let mut folders = vec![root.to_owned()];
    let mut held = Held::new(kind);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                held = held.with(&format!("{under}{name}"), &std::fs::read(&path).unwrap());
            }
        }
    }
    held
}

fn read(files: &mut dyn Files) -> (Vec<Record>, Vec<Told>) {
    let mut records = Vec::new();
    let told = android::read(files, Some("password"), &Limits::default(), &mut |it| records.push(it));
    (records, told)
}

fn shown(records: &[Record], told: &[Told]) -> String {
    let mut text = String::new();
    for it in records {
        let _ = writeln!(text, "{} {} {}: {}", it.artefact, it.file, it.place, it.text.escape_debug());
        for moment in &it.moments {
            let _ = writeln!(text, "    {} {} {:?}", moment.what, moment.time, moment.certainty);
        }
        for seen in &it.seen {
            let value = match &seen.value {
                Observed::Text(it) => it.clone().into_owned(),
                Observed::Number(it) => it.to_string(),
                Observed::Object(it) => format!("object {it}"),
            };
            let _ = writeln!(text, "    {} {} {value}", seen.object, seen.path);
        }
        for sign in &it.signs {
            let _ = writeln!(text, "    ! {sign}");
        }
    }
    for it in told.iter().filter(|it| it.state != State::NotInThisKind) {
        let _ = writeln!(text, "= {} {:?}", it.artefact, it.state);
    }
    text
}

#[track_caller]
fn check(case: &str) {
    let (records, told) = read(&mut held(kind(case), &folder(case).join("evidence"), ""));
    let got = shown(&records, &told);
    let path = folder(case).join("want.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &got).unwrap();
    }
    assert_eq!(got, std::fs::read_to_string(&path).unwrap(), "{case}");
}

#[test]
fn a_bug_report() {
    check("bugreport-whole");
}

#[test]
fn a_bug_report_that_was_cut() {
    check("bugreport-cut");
}

#[test]
fn what_androidqf_collects() {
    check("androidqf-whole");
}

/// Written by other code than ours (Python's `hashlib` and `cryptography`), with a key of bytes below and above 0x7f.
#[test]
fn an_encrypted_backup() {
    check("backup-encrypted");
}

#[test]
fn an_intrusion_log() {
    check("intrusion-log");
}

#[test]
fn a_folder_above_and_another_order_change_nothing() {
    let root = folder("androidqf-whole").join("evidence");
    let (plain, plain_told) = read(&mut held(Kind::Androidqf, &root, ""));
    let (below, below_told) = read(&mut held(Kind::Androidqf, &root, "2026-01-01-phone/"));
    assert_eq!(shown(&plain, &plain_told), shown(&below, &below_told));
}

/// Android's bug report as a zip inside what `AndroidQF` collects, whole and cut.
#[test]
fn an_archive_inside_is_read_even_if_it_was_cut() {
    let dump = std::fs::read(folder("bugreport-whole").join("evidence/dumpstate.txt")).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("dumpstate.txt", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &dump).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let of = |bytes: &[u8]| read(&mut Held::new(Kind::Androidqf).with("bugreport.zip", bytes));
    let state = |told: &[Told]| told.iter().find(|it| it.artefact == "dumpstate").unwrap().state.clone();

    let (whole, told) = of(&zip);
    let plain = read(&mut Held::new(Kind::Bugreport).with("dumpstate.txt", &dump)).0;
    let texts = |records: &[Record]| records.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&whole), texts(&plain));
    assert!(!state(&told).is_incomplete());

    let (cut, told) = of(&zip[..zip.len() / 2]);
    assert!(cut.len() > 5 && cut.len() < whole.len(), "{}", cut.len());
    assert!(matches!(state(&told), State::Partial { .. }));
}

#[test]
fn a_wrong_password_and_no_backup_are_told() {
    let head = "ANDROID BACKUP\n5\n1\nAES-256\n00\n00\n1\n00000000000000000000000000000000\n00\n";
    for (bytes, want) in [(head, "the password is wrong"), ("what", "does not begin with `ANDROID BACKUP`")] {
        let (_, told) = read(&mut Held::new(Kind::AndroidBackup).with("backup.ab", bytes.as_bytes()));
        let state = &told.iter().find(|it| it.artefact == "backup").unwrap().state;
        assert!(matches!(state, State::Unreadable { why } if why.contains(want)), "{state:?}");
    }
}

/// Names that readers ask for, so that any bytes reach each of them.
const NAMES: [&str; 16] = [
    "dumpstate.txt",
    "dumpsys.txt",
    "packages.json",
    "files.json",
    "mounts.json",
    "root_binaries.json",
    "processes.json",
    "getprop.txt",
    "ps.txt",
    "settings_global.txt",
    "backup.ab",
    "bugreport.zip",
    "intrusion-logs/1.json",
    "FS/data/tombstones/tombstone_00.pb",
    "FS/proc/1/mountinfo",
    "apps/com.android.providers.telephony/d_f/000000_sms_backup",
];

const KINDS: [Kind; 4] = [Kind::Bugreport, Kind::Androidqf, Kind::AndroidBackup, Kind::IntrusionLog];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        for kind in KINDS {
            for name in NAMES {
                read(&mut Held::new(kind).with(name, &bytes));
                read(&mut Held::new(kind).with(name, text.as_bytes()));
            }
        }
    }

    #[test]
    fn no_damage_to_a_dump_makes_a_reader_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        for (case, name) in [("bugreport-whole", "dumpstate.txt"), ("intrusion-log", "log.json")] {
            let mut bytes = std::fs::read(folder(case).join("evidence").join(name)).unwrap();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] = to;
            }
            read(&mut Held::new(kind(case)).with(name, &bytes));
        }
    }
}
