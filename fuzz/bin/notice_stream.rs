//! `cargo +nightly fuzz run notice_stream`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::notice_stream::run(data));
