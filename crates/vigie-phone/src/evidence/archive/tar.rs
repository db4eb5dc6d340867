//! Tar archives.
//!
//! Blocks of 512 bytes: the head of a file, then its content. Long names stand in files of their own before the one that
//! they name, in the manner of GNU or of POSIX. Where a head is damaged, the next good one is searched for.

use std::io::{Read, Seek, SeekFrom};

use super::path::within;
use super::{ArchiveError, Source};
use crate::Limits;
use crate::evidence::tree::Store;
use crate::evidence::{Entry, Notes, Tree, Unreadable};

const BLOCK: usize = 512;

/// Lists a tar, of so many bytes as far as that is known.
pub(super) fn open(
    source: impl Source + 'static,
    end: Option<u64>,
    limits: &Limits,
) -> Result<Tree, ArchiveError> {
    let mut listing = Listing {
        source,
        end,
        at: 0,
        limits,
        entries: Vec::new(),
        folders: Vec::new(),
        stretches: Vec::new(),
        next: Next::default(),
        notes: Notes::default(),
    };
    listing.list()?;
    let Listing { source, entries, folders, stretches, notes, .. } = listing;
    let store = Stored { source, stretches, limits: limits.clone() };
    Ok(Tree::new(entries, Box::new(store), notes).with_folders(folders))
}

/// Whether a block is the head of a file: its check sum holds.
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else { return false };
    let sum =
        block.iter().enumerate().map(|(at, it)| if (148..156).contains(&at) { 32 } else { u64::from(*it) });
    let said = field(block, 148, 8).and_then(number);
    said == Some(sum.sum())
}

struct Listing<'l, R> {
    source: R,
    end: Option<u64>,
    at: u64,
    limits: &'l Limits,
    entries: Vec<Entry>,
    folders: Vec<Entry>,
    stretches: Vec<Result<(u64, u64), String>>,
    next: Next,
    notes: Notes,
}

/// What was said of the next file before its head.
#[derive(Default)]
struct Next {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<i64>,
    sparse: bool,
}

