//! `cargo +nightly fuzz run sigma`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::sigma::run(data));
