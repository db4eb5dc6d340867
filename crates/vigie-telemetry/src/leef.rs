//! `QRadar`'s Log Event Extended Format, versions 1.0 and 2.0. A syslog header may stand before it.
//!
//! `LEEF:1.0|Vendor|Product|1.0|EventID|src=192.0.2.1<tab>dst=192.0.2.2`; version 2.0 has one more part that names what
//! stands between the pairs: a character, or its number as `x09` or `0x09`.

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::log;

/// Where the record begins in a line.
pub(crate) fn start(line: &str) -> Option<usize> {
    let at = memchr::memmem::find(line.as_bytes(), b"LEEF:")?;
    let rest = line.get(at + 5..)?;
    let alone = line.get(..at).is_some_and(|it| it.is_empty() || it.ends_with([' ', ':', '\u{feff}']));
    (alone && (rest.starts_with("1.0|") || rest.starts_with("2.0|"))).then_some(at)
}

/// Reads what stands from [`start`] on; at most `limit` pairs.
pub(crate) fn read(text: &str, limit: usize) -> Result<Flat<'_>, Reason> {
    parts(text, limit).ok_or(Reason::Form { expected: "`LEEF:` and five or six parts with `|` between them" })
}

fn parts(text: &str, limit: usize) -> Option<Flat<'_>> {
    let (version, rest) = text.strip_prefix("LEEF:")?.split_once('|')?;
    let (vendor, rest) = rest.split_once('|')?;
    let (product, rest) = rest.split_once('|')?;
    let (product_version, rest) = rest.split_once('|')?;
    let (id, mut pairs) = rest.split_once('|').unwrap_or((rest, ""));
    let mut between = '\t';
    if version == "2.0"
        && let Some((told, rest)) = pairs.split_once('|')
        && let Some(found) = delimiter(told)
    {
        (between, pairs) = (found, rest);
    }
    let mut flat = Flat { kind: "leef".into(), ..Flat::default() };
    flat.given("leefVersion", version);
    flat.given("deviceVendor", vendor);
    flat.given("deviceProduct", product);
    flat.given("deviceVersion", product_version);
    flat.given("eventId", id);
    for pair in pairs.split(between) {
        if flat.fields.len() >= limit {
            break;
        }
        let Some((name, value)) = pair.split_once('=') else { continue };
        if name == "devTime" {
            flat.time = log::of_device(value);
        }
        flat.given(name.trim(), value.trim());
    }
    Some(flat)
}

/// A character, or its number; nothing stands for the tab.
fn delimiter(told: &str) -> Option<char> {
    let mut letters = told.chars();
    match (letters.next(), letters.next()) {
        (None, _) => Some('\t'),
        (Some(it), None) => Some(it),
        _ => {
            let digits = told.strip_prefix("0x").or_else(|| told.strip_prefix('x'))?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        }
    }
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
    fn records_of_both_versions() {
        check(
            "<13>Jan 13 19:31:16 host LEEF:1.0|Acme|Wall|2|deny|src=192.0.2.1\turl=http://a.example/?x=1\tdevTime=1452713476000\tno pair",
            "leef at 1452713476 leefVersion=1.0 deviceVendor=Acme deviceProduct=Wall deviceVersion=2 eventId=deny \
             src=192.0.2.1 url=http://a.example/?x=1 devTime=1452713476000",
        );
        check(
            "LEEF:2.0|A|B|C|D|^|src=192.0.2.1^devTime=Jan 13 2016 19:31:16",
            "leef at 1452713476 leefVersion=2.0 deviceVendor=A deviceProduct=B deviceVersion=C eventId=D src=192.0.2.1 devTime=Jan 13 2016 19:31:16",
        );
        check(
            "LEEF:2.0|A|B|C|D|0x7c|a=1|b=2",
            "leef leefVersion=2.0 deviceVendor=A deviceProduct=B deviceVersion=C eventId=D a=1 b=2",
        );
        check(
            "LEEF:2.0|A|B|C|D||a=1\tb=2",
            "leef leefVersion=2.0 deviceVendor=A deviceProduct=B deviceVersion=C eventId=D a=1 b=2",
        );
        check(
            "LEEF:2.0|A|B|C|D|a=1|2\tb=2",
            "leef leefVersion=2.0 deviceVendor=A deviceProduct=B deviceVersion=C eventId=D a=1|2 b=2",
        );
    }

    #[test]
    fn what_is_none() {
        check("LEEF:1.0|A|B", "expected `LEEF:` and five or six parts with `|` between them");
        check("LEEF:3.0|A|B|C|D|", "none");
        check("aLEEF:1.0|", "none");
        check("", "none");
    }
}
