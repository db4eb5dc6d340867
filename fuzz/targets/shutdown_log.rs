//! The log of an iPhone's shutdowns.

use vigie_phone::{Held, Kind};

use super::phone;

/// Records are within the limits, and counted.
pub fn run(data: &[u8]) {
    phone::ios(&mut Held::new(Kind::Sysdiagnose).with("system_logs.logarchive/Extra/shutdown.0.log", data));
}
