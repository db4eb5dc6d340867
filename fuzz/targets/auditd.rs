//! The Linux auditor's log.

use vigie_telemetry::Format;

use super::log;

/// Recognised, and taken for the auditor's log whatever it is.
pub fn run(data: &[u8]) {
    log::read(data, None);
    log::read(data, Some(Format::Auditd));
}
