//! Zip archives inside the evidence, such as the bug report that `AndroidQF` collects.
//!
//! An archive that was cut has lost its directory, which stands at its end. Its files are then found by the heads before
//! each of them, as far as they go.

use std::io::{Cursor, Read};

use flate2::read::DeflateDecoder;

use crate::{Held, Kind, Limits};

/// What was in an archive, and what could not be read of it.
pub(super) struct Unpacked {
    pub(super) files: Held,
    pub(super) damage: Option<String>,
}

/// The wanted files of an archive.
pub(super) fn unpack(bytes: &[u8], kind: Kind, limits: &Limits, wanted: fn(&str) -> bool) -> Unpacked {
    match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => directory(archive, bytes.len(), kind, limits, wanted),
        Err(error) => salvage(bytes, kind, limits, wanted, &error.to_string()),
    }
}

fn directory(
    mut archive: zip::ZipArchive<Cursor<&[u8]>>,
    size: usize,
    kind: Kind,
    limits: &Limits,
    wanted: fn(&str) -> bool,
) -> Unpacked {
    let mut files = Held::new(kind);
    let mut damage = None;
    for number in 0..archive.len().min(limits.entries) {
        let mut file = match archive.by_index(number) {
            Ok(it) => it,
            Err(error) => {
                damage.get_or_insert_with(|| format!("file {number} of the archive: {error}"));
                continue;
            }
        };
        let name = file.name().to_owned();
        if !file.is_file() {
            continue;
        }
        let mut content = Vec::new();
        if wanted(&name) {
            let room = room(&files, size, limits);
            let read = file.by_ref().take(room.saturating_add(1)).read_to_end(&mut content);
            if content.len() as u64 > room {
                return Unpacked { files, damage: Some(format!("`{name}` unpacks to more than the limit")) };
            }
            if let Err(error) = read {
                damage.get_or_insert_with(|| format!("`{name}`: {error}"));
            }
        }
        files.add(name, &content, None);
    }
    Unpacked { files, damage }
}

/// How much more may be unpacked.
fn room(files: &Held, size: usize, limits: &Limits) -> u64 {
    let most = (size as u64).saturating_mul(limits.expansion).max(64 << 20);
    most.min(limits.file_bytes).saturating_sub(files.held_bytes())
}

fn salvage(bytes: &[u8], kind: Kind, limits: &Limits, wanted: fn(&str) -> bool, why: &str) -> Unpacked {
    let mut files = Held::new(kind);
    for at in memchr::memmem::find_iter(bytes, b"PK\x03\x04").take(limits.entries) {
        let Some((name, deflated, body)) = head(bytes.get(at..).unwrap_or_default()) else { continue };
        if !wanted(&name) || name.ends_with('/') {
            continue;
        }
        let mut content = Vec::new();
        let room = room(&files, bytes.len(), limits);
        // What the cut left is read; the error is the cut itself.
        let _cut = if deflated {
            DeflateDecoder::new(body).take(room).read_to_end(&mut content)
        } else {
            body.take(room).read_to_end(&mut content)
        };
        files.add(name, &content, None);
    }
    Unpacked {
        files,
        damage: Some(format!("the archive is cut or damaged ({why}); what is left of it was read")),
    }
}

/// The name of a file by the head before it, whether it is deflated, and its bytes as far as they go.
fn head(bytes: &[u8]) -> Option<(String, bool, &[u8])> {
    let number = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let size = u32::from_le_bytes(bytes.get(18..22)?.try_into().ok()?);
    let (flags, method) = (number(6)?, number(8)?);
    let (name, extra) = (usize::from(number(26)?), usize::from(number(28)?));
    let body = bytes.get(30 + name + extra..)?;
    let name = String::from_utf8_lossy(bytes.get(30..30 + name)?).into_owned();
    let known = flags & 8 == 0 && size != u32::MAX;
    match method {
        8 => Some((name, true, body)),
        // Without its size, a file that is not deflated has no end.
        0 if known => Some((name, false, body.get(..(size as usize).min(body.len()))?)),
        _ => None,
    }
}
