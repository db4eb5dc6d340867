//! Compressed streams: gzip and zstd, whole, cut and damaged.

use std::io::{Cursor, Read};

use vigie_telemetry::{Limits, unpack};

/// Never gives more than its limit, and passes on what is not packed.
pub fn run(data: &[u8]) {
    let limits = Limits { max_unpacked_bytes: 1 << 20, ..Limits::default() };
    let Ok(mut stream) = unpack(Box::new(Cursor::new(data.to_vec())), &limits) else { return };
    let mut unpacked = Vec::new();
    let read = stream.read_to_end(&mut unpacked);
    if data.starts_with(&[0x1f, 0x8b]) || data.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        assert!(unpacked.len() <= 1 << 20, "{}", unpacked.len());
    } else {
        assert!(read.is_ok());
        assert_eq!(unpacked, data);
    }
}
