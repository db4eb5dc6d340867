//! `cargo +nightly fuzz run zeek`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::zeek::run(data));
