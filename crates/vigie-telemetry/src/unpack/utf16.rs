//! UTF-16, as tools of Windows write it, told by its byte order mark: read as UTF-8.

use super::Stream;
use std::io::{self, Cursor, Read};

/// How many bytes are decoded at once.
const BLOCK: usize = 64 * 1024;

/// A stream, decoded if it begins with a byte order mark of UTF-16.
pub(super) fn decoded(mut input: Stream) -> io::Result<Stream> {
    let mut mark = Vec::new();
    input.by_ref().take(2).read_to_end(&mut mark)?;
    let unit: fn([u8; 2]) -> u16 = match *mark {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return Ok(Box::new(Cursor::new(mark).chain(input))),
    };
    Ok(Box::new(Utf16 { input, unit, left: Vec::new(), text: Cursor::default() }))
}

/// A stream of UTF-16 behind its mark. Halves of a pair that stand alone become U+FFFD.
struct Utf16 {
    input: Stream,
    unit: fn([u8; 2]) -> u16,
    /// The last bytes that were read, where they are part of a character: at most three.
    left: Vec<u8>,
    text: Cursor<Vec<u8>>,
}

impl Read for Utf16 {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.text.read(room)?;
            if count > 0 || room.is_empty() || !self.decode()? {
                return Ok(count);
            }
        }
    }
}

impl Utf16 {
    /// Decodes a block more. False: the stream has ended.
    fn decode(&mut self) -> io::Result<bool> {
        let mut fresh = vec![0; BLOCK];
        let count = self.input.read(&mut fresh)?;
        let mut bytes = std::mem::take(&mut self.left);
        bytes.extend(fresh.get(..count).unwrap_or_default());
        let ended = count == 0;
        if bytes.is_empty() {
            return Ok(false);
        }
        let unit = self.unit;
        let mut units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|it| it.try_into().ok().map(unit)).collect();
        let odd = bytes.len() % 2;
        let half = !ended && units.last().is_some_and(|it| (0xd800..0xdc00).contains(it));
        let whole = if half { units.len() - 1 } else { units.len() };
        units.truncate(whole);
        if !ended {
            self.left = bytes.get(2 * whole..).unwrap_or_default().to_vec();
        }
        let letters = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
        let mut text: String = letters.collect();
        if let Some(half) = bytes.last().filter(|_| ended && odd == 1) {
            // A log that was cut in the end of a line has lost nothing.
            let line_end = unit(u16::from(b'\n').to_le_bytes()) == u16::from(b'\n');
            let line_end = if line_end { b'\n' } else { 0 };
            text.push(if *half == line_end { '\n' } else { char::REPLACEMENT_CHARACTER });
        }
        self.text = Cursor::new(text.into_bytes());
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: Vec<u8>) -> String {
        let mut text = String::new();
        decoded(Box::new(Cursor::new(bytes)))
            .and_then(|mut it| it.read_to_string(&mut text))
            .expect("memory can be read");
        text
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_back(text in "\\PC{0,40}", repeat in 1_usize..3000, big in any::<bool>()) {
            let text = text.repeat(repeat);
            let bytes = |it: u16| if big { it.to_be_bytes() } else { it.to_le_bytes() };
            let coded: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect();
            prop_assert_eq!(read(coded), text);
        }
    }

    #[test]
    fn halves_and_odd_ends_are_marked() {
        assert_eq!(read(vec![0xff, 0xfe, b'a', 0, 0x00, 0xd8]), "a\u{fffd}");
        assert_eq!(read(vec![0xff, 0xfe, b'a', 0, b'b']), "a\u{fffd}");
        assert_eq!(read(vec![0xff, 0xfe, b'a', 0, b'\n']), "a\n");
        assert_eq!(read(vec![0xfe, 0xff, 0, b'a', 0]), "a\n");
        assert_eq!(read(vec![0xfe, 0xff, 0, b'a']), "a");
        assert_eq!(read(b"plain".to_vec()), "plain");
        assert_eq!(read(Vec::new()), "");
    }
}
