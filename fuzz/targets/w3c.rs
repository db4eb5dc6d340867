//! The extended log format of the W3C.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for the W3C's form whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::W3c));
}
