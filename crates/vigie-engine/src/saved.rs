//! The saved form of an image: frames of bytes, each with a checksum.
//!
//! A file begins with eight bytes that say what it is. Frames of at most a mebibyte follow, each with its length and the
//! checksum of its bytes, which also tells the number of the frame; an empty one ends the file. Numbers are little-endian, and
//! none is cut by the end of a frame; texts and the bytes of an arena may be.
//!
//! Invariants
//! - Nothing is reserved for what a file only claims to hold: memory grows with the bytes that were read.
//! - No bytes panic; what cannot be right is [`BadImage`].
//!
//! Start with [`Saver`] and [`Loader`].

use std::hash::BuildHasher;
use std::io::{self, Read, Write};

use foldhash::fast::FixedState;

/// What a saved image begins with.
const MAGIC: [u8; 8] = *b"VIGIEIMG";
/// How many bytes a frame holds at most.
const FRAME: usize = 1 << 20;

/// Why a saved image was not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadImage {
    /// The bytes could not be read.
    #[error("the saved image could not be read")]
    Read(#[from] io::Error),
    /// The bytes are something else.
    #[error("this is no saved image: it does not begin with `VIGIEIMG`")]
    NotAnImage,
    /// Another version of the format, of the canonical forms or of the hash: the values are to be compiled again.
    #[error("the image was saved as `{got}`, and this program reads `{own}`; compile the rules again")]
    OtherVersion {
        /// What the file says.
        got: String,
        /// What this program writes.
        own: String,
    },
    /// The bytes changed since they were written, or the end is missing.
    #[error("the saved image is damaged: {what}; compile the rules again")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// The file is larger than it may be.
    #[error("the saved image is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}

/// The error of a place where something else should stand.
pub(crate) fn damaged(what: &'static str) -> BadImage {
    BadImage::Damaged { what }
}

fn checksum(frame: u64, bytes: &[u8]) -> u64 {
    FixedState::with_seed(frame).hash_one(bytes)
}

/// Writes frames.
pub(crate) struct Saver<W> {
    to: W,
    buffer: Vec<u8>,
    frames: u64,
}

impl<W: Write> Saver<W> {
    pub(crate) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(&MAGIC)?;
        Ok(Self { to, buffer: Vec::with_capacity(FRAME), frames: 0 })
    }

    /// A number or a record, which no frame cuts. At most a frame long.
    pub(crate) fn whole<const N: usize>(&mut self, bytes: [u8; N]) -> io::Result<()> {
        if self.buffer.len() + N > FRAME {
            self.flush()?;
        }
        self.buffer.extend(bytes);
        Ok(())
    }

    pub(crate) fn u32(&mut self, number: u32) -> io::Result<()> {
        self.whole(number.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, number: u64) -> io::Result<()> {
        self.whole(number.to_le_bytes())
    }

    /// A number that may be missing.
    pub(crate) fn maybe(&mut self, number: Option<u64>) -> io::Result<()> {
        self.whole([number.is_some().into()])?;
        self.u64(number.unwrap_or_default())
    }

    /// Bytes after their length.
    pub(crate) fn bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.u64(bytes.len() as u64)?;
        while !bytes.is_empty() {
            if self.buffer.len() == FRAME {
                self.flush()?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(FRAME - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes what is left, and the end.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.flush()?;
        }
        self.flush()?;
        self.to.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&(self.buffer.len() as u32).to_le_bytes())?;
        self.to.write_all(&checksum(self.frames, &self.buffer).to_le_bytes())?;
        self.to.write_all(&self.buffer)?;
        self.buffer.clear();
        self.frames += 1;
        Ok(())
    }
}

/// Reads frames.
pub(crate) struct Loader<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    frames: u64,
    left: u64,
    limit: u64,
}

