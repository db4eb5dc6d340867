//! Squid's access log.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for Squid's whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Squid));
}
