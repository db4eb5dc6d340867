//! `cargo +nightly fuzz run syslog`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::syslog::run(data));
