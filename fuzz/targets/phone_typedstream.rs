//! Typed streams, which hold the texts of messages.

use vigie_phone::{Limits, typedstream};

/// No text is longer than allowed, and what was understood whole has a text or nothing at all.
pub fn run(data: &[u8]) {
    let limits = Limits { text_bytes: 100, values: 10_000, ..Limits::default() };
    let Ok(body) = typedstream::read(data, &limits) else { return };
    // A byte that is no character becomes a character of three bytes.
    for text in body.text.iter().chain(&body.links).chain(&body.others) {
        assert!(text.len() <= 300, "{}", text.len());
    }
}
