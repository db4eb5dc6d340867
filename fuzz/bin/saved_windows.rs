//! `cargo +nightly fuzz run saved_windows`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::saved_windows::run(data));
