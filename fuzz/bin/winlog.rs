//! `cargo +nightly fuzz run winlog`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::winlog::run(data));