impl<R: Read> Loader<R> {
    /// Reads at most `limit` bytes.
    pub(crate) fn new(mut from: R, limit: u64) -> Result<Self, BadImage> {
        let mut magic = Vec::new();
        Read::take(&mut from, MAGIC.len() as u64).read_to_end(&mut magic)?;
        if magic != MAGIC {
            return Err(BadImage::NotAnImage);
        }
        Ok(Self { from, buffer: Vec::new(), at: 0, frames: 0, left: limit, limit })
    }

    /// The next bytes of a number or record.
    pub(crate) fn whole<const N: usize>(&mut self) -> Result<[u8; N], BadImage> {
        if self.at == self.buffer.len() {
            self.frame()?;
        }
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let (whole, _) = rest.split_first_chunk::<N>().ok_or(damaged("a number is cut"))?;
        self.at += N;
        Ok(*whole)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, BadImage> {
        self.whole().map(u8::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, BadImage> {
        self.whole().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, BadImage> {
        self.whole().map(u64::from_le_bytes)
    }

    pub(crate) fn maybe(&mut self) -> Result<Option<u64>, BadImage> {
        let there = self.u8()? != 0;
        let number = self.u64()?;
        Ok(there.then_some(number))
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, BadImage> {
        let mut left = self.u64()?;
        let mut bytes = Vec::new();
        while left > 0 {
            if self.at == self.buffer.len() {
                self.frame()?;
            }
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let now =
                rest.get(..usize::try_from(left).unwrap_or(usize::MAX).min(rest.len())).unwrap_or_default();
            bytes.extend_from_slice(now);
            self.at += now.len();
            left -= now.len() as u64;
        }
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<String, BadImage> {
        String::from_utf8(self.bytes()?).map_err(|_| damaged("a text is not UTF-8"))
    }

    /// So many records of one size.
    pub(crate) fn array<const N: usize, T>(
        &mut self,
        number: u64,
        mut record: impl FnMut([u8; N]) -> T,
    ) -> Result<Vec<T>, BadImage> {
        let mut all = Vec::new();
        while (all.len() as u64) < number {
            if self.at == self.buffer.len() {
                self.frame()?;
            }
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let (records, _) = rest.as_chunks::<N>();
            let wanted = usize::try_from(number - all.len() as u64).unwrap_or(usize::MAX);
            let now = records.get(..wanted.min(records.len())).unwrap_or_default();
            if now.is_empty() {
                return Err(damaged("a record is cut"));
            }
            all.extend(now.iter().map(|it| record(*it)));
            self.at += now.len() * N;
        }
        all.shrink_to_fit();
        Ok(all)
    }

    /// Makes sure that nothing is left.
    pub(crate) fn finish(mut self) -> Result<(), BadImage> {
        if self.at < self.buffer.len() {
            return Err(damaged("more stands there than belongs to it"));
        }
        match self.frame() {
            Err(BadImage::Damaged { what: END }) => Ok(()),
            Err(other) => Err(other),
            Ok(()) => Err(damaged("more stands there than belongs to it")),
        }
    }

    /// Reads the next frame, which is not empty.
    fn frame(&mut self) -> Result<(), BadImage> {
        let length = u32::from_le_bytes(self.raw()?);
        let expected = u64::from_le_bytes(self.raw()?);
        if length as usize > FRAME {
            return Err(damaged("a frame is too long"));
        }
        self.left = self.left.checked_sub(length.into()).ok_or(BadImage::TooLarge { limit: self.limit })?;
        self.buffer.clear();
        self.at = 0;
        Read::take(&mut self.from, length.into()).read_to_end(&mut self.buffer)?;
        if self.buffer.len() != length as usize || checksum(self.frames, &self.buffer) != expected {
            return Err(damaged("a checksum is wrong"));
        }
        self.frames += 1;
        if length == 0 { Err(damaged(END)) } else { Ok(()) }
    }

    fn raw<const N: usize>(&mut self) -> Result<[u8; N], BadImage> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged("the end is missing"),
            _ => BadImage::Read(error),
        })?;
        Ok(bytes)
    }
}

/// What is wrong when the last frame comes too early.
const END: &str = "it ends early";
