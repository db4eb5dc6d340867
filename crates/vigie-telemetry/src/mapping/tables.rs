//! The mapping of fields to STIX paths as tables, for the documentation.

use crate::eve::fields::{self, Fields, Rule};
use crate::zeek::field;
use std::fmt::Write as _;

/// The tables of `docs/spec/telemetry.md`, in Markdown.
pub fn markdown() -> String {
    let mut text = String::from("### EVE\n\n| member | becomes |\n|---|---|\n");
    eve_rows("", fields::TOP, &mut text);
    for (header, meaning) in fields::HEADERS {
        let _infallible =
            writeln!(text, "| `http.request_headers[]`, name `{header}` | {} |", meaning.told());
    }
    text.push_str("\n### Zeek\n\n| log | field | becomes |\n|---|---|---|\n");
    for (log, _, fields) in [("any", "", field::ANY)].iter().chain(field::LOGS) {
        for (name, meaning) in *fields {
            let _infallible = writeln!(text, "| {log} | `{name}` | {} |", meaning.told());
        }
    }
    text
}

fn eve_rows(prefix: &str, fields: Fields, text: &mut String) {
    for (name, rule) in fields {
        let name = format!("{prefix}{name}");
        match rule {
            Rule::Is(meaning) => {
                let _infallible = writeln!(text, "| `{name}` | {} |", meaning.told());
            }
            Rule::In(inner) | Rule::Each(_, inner) => eve_rows(&format!("{name}."), inner, text),
            Rule::Headers => {}
        }
    }
}
