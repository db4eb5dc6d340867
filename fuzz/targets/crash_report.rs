//! Reports of crashes of an iPhone.

use vigie_phone::{Held, Kind};

use super::phone;

/// Records are within the limits, and counted.
pub fn run(data: &[u8]) {
    phone::ios(&mut Held::new(Kind::Sysdiagnose).with("crashes_and_spins/report.ips", data));
}
