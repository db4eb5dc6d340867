//! `cargo +nightly fuzz run auditd`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::auditd::run(data));
