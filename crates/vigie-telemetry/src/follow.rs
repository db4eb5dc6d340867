//! A log that grows: new records as they come, across rotation and truncation, and a place to go on from after a stop.
//!
//! The file is looked at by its path each time its end was reached. Another file under the path (its inode differs, and it
//! holds something) means that the log was rotated: what is left of the old one is read first. A file shorter than what was
//! read means that it was cut: it is read from the start. Nothing waits in [`Follow::next`]; [`Follow::wait`] sleeps
//! between looks.

use crate::lines::Cut;
use crate::records::{Recognised, Records};
use crate::source::written;
use crate::{Format, Options, Record, Skipped, Summary};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many first bytes of a file tell it from another with the same inode.
const HEAD_BYTES: u64 = 256;

/// How much of a log is looked at for its format, and for the headers when its reading goes on in the middle.
const ENOUGH_BYTES: usize = 64 * 1024;

/// A place in a log: everything before it was read. Save it, and give it to [`Follow::open`] after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The file system.
    pub device: u64,
    /// The file.
    pub inode: u64,
    /// Bytes of it that were read.
    pub offset: u64,
    /// Lines of it that were read.
    pub line: u64,
    /// A hash of its first bytes: inodes are used again.
    pub head: u64,
}

/// A checkpoint that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a checkpoint: five numbers with `:` between them")]
pub struct BadCheckpoint(pub String);

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { device, inode, offset, line, head } = self;
        write!(to, "{device}:{inode}:{offset}:{line}:{head}")
    }
}

impl std::str::FromStr for Checkpoint {
    type Err = BadCheckpoint;

    fn from_str(text: &str) -> Result<Self, BadCheckpoint> {
        let numbers: Result<Vec<u64>, _> = text.split(':').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[device, inode, offset, line, head]) => Ok(Self { device, inode, offset, line, head }),
            _ => Err(BadCheckpoint(text.to_owned())),
        }
    }
}

/// Why a log cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The file system said no. That the file does not exist yet is no error.
    #[error("could not read `{path}`")]
    Io {
        /// The log.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The log begins like no known format. Compressed logs do not grow; open them as a [`Source`](crate::Source).
    #[error(
        "`{path}` is no log of a known format, or it is compressed; if it is one, say which with its format"
    )]
    Unrecognised {
        /// The log.
        path: PathBuf,
    },
    /// A Windows event log does not grow at its end. Read it as a [`Source`](crate::Source).
    #[error(
        "`{path}` is a Windows event log, which is not written line by line; it can be read, not followed"
    )]
    NotLines {
        /// The log.
        path: PathBuf,
    },
}

/// A log that is being followed.
pub struct Follow {
    path: PathBuf,
    records: Records<Tail>,
    file: Option<Place>,
    /// When the log was last written, where that was told and not left to the file.
    not_after: Option<i64>,
}

/// What came next in a log.
pub struct Came<'f> {
    /// What the log was recognised as.
    pub format: Format,
    /// The record, or why it was lost.
    pub record: Result<Record<'f>, Skipped>,
}

/// Which file is open.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    device: u64,
    inode: u64,
}

/// The open file, or none yet.
struct Tail(Option<File>);

impl Read for Tail {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |it| it.read(room))
    }
}

impl Follow {
    /// Follows the log at `path` from a checkpoint, or from its start if there is none or it is of another file.
    pub fn open(path: &Path, from: Option<&Checkpoint>, options: &Options) -> Result<Self, FollowError> {
        let records = Records::new(Tail(None), options, true);
        let mut follow = Self { path: path.to_owned(), records, file: None, not_after: options.not_after };
        if let Some((file, place, length)) = follow.current()? {
            let from = from.filter(|it| it.is_of(&file, place, length));
            follow.start(file, place, from).map_err(|it| follow.failed(it))?;
        }
        Ok(follow)
    }

    /// The next record, or why it was lost; None when there is nothing new yet. Never waits.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record borrows from the file's buffer, which an iterator cannot say"
    )]
    pub fn next(&mut self) -> Result<Option<Result<Record<'_>, Skipped>>, FollowError> {
        Ok(match self.advance()? {
            Some(cut) => self.records.take(cut),
            None => None,
        })
    }

    /// [`Follow::next`], with the format that the log was recognised as.
    pub fn next_with_format(&mut self) -> Result<Option<Came<'_>>, FollowError> {
        let Some(cut) = self.advance()? else { return Ok(None) };
        // A record can be cut off once the format is known.
        let Some(format) = self.records.format else { return Ok(None) };
        Ok(self.records.take(cut).map(|record| Came { format, record }))
    }

    /// The next record; sleeps for `interval` between looks until there is one or `stop` is set, which gives None.
    pub fn wait(
        &mut self,
        interval: Duration,
        stop: &AtomicBool,
    ) -> Result<Option<Result<Record<'_>, Skipped>>, FollowError> {
        while !stop.load(Ordering::Relaxed) {
            if let Some(cut) = self.advance()? {
                return Ok(self.records.take(cut));
            }
            std::thread::sleep(interval);
        }
        Ok(None)
    }

    /// Where to go on after a stop: behind the last record that [`Follow::next`] gave. None while there is no file.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let place = self.file?;
        let file = self.records.lines.input().0.as_ref()?;
        let from = self.records.place();
        let head = head(file, from.offset).ok()?;
        Some(Checkpoint {
            device: place.device,
            inode: place.inode,
            offset: from.offset,
            line: from.line,
            head,
        })
    }

    /// The format; None while the log has shown nothing.
    pub fn format(&self) -> Option<Format> {
        self.records.format
    }

    /// What was read until now, over all the files that lay under the path.
    pub fn summary(&self) -> &Summary {
        &self.records.summary
    }
}