impl<R: Read + Seek> Listing<'_, R> {
    fn list(&mut self) -> Result<(), ArchiveError> {
        let mut lost = 0_u64;
        loop {
            let mut block = [0; BLOCK];
            match self.fill(&mut block) {
                Ok(BLOCK) => {}
                Ok(0) => break,
                Ok(_) => {
                    self.notes.damaged("the archive ends within a head".to_owned());
                    break;
                }
                Err(error) => return self.broken(&error),
            }
            if block.iter().all(|it| *it == 0) && lost == 0 {
                break;
            }
            if !is_header(&block) {
                lost += 1;
                continue;
            }
            self.say_lost(&mut lost);
            match self.file(&block) {
                Ok(()) => {}
                Err(ArchiveError::Io(error)) => return self.broken(&error),
                Err(error) => return Err(error),
            }
        }
        self.say_lost(&mut lost);
        // What is packed has a check sum at its end.
        if self.end.is_none() {
            let rest = std::io::copy(&mut self.source, &mut std::io::sink());
            rest.or_else(|it| self.broken(&it).map(|()| 0))?;
        }
        Ok(())
    }

    /// What is listed so far counts, if there is any.
    fn broken(&mut self, error: &std::io::Error) -> Result<(), ArchiveError> {
        if self.entries.is_empty() {
            return Err(ArchiveError::Damaged(error.to_string()));
        }
        self.notes.damaged(format!("the archive cannot be read beyond byte {}: {error}", self.at));
        Ok(())
    }

    fn say_lost(&mut self, lost: &mut u64) {
        if *lost > 0 {
            self.notes.damaged(format!(
                "{} blocks of the archive before byte {} are damaged: what files they held is not known",
                lost, self.at
            ));
        }
        *lost = 0;
    }

    fn file(&mut self, block: &[u8]) -> Result<(), ArchiveError> {
        let kind = block.get(156).copied().unwrap_or_default();
        let said = field(block, 124, 12).and_then(number);
        let size = match kind {
            b'x' | b'g' | b'L' | b'K' => said,
            _ => self.next.size.or(said),
        };
        let Some(size) = size else {
            self.notes.damaged(format!("the size of the file at byte {} is no number", self.at));
            return Ok(());
        };
        match kind {
            b'L' => {
                // It may end in zeros.
                let name = self.text(size)?;
                self.next.path = name.and_then(|it| it.split(|it| *it == 0).next().map(<[u8]>::to_vec));
            }
            b'x' => {
                let fields = self.text(size)?;
                self.fields(&fields.unwrap_or_default());
            }
            b'g' | b'K' => self.skip(size)?,
            _ => {
                let next = std::mem::take(&mut self.next);
                self.entry(kind, size, next, block)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, kind: u8, size: u64, next: Next, block: &[u8]) -> Result<(), ArchiveError> {
        let path = next.path.or_else(|| name(block)).unwrap_or_default();
        let modified = field(block, 136, 12).and_then(number).and_then(|it| i64::try_from(it).ok());
        let modified = next.modified.or_else(|| crate::time::unix_seconds(modified?));
        let is_folder = path.ends_with(b"/") && matches!(kind, 0 | b'0');
        match (kind, within(&path)) {
            (b'1' | b'2' | b'5', path) => {
                self.notes.links += u64::from(kind != b'5');
                self.add_folder(path.map(|path| Entry { path, size: None, modified, ..Entry::default() }))?;
            }
            (b'3' | b'4' | b'6', _) => self.notes.special += 1,
            (_, Some(path)) if is_folder => {
                self.add_folder(Some(Entry { path, size: None, modified, ..Entry::default() }))?;
            }
            (_, Some(path)) => {
                let sparse = next.sparse || kind == b'S';
                self.add(Entry { path, size: Some(size), modified, ..Entry::default() }, size, sparse)?;
            }
            (_, None) => self.notes.outside += 1,
        }
        // Links and folders have no content, whatever size they claim.
        if matches!(kind, b'1'..=b'6') { Ok(()) } else { self.skip(size) }
    }

    fn add_folder(&mut self, entry: Option<Entry>) -> Result<(), ArchiveError> {
        let limit = self.limits.entries;
        if self.entries.len() + self.folders.len() >= limit {
            return Err(ArchiveError::TooMany { limit });
        }
        self.folders.extend(entry);
        Ok(())
    }

    fn add(&mut self, entry: Entry, size: u64, sparse: bool) -> Result<(), ArchiveError> {
        let limit = self.limits.entries;
        if self.entries.len() + self.folders.len() >= limit {
            return Err(ArchiveError::TooMany { limit });
        }
        let stretch = if sparse {
            Err("it is kept with holes in it, which is not supported".to_owned())
        } else if self.end.is_some_and(|end| self.at.saturating_add(size) > end) {
            Err("the archive is cut off within it".to_owned())
        } else {
            Ok((self.at, size))
        };
        self.entries.push(entry);
        self.stretches.push(stretch);
        Ok(())
    }

    /// The content of a file that says something of the next one.
    fn text(&mut self, size: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let whole = usize::try_from(size).ok().filter(|it| *it <= self.limits.text_bytes);
        let Some(length) = whole else {
            self.notes.damaged(format!("the name of the file at byte {} has {size} bytes", self.at));
            self.skip(size)?;
            return Ok(None);
        };
        let start = self.at;
        let mut text = vec![0; length];
        if self.fill(&mut text)? < length {
            return Err(cut().into());
        }
        self.go_to(after(start, size))?;
        Ok(Some(text))
    }

    /// The fields of POSIX: `27 path=a/b\n`, with the length of the whole in front.
    fn fields(&mut self, mut fields: &[u8]) {
        while let Some(space) = fields.iter().position(|it| *it == b' ') {
            let length =
                fields.get(..space).and_then(|it| std::str::from_utf8(it).ok()?.parse::<usize>().ok());
            let Some((field, rest)) = length.and_then(|it| fields.split_at_checked(it)) else { return };
            fields = rest;
            let field = field.get(space + 1..).and_then(|it| it.strip_suffix(b"\n")).unwrap_or_default();
            let equals = field.iter().position(|it| *it == b'=').unwrap_or(field.len());
            let (key, value) = field.split_at(equals);
            let value = value.get(1..).unwrap_or_default();
            let text = || std::str::from_utf8(value).ok();
            match key {
                b"path" => self.next.path = Some(value.to_vec()),
                b"size" => self.next.size = text().and_then(|it| it.parse().ok()),
                b"mtime" => {
                    let seconds = text().and_then(|it| it.parse().ok());
                    self.next.modified = seconds.and_then(crate::time::unix_real);
                }
                _ => self.next.sparse |= key.starts_with(b"GNU.sparse"),
            }
        }
    }

    fn fill(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let mut count = 0;
        while let Some(rest) = room.get_mut(count..).filter(|it| !it.is_empty()) {
            match self.source.read(rest)? {
                0 => break,
                more => count += more,
            }
        }
        self.at += count as u64;
        Ok(count)
    }

    fn skip(&mut self, size: u64) -> Result<(), ArchiveError> {
        self.go_to(after(self.at, size))
    }

    fn go_to(&mut self, to: u64) -> Result<(), ArchiveError> {
        // Padding at the very end is often left out.
        if self.end.is_some_and(|end| to > end.saturating_add(BLOCK as u64)) {
            return Err(cut().into());
        }
        self.source.seek(SeekFrom::Start(to))?;
        self.at = to;
        Ok(())
    }
}

fn cut() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it is cut off")
}

