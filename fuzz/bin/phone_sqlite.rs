//! `cargo +nightly fuzz run phone_sqlite`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_sqlite::run(data));
