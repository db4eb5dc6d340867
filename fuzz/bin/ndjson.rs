//! `cargo +nightly fuzz run ndjson`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::ndjson::run(data));
