//! Encodings of values: UTF-16 and Base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// UTF-16, least significant octet first (`utf16le`, `wide`).
pub(super) fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// UTF-16, most significant octet first (`utf16be`).
pub(super) fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// A byte order mark and [`utf16le`] (`utf16`).
pub(super) fn utf16(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], utf16le(text)].concat()
}

/// Base64 (`base64`).
pub(super) fn base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

/// What every Base64 text shows in which the octets stand, for the three ways in which they may fall into its groups of
/// three (`base64offset`). Characters at either end that depend on what stands beside them are left out.
pub(super) fn base64offset(octets: &[u8]) -> Vec<String> {
    let shifted = |before: usize| {
        let text = STANDARD.encode([vec![0; before], octets.to_vec()].concat());
        let whole = (before + octets.len()) * 8 / 6;
        text.get((before * 8).div_ceil(6)..whole).unwrap_or_default().to_owned()
    };
    (0..3).map(shifted).filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(utf16le("cmd"), [0x63, 0, 0x6d, 0, 0x64, 0]);
        assert_eq!(utf16be("cmd"), [0, 0x63, 0, 0x6d, 0, 0x64]);
        assert_eq!(utf16("c"), [0xff, 0xfe, 0x63, 0]);
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64offset(b"foobar"), ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"]);
        assert_eq!(base64offset(b""), Vec::<String>::new());
    }

    #[test]
    fn an_offset_is_seen_whatever_stands_around_it() {
        for before in ["", "x", "xy", "xyz"] {
            for after in ["", "1", "12", "123"] {
                let text = base64(format!("{before}secret{after}").as_bytes());
                assert!(base64offset(b"secret").iter().any(|it| text.contains(it)), "{text}");
            }
        }
    }
}
