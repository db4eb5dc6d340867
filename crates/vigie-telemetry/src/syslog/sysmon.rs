//! Sysmon for Linux, which sends its events to syslog as XML on one line.
//!
//! `<Event><System>…<EventID>1</EventID>…</System><EventData><Data Name="Image">/bin/id</Data>…</EventData></Event>`
//!
//! Only this one form is read: it has no attributes but `Name` and `SystemTime` that say anything, and nothing nested below
//! `Data`.

use crate::flat::Flat;
use crate::time;
use std::borrow::Cow;

/// Whether a message is such an event.
pub(super) fn recognise(text: &str) -> bool {
    text.starts_with("<Event>") || text.starts_with("<Event ")
}

/// Adds what the event says, at most up to `limit` fields, and returns its time.
pub(super) fn read<'a>(text: &'a str, flat: &mut Flat<'a>, limit: usize) -> Option<i64> {
    for name in ["EventID", "Channel", "Computer"] {
        if let Some(value) = element(text, name) {
            flat.given(name, value);
        }
    }
    let (_, mut rest) = text.split_once("<EventData>")?;
    while let Some((_, after)) = rest.split_once("<Data Name=\"") {
        let Some((name, after)) = after.split_once('"') else { break };
        let Some((value, after)) = after.strip_prefix('>').and_then(|it| it.split_once("</Data>")) else {
            rest = after;
            continue;
        };
        if flat.fields.len() >= limit {
            break;
        }
        flat.given(name, unescape(value));
        rest = after;
    }
    let (_, stamp) = text.split_once("SystemTime=\"")?;
    time::iso(stamp.split('"').next()?)
}

fn element<'a>(text: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    after.split_once("</").map(|it| unescape(it.0))
}

/// Resolves the five names that XML knows.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Cow::Owned(plain.replace("&amp;", "&"))
}
