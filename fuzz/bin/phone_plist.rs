//! `cargo +nightly fuzz run phone_plist`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::phone_plist::run(data));
