//! `cargo +nightly fuzz run crash_report`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::crash_report::run(data));
