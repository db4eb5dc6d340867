//! Real logs that lie outside the repository: `VIGIE_SHARED_DATA`, or `../shared/data` beside the checkout.

use std::path::{Path, PathBuf};

/// A log and its bytes.
pub(crate) struct Log {
    /// Its path, in its archive where it lies in one.
    pub(crate) name: String,
    /// Unpacked.
    pub(crate) bytes: Vec<u8>,
}

/// The folder, if it is there.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Every file under a folder, in order, those in archives one by one.
pub(crate) fn logs(folder: &Path) -> Vec<Log> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(&inner).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it lies there").display().to_string();
            let bytes = std::fs::read(&path).expect("the file can be read");
            match name.strip_suffix(".zst") {
                None => found.push(Log { name, bytes }),
                Some(name) => {
                    let bytes = zstd::decode_all(&bytes[..]).expect("it unpacks");
                    let log = Log { name: name.to_owned(), bytes };
                    if Path::new(name).extension().is_some_and(|it| it == "tar") {
                        found.extend(members(&log.bytes));
                    } else {
                        found.push(log);
                    }
                }
            }
        }
    }
    found.sort_by(|one, two| one.name.cmp(&two.name));
    found
}

/// The files of a tar archive: blocks of 512 bytes, a header with name and octal size before each.
fn members(archive: &[u8]) -> Vec<Log> {
    let mut found = Vec::new();
    let mut long = None;
    let mut rest = archive;
    while rest.len() > 512 && rest[0] != 0 {
        let text = |from: usize, to: usize| {
            String::from_utf8_lossy(&rest[from..to]).trim_end_matches(['\0', ' ']).to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8).expect("a size in octal");
        let content = &rest[512..512 + size];
        if matches!(rest[156], b'L' | b'x') {
            // A name of more than 100 bytes stands in an entry of its own, in GNU's form or that of POSIX.
            let told = String::from_utf8_lossy(content);
            let posix = told.lines().find_map(|it| it.split_once(" path="));
            long = Some(posix.map_or(told.trim_end_matches('\0'), |it| it.1).to_owned());
        } else if matches!(rest[156], b'0' | 0) {
            let prefix = text(345, 500);
            let name = if prefix.is_empty() { text(0, 100) } else { format!("{prefix}/{}", text(0, 100)) };
            let name = long.take().unwrap_or(name);
            found.push(Log { name, bytes: content.to_vec() });
        }
        rest = &rest[512 + size.div_ceil(512) * 512..];
    }
    found
}
