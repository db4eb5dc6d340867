//! Matches: which rule fired on an event, and on which of its values.

use std::fmt::Write;
use std::sync::Arc;

use vigie_model::alert::{Matched, Rule};
use vigie_model::event::{Observable, Observed, Path};

use crate::rule::Indicator;

/// A rule that fired on an event.
#[derive(Clone, Debug)]
pub struct Match {
    /// The rule, as a hit names it.
    pub rule: Rule,
    /// The indicator, if the rule is one. Its label is for the caller to weigh before the hit is told to anybody.
    pub indicator: Option<Arc<Indicator>>,
    /// The values seen that made it fire, as the sensor wrote them.
    pub matched: Vec<Matched>,
    /// Whether the pattern is true as the standard reads it, character by character, and not only between canonical
    /// forms. Always so for lists.
    pub literal: bool,
}

/// The path of an observable as a pattern would write it, with its value.
pub(crate) fn matched(observable: &Observable<'_>) -> Matched {
    Matched { path: path_text(observable.path), value: value_text(&observable.value) }
}

/// The value of an observable, for people.
pub(crate) fn value_text(value: &Observed<'_>) -> String {
    match value {
        Observed::Text(it) => it.to_string(),
        Observed::Number(it) => it.to_string(),
        Observed::Object(it) => format!("object {it}"),
    }
}

/// A path in the notation of section 9.7.
pub(crate) fn path_text(path: Path) -> String {
    let mut text = format!("{}:", path.object_type());
    for (number, step) in path.steps().iter().enumerate() {
        let dot = if number == 0 { "" } else { "." };
        let plain = step.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        let written = match *step {
            "*" => text.write_str("[*]"),
            step if plain => write!(text, "{dot}{step}"),
            step => write!(text, "{dot}'{step}'"),
        };
        // Writing to a string cannot fail.
        debug_assert!(written.is_ok());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_in_patterns() {
        assert_eq!(path_text(Path::FileSha256), "file:hashes.'SHA-256'");
        assert_eq!(path_text(Path::TrafficProtocol), "network-traffic:protocols[*]");
        for path in Path::ALL {
            let pattern = format!("[{} = 'x']", path_text(*path));
            assert!(vigie_stix::pattern::Pattern::parse(&pattern).is_ok(), "{pattern}");
        }
    }
}
