//! `cargo +nightly fuzz run query_parameters`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::query_parameters::run(data));
