//! Extracts of phone checks, as they are once decrypted: whoever knows a public key can make one.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use vigie_phone::Limits;
use vigie_phone::extract::Reader;

/// Packed bytes, and the same bytes as if they had been packed: as many records are told as are not found bad.
pub fn run(data: &[u8]) {
    read(data);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    if packed.write_all(data).is_ok()
        && let Ok(packed) = packed.finish()
    {
        read(&packed);
    }
}

fn read(bytes: &[u8]) {
    let limits = Limits { unpacked_bytes: 4 << 20, entries: 1000, ..Limits::default() };
    let Ok(reader) = Reader::new(bytes, bytes.len() as u64, &limits) else { return };
    let known = reader.head().person("amal@mail.example");
    let who = |digest: &str| (digest == known).then(|| "amal@mail.example".to_owned());
    let mut records = 0;
    let end = reader.records(&who, &mut |record| {
        assert!(record.text.is_empty(), "an extract keeps no text");
        records += 1;
    });
    if let Ok(end) = end {
        assert!(end.told.len() <= limits.entries && end.notes.len() <= limits.entries);
        assert!(end.faults.len() as u64 <= end.bad, "{records} records");
    }
}
