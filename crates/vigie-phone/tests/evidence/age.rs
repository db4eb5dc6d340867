//! What `AndroidQF` collects, encrypted with age: the same as the folder and the zip.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use vigie_phone::sealed::{self, Identities, Recipients};
use vigie_phone::{Asked, Kind, Limits, android};

use crate::forms::pack;
use crate::{Opened, contents};

/// A pair of keys that is published with age's own tests.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

/// Bytes of more than ten pieces.
const RANDOM: usize = 700_000;

/// What was collected, in every form.
struct Collected(tempfile::TempDir);

impl Collected {
    /// With a file of so many random bytes, which no packing makes smaller.
    fn new(random: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/android/androidqf-whole/evidence");
        copy(&evidence, &folder.path().join("folder"));
        let mut state = 1_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let bytes: Vec<u8> = (0..random).map(|_| next()).collect();
        std::fs::write(folder.path().join("folder/random.bin"), bytes).unwrap();
        pack(folder.path());
        let zip = std::fs::read(folder.path().join("a.zip")).unwrap();
        let key = Recipients::keys([PUBLIC]).unwrap();
        std::fs::write(folder.path().join("key.zip.age"), sealed(&zip, &key)).unwrap();
        let word = Recipients::Passphrase("pass word".to_owned());
        std::fs::write(folder.path().join("word.age"), sealed(&zip, &word)).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn limits() -> Limits {
    Limits { passphrase_work: 4, ..Limits::default() }
}

fn sealed(content: &[u8], to: &Recipients) -> Vec<u8> {
    let mut writer = sealed::seal(Vec::new(), to, &limits()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn open(path: &Path, secret: Option<&str>, password: Option<&str>) -> Opened {
    let identities = secret.map(|it| Identities::read(it).unwrap());
    let limits = limits();
    let mut asked =
        Asked { limits: &limits, password, identities: identities.as_ref(), progress: &mut |_| {} };
    vigie_phone::open(path, &mut asked)
}

#[test]
fn the_folder_the_zip_and_what_was_encrypted_are_the_same() {
    let collected = Collected::new(RANDOM);
    let read = |name: &str| {
        let mut files = open(&collected.path(name), Some(SECRET), Some("pass word")).unwrap();
        assert_eq!(files.kind(), Kind::Androidqf, "{name}");
        let mut contents = contents(&mut *files);
        contents.sort();
        let mut records = Vec::new();
        let told = android::read(&mut *files, None, &Limits::default(), &mut |it| records.push(it));
        (contents, records, told)
    };
    let folder = read("folder");
    assert!(folder.1.len() > 15, "{}", folder.1.len());
    for name in ["a.zip", "key.zip.age", "word.age"] {
        assert_eq!(read(name), folder, "{name}");
    }
}

#[track_caller]
fn check(path: &Path, secret: Option<&str>, password: Option<&str>, want: &str) {
    let why = open(path, secret, password).err().map_or_else(|| "opened".to_owned(), |it| it.to_string());
    assert!(why.contains(want), "{why}");
}

#[test]
fn what_does_not_open_says_what_is_missing() {
    let collected = Collected::new(9);
    let path = collected.path("key.zip.age");
    check(&path, None, None, "name the file of the secret key with `--identity`");
    check(&collected.path("word.age"), Some(SECRET), None, "give it with `--password-stdin`");
    check(&collected.path("word.age"), None, Some("password"), "the passphrase is wrong");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    check(&path, Some(SECRET), None, "cut or changed");
    let key = Recipients::keys([PUBLIC]).unwrap();
    std::fs::write(&path, sealed(&bytes, &key)).unwrap();
    check(&path, Some(SECRET), None, "encrypted with age inside of another file");
    std::fs::write(&path, sealed(b"a diary", &key)).unwrap();
    check(&path, Some(SECRET), None, "no evidence of a phone");
    let folder = collected.path("outer");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("phone.age"), &bytes).unwrap();
    check(&folder, Some(SECRET), None, "it holds `phone.age`");
}

/// A byte in the middle is changed: the files in that piece and after it are said to be unreadable, and nothing panics.
#[test]
fn a_changed_piece_is_no_silence() {
    let collected = Collected::new(RANDOM);
    let zip = std::fs::read(collected.path("a.zip")).unwrap();
    let mut bytes = sealed(&zip, &Recipients::keys([PUBLIC]).unwrap());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(collected.path("a.age"), bytes).unwrap();
    let unread = match open(&collected.path("a.age"), Some(SECRET), None) {
        Err(error) => error.to_string(),
        Ok(mut files) => {
            let damage = files.notes().damage.join("; ");
            let all = contents(&mut *files).into_iter().filter_map(|it| it.1.err());
            all.collect::<Vec<_>>().join("; ") + &damage
        }
    };
    assert!(unread.contains("decryption error"), "{unread}");
}

/// Seeds of a fuzz target, which `age` 1.1.1 wrote, the Go program by age's author: plain and armoured.
#[test]
fn what_another_program_encrypted_opens() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/phone_evidence");
    let mut want = contents(&mut *open(&Collected::new(9).path("folder"), None, None).unwrap());
    want.retain(|it| it.0 != "random.bin");
    for name in ["androidqf.age", "armoured.age"] {
        let mut files = open(&seeds.join(name), Some(SECRET), None).unwrap();
        let mut got = contents(&mut *files);
        got.sort();
        assert_eq!(got, want, "{name}");
    }
}
