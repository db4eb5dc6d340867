//! `cargo +nightly fuzz run leef`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::leef::run(data));
