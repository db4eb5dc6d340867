//! Any JSON, a record a line.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for JSON whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Ndjson));
}
