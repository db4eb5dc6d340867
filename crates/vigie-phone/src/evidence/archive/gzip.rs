//! Gzip that can be read from any place.
//!
//! Deflate can only be unpacked from its beginning. While it is, the state of the unpacking is kept now and then; to read
//! from a place, it goes on from the last state before it. States are thinned out, so that there are never many.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use super::Source;
use crate::Limits;

/// Bytes between two states at first.
const APART: u64 = 4 << 20;

/// States that are kept at most: about 11 MiB.
const STATES: usize = 256;

/// A packed stream.
pub(in crate::evidence) struct Gzip<R> {
    source: BufReader<R>,
    at: Place,
    /// Earlier places, in their order.
    kept: Vec<Place>,
    apart: u64,
    /// The check sum of what was unpacked of a member, as long as nothing was left out.
    sum: Option<Crc>,
    /// What went wrong after bytes that were still given.
    wrong: Option<io::Error>,
    limits: Limits,
}

/// A place in the stream.
#[derive(Clone)]
struct Place {
    packed: u64,
    unpacked: u64,
    /// Within a member, how far it is unpacked.
    state: Option<Box<InflateState>>,
}

impl<R: Source> Gzip<R> {
    /// Begins to unpack.
    pub(in crate::evidence) fn new(mut source: R, limits: &Limits) -> io::Result<Self> {
        source.rewind()?;
        let at = Place { packed: 0, unpacked: 0, state: None };
        let source = BufReader::with_capacity(1 << 16, source);
        let kept = vec![at.clone()];
        Ok(Self { source, at, kept, apart: APART, sum: None, wrong: None, limits: limits.clone() })
    }

    /// Reads the head of a member. `false` at the end of the stream; what follows the last member is not looked at.
    fn begin(&mut self) -> io::Result<bool> {
        let first = self.at.packed == 0;
        let mut head = [0; 10];
        let count = self.up_to(&mut head)?;
        let is_head = head.starts_with(&[0x1f, 0x8b, 8]);
        if is_head && count < head.len() {
            return Err(cut());
        }
        if !is_head {
            return if first { Err(bad("it does not begin as gzip does")) } else { Ok(false) };
        }
        let [_, _, _, flags, ..] = head;
        if flags & 4 != 0 {
            let mut length = [0; 2];
            self.exactly(&mut length)?;
            for _ in 0..u16::from_le_bytes(length) {
                self.exactly(&mut [0])?;
            }
        }
        for flag in [8, 16] {
            let mut byte = [u8::from(flags & flag != 0)];
            while byte != [0] {
                self.exactly(&mut byte)?;
            }
        }
        if flags & 2 != 0 {
            self.exactly(&mut [0; 2])?;
        }
        self.at.state = Some(InflateState::new_boxed(DataFormat::Raw));
        self.sum = Some(Crc::new());
        Ok(true)
    }

    /// Reads the end of a member.
    fn finish(&mut self) -> io::Result<()> {
        self.at.state = None;
        let mut end = [0; 8];
        self.exactly(&mut end)?;
        let end = u64::from_le_bytes(end);
        // The check sum is the lower half, the count of bytes the upper.
        let [sum, count] = [end as u32, (end >> 32) as u32];
        match self.sum.take() {
            Some(it) if it.sum() != sum || it.amount() != count => Err(bad("its check sum does not hold")),
            _ => Ok(()),
        }
    }

    fn up_to(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while let Some(rest) = room.get_mut(count..).filter(|it| !it.is_empty()) {
            match self.source.read(rest)? {
                0 => break,
                more => count += more,
            }
        }
        self.at.packed += count as u64;
        Ok(count)
    }

    fn exactly(&mut self, room: &mut [u8]) -> io::Result<()> {
        if self.up_to(room)? < room.len() { Err(cut()) } else { Ok(()) }
    }

    fn keep(&mut self) {
        let last = self.kept.last().map_or(0, |it| it.unpacked);
        if self.at.unpacked < last.saturating_add(self.apart) {
            return;
        }
        if self.kept.len() >= STATES {
            let mut odd = false;
            self.kept.retain(|_| {
                odd = !odd;
                odd
            });
            self.apart = self.apart.saturating_mul(2);
        }
        self.kept.push(self.at.clone());
    }
}

impl<R: Source> Read for Gzip<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        loop {
            if self.at.state.is_none() && !self.begin()? {
                return Ok(0);
            }
            self.keep();
            let Some(state) = &mut self.at.state else { continue };
            let input = self.source.fill_buf()?;
            let ended = input.is_empty();
            let done = inflate(state, input, room, MZFlush::None);
            self.source.consume(done.bytes_consumed);
            self.at.packed += done.bytes_consumed as u64;
            self.at.unpacked += done.bytes_written as u64;
            if self.at.unpacked > self.limits.unpacked(self.at.packed) {
                return Err(bad(&format!(
                    "it unpacks to more than {} bytes",
                    self.limits.unpacked(self.at.packed)
                )));
            }
            let written = room.get(..done.bytes_written).unwrap_or_default();
            if let Some(sum) = &mut self.sum {
                sum.update(written);
            }
            match done.status {
                Ok(MZStatus::StreamEnd) => match (self.finish(), done.bytes_written) {
                    (finished, 0) => finished?,
                    (finished, written) => {
                        self.wrong = finished.err();
                        return Ok(written);
                    }
                },
                _ if done.bytes_written > 0 => return Ok(done.bytes_written),
                Ok(_) | Err(MZError::Buf) if !ended => {}
                Ok(_) | Err(MZError::Buf) => return Err(cut()),
                Err(_) => return Err(bad("its packed bytes are damaged")),
            }
        }
    }
}

impl<R: Source> Seek for Gzip<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::Current(by) => self.at.unpacked.checked_add_signed(by),
            SeekFrom::End(_) => return Err(bad("where it ends is not known")),
        };
        let to = to.ok_or_else(|| bad("there is nothing before its beginning"))?;
        let nearest = self.kept.partition_point(|it| it.unpacked <= to).checked_sub(1);
        let nearest = nearest.and_then(|it| self.kept.get(it));
        if let Some(place) = nearest.filter(|it| to < self.at.unpacked || it.unpacked > self.at.unpacked) {
            self.at = place.clone();
            self.sum = None;
            self.wrong = None;
            self.source.seek(SeekFrom::Start(self.at.packed))?;
        }
        let mut room = vec![0; 1 << 16];
        while self.at.unpacked < to {
            let wanted = usize::try_from(to - self.at.unpacked).unwrap_or(usize::MAX).min(room.len());
            if self.read(room.get_mut(..wanted).unwrap_or_default())? == 0 {
                return Err(cut());
            }
        }
        Ok(to)
    }
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it is cut off")
}
