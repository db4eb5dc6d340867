//! Saved images. The checksums of what is mutated are wrong, so most inputs end early; seeds hold whole files.

use vigie_engine::{Image, Options};

/// The largest file that is read.
const LIMIT: u64 = 1 << 24;

/// What is loaded can be saved and loaded again, and says the same of its rules.
pub fn run(data: &[u8]) {
    let options = Options::default();
    let Ok(image) = Image::load(data, LIMIT, &options) else { return };
    let mut saved = Vec::new();
    image.save(&mut saved, &options).expect("memory takes every byte");
    let again = Image::load(saved.as_slice(), u64::MAX, &options).expect("what was saved is an image");
    assert_eq!(again.rules(None), image.rules(None));
}
