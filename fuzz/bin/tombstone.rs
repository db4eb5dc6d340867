//! `cargo +nightly fuzz run tombstone`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::tombstone::run(data));
