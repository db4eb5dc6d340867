//! Decompression, recognised by the first bytes, with a limit on what may come out; and UTF-16, read as UTF-8.

mod utf16;

use crate::Limits;
use flate2::read::MultiGzDecoder;
use std::io::{self, Chain, Cursor, Read};

/// Below this much output no ratio is suspicious.
const RATIO_FROM: u64 = 64 * 1024 * 1024;

/// The largest window of zstd that is accepted, as a power of two: 128 MiB.
const ZSTD_WINDOW_LOG: u32 = 27;

/// A stream of any kind.
pub type Stream = Box<dyn Read + Send>;

/// Unpacks `.gz` and `.zst`, reads UTF-16 as UTF-8, and lets everything else through as it is.
pub fn unpack(input: Stream, limits: &Limits) -> io::Result<Stream> {
    utf16::decoded(unpacked(input, limits)?)
}

fn unpacked(mut input: Stream, limits: &Limits) -> io::Result<Stream> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let gzip = head.starts_with(&[0x1f, 0x8b]);
    let zstd = head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    let whole = Counted { input: Cursor::new(head).chain(input), taken: 0 };
    let bounds = (limits.max_expansion, limits.max_unpacked_bytes);
    if gzip {
        return Ok(Box::new(Bounded {
            output: Unpacked::Gzip(Box::new(MultiGzDecoder::new(whole))),
            bounds,
            given: 0,
        }));
    }
    if zstd {
        let mut decoder = zstd::stream::read::Decoder::new(whole)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG)?;
        return Ok(Box::new(Bounded { output: Unpacked::Zstd(Box::new(decoder)), bounds, given: 0 }));
    }
    Ok(Box::new(whole.input))
}

type Head = Chain<Cursor<Vec<u8>>, Stream>;

/// Counts the bytes that were taken from the packed stream.
struct Counted {
    input: Head,
    taken: u64,
}

impl Read for Counted {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(room)?;
        self.taken += count as u64;
        Ok(count)
    }
}

enum Unpacked {
    Gzip(Box<MultiGzDecoder<Counted>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, io::BufReader<Counted>>>),
}

/// Stops a stream that unpacks to more than anybody's log would.
struct Bounded {
    output: Unpacked,
    bounds: (u64, u64),
    given: u64,
}

impl Read for Bounded {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let (count, taken) = match &mut self.output {
            Unpacked::Gzip(it) => (it.read(room)?, it.get_ref().taken),
            Unpacked::Zstd(it) => (it.read(room)?, it.get_ref().get_ref().taken),
        };
        self.given += count as u64;
        let (expansion, bytes) = self.bounds;
        if self.given > bytes {
            return Err(io::Error::other(format!(
                "unpacks to more than {bytes} bytes; raise `max_unpacked_bytes` if that is right"
            )));
        }
        if self.given > RATIO_FROM && self.given / taken.max(1) > expansion {
            return Err(io::Error::other(format!(
                "unpacks to more than {expansion} times its size; raise `max_expansion` if that is right"
            )));
        }
        Ok(count)
    }
}
