//! `cargo +nightly fuzz run indicator_list`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::indicator_list::run(data));
