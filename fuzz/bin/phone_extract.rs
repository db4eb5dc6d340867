//! `cargo +nightly fuzz run phone_extract`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_extract::run(data));
