//! `cargo +nightly fuzz run android_backup`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::android_backup::run(data));
