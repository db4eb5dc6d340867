//! Checks of evidence that is encrypted, packed or both, while every call is written down.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;
use vigie_phone::Limits;
use vigie_phone::sealed::{self, Recipients};
use zip::write::SimpleFileOptions;

use crate::calls::{self, Call, Change, TRACED};
use crate::maker::{self, Locked, file};
use crate::unified_log;

/// Words of the owner that no indicator meets: they may stand nowhere on the disk.
const PRIVATE: &str = "Dinner at eight, nobody else knows";

/// A name that the owner looked for: an extract keeps it, and nobody else may see it.
const LOOKED_FOR: &str = "clinic.example";

const PASSWORD: &str = "pass word";

/// A folder with evidence and indicators.
struct Desk {
    folder: TempDir,
    strace: PathBuf,
}

impl Desk {
    /// None where calls cannot be traced, which is said.
    fn new() -> Option<Self> {
        let strace = strace()?;
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("scratch")).unwrap();
        fs::write(folder.path().join("indicators.txt"), "evil.example\n").unwrap();
        Some(Self { folder, strace })
    }

    fn path(&self, name: &str) -> PathBuf {
        // Paths in a trace have no links in them.
        fs::canonicalize(self.folder.path()).unwrap().join(name)
    }

    /// Runs a program in the folder; gives its status and its calls.
    fn traced(&self, program: &str, arguments: &[&str]) -> (Option<i32>, Vec<Call>) {
        let trace = self.folder.path().with_extension("strace");
        let mut run = Command::new(&self.strace)
            .args(["-f", "-y", "-s", "1048576", "-e", TRACED, "-o"])
            .args([trace.as_os_str(), "--".as_ref(), program.as_ref()])
            .args(arguments)
            .current_dir(self.path(""))
            .env_remove("VIGIE_DATA")
            .env("TMPDIR", self.path("scratch"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        run.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let ended = run.wait_with_output().unwrap();
        let text = fs::read_to_string(&trace).unwrap();
        fs::remove_file(trace).unwrap();
        (ended.status.code(), calls::read(&text))
    }

    /// Every file of the folder but the outputs.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        read_all(&self.path(""), &mut files);
        files.retain(|path, _| !path.starts_with(self.path("out")));
        files
    }

    /// Checks evidence in which `evil.example` is met and [`PRIVATE`] stands.
    #[track_caller]
    fn check(&self, evidence: &str) {
        self.check_and(evidence, &[]);
    }

    /// The same with more options.
    #[track_caller]
    fn check_and(&self, evidence: &str, more: &[&str]) {
        let before = self.files();
        let (out, vigie) = (self.path("out"), env!("CARGO_BIN_EXE_vigie"));
        let arguments = ["--indicators", "indicators.txt", "--out", "out", "--consent-given-by", "Amal"];
        let begin = ["phone", "check", evidence, "--password-stdin"];
        let (status, calls) = self.traced(vigie, &[&begin[..], &arguments[..], more].concat());
        assert_eq!(status, Some(3), "{evidence}: what was packed is read, and met");
        let strays = strays(&calls, &self.path(""), &out);
        assert!(strays.is_empty(), "{evidence}: {strays:#?}");
        // The trace tells what is known to be done.
        let done = |name: &str, path: PathBuf| {
            let change = Change::Path(path);
            calls.iter().any(|it| it.name == name && it.changes(&self.path("")).contains(&change))
        };
        assert!(done("mkdir", out.clone()), "{evidence}");
        let extract = (!more.is_empty()).then_some("extract.age");
        for output in
            ["findings.jsonl", "timeline.jsonl", "report.html", "manifest.json"].into_iter().chain(extract)
        {
            assert!(done("openat", out.join(output)) && done("write", out.join(output)), "{output}");
        }
        let opened = format!("\"{evidence}");
        let reads = |it: &&Call| it.name == "openat" && it.arguments.iter().any(|it| it.starts_with(&opened));
        assert!(calls.iter().find(reads).is_some(), "{evidence} is opened");
        // What was decrypted or unpacked is never written, not even for a while.
        let to_disk = |it: &&Call| it.changes(&self.path("")).iter().any(|it| matches!(it, Change::Path(_)));
        let writes = |text: &str| {
            calls.iter().filter(to_disk).filter(|it| it.arguments.iter().any(|it| it.contains(text))).count()
        };
        assert_eq!(writes(PRIVATE) + writes(LOOKED_FOR), 0, "{evidence}");
        assert!(writes("a.evil.example") > 0, "{evidence}: what a trace is told by is written");
        assert_eq!(self.files(), before, "{evidence}");
        let mut all = BTreeMap::new();
        read_all(&self.path(""), &mut all);
        for (path, bytes) in all {
            let found = memchr::memmem::find(&bytes, PRIVATE.as_bytes());
            assert_eq!(found, None, "{}", path.display());
        }
    }
}

/// Where strace is, if it may trace here.
fn strace() -> Option<PathBuf> {
    let must = std::env::var_os("CI").is_some();
    let Some(strace) = std::env::var_os("VIGIE_TEST_STRACE").map(PathBuf::from) else {
        assert!(!must, "VIGIE_TEST_STRACE is not set; run `cargo xtask test`");
        println!("skipped: VIGIE_TEST_STRACE does not say where a strace is");
        return None;
    };
    let tried = Command::new(&strace).args(["-f", "-o", "/dev/null", "true"]).output().unwrap();
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(!must, "strace may not trace here: {why}");
        println!("skipped: strace may not trace here: {why}");
        return None;
    }
    Some(strace)
}

