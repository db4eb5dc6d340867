//! `ArcSight`'s Common Event Format: seven parts between `|`, then pairs. A syslog header may stand before it.
//!
//! `CEF:0|Vendor|Product|1.0|100|Name|5|src=192.0.2.1 msg=a text act=blocked`
//!
//! The fields have the names of the format. A custom field (`cs1`) that a label names (`cs1Label=Rule`) stands under the
//! label too.

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::log;
use std::borrow::Cow;

/// Names of the parts of the header.
const HEADER: [&str; 7] = [
    "cefVersion",
    "deviceVendor",
    "deviceProduct",
    "deviceVersion",
    "deviceEventClassId",
    "name",
    "severity",
];

/// How many labels of one record are followed.
const LABELS: usize = 32;

/// Where the record begins in a line.
pub(crate) fn start(line: &str) -> Option<usize> {
    let at = memchr::memmem::find(line.as_bytes(), b"CEF:")?;
    let rest = line.get(at + 4..)?.trim_start();
    let before = line.get(..at)?;
    let alone = before.is_empty() || before.ends_with([' ', ':', '\u{feff}']);
    (alone && rest.starts_with(|it: char| it.is_ascii_digit()) && rest.contains('|')).then_some(at)
}

/// Reads what stands from [`start`] on; at most `limit` pairs.
pub(crate) fn read(text: &str, limit: usize) -> Result<Flat<'_>, Reason> {
    let bad = Reason::Form { expected: "`CEF:` and seven parts with `|` between them" };
    let Some(mut rest) = text.strip_prefix("CEF:") else { return Err(bad) };
    let mut flat = Flat { kind: "cef".into(), ..Flat::default() };
    for name in HEADER {
        let (part, after) = match end_of_part(rest) {
            Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default()),
            // Some devices leave the last `|` out where nothing follows.
            None if name == "severity" => (rest, ""),
            None => return Err(bad),
        };
        flat.given(name, unescape(part.trim()));
        rest = after;
    }
    let times = extension(&mut flat, rest, limit);
    flat.time = times.into_iter().flatten().next();
    labels(&mut flat);
    Ok(flat)
}

/// Adds the pairs, and returns what the fields with times say: when the device saw it, and its beginning and end.
fn extension<'a>(flat: &mut Flat<'a>, text: &'a str, limit: usize) -> [Option<i64>; 3] {
    let mut times = [None; 3];
    let mut key: Option<(&str, usize)> = None;
    let mut pair = |flat: &mut Flat<'a>, key: Option<(&'a str, usize)>, end: usize| {
        let Some((name, start)) = key else { return };
        let value = text.get(start..end).unwrap_or_default().trim();
        let which = ["rt", "start", "end"].iter().position(|it| *it == name);
        if let Some(time) = which.and_then(|it| times.get_mut(it)) {
            *time = log::of_device(value);
        }
        flat.given(name, unescape(value));
    };
    for at in memchr::memchr_iter(b'=', text.as_bytes()) {
        let before = text.get(..at).unwrap_or_default();
        let name = before.trim_end_matches(is_of_key).len();
        let stands_alone = before.get(..name).is_some_and(|it| it.is_empty() || it.ends_with(' '));
        if name == at || !stands_alone || flat.fields.len() >= limit {
            continue;
        }
        pair(flat, key, name);
        key = before.get(name..).map(|it| (it, at + 1));
    }
    pair(flat, key, text.len());
    times
}

fn is_of_key(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '[' | ']')
}

/// Adds what labels name under those names.
fn labels<'a>(flat: &mut Flat<'a>) {
    let mut found: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
    let labels = flat.fields.iter().filter_map(|it| Some((it.name.strip_suffix("Label")?, it.value.text()?)));
    for (name, label) in labels.take(LABELS) {
        let value = flat.fields.iter().find(|it| it.name == name).and_then(|it| it.value.text());
        if let Some(value) = value {
            found.push((label.to_owned().into(), value.to_owned().into()));
        }
    }
    for (name, value) in found {
        flat.given(name, value);
    }
}

/// The first `|` without a `\` before it.
fn end_of_part(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'|' && !escaped {
            return Some(at);
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

/// Resolves `\|`, `\=`, `\\`, `\n`, `\r`.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letters.clone().next()) {
            ('\\', Some(mark @ ('|' | '=' | '\\'))) => plain.push(mark),
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('r')) => plain.push('\r'),
            _ => {
                plain.push(letter);
                continue;
            }
        }
        letters.next();
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;

    #[track_caller]
    fn check(line: &str, want: &str) {
        let got = match start(line) {
            Some(at) => read(&line[at..], 20).map_or_else(|it| it.to_string(), |it| told(&it)),
            None => "none".into(),
        };
        assert_eq!(got, want, "{line}");
    }

    #[test]
    fn records() {
        check(
            "CEF:0|Acme|Wall|1.0|100|a \\| b|5|src=192.0.2.1 spt=1 msg=a text = of many, x\\=y act=blocked rt=1452713476000",
            "cef at 1452713476 cefVersion=0 deviceVendor=Acme deviceProduct=Wall deviceVersion=1.0 \
             deviceEventClassId=100 name=a | b severity=5 src=192.0.2.1 spt=1 msg=a text = of many, x=y act=blocked rt=1452713476000",
        );
        check(
            "<13>Jan 13 19:31:16 host CEF: 0|A|B|C|D|E|F|cs1Label=Rule cs1=R 1 request=http://a.example/?x=1&y=2",
            "cef cefVersion=0 deviceVendor=A deviceProduct=B deviceVersion=C deviceEventClassId=D name=E severity=F \
             cs1Label=Rule cs1=R 1 request=http://a.example/?x=1&y=2 Rule=R 1",
        );
        check(
            "CEF:0|A|B|C|D|E|F",
            "cef cefVersion=0 deviceVendor=A deviceProduct=B deviceVersion=C deviceEventClassId=D name=E severity=F",
        );
        check("CEF:0|A|B|C", "expected `CEF:` and seven parts with `|` between them");
    }

    #[test]
    fn what_is_none() {
        check("xCEF:0|A", "none");
        check("CEF:", "none");
        check("", "none");
    }

    #[test]
    fn pairs_are_bounded_and_read_in_one_pass() {
        let many = format!("CEF:0|A|B|C|D|E|F|{}", "k=v ".repeat(200_000));
        assert!(read(&many, 100).is_ok_and(|it| it.fields.len() <= 101));
        let none = format!("CEF:0|A|B|C|D|E|F|{}", "=".repeat(1_000_000));
        assert!(read(&none, 100).is_ok_and(|it| it.fields.len() == 7));
        let long = format!("CEF:0|A|B|C|D|E|F|{}=", "k".repeat(1_000_000));
        assert!(read(&long, 100).is_ok());
    }
}
