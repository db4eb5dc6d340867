//! `cargo +nightly fuzz run csv`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::csv::run(data));
