//! The Log Event Extended Format.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for LEEF whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Leef));
}
