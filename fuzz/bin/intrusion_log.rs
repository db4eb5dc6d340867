//! `cargo +nightly fuzz run intrusion_log`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::intrusion_log::run(data));
