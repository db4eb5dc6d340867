//! `cargo +nightly fuzz run phone_evidence`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_evidence::run(data));
