//! Backups by iTunes and Finder.

use std::path::Path;

use tempfile::TempDir;
use vigie_phone::{Kind, Limits, Progress};

use crate::maker::{File, Locked, file, make, stored_at};
use crate::{contents, open, open_within};

const LOCKED: Locked = Locked { password: "pass word", first_rounds: Some(7) };

fn some() -> Vec<File> {
    vec![
        file("HomeDomain", "Library/SMS/sms.db", b"not a database, but its bytes"),
        file("HomeDomain", "Library/SMS/sms.db-wal", &[0xa5; 32]),
        file("CameraRollDomain", "empty", b""),
    ]
}

fn made(files: &[File], locked: Option<&Locked>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), files, locked);
    folder
}

/// The listed files are read as they were.
#[track_caller]
fn check(folder: &Path, password: Option<&str>, want: &[File]) {
    let mut files = open(folder, password).unwrap();
    assert_eq!(files.kind(), Kind::IosBackup);
    assert_eq!(files.notes(), &vigie_phone::Notes::default());
    let got = contents(&mut *files);
    assert!(
        got.iter()
            .any(|it| it.0 == "Manifest.db" && it.1.as_ref().unwrap().starts_with(b"SQLite format 3\0"))
    );
    for own in ["Info.plist", "Manifest.plist"] {
        assert!(got.iter().any(|it| it.0 == own && it.1.is_ok()));
    }
    let listed: Vec<_> = got.into_iter().skip(3).collect();
    let want: Vec<_> =
        want.iter().map(|it| (format!("{}/{}", it.domain, it.path), Ok(it.content.clone()))).collect();
    assert_eq!(listed, want);
    let entry = &files.entries()[3];
    assert_eq!((entry.size, entry.modified), (Some(29), Some(1_780_000_000_000_000_000)));
}

/// It is not opened, and says why.
#[track_caller]
fn refused(folder: &Path, password: Option<&str>, want: &str) {
    let why = open(folder, password).err().map(|it| it.to_string());
    assert_eq!(why.as_deref(), Some(want));
}

#[test]
fn plain_and_encrypted_old_and_new() {
    for locked in [None, Some(LOCKED), Some(Locked { first_rounds: None, ..LOCKED })] {
        let folder = made(&some(), locked.as_ref());
        check(folder.path(), locked.as_ref().map(|it| it.password), &some());
    }
    // A password that nobody asked for does no harm.
    check(made(&some(), None).path(), Some("x"), &some());
}

#[test]
fn passwords() {
    let folder = made(&some(), Some(&LOCKED));
    let needed = "is a backup of an iPhone that cannot be read: it is encrypted; its password is needed (the one that was \
                  set in iTunes or Finder)";
    refused(folder.path(), None, needed);
    let wrong = "is a backup of an iPhone that cannot be read: the password does not fit: no key of the backup can be \
                 unwrapped with it";
    refused(folder.path(), Some("password"), wrong);
    refused(folder.path(), Some(""), wrong);
}

#[test]
fn rounds_are_bounded_and_told() {
    let folder = made(&some(), Some(&LOCKED));
    let limits = Limits { key_rounds: 16, ..Limits::default() };
    let why = open_within(folder.path(), Some("pass word"), &limits).err().unwrap().to_string();
    assert!(why.ends_with("its keys ask for 17 rounds of stretching the password; the limit is 16"), "{why}");
    let mut told = Vec::new();
    let mut asked = vigie_phone::Asked {
        limits: &Limits::default(),
        password: Some("pass word"),
        identities: None,
        progress: &mut |it| told.push(it),
    };
    vigie_phone::open(folder.path(), &mut asked).unwrap();
    assert!(told.contains(&Progress::Key { done: 17, of: 17 }), "{told:?}");
    assert_eq!(told.last(), Some(&Progress::Listed { files: 3 }));
}

