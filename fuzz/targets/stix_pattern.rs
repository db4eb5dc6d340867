//! Patterns: read, printed, read again, and put to observations.

use std::sync::LazyLock;

use vigie_engine::Options;
use vigie_stix::json::{self, Value};
use vigie_stix::pattern::{Compiled, Edition, Observation, ParseOptions, Pattern, Semantics};

/// What was seen: two connections and a file, with what the paths of the dictionary name.
static SEEN: LazyLock<Vec<Value<'static>>> = LazyLock::new(|| {
    let text = include_str!("stix_pattern.observations.json");
    vec![json::parse(text).expect("it is JSON of our own")]
});

/// What is read prints as a text that reads the same, and evaluation comes to an end.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let forgiving = ParseOptions { forgiving: true, ..ParseOptions::default() };
    let old = ParseOptions { edition: Edition::V20, ..ParseOptions::default() };
    // Of a text of the old edition it is enough that it is read.
    let _ = Pattern::parse_with(text, &old);
    let Ok(pattern) = Pattern::parse_with(text, &forgiving) else {
        assert!(Pattern::parse(text).is_err(), "strictly read, but not forgivingly");
        return;
    };
    let printed = pattern.to_string();
    assert_eq!(Pattern::parse_with(&printed, &forgiving).as_ref(), Ok(&pattern), "{printed}");
    let seen = Observation::from_documents(&SEEN).expect("they are observations of our own");
    // The engine's bounds, so that no input takes long.
    let limits = Options::default().semantics.limits;
    for semantics in [Semantics::default(), Semantics::oasis_matcher()] {
        let Ok(compiled) = Compiled::new(&pattern, Semantics { limits, ..semantics }) else { continue };
        if let (Ok(matches), Ok(proof)) = (compiled.matches(&seen), compiled.prove(&seen)) {
            assert_eq!(matches, proof.is_some());
        }
    }
}
