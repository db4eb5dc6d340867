//! Numbers in the bytes of a database: big-endian, and SQLite's own of one to nine bytes.

/// Two bytes.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A number of one to nine bytes, and where the next thing stands.
pub(super) fn varint_at(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let bytes = bytes.get(at..)?;
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(8).enumerate() {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + index + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(8)?), at + 9))
}

#[cfg(test)]
mod tests {
    use super::varint_at;

    #[track_caller]
    fn check(bytes: &[u8], want: Option<(u64, usize)>) {
        assert_eq!(varint_at(bytes, 0), want, "{bytes:x?}");
    }

    #[test]
    fn numbers_of_one_to_nine_bytes() {
        check(&[], None);
        check(&[0x7f], Some((0x7f, 1)));
        check(&[0x81], None);
        check(&[0x81, 0x00], Some((0x80, 2)));
        check(&[0xff; 9], Some((u64::MAX, 9)));
        check(&[0xff; 8], None);
        check(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x05, 0x06], Some((5, 9)));
    }
}
