//! The forms that evidence comes in.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use vigie_phone::Kind;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::maker::{file, make};
use crate::{contents, open};

type Content<'c> = &'c [(&'c str, &'c [u8])];

/// The same files as folder, zip, tar and packed tar.
fn forms(at: &Path, files: Content<'_>) {
    for (path, content) in files {
        let path = at.join("folder").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    pack(at);
}

/// Packs the folder in every way.
pub(crate) fn pack(at: &Path) {
    let folder = at.join("folder");
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all(".", &folder).unwrap();
    let tar = tar.into_inner().unwrap();
    std::fs::write(at.join("a.tar"), &tar).unwrap();
    let mut gz = GzEncoder::new(File::create(at.join("a.tgz")).unwrap(), Compression::fast());
    gz.write_all(&tar).unwrap();
    gz.finish().unwrap();
    let mut zip = ZipWriter::new(File::create(at.join("a.zip")).unwrap());
    let mut folders = vec![folder.clone()];
    while let Some(inner) = folders.pop() {
        for entry in inner.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            if path.is_dir() {
                zip.add_directory(name, SimpleFileOptions::default()).unwrap();
                folders.push(path);
                continue;
            }
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&std::fs::read(&path).unwrap()).unwrap();
        }
    }
    zip.finish().unwrap();
}

const FORMS: [&str; 4] = ["folder", "a.zip", "a.tar", "a.tgz"];

#[track_caller]
fn check(files: Content<'_>, kind: Kind, want: Content<'_>) {
    let folder = tempfile::tempdir().unwrap();
    forms(folder.path(), files);
    for form in FORMS {
        let mut opened = open(&folder.path().join(form), None).unwrap();
        assert_eq!(opened.kind(), kind, "{form}");
        let mut got = contents(&mut *opened);
        got.sort();
        let want: Vec<_> = want.iter().map(|it| (it.0.to_owned(), Ok(it.1.to_vec()))).collect();
        assert_eq!(got, want, "{form}");
    }
}

#[test]
fn a_dump() {
    check(
        &[("private/var/mobile/Library/SMS/sms.db", b"a"), ("private/etc/hosts", b"b")],
        Kind::IosDump,
        &[("private/etc/hosts", b"b"), ("private/var/mobile/Library/SMS/sms.db", b"a")],
    );
    check(&[("x/var/mobile/a", b"a")], Kind::IosDump, &[("private/var/mobile/a", b"a")]);
}

#[test]
fn a_sysdiagnose_loses_its_folder_and_the_files_of_macs() {
    check(
        &[
            ("sysdiagnose_2026.05.30/ps.txt", b"a"),
            ("sysdiagnose_2026.05.30/logs/._x", b"b"),
            ("sysdiagnose_2026.05.30/logs/x", b"c"),
        ],
        Kind::Sysdiagnose,
        &[("logs/x", b"c"), ("ps.txt", b"a")],
    );
}

#[test]
fn a_backup_in_any_form() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("folder/00008120-X");
    std::fs::create_dir_all(&inner).unwrap();
    make(&inner, &[file("HomeDomain", "a", b"content")], None);
    pack(folder.path());
    for form in FORMS {
        let mut opened = open(&folder.path().join(form), None).unwrap();
        let got = contents(&mut *opened);
        let want = ("HomeDomain/a".to_owned(), Ok(b"content".to_vec()));
        assert_eq!((opened.kind(), got.last()), (Kind::IosBackup, Some(&want)), "{form}");
    }
}

#[test]
fn one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let check = |content: &[u8], want: Result<Kind, &str>| {
        std::fs::write(&path, content).unwrap();
        match (open(&path, None), want) {
            (Ok(mut files), Ok(kind)) => {
                assert_eq!(files.kind(), kind);
                assert_eq!(contents(&mut *files).len(), 1);
            }
            (Ok(files), Err(want)) => panic!("{:?} instead of {want}", files.kind()),
            (Err(error), want) => assert_eq!(Err(error.to_string().as_str()), want),
        }
    };
    check(b"ANDROID BACKUP\n5\n0\nnone\n", Ok(Kind::AndroidBackup));
    check(b"== dumpstate: 2026-05-30 10:00:00\n", Ok(Kind::Bugreport));
    check(b"", Err("cannot be checked: it is empty"));
    check(
        b"SQLite format 3\0",
        Err("cannot be checked: it is a single database; give the folder or archive that it comes from"),
    );
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(b"== dumpstate: 2026-05-30 10:00:00\n").unwrap();
    check(&gz.finish().unwrap(), Ok(Kind::Bugreport));
    check(b"\x1f\x8b\x08\x00", Err("is an archive that cannot be read: it is cut off"));
    check(
        b"PK\x03\x04 and nothing",
        Err(
            "is an archive that cannot be read: its list at the end cannot be read: invalid Zip archive: Could not find EOCD",
        ),
    );
}

#[test]
fn what_is_not_there() {
    let why = open(Path::new("/nonexistent/evidence"), None).err().unwrap().to_string();
    assert!(why.starts_with("cannot be read: "), "{why}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    forms(folder.path(), &[("private/var/mobile/a", b"a")]);
    let dump = folder.path().join("folder");
    std::os::unix::fs::symlink("/etc/passwd", dump.join("private/var/mobile/b")).unwrap();
    std::os::unix::fs::symlink("/", dump.join("root")).unwrap();
    let opened = open(&dump, None).unwrap();
    assert_eq!((opened.entries().len(), opened.notes().links), (1, 2));
    let folders: Vec<_> = opened.folders().iter().map(|it| it.path.as_str()).collect();
    let want = ["private", "private/var", "private/var/mobile", "private/var/mobile/b", "root"];
    assert_eq!(folders, want);
}

/// Attackers leave folders that they emptied.
#[test]
fn folders_are_listed_in_every_form() {
    let at = tempfile::tempdir().unwrap();
    let inner = at.path().join("folder/image");
    std::fs::create_dir_all(inner.join("private/var/mobile")).unwrap();
    std::fs::write(inner.join("private/var/mobile/a"), b"a").unwrap();
    std::fs::create_dir_all(inner.join("private/var/tmp/staging")).unwrap();
    pack(at.path());
    for form in FORMS {
        let opened = open(&at.path().join(form), None).unwrap();
        let paths: Vec<_> = opened.folders().iter().map(|it| it.path.as_str()).collect();
        assert!(paths.contains(&"private/var/tmp/staging"), "{form}: {paths:?}");
        assert!(paths.iter().all(|it| it.starts_with("private")), "{form}: {paths:?}");
        assert_eq!(opened.notes(), &vigie_phone::Notes::default(), "{form}");
    }
}

/// Nothing but `disk.rs` touches a disk, and nothing at all writes or connects.
#[test]
fn readers_only() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code: String = text.lines().filter(|it| !it.trim_start().starts_with("//")).collect();
            let is_disk = path.ends_with("evidence/disk.rs");
            let is_test =
                path.components().any(|it| it.as_os_str() == "tests" || it.as_os_str() == "tests.rs");
            let never = [
                "File::create",
                "OpenOptions",
                "fs::write",
                "create_dir",
                "TcpStream",
                "UdpSocket",
                "std::process",
                "tempfile",
            ];
            let reading = ["std::fs", "File::open"];
            for what in never.iter().chain(reading.iter().filter(|_| !is_disk)) {
                assert!(is_test || !code.contains(what), "{}: {what}", path.display());
            }
            seen += usize::from(is_disk);
        }
    }
    assert_eq!(seen, 1);
}
