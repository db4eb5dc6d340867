//! `cargo +nightly fuzz run stix_bundle`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::stix_bundle::run(data));
