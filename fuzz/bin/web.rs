//! `cargo +nightly fuzz run web`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::web::run(data));
