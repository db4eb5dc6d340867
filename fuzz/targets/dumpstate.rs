//! Android's bug report: its long text and every artefact in it; and a zip of it.

use vigie_phone::{Held, Kind};

use super::phone;

/// Records are within the limits, and counted.
pub fn run(data: &[u8]) {
    phone::android(&mut Held::new(Kind::Bugreport).with("dumpstate.txt", data));
    phone::android(&mut Held::new(Kind::Bugreport).with("FS/proc/1/mountinfo", data));
    phone::android(&mut Held::new(Kind::Androidqf).with("bugreport.zip", data));
}
