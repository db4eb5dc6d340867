//! Octets from hexadecimal and base64 text, in constants and in the values of objects alike (sections 2.1, 2.8, 9.2).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding is required; the unused bits of the last letter may be anything, as RFC 4648 section 3.5 leaves open.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// An even number of hexadecimal digits of either case.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(*pair.first()?)? * 16 + digit(*pair.last()?)?)).collect()
}

/// Base64 with its padding; line ends are ignored (section 9.2).
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    if text.contains(['\r', '\n']) {
        BASE64.decode(text.replace(['\r', '\n'], "")).ok()
    } else {
        BASE64.decode(text).ok()
    }
}

/// The octets as lower-case hexadecimal text.
pub(super) fn to_hex(octets: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0');
    octets.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
}

/// The octets as base64 text.
pub(super) fn to_base64(octets: &[u8]) -> String {
    BASE64.encode(octets)
}

/// A string as octets: code points U+0000 to U+00FF become 00 to ff, anything above has none (sections 9.2, 9.6.4).
pub(super) fn from_string(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|it| u8::try_from(u32::from(it)).ok()).collect()
}
