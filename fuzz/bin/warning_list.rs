//! `cargo +nightly fuzz run warning_list`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::warning_list::run(data));
