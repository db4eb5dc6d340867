//! Syslog of both kinds, and the records inside its messages.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for Syslog whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Syslog));
}
