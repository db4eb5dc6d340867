//! What stands in the parentheses: options, each `name;` or `name:value;`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{BadRule, Dialect, Limits, Problem};

/// One option of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOption {
    /// Its name, such as `content`.
    pub name: String,
    /// What follows the colon, as it is written, but on one line.
    pub value: Option<String>,
}

/// What the options say of the rule as a whole.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sid: Option<u32>,
    pub(super) rev: Option<u32>,
    pub(super) message: String,
    /// Whether a `content` came before, which `depth` and its like belong to.
    has_content: bool,
}

/// What is known of an option by its name.
#[derive(Clone, Copy)]
struct Known {
    value: Wants,
    /// What it makes a sensor do beyond telling; empty if nothing.
    act: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    Nothing,
    Value,
    Either,
}

type Names = HashMap<&'static str, Known>;

static NAMES: LazyLock<[Names; 2]> = LazyLock::new(|| ["suricata", "snort"].map(names));

/// The table of options, for one dialect.
fn names(dialect: &str) -> Names {
    let lines = include_str!("names.txt").lines().filter(|it| !it.starts_with('#'));
    let row = |line: &'static str| {
        let (name, rest) = line.split_once(' ')?;
        let (whose, rest) = rest.trim_start().split_once(' ')?;
        let (value, act) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
        let value = match value {
            "none" => Wants::Nothing,
            "some" => Wants::Value,
            _ => Wants::Either,
        };
        (whose == "both" || whose == dialect).then_some((name, Known { value, act: act.trim() }))
    };
    lines.filter_map(row).collect()
}

/// An option as it stands in the text.
struct Raw<'t> {
    at: usize,
    name: &'t str,
    value: Option<(usize, &'t str)>,
}

/// Reads the options from the byte after the parenthesis to the end of the rule.
pub(super) fn parse(
    text: &str,
    body: usize,
    dialect: Dialect,
    limits: &Limits,
) -> Result<(Vec<RuleOption>, Found), BadRule> {
    let closed = text.trim_end();
    let end = closed.strip_suffix(')').map(str::len).filter(|it| *it >= body);
    let end = end.ok_or_else(|| Problem::Expected("`)` at the end of the rule").at(closed.len()))?;
    let [suricata, snort] = &*NAMES;
    let names = if dialect == Dialect::Suricata { suricata } else { snort };
    let (mut options, mut found) = (Vec::new(), Found::default());
    let mut at = body;
    while let Some(raw) = next(text, at, end, dialect)? {
        at = raw.value.map_or(raw.at + raw.name.len(), |(at, value)| at + value.len());
        at += text.get(at..end).and_then(|it| it.find(';')).map_or(0, |it| it + 1);
        if options.len() == limits.options {
            return Err(Problem::TooLarge { what: "options", limit: limits.options }.at(raw.at));
        }
        check(&raw, names, dialect, &mut found)?;
        options.push(RuleOption { name: raw.name.to_owned(), value: raw.value.map(|it| on_one_line(it.1)) });
    }
    Ok((options, found))
}

/// A value without its line breaks, and the backslashes that join lines.
fn on_one_line(value: &str) -> String {
    let mut lines: Vec<&str> = value.split(['\r', '\n']).map(str::trim).collect();
    let last = lines.pop().unwrap_or_default();
    let joined = lines.into_iter().map(|it| it.trim_end_matches('\\').trim_end());
    joined.chain([last]).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The option that begins at or after a byte.
fn next(text: &str, from: usize, end: usize, dialect: Dialect) -> Result<Option<Raw<'_>>, BadRule> {
    let rest = text.get(from..end).unwrap_or_default();
    // A backslash before the end of a line joins it with the next.
    let inner = rest.trim_start_matches(|it: char| it.is_whitespace() || it == '\\');
    if inner.is_empty() {
        return Ok(None);
    }
    let at = end - inner.len();
    let is_letter = |it: char| it.is_ascii_alphanumeric() || "_.-".contains(it);
    let length = inner.find(|it| !is_letter(it)).unwrap_or(inner.len());
    let (name, after) = inner.split_at(length);
    if name.is_empty() {
        return Err(Problem::Expected("the name of an option").at(at));
    }
    let (gap, after) = after.split_at(after.len() - after.trim_start().len());
    if after.starts_with(';') {
        return Ok(Some(Raw { at, name, value: None }));
    }
    let Some(value) = after.strip_prefix(':') else {
        return Err(Problem::Expected("`:` and a value, or `;`, after the name of an option").at(at + length));
    };
    let start = at + length + gap.len() + 1;
    let length = value_length(value, dialect)
        .map_err(|why| Problem::Option { name: name.to_owned(), why }.at(start))?;
    let value = value.get(..length).unwrap_or_default();
    let trimmed = value.trim_start();
    Ok(Some(Raw { at, name, value: Some((start + value.len() - trimmed.len(), trimmed.trim_end())) }))
}

/// How long a value is, up to the `;` that ends it.
fn value_length(text: &str, dialect: Dialect) -> Result<usize, &'static str> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => return Ok(at),
            b';' if dialect == Dialect::Suricata => {
                return Err("a `;` within quotes is written `\\;`, or `|3B|` in `content`");
            }
            _ => {}
        }
        if quoted && byte.is_ascii_control() && byte != b'\t' {
            return Err("a control character within quotes; write it in hex, such as `|0A|`");
        }
    }
    Err(if quoted { "a quote is not closed" } else { "expected `;` at its end" })
}

