//! Cuts a file of rules into rules.
//!
//! A rule ends with its line, unless the line ends with a backslash or the parenthesis is still open; one that begins on
//! the next line all the same ends a rule whose author forgot to. Published indicators also join rules by commas.

use super::Dialect;
use super::header;

/// One rule's text, not yet read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'t> {
    /// The rule as it stands.
    pub text: &'t str,
    /// The byte of the file where it begins, from 0.
    pub at: usize,
    /// The line where it begins, from 1.
    pub line: usize,
}

/// The rules of a text, without comments and blank lines.
pub fn split(text: &str, dialect: Dialect) -> Vec<Text<'_>> {
    let mut found: Vec<Text<'_>> = Vec::new();
    let mut open = false;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let inner = line.trim();
        let begins = header::begins(inner, dialect);
        if !open || begins {
            if inner.is_empty() || inner.starts_with('#') {
                continue;
            }
            let at = start + (line.len() - line.trim_start().len());
            found.push(Text { text: "", at, line: number + 1 });
        }
        let Some(rule) = found.last_mut() else { continue };
        rule.text = text.get(rule.at..at).unwrap_or_default().trim_end();
        open = !inner.ends_with(')');
    }
    found.into_iter().flat_map(|it| between_commas(it, dialect)).collect()
}

/// The rules in `alert … (…), alert … (…)`.
fn between_commas(whole: Text<'_>, dialect: Dialect) -> Vec<Text<'_>> {
    let mut parts = Vec::new();
    let mut rest = whole;
    let commas = whole.text.match_indices("),").map(|(at, _)| at + 2);
    for end in commas {
        let after = whole.text.get(end..).unwrap_or_default();
        let next = after.trim_start();
        if header::begins(next, dialect) {
            let start = rest.at - whole.at;
            rest.text = whole.text.get(start..end - 1).unwrap_or_default();
            parts.push(rest);
            rest = Text { text: next, at: whole.at + whole.text.len() - next.len(), ..whole };
        }
    }
    rest.text = rest.text.strip_suffix("),").map_or(rest.text, |it| rest.text.get(..=it.len()).unwrap_or(it));
    parts.push(rest);
    parts
}