#[test]
fn what_is_missing_from_the_folder() {
    let without = |gone: &[&str], locked: Option<&Locked>| {
        let folder = made(&some(), locked);
        for it in gone {
            std::fs::remove_file(folder.path().join(it)).unwrap();
        }
        folder
    };
    let prefix = "is a backup of an iPhone that cannot be read: ";
    let no_list = "`Manifest.db` is missing: it was not finished, or not copied whole";
    refused(without(&["Manifest.db"], None).path(), None, &format!("{prefix}{no_list}"));
    let no_keys =
        "`Manifest.db` is encrypted or damaged, and `Manifest.plist`, which would hold the keys, is missing";
    refused(
        without(&["Manifest.plist"], Some(&LOCKED)).path(),
        Some("pass word"),
        &format!("{prefix}{no_keys}"),
    );
    let folder = without(&["Manifest.plist", "Info.plist"], None);
    let files = open(folder.path(), None).unwrap();
    assert_eq!(files.entries().len(), 4);
    assert_eq!(files.notes().damage.len(), 2);
    std::fs::rename(folder.path().join("Manifest.db"), folder.path().join("Manifest.mbdb")).unwrap();
    let old = "it was made by iOS 9 or older (`Manifest.mbdb`), which is not supported";
    refused(folder.path(), None, &format!("{prefix}{old}"));
}

#[test]
fn a_file_that_is_not_there_costs_only_itself() {
    let mut files = some();
    files[1].there = false;
    let folder = made(&files, Some(&LOCKED));
    std::fs::write(folder.path().join(stored_at("HomeDomain", "unknown").split_once('/').unwrap().1), b"x")
        .unwrap();
    let mut opened = open(folder.path(), Some("pass word")).unwrap();
    assert_eq!(opened.notes().missing, 1);
    assert_eq!(opened.notes().damage, ["1 files are there that `Manifest.db` does not name"]);
    let got = contents(&mut *opened);
    let place = stored_at("HomeDomain", "Library/SMS/sms.db-wal");
    assert_eq!(got[4].1, Err(format!("`Manifest.db` names it, but `{place}` is not in the backup")));
    assert_eq!(got[3].1.as_ref().unwrap(), &files[0].content);
}

#[test]
fn folders_are_listed() {
    let opened = open(made(&some(), None).path(), None).unwrap();
    let folders: Vec<_> = opened.folders().iter().map(|it| it.path.as_str()).collect();
    assert_eq!(folders, ["HomeDomain/Library"]);
}

/// A list that was damaged, or made before the file: its id tells what it is.
#[test]
fn a_file_that_the_list_lacks_is_known_by_its_id() {
    let folder = made(&some()[2..], None);
    let put = |path: &str, content: &[u8]| {
        let at = folder.path().join(stored_at("HomeDomain", path));
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, content).unwrap();
    };
    put("Library/SMS/sms.db", b"messages");
    put("Library/SMS/sms.db-wal", b"log");
    put("Library/unknown", b"x");
    let mut opened = open(folder.path(), None).unwrap();
    let told = "3 files are there that `Manifest.db` does not name; 2 of them are known by their ids";
    assert_eq!(opened.notes().damage, [told]);
    let got = contents(&mut *opened).split_off(4);
    let read = |path: &str, content: &[u8]| (format!("HomeDomain/{path}"), Ok(content.to_vec()));
    assert_eq!(got, [read("Library/SMS/sms.db", b"messages"), read("Library/SMS/sms.db-wal", b"log")]);
}

/// Where it is encrypted, the list would have had the key.
#[test]
fn a_file_that_the_list_of_an_encrypted_backup_lacks_is_told() {
    let folder = made(&some()[2..], Some(&LOCKED));
    let at = folder.path().join(stored_at("HomeDomain", "Library/SMS/sms.db"));
    std::fs::create_dir_all(at.parent().unwrap()).unwrap();
    std::fs::write(at, [7; 32]).unwrap();
    let mut opened = open(folder.path(), Some("pass word")).unwrap();
    let got = contents(&mut *opened).pop().unwrap();
    assert_eq!(got.1, Err("`Manifest.db` has no key for it".to_owned()));
}

