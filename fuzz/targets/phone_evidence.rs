//! Evidence of phones as one file: archives, what is in them, and backups with their keys.

use std::io::Cursor;

use vigie_phone::sealed::Identities;
use vigie_phone::{Asked, Entry, Limits, open_file};

/// The key of the seed `androidqf.age`, published with age's own tests.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

/// Whatever opens, every file of it is read or says why not, and none is larger than allowed.
pub fn run(data: &[u8]) {
    let limits = Limits {
        file_bytes: 1 << 20,
        entries: 1000,
        unpacked_bytes: 4 << 20,
        values: 10_000,
        key_rounds: 100,
        passphrase_work: 4,
        ..Limits::default()
    };
    let entry = Entry {
        path: "evidence".to_owned(),
        size: Some(data.len() as u64),
        modified: None,
        ..Entry::default()
    };
    let identities = Identities::read(SECRET).ok();
    let mut asked = Asked {
        limits: &limits,
        password: Some("pass word"),
        identities: identities.as_ref(),
        progress: &mut |_| {},
    };
    let Ok(mut files) = open_file(Cursor::new(data.to_vec()), entry, &mut asked) else { return };
    for entry in 0..files.entries().len() {
        if let Ok(bytes) = files.read(entry) {
            assert!(bytes.len() as u64 <= limits.file_bytes, "{}", bytes.len());
        }
    }
}
