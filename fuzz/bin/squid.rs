//! `cargo +nightly fuzz run squid`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::squid::run(data));
