//! Warning lists in MISP's format.

use vigie_engine::{Builder, Image, Options};

/// What cannot be read is counted, and hits on an indicator are told or held back whatever the list says.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut builder = Builder::new(Options::default());
    builder.add_warning_list("fuzzed", &text);
    builder.add_list("list", b"evil.example\n192.0.2.1\nhttp://evil.example/a\nbob@evil.example\n");
    let image = Image::new(builder.build());
    let counts = image.rules(None);
    let rules = counts.of(vigie_engine::State::Active) + counts.of(vigie_engine::State::Suppressed);
    assert_eq!(rules, 4, "a warning list drops no rule");
}
