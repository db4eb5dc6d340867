//! Logs of web servers.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for a web server's log whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Web));
}
