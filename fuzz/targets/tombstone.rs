//! Android's tombstones: text and protocol buffers.

use vigie_phone::{Held, Kind};

use super::phone;

/// Records are within the limits, and counted.
pub fn run(data: &[u8]) {
    phone::android(&mut Held::new(Kind::Bugreport).with("FS/data/tombstones/tombstone_00", data));
}
