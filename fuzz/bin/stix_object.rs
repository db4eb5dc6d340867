//! `cargo +nightly fuzz run stix_object`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::stix_object::run(data));
