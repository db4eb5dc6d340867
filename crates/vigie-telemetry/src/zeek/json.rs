//! JSON: one object for each record, with `_path` where Zeek's JSON streaming package wrote it.
//!
//! Without `_path` the log is told by a field that only it has ([`field::log_of`]). Values have no types here, so a text
//! under an unknown name is only taken for an address where its name says so and it is one.

use super::field::{self, Log};
use crate::json::{BadJson, Cursor, Kind};
use crate::meaning::Meaning;
use crate::seen::{Seen, is_address};
use crate::summary::Notes;
use crate::{Limits, time};
use std::borrow::Cow;
use vigie_model::event::Event;

/// Ends of names that fields with addresses have.
const ADDRESS_ENDS: &[&str] = &["_addr", "_host", "_ip", "_h", ".orig_h", ".resp_h", ".host"];

/// Members that name the log.
const PATHS: &[&str] = &["_path", "@stream", "_stream"];

/// Reads one record.
pub(super) fn read<'a>(text: &'a str, limits: &Limits, notes: &mut Notes) -> Result<Event<'a>, BadJson> {
    let mut cursor = Cursor::new(text, limits.max_depth);
    let mut members: Vec<(Cow<'a, str>, &'a str)> = Vec::with_capacity(32);
    let mut seen = Seen::new(limits.max_observables);
    let mut open = cursor.open_object()?;
    while let Some(name) = cursor.member(&mut open)? {
        cursor.kind()?;
        if PATHS.contains(&&*name) && cursor.kind()? == Kind::String {
            seen.event.kind = cursor.string()?;
            continue;
        }
        let value = cursor.skip()?;
        if name == "id" && value.starts_with('{') {
            let mut inner = Cursor::new(value, limits.max_depth);
            let mut open = inner.open_object()?;
            while let Some(name) = inner.member(&mut open)? {
                members.push((Cow::Owned(format!("id.{name}")), inner.skip()?));
            }
        } else {
            members.push((name, value));
        }
    }
    cursor.end()?;
    if seen.event.kind.is_empty() {
        seen.event.kind = Cow::Borrowed(field::log_of(members.iter().map(|it| &*it.0)));
    }
    let log = Log::named(&seen.event.kind);
    for (name, value) in members {
        if name == "ts" {
            let value = value.trim_matches('"');
            seen.event.time = time::iso(value).or_else(|| time::epoch(value));
        } else {
            take(&mut seen, log, &name, value, notes)?;
        }
    }
    Ok(field::finish(seen, log, notes))
}

/// Takes one member: a text or number, or a list of them.
fn take<'a>(
    seen: &mut Seen<'a>,
    log: Log,
    name: &str,
    value: &'a str,
    notes: &mut Notes,
) -> Result<(), BadJson> {
    let known = log.meaning(name);
    if known.is_none() && !ADDRESS_ENDS.iter().any(|it| name.ends_with(it)) {
        return Ok(());
    }
    let mut cursor = Cursor::new(value, 1);
    let mut good = true;
    let mut one = |cursor: &mut Cursor<'a>| -> Result<(), BadJson> {
        let text = match cursor.kind()? {
            Kind::String => cursor.string()?,
            Kind::Number => Cow::Borrowed(cursor.skip()?),
            Kind::Null => return cursor.skip().map(drop),
            Kind::Bool | Kind::Object | Kind::List => {
                good = false;
                return Ok(());
            }
        };
        match known {
            Some(meaning) => good &= seen.take(meaning, text),
            None if is_address(&text) => good &= seen.take(Meaning::Address, text),
            None => {}
        }
        Ok(())
    };
    if cursor.kind()? == Kind::List {
        let mut open = cursor.open_list()?;
        while cursor.element(&mut open)? {
            if matches!(cursor.kind()?, Kind::Object | Kind::List) {
                break;
            }
            one(&mut cursor)?;
        }
    } else {
        one(&mut cursor)?;
    }
    if !good {
        notes.count("zeek value", &format!("{}.{name}", seen.event.kind));
    }
    Ok(())
}
