//! `cargo +nightly fuzz run ecs`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::ecs::run(data));
