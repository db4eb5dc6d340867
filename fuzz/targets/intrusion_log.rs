//! The intrusion log of Android's Advanced Protection.

use vigie_phone::android::intrusion;
use vigie_phone::{Held, Kind};

use super::phone;

/// Records are within the limits, and counted.
pub fn run(data: &[u8]) {
    let _ = intrusion::is_intrusion_log(data);
    phone::android(&mut Held::new(Kind::IntrusionLog).with("log.json", data));
}
