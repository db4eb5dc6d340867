//! `cargo +nightly fuzz run paging_cursor`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::paging_cursor::run(data));