/// What a look at the path found.
enum Look {
    /// Nothing new.
    Same,
    /// More to read.
    More,
    /// The last line of a file that was rotated away, although its end never came.
    Rest(Cut),
}

impl Follow {
    /// Cuts off the next record; None when there is nothing new yet.
    fn advance(&mut self) -> Result<Option<Cut>, FollowError> {
        loop {
            let known = self.records.format.is_some() || self.recognise()?;
            let cut = if known { self.records.cut() } else { Cut::End };
            if !matches!(cut, Cut::End) {
                return Ok(Some(cut));
            }
            match self.look()? {
                Look::Same => return Ok(None),
                Look::More => {}
                Look::Rest(cut) => return Ok(Some(cut)),
            }
        }
    }

    fn recognise(&mut self) -> Result<bool, FollowError> {
        match self.records.recognise().map_err(|it| self.failed(it))? {
            Recognised::Yes if self.records.format.is_some_and(|it| it.block().is_some()) => {
                Err(FollowError::NotLines { path: self.path.clone() })
            }
            Recognised::Yes => Ok(true),
            Recognised::No if self.records.lines.ahead().len() >= ENOUGH_BYTES => {
                Err(FollowError::Unrecognised { path: self.path.clone() })
            }
            Recognised::No | Recognised::Empty => Ok(false),
        }
    }

    /// Looks at what lies under the path, once the end of the open file was reached.
    fn look(&mut self) -> Result<Look, FollowError> {
        let Some((file, place, length)) = self.current()? else { return Ok(Look::Same) };
        self.date(&file);
        let lines = &mut self.records.lines;
        if self.file == Some(place) {
            if length >= lines.position() {
                return Ok(Look::Same);
            }
        } else if self.file.is_some() {
            // The one who writes may still hold the old file, until there is something in the new one.
            if length == 0 {
                return Ok(Look::Same);
            }
            if lines.look_further().map_err(|it| self.failed(it))? {
                return Ok(Look::More);
            }
            let rest = self.records.flush();
            if !matches!(rest, Cut::End) {
                return Ok(Look::Rest(rest));
            }
        }
        self.start(file, place, None).map_err(|it| self.failed(it))?;
        Ok(Look::More)
    }

    /// The file that lies under the path now, and its length.
    fn current(&self) -> Result<Option<(File, Place, u64)>, FollowError> {
        let opened = File::open(&self.path).and_then(|file| {
            let about = file.metadata()?;
            Ok((file, Place { device: about.dev(), inode: about.ino() }, about.len()))
        });
        match opened {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Reads a file from a checkpoint, or from its start.
    fn start(&mut self, mut file: File, place: Place, from: Option<&Checkpoint>) -> io::Result<()> {
        let (offset, line) = from.map_or((0, 0), |it| (it.offset, it.line));
        let mut head = Vec::new();
        let mut before = Vec::new();
        if offset > 0 {
            (&file).take(ENOUGH_BYTES as u64).read_to_end(&mut head)?;
            let near = offset.saturating_sub(ENOUGH_BYTES as u64);
            file.seek(SeekFrom::Start(near))?;
            (&file).take(offset - near).read_to_end(&mut before)?;
        }
        self.records.headers(&head, &before);
        self.date(&file);
        file.seek(SeekFrom::Start(offset))?;
        self.records.lines.restart(Tail(Some(file)), offset, line);
        self.file = Some(place);
        Ok(())
    }

    /// Notes when the log was last written.
    fn date(&mut self, file: &File) {
        let written = || file.metadata().ok().as_ref().and_then(written);
        self.records.not_after = self.not_after.or_else(written);
    }

    fn failed(&self, source: io::Error) -> FollowError {
        FollowError::Io { path: self.path.clone(), source }
    }
}

impl Checkpoint {
    fn is_of(&self, file: &File, place: Place, length: u64) -> bool {
        let same = (self.device, self.inode) == (place.device, place.inode) && self.offset <= length;
        same && head(file, self.offset).is_ok_and(|it| it == self.head)
    }
}

/// A hash (FNV-1a) of a file's first bytes, of those before `end`.
fn head(file: &File, end: u64) -> io::Result<u64> {
    let mut bytes = vec![0; end.min(HEAD_BYTES) as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

#[cfg(test)]
mod tests;
