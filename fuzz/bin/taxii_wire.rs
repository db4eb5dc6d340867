//! `cargo +nightly fuzz run taxii_wire`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::taxii_wire::run(data));