fn check(raw: &Raw<'_>, names: &Names, dialect: Dialect, found: &mut Found) -> Result<(), BadRule> {
    let Some(known) = names.get(raw.name) else {
        let what = match dialect {
            Dialect::Suricata => "option of Suricata 7 or 8",
            Dialect::Snort => "option of Snort 2 or 3",
        };
        return Err(Problem::unknown(raw.name, what).at(raw.at));
    };
    if !known.act.is_empty() {
        return Err(Problem::Acts { what: raw.name.to_owned(), act: known.act }.at(raw.at));
    }
    let (at, value) = raw.value.unwrap_or((raw.at, ""));
    let wrong = |why| Problem::Option { name: raw.name.to_owned(), why }.at(at);
    match known.value {
        Wants::Nothing if raw.value.is_some() => return Err(wrong("it takes no value")),
        Wants::Value if value.is_empty() => return Err(wrong("it needs a value")),
        _ if ends_in_escape(value) => return Err(wrong("it ends in a backslash")),
        _ => {}
    }
    meaning(raw.name, value, dialect, found).map_err(wrong)
}

/// Checks the values that the sensors read before all others.
fn meaning(name: &str, value: &str, dialect: Dialect, found: &mut Found) -> Result<(), &'static str> {
    let number = |it: &str| it.parse::<u32>().map_err(|_| "expected a whole number below 4294967296");
    match name {
        "sid" if found.sid.is_some() => Err("it stands twice"),
        "sid" => {
            found.sid = Some(number(value)?);
            if found.sid == Some(0) { Err("it is at least 1") } else { Ok(()) }
        }
        "rev" if found.rev.is_some() => Err("it stands twice"),
        "rev" => {
            found.rev = Some(number(value)?);
            Ok(())
        }
        "gid" | "priority" => number(value).map(drop),
        "msg" => {
            let message = unquoted(value)?;
            found.message =
                message.replace("\\;", ";").replace("\\\"", "\"").replace("\\:", ":").replace("\\\\", "\\");
            Ok(())
        }
        "content" | "uricontent" | "protected_content" => {
            found.has_content = true;
            content(value, dialect)
        }
        "pcre" => pcre(value),
        "depth" | "offset" | "distance" | "within" | "nocase" | "startswith" | "endswith" | "rawbytes"
        | "fast_pattern"
            if !found.has_content =>
        {
            Err("there is no `content` before it")
        }
        _ => Ok(()),
    }
}

/// What stands in quotes.
fn unquoted(value: &str) -> Result<&str, &'static str> {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.filter(|it| !ends_in_escape(it)).ok_or("its value stands in double quotes")
}

/// Whether the last character is a backslash that escapes what follows.
fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|it| *it == b'\\').count() % 2 == 1
}

/// `!"text |0D 0A| text"`; Snort 3 lets modifiers follow: `"text", nocase`.
fn content(value: &str, dialect: Dialect) -> Result<(), &'static str> {
    let value = value.trim_start_matches('!').trim_start();
    let quoted = match value.rfind('"') {
        Some(end) if dialect == Dialect::Snort => {
            let modifiers = value.get(end + 1..).unwrap_or_default().trim();
            if !modifiers.is_empty() && !modifiers.starts_with(',') {
                return Err("only modifiers after a comma may follow the quotes");
            }
            value.get(..=end).unwrap_or_default()
        }
        _ => value,
    };
    let inner = unquoted(quoted)?;
    let (mut bytes, mut hex, mut escaped) = (0, None, false);
    for byte in inner.bytes() {
        match (&mut hex, byte) {
            (Some(digits), b'|') => {
                if *digits == 0 || *digits % 2 == 1 {
                    return Err("between bars stand pairs of hexadecimal digits, as in `|0D 0A|`");
                }
                bytes += *digits / 2;
                hex = None;
            }
            (Some(digits), it) if it.is_ascii_hexdigit() => *digits += 1,
            (Some(_), b' ') => {}
            (Some(_), _) => return Err("between bars stand pairs of hexadecimal digits, as in `|0D 0A|`"),
            (None, it) if escaped => {
                if !b":;\\\"".contains(&it) {
                    return Err(
                        "a backslash stands before `\"`, `;`, `:` or `\\` only; write other bytes in hex",
                    );
                }
                escaped = false;
                bytes += 1;
            }
            (None, b'\\') => escaped = true,
            (None, b'|') => hex = Some(0),
            (None, b'"') => return Err("a quote within quotes is written `\\\"` or `|22|`"),
            (None, _) => bytes += 1,
        }
    }
    match hex {
        Some(_) => Err("a `|` is not closed; the character itself is written `|7C|`"),
        None if bytes == 0 => Err("it is empty"),
        None => Ok(()),
    }
}

/// `"/expression/flags"`, perhaps negated; Snort takes other delimiters after an `m`.
fn pcre(value: &str) -> Result<(), &'static str> {
    let inner = unquoted(value.trim_start_matches('!').trim_start())?;
    let (delimiter, rest) = match inner.strip_prefix('m') {
        Some(rest) => (rest.chars().next().unwrap_or('/'), rest),
        None => ('/', inner),
    };
    let form = "it is written \"/expression/flags\"";
    let rest = rest.strip_prefix(delimiter).ok_or(form)?;
    let (expression, flags) = rest.rsplit_once(delimiter).ok_or(form)?;
    if expression.is_empty() || ends_in_escape(expression) {
        return Err(form);
    }
    if flags.bytes().all(|it| it.is_ascii_alphabetic()) { Ok(()) } else { Err("its flags are letters") }
}
