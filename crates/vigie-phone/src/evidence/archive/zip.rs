//! Zip archives, by the `zip` crate: it reads the list at the end, files are unpacked one by one.

use std::collections::HashSet;
use std::io::{Read, SeekFrom};

use ::zip::{CompressionMethod, DateTime, ZipArchive};

use super::path::within;
use super::{ArchiveError, Source};
use crate::Limits;
use crate::evidence::tree::Store;
use crate::evidence::{Entry, Notes, Tree, Unreadable};

/// Lists a zip.
pub(super) fn open(mut source: impl Source + 'static, limits: &Limits) -> Result<Tree, ArchiveError> {
    let said = said(&mut source)?;
    if said.is_some_and(|it| it > limits.entries as u64) {
        return Err(ArchiveError::TooMany { limit: limits.entries });
    }
    let bad = |it| ArchiveError::Damaged(format!("its list at the end cannot be read: {it}"));
    let mut archive = ZipArchive::new(source).map_err(bad)?;
    if archive.len() > limits.entries {
        return Err(ArchiveError::TooMany { limit: limits.entries });
    }
    let mut notes = Notes::default();
    // The crate keeps the last of those that have the same name.
    if let Some(lost) = said.and_then(|it| it.checked_sub(archive.len() as u64)).filter(|it| *it > 0) {
        notes.damaged(format!("{lost} files of the archive are hidden by later ones of the same name"));
    }
    let mut entries = Vec::new();
    let mut folders = Vec::new();
    let mut numbers = Vec::new();
    let mut seen = HashSet::new();
    for number in 0..archive.len() {
        let file = match archive.by_index_raw(number) {
            Ok(file) => file,
            Err(error) => {
                notes.damaged(format!("file {number} of the archive cannot be found: {error}"));
                continue;
            }
        };
        let backslashes = || file.name_raw().iter().map(|it| if *it == b'\\' { b'/' } else { *it }).collect();
        let from_windows = !file.name_raw().contains(&b'/') && file.name_raw().contains(&b'\\');
        let raw: Vec<u8> = if from_windows { backslashes() } else { file.name_raw().to_vec() };
        let modified = file.last_modified().and_then(time);
        if file.is_symlink() || raw.ends_with(b"/") {
            notes.links += u64::from(file.is_symlink());
            folders.extend(within(&raw).map(|path| Entry { path, size: None, modified, ..Entry::default() }));
        } else {
            match within(&raw) {
                Some(path) => {
                    seen.insert(file.data_start());
                    entries.push(Entry { path, size: Some(file.size()), modified, ..Entry::default() });
                    numbers.push(number);
                }
                None => notes.outside += 1,
            }
        }
    }
    if seen.len() < entries.len() {
        let shared = entries.len() - seen.len();
        notes.damaged(format!("{shared} files of the archive share their bytes with others"));
    }
    let store = Stored { archive, numbers, limits: limits.clone() };
    Ok(Tree::new(entries, Box::new(store), notes).with_folders(folders))
}

/// How many files the end of the archive says there are, as far as it is found and says so in its short form.
fn said(source: &mut impl Source) -> Result<Option<u64>, ArchiveError> {
    let end = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(end.saturating_sub(65_557)))?;
    let mut tail = Vec::new();
    source.take(65_557).read_to_end(&mut tail)?;
    source.rewind()?;
    let found = tail.windows(22).rev().find(|it| it.starts_with(b"PK\x05\x06"));
    let count = found.and_then(|it| Some(u16::from_le_bytes(it.get(10..12)?.try_into().ok()?)));
    Ok(count.filter(|it| *it != u16::MAX).map(u64::from))
}

/// A time of a zip, which has no zone: taken as UTC.
fn time(time: DateTime) -> Option<i64> {
    let (month, day) = (i64::from(time.month()), i64::from(time.day()));
    // Days since 1970 of a date in the calendar that is in use, counted from March.
    let year = i64::from(time.year()) - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468;
    let clock = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    crate::time::unix_seconds(days * 86_400 + clock)
}

struct Stored<R> {
    archive: ZipArchive<R>,
    /// The number of each file in the archive.
    numbers: Vec<usize>,
    limits: Limits,
}

impl<R: Source> Store for Stored<R> {
    fn read(&mut self, place: usize) -> Result<Vec<u8>, Unreadable> {
        let number = self.numbers.get(place).ok_or_else(|| Unreadable("there is no such file".to_owned()))?;
        let raw = self.archive.by_index_raw(*number).map_err(|it| Unreadable(it.to_string()))?;
        if raw.encrypted() {
            return Err(Unreadable("it is encrypted: unpack the zip with its password first".to_owned()));
        }
        if !matches!(raw.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Unreadable(format!(
                "it is packed by `{}`, which is not supported",
                raw.compression()
            )));
        }
        let limit = self.limits.file_bytes.min(self.limits.unpacked(raw.compressed_size()));
        if raw.size() > limit {
            return Err(Unreadable(format!("it unpacks to {} bytes; the limit is {limit}", raw.size())));
        }
        drop(raw);
        let file = self.archive.by_index(*number).map_err(|it| Unreadable(it.to_string()))?;
        let mut bytes = Vec::new();
        file.take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|it| Unreadable(format!("the archive: {it}")))?;
        if bytes.len() as u64 > limit {
            return Err(Unreadable(format!("it unpacks to more than {limit} bytes")));
        }
        Ok(bytes)
    }
}
