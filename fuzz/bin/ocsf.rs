//! `cargo +nightly fuzz run ocsf`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::ocsf::run(data));
