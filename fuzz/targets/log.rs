//! What the targets of telemetry have in common: a log is read to its end.

use std::io::Cursor;

use serde::de::IgnoredAny;
use vigie_telemetry::{Format, Limits, Options, Source};

const LIMITS: Limits = Limits {
    max_line_bytes: 4096,
    max_depth: 16,
    max_observables: 64,
    max_expansion: 100,
    max_unpacked_bytes: 1 << 20,
};

/// Reads a log, its format recognised or told. Every record is an object on one line and within the limits, and no
/// more records come out than lines and objects can have gone in.
pub(super) fn read(data: &[u8], format: Option<Format>) {
    // What is packed is the target `unpack`.
    if data.starts_with(&[0x1f, 0x8b]) || data.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return;
    }
    let options = Options { format, limits: LIMITS, ..Options::default() };
    let Ok(mut source) = Source::from_reader("fuzzed", Cursor::new(data.to_vec()), &options) else {
        return;
    };
    while let Some(record) = source.next() {
        let Ok(record) = record else { continue };
        assert!(record.event.observables.len() <= LIMITS.max_observables);
        let json = record.json();
        assert!(json.trim_start().starts_with('{') && !json.contains('\n'), "{json}");
        assert!(serde_json::from_str::<IgnoredAny>(&json).is_ok(), "{json}");
    }
    let summary = source.summary();
    assert!(summary.events + summary.lost() <= data.len() as u64 + 1);
}
