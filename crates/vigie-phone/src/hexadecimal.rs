//! Bytes as hexadecimal digits, as phones and their tools write digests, salts and certificates.

/// In small letters.
pub(crate) fn of(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|it| [it >> 4, it & 15]).filter_map(|it| char::from_digit(it.into(), 16)).collect()
}

/// What digits stand for; none where they are no pairs of digits, or there are none.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?;
        u8::from_str_radix(text, 16).ok()
    };
    (!text.is_empty()).then(|| text.as_bytes().chunks(2).map(byte).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_bytes() {
        assert_eq!(of(&[0x00, 0x9f, 0xff]), "009fff");
        assert_eq!(bytes("009fFF"), Some(vec![0x00, 0x9f, 0xff]));
        for bad in ["", "0", "0g", "é0", "001"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }
}
