//! `cargo +nightly fuzz run dumpstate`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::dumpstate::run(data));
