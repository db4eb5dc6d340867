//! `cargo +nightly fuzz run card`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::card::run(data));
