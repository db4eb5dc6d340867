//! Property lists and the archives of objects in them.

use vigie_phone::{Limits, keyed, plist};

/// What is a list within limits is unpacked as an archive, or is none.
pub fn run(data: &[u8]) {
    let limits = Limits { file_bytes: 1 << 20, values: 20_000, ..Limits::default() };
    if let Ok(list) = plist::read(data, &limits) {
        let archive = keyed::unpack(&list, &limits);
        assert!(archive.is_err() || keyed::is_archive(&list));
    }
}
