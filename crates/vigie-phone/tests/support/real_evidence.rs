//! Real evidence, which is not part of the project: in `$VIGIE_SHARED_DATA`, or in `../shared/data` beside the checkout.

use std::path::PathBuf;

/// A file of real evidence of phones; none where it is missing, which is said.
pub(crate) fn shared(path: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from);
    let file = folder.join("phone-artifacts").join(path);
    if !file.exists() {
        println!("skipped: `../shared/data/phone-artifacts/{path}` is not there");
        return None;
    }
    Some(std::fs::read(file).unwrap())
}
