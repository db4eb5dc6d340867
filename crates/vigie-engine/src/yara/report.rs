//! A YARA rule that fired, as a hit: who wrote it, which of its strings were found, and where.

use std::fmt::Write as _;

use vigie_model::alert::{Matched, Rule};
use yara_x::MetaValue;

use super::{Limits, Source};
use crate::hit::{Match, hash};

/// How many strings of a rule a hit names.
const STRINGS: usize = 32;

/// The longest text of a rule's metadata that is told, in characters.
const META: usize = 200;

pub(super) fn hit(rule: &yara_x::Rule<'_, '_>, source: &Source, limits: Limits) -> Match {
    let id = match &source.indicator {
        Some(indicator) => indicator.id.to_string(),
        None => format!("{}:{}", source.name, rule.identifier()),
    };
    let author = match (meta(rule, "author"), meta(rule, "license")) {
        (Some(author), Some(license)) => Some(format!("{author}, {license}")),
        (author, license) => author.or(license),
    };
    let told = Rule { author, ..Rule::new(id, rule.identifier(), "yara") };
    let hash = Some(hash(&source.text));
    Match { hash, ..Match::on_one(told, source.indicator.clone(), matched(rule, limits)) }
}

/// A text of a rule's metadata, whatever the case of its name.
fn meta(rule: &yara_x::Rule<'_, '_>, name: &str) -> Option<String> {
    rule.metadata().find_map(|(key, value)| match value {
        MetaValue::String(text) if key.eq_ignore_ascii_case(name) => Some(text.chars().take(META).collect()),
        _ => None,
    })
}

/// The places where the strings were found; of a rule that needs none, that its condition holds.
fn matched(rule: &yara_x::Rule<'_, '_>, limits: Limits) -> Vec<Matched> {
    let mut matched = Vec::new();
    for pattern in rule.patterns().filter(|it| it.matches().len() > 0).take(STRINGS) {
        for place in pattern.matches().take(limits.shown_places) {
            let value = format!("at {}: {}", place.range().start, shown(place.data(), limits.shown_bytes));
            matched.push(Matched { path: pattern.identifier().to_owned(), value });
        }
    }
    if matched.is_empty() {
        matched.push(Matched { path: "condition".to_owned(), value: "holds".to_owned() });
    }
    matched
}

/// Bytes for people: printable ASCII as it is, all else as `\xNN`, cut short with `…`.
fn shown(bytes: &[u8], most: usize) -> String {
    let mut text = String::new();
    for byte in bytes.iter().take(most) {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing into memory does not fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    if bytes.len() > most {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_shown_for_people() {
        #[track_caller]
        fn check(bytes: &[u8], want: &str) {
            assert_eq!(super::shown(bytes, 4), want);
        }
        check(b"MZ", "MZ");
        check(b"a\\\0\xff", "a\\\\\\x00\\xff");
        check(b"abcde", "abcd…");
    }
}
