//! `cargo +nightly fuzz run shutdown_log`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::shutdown_log::run(data));
