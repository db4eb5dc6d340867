//! XML property lists: counted first, then read by the `plist` crate.

use ::plist::Value;

use super::BadPlist;
use crate::Limits;

/// Reads XML.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Value, BadPlist> {
    count(bytes, limits)?;
    Value::from_reader_xml(bytes).map_err(|it| BadPlist::Damaged(it.to_string()))
}

/// Counts the tags that open, and how many of them are open at once.
fn count(bytes: &[u8], limits: &Limits) -> Result<(), BadPlist> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|it| *it == b'<') {
        rest = rest.get(start + 1..).unwrap_or_default();
        let skipped = match rest {
            [b'!', b'-', b'-', ..] => after(rest.get(3..), b"-->"),
            [b'!', b'[', ..] => after(rest.get(2..), b"]]>"),
            [b'?', ..] => after(rest.get(1..), b"?>"),
            [b'!', ..] => after(rest.get(1..), b">"),
            [b'/', ..] => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => {
                depth += 1;
                values += 1;
                // Two for `<plist>` and for the value itself.
                if depth > usize::from(limits.depth) + 2 {
                    return Err(BadPlist::TooDeep { limit: limits.depth });
                }
                if values > limits.values {
                    return Err(BadPlist::TooMany { limit: limits.values });
                }
                let end = rest.iter().position(|it| *it == b'>').unwrap_or(rest.len());
                let (tag, after) = rest.split_at(end);
                depth -= usize::from(tag.ends_with(b"/"));
                after
            }
        };
        rest = skipped;
    }
    Ok(())
}

/// What follows an end, or nothing where it never comes.
fn after<'a>(rest: Option<&'a [u8]>, end: &[u8]) -> &'a [u8] {
    let rest = rest.unwrap_or_default();
    let found = rest.windows(end.len()).position(|it| it == end);
    found.and_then(|it| rest.get(it + end.len()..)).unwrap_or_default()
}
