//! `cargo +nightly fuzz run releasability`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::releasability::run(data));