#[test]
fn a_class_without_a_key_costs_only_its_files() {
    let mut files = some();
    files[0].class = 3;
    files[1].class = 9;
    let folder = made(&files, Some(&LOCKED));
    let got = contents(&mut *open(folder.path(), Some("pass word")).unwrap());
    assert_eq!(got[4].1, Err("the bag of keys has no key of protection class 9".to_owned()));
    assert!(got[3].1.is_ok());
}

#[test]
fn bytes_without_padding_are_kept_and_a_cut_is_said() {
    let mut files = some();
    files[1].padded = false;
    let folder = made(&files, Some(&LOCKED));
    let place = folder.path().join(stored_at("HomeDomain", "Library/SMS/sms.db"));
    let whole = std::fs::read(&place).unwrap();
    std::fs::write(place, &whole[..20]).unwrap();
    let mut opened = open(folder.path(), Some("pass word")).unwrap();
    let got = contents(&mut *opened);
    assert_eq!(got[3].1.as_deref().unwrap(), &files[0].content[..16]);
    assert_eq!(got[4].1.as_deref().unwrap(), [0xa5; 32]);
    let want = [
        "`HomeDomain/Library/SMS/sms.db` is cut off: its last 4 bytes cannot be decrypted",
        "`HomeDomain/Library/SMS/sms.db-wal` ends without the padding of its cipher",
    ];
    assert_eq!(opened.notes().damage, want);
}

#[test]
fn a_damaged_list_is_not_taken_for_an_encrypted_one() {
    let folder = made(&some(), None);
    let list = folder.path().join("Manifest.db");
    let whole = std::fs::read(&list).unwrap();
    for (bytes, want) in [
        (
            &b""[..],
            "`Manifest.db` does not begin as a database does, although the backup is not encrypted: it is damaged",
        ),
        (
            &[7; 5000],
            "`Manifest.db` does not begin as a database does, although the backup is not encrypted: it is damaged",
        ),
    ] {
        std::fs::write(&list, bytes).unwrap();
        refused(folder.path(), None, &format!("is a backup of an iPhone that cannot be read: {want}"));
    }
    // The pages after the first are gone: what is left is listed, and the loss is said.
    std::fs::write(&list, &whole[..whole.len() / 2]).unwrap();
    let said = match open(folder.path(), None) {
        Ok(files) => files.notes().damage.join("; "),
        Err(error) => error.to_string(),
    };
    assert!(said.contains("`Manifest.db`"), "{said}");
    let locked = made(&some(), Some(&LOCKED));
    let list = locked.path().join("Manifest.db");
    let mut bytes = std::fs::read(&list).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&list, bytes).unwrap();
    let why = "`Manifest.db` is damaged: decrypted with its key, it does not begin as a database does";
    refused(
        locked.path(),
        Some("pass word"),
        &format!("is a backup of an iPhone that cannot be read: {why}"),
    );
}

#[test]
fn damaged_lists_of_keys() {
    let folder = made(&some(), Some(&LOCKED));
    let list = folder.path().join("Manifest.plist");
    let read = || plist::Value::from_file(&list).unwrap().into_dictionary().unwrap();
    let whole = read();
    let refused = |why: &str| {
        refused(
            folder.path(),
            Some("pass word"),
            &format!("is a backup of an iPhone that cannot be read: {why}"),
        );
    };
    for (gone, why) in [
        ("BackupKeyBag", "`Manifest.plist` has no `BackupKeyBag`"),
        (
            "ManifestKey",
            "`Manifest.db` is encrypted, and `Manifest.plist` has no usable `ManifestKey`: there is none",
        ),
    ] {
        let mut less = whole.clone();
        less.remove(gone);
        plist::to_file_binary(&list, &less).unwrap();
        refused(why);
    }
    std::fs::write(&list, b"bplist00").unwrap();
    refused("`Manifest.plist` is a damaged property list: its end is cut off");
}
