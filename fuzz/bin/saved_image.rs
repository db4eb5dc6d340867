//! `cargo +nightly fuzz run saved_image`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::saved_image::run(data));
