//! `cargo +nightly fuzz run evtx`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::evtx::run(data));