/// The block after so many bytes.
fn after(start: u64, size: u64) -> u64 {
    start.saturating_add(size.checked_next_multiple_of(BLOCK as u64).unwrap_or(u64::MAX))
}

fn field(block: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    block.get(at..at + length)
}

/// The name in a head, and what is to be put before it.
fn name(block: &[u8]) -> Option<Vec<u8>> {
    let text = |at, length| {
        let field = field(block, at, length)?;
        field.split(|it| *it == 0).next()
    };
    let (name, before) = (text(0, 100)?, text(345, 155)?);
    let is_posix = field(block, 257, 6) == Some(b"ustar\0");
    if is_posix && !before.is_empty() { Some([before, name].join(&b'/')) } else { Some(name.to_vec()) }
}

/// A number: in digits to the base of eight, or, where the first bit is set, in bytes.
fn number(field: &[u8]) -> Option<u64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        // A negative number has every bit of its first byte set.
        let high = u64::from(first & 0x7f);
        return rest.iter().try_fold(high, |sum, it| Some(sum.checked_mul(256)? | u64::from(*it)));
    }
    let digits = field.iter().filter(|it| !matches!(it, b' ' | 0));
    digits.copied().try_fold(0_u64, |sum, it| match it {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(it - b'0')),
        _ => None,
    })
}

struct Stored<R> {
    source: R,
    stretches: Vec<Result<(u64, u64), String>>,
    limits: Limits,
}

impl<R: Source> Store for Stored<R> {
    fn read(&mut self, place: usize) -> Result<Vec<u8>, Unreadable> {
        let (start, size) = match self.stretches.get(place) {
            Some(Ok(stretch)) => *stretch,
            Some(Err(why)) => return Err(Unreadable(why.clone())),
            None => return Err(Unreadable("there is no such file".to_owned())),
        };
        let limit = self.limits.file_bytes;
        if size > limit {
            return Err(Unreadable(format!("it has {size} bytes; the limit is {limit}")));
        }
        let mut bytes = Vec::new();
        let read = self.source.seek(SeekFrom::Start(start));
        let read = read.and_then(|_| (&mut self.source).take(size).read_to_end(&mut bytes));
        read.map_err(|it| Unreadable(format!("the archive: {it}")))?;
        if (bytes.len() as u64) < size {
            return Err(Unreadable("the archive is cut off within it".to_owned()));
        }
        Ok(bytes)
    }
}
