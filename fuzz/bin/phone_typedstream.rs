//! `cargo +nightly fuzz run phone_typedstream`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_typedstream::run(data));
