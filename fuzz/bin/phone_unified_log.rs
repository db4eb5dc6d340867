//! `cargo +nightly fuzz run phone_unified_log`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_unified_log::run(data));
