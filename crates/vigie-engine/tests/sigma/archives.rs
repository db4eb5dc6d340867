//! The shared data.
//!
//! It lies beside the checkout (`../shared/data`, or where `VIGIE_SHARED_DATA` says) and is never committed; without it the
//! tests say that they were skipped.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The folder of a set of the shared data.
pub(crate) fn data(set: &str) -> Option<PathBuf> {
    let beside = || {
        let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|it| it.join("shared/data"));
        folders.find(|it| it.is_dir()).unwrap_or_default()
    };
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from).join(set);
    folder.is_dir().then_some(folder)
}

/// The files of a `.tar.zst` whose names end so, in the order of the archive.
pub(crate) fn unpack(archive: &Path, ends: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = zstd::decode_all(File::open(archive).unwrap()).unwrap();
    let (mut rest, mut files, mut long_name) = (bytes.as_slice(), Vec::new(), None);
    while let Some((head, after)) = rest.split_at_checked(512).filter(|(head, _)| head[0] != 0) {
        let text = |from: usize, to: usize| {
            let bytes = head[from..to].split(|it| *it == 0).next().unwrap_or_default();
            String::from_utf8_lossy(bytes).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8).unwrap();
        let content = &after[..size];
        match head[156] {
            b'L' => long_name = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
            b'x' => {
                let records = String::from_utf8_lossy(content);
                long_name = records.lines().find_map(|it| Some(it.split_once(" path=")?.1.to_owned()));
            }
            kind => {
                let name = long_name.take().unwrap_or_else(|| match text(345, 500) {
                    prefix if prefix.is_empty() => text(0, 100),
                    prefix => format!("{prefix}/{}", text(0, 100)),
                });
                if matches!(kind, b'0' | 0) && name.ends_with(ends) {
                    files.push((name, content.to_vec()));
                }
            }
        }
        rest = &after[size.next_multiple_of(512)..];
    }
    files
}
