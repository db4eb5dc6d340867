//! `cargo +nightly fuzz run sensor_rules`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::sensor_rules::run(data));