/// The calls that change something outside the output folder, other than telling what was asked for.
fn strays<'c>(calls: &'c [Call], folder: &Path, out: &Path) -> Vec<&'c Call> {
    let within = |change: &Change| match change {
        Change::Path(path) => path.starts_with(out) || path == Path::new("/dev/null"),
        Change::Pipe => true,
        Change::Other => false,
    };
    calls.iter().filter(|it| !it.changes(folder).iter().all(within)).collect()
}

fn read_all(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

/// A database of messages: one that an indicator meets, and one of the owner's own.
fn messages(folder: &Path) -> Vec<u8> {
    let path = folder.join("messages.db");
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
             CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT, handle_id INTEGER, date INTEGER);
             INSERT INTO handle VALUES (1, '+15550100');
             INSERT INTO message VALUES (1, 'look: https://a.evil.example/x', 1, 700000000000000000);",
        )
        .unwrap();
    database.execute("INSERT INTO message VALUES (2, ?1, 1, 700000001000000000)", [PRIVATE]).unwrap();
    database.close().unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    bytes
}

#[test]
fn an_encrypted_backup() {
    let Some(desk) = Desk::new() else { return };
    let messages = messages(&desk.path("scratch"));
    assert!(memchr::memmem::find(&messages, PRIVATE.as_bytes()).is_some());
    let backup = desk.path("backup");
    fs::create_dir(&backup).unwrap();
    let files = [
        file("HomeDomain", "Library/SMS/sms.db", &messages),
        file("CameraRollDomain", "Media/note.txt", PRIVATE.as_bytes()),
    ];
    maker::make(&backup, &files, Some(&Locked { password: PASSWORD, first_rounds: Some(7) }));
    desk.check("backup");
}

/// A zip by `AndroidQF`, in which the owner looked for something too.
fn androidqf() -> Vec<u8> {
    let mut pack = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let event = |host: &str| {
        format!(
            r#"{{"dns_event":{{"event_time":1700000000000,"package_name":"com.example","hostname":"{host}","ip_addresses":[]}}}}"#
        )
    };
    for (name, text) in [
        ("acquisition.json", r#"{"uuid":"1","started":"2026-03-21T10:00:00Z"}"#.to_owned()),
        ("packages.json", "[]".to_owned()),
        ("settings_global.txt", format!("note={PRIVATE}\n").repeat(50)),
        ("intrusion-logs/security.json", event("a.evil.example") + "\n" + &event(LOOKED_FOR) + "\n"),
    ] {
        pack.start_file(name, SimpleFileOptions::default()).unwrap();
        pack.write_all(text.as_bytes()).unwrap();
    }
    pack.finish().unwrap().into_inner()
}

#[test]
fn a_zip_of_androidqf() {
    let Some(desk) = Desk::new() else { return };
    fs::write(desk.path("phone.zip"), androidqf()).unwrap();
    desk.check("phone.zip");
}

/// Evidence encrypted with age, and an extract of it: what is decrypted goes into the one and out of the other unseen.
#[test]
fn an_encrypted_zip_and_an_extract_of_it() {
    let Some(desk) = Desk::new() else { return };
    let limits = Limits { passphrase_work: 4, ..Limits::default() };
    let to = Recipients::Passphrase(PASSWORD.to_owned());
    let mut sealed = sealed::seal(Vec::new(), &to, &limits).unwrap();
    sealed.write_all(&androidqf()).unwrap();
    fs::write(desk.path("phone.age"), sealed.finish().unwrap()).unwrap();
    let key = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    desk.check_and("phone.age", &["--consent-to-extract", "--extract-to", key]);
    let mut all = BTreeMap::new();
    read_all(&desk.path(""), &mut all);
    assert!(all.contains_key(&desk.path("out/extract.age")));
    for (path, bytes) in all {
        assert_eq!(memchr::memmem::find(&bytes, LOOKED_FOR.as_bytes()), None, "{}", path.display());
    }
}

#[test]
fn a_sysdiagnose_whose_log_another_process_reads() {
    let Some(desk) = Desk::new() else { return };
    unified_log::sysdiagnose(
        &desk.path("phone.tar.gz"),
        &[("Persist/1.tracev3", unified_log::of_bh(PRIVATE))],
    );
    desk.check("phone.tar.gz");
}

/// What is held against a check would be seen.
#[test]
fn strays_are_caught() {
    let Some(desk) = Desk::new() else { return };
    let out = desk.path("out");
    let caught = |script: &str| {
        let (status, calls) = desk.traced("sh", &["-c", script]);
        assert_eq!(status, Some(0), "{script}");
        let strays = strays(&calls, &desk.path(""), &out);
        strays.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(caught("read password; echo said; mkdir out; echo x > out/a; echo y > /dev/null"), [""; 0]);
    assert_eq!(caught("read password; echo x > stray"), ["openat", "write"]);
    assert_eq!(caught("read password; echo x > out/../stray"), ["openat", "write"]);
    assert!(caught("mv out/a scratch/a").concat().starts_with("rename"));
    assert!(caught("rm scratch/a").concat().starts_with("unlink"));
}
