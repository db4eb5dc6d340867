//! `cargo +nightly fuzz run w3c`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::w3c::run(data));
