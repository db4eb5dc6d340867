//! The inside of JSON strings: finding their ends, resolving their escapes.

/// Where the next quote, backslash or control character stands from `at` on, or the end: eight bytes at a time.
#[inline]
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let plain = plain(chunk);
        at += plain;
        if plain < 8 {
            return at;
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|it| matches!(it, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len())
}

/// How many bytes stand before the first quote, backslash or control character among eight.
#[inline]
fn plain(chunk: [u8; 8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    let word = u64::from_le_bytes(chunk);
    let quote = word ^ (ONES * u64::from(b'"'));
    let slash = word ^ (ONES * u64::from(b'\\'));
    // A byte's top bit is set where it was zero, or where it was below 0x20; exact for the lowest such byte.
    let found = (quote.wrapping_sub(ONES) & !quote)
        | (slash.wrapping_sub(ONES) & !slash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    ((found & TOPS).trailing_zeros() / 8) as usize
}

/// Resolves the escapes of a string up to its closing quote, into a place that may be too short. Where the quote stands and
/// how many bytes the string has then; None: it is not well formed, or the place is too short.
pub(super) fn unescape_to_quote(raw: &str, place: &mut [u8]) -> Option<(usize, usize)> {
    let bytes = raw.as_bytes();
    let (mut at, mut used) = (0, 0);
    loop {
        while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from)
            && let Some(here) = place.get_mut(used..used + 8)
        {
            // What stands behind the first special byte is written over.
            here.copy_from_slice(&chunk);
            let plain = plain(chunk);
            at += plain;
            used += plain;
            if plain < 8 {
                break;
            }
        }
        let one = match *bytes.get(at)? {
            b'"' => return Some((at, used)),
            b'\\' => match *bytes.get(at + 1)? {
                b'u' => {
                    let is_hex = bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit);
                    let (letter, rest) = unicode(raw.get(at + 2..).filter(|_| is_hex)?);
                    let mut encoded = [0; 4];
                    let encoded = letter.encode_utf8(&mut encoded).as_bytes();
                    place.get_mut(used..used + encoded.len())?.copy_from_slice(encoded);
                    at = raw.len() - rest.len();
                    used += encoded.len();
                    continue;
                }
                letter => {
                    at += 1;
                    simple(letter)?
                }
            },
            0..=0x1f => return None,
            other => other,
        };
        *place.get_mut(used)? = one;
        at += 1;
        used += 1;
    }
}

/// What a backslash and this letter stand for.
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'b' => b'\x08',
        b'f' => b'\x0c',
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'"' | b'\\' | b'/' => letter,
        _ => return None,
    })
}

/// The character of `XXXX` or of the pair `XXXX\uXXXX`, and what follows it.
pub(super) fn unicode(text: &str) -> (char, &str) {
    let unit = |text: &str| text.get(..4).and_then(|it| u32::from_str_radix(it, 16).ok());
    let high = unit(text).unwrap_or(0xfffd);
    let rest = text.get(4..).unwrap_or_default();
    if (0xd800..0xdc00).contains(&high) {
        let low = rest.strip_prefix("\\u").and_then(unit).filter(|it| (0xdc00..0xe000).contains(it));
        if let Some(low) = low {
            let joined = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return (char::from_u32(joined).unwrap_or('\u{fffd}'), rest.get(6..).unwrap_or_default());
        }
    }
    (char::from_u32(high).unwrap_or('\u{fffd}'), rest)
}
