//! `cargo +nightly fuzz run stix_pattern`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::stix_pattern::run(data));
