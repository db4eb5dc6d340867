//! What is in a file: its hashes and, if it is not too large, its bytes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The room for one read.
const READ_BYTES: usize = 1 << 16;

/// A file that was read to its end.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) size: u64,
    pub(super) md5: String,
    pub(super) sha1: String,
    pub(super) sha256: String,
    /// None if there are more than were to be kept.
    pub(super) bytes: Option<Vec<u8>>,
}

impl Content {
    /// Reads a regular file of at most `limit` bytes, and keeps them if they are at most `kept`.
    pub(super) fn read(path: &Path, limit: u64, kept: usize) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it is no regular file any more"));
        }
        let too_large = || io::Error::other(format!("it is larger than {limit} bytes"));
        if about.len() > limit {
            return Err(too_large());
        }
        let mut bytes = (about.len() <= kept as u64).then(Vec::new);
        let (mut md5, mut sha1, mut sha256) = (Md5::new(), Sha1::new(), Sha256::new());
        let mut size = 0_u64;
        let mut room = vec![0; READ_BYTES];
        loop {
            let count = match file.read(&mut room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let read = room.get(..count).unwrap_or_default();
            if read.is_empty() {
                break;
            }
            size += count as u64;
            // It may grow while it is read.
            if size > limit {
                return Err(too_large());
            }
            md5.update(read);
            sha1.update(read);
            sha256.update(read);
            bytes = bytes.filter(|it| it.len() + count <= kept).map(|mut it| {
                it.extend_from_slice(read);
                it
            });
        }
        Ok(Self {
            size,
            md5: hex(&md5.finalize()),
            sha1: hex(&sha1.finalize()),
            sha256: hex(&sha256.finalize()),
            bytes,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into memory does not fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// What rules call `filetype`, for the kinds that a first look tells; else nothing.
pub(super) fn kind(bytes: &[u8]) -> &'static str {
    let kinds: [(&[u8], &str); 11] = [
        (b"MZ", "EXE"),
        (b"\x7fELF", "ELF"),
        (b"PK\x03\x04", "ZIP"),
        (b"%PDF", "PDF"),
        (b"Rar!", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7ZIP"),
        (b"GIF8", "GIF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"{\\rtf", "RTF"),
        (b"\xd0\xcf\x11\xe0", "OLE"),
    ];
    kinds.iter().find(|(start, _)| bytes.starts_with(start)).map_or("", |(_, name)| name)
}
