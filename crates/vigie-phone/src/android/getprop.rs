//! Properties of the system: `[name]: [value]`. A value may go on over several lines.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use crate::Sign;

pub(super) const NAME: &str = "getprop";

/// Values that no phone has as it is sold.
const UNLOCKED: [(&str, &str); 6] = [
    ("ro.boot.verifiedbootstate", "orange"),
    ("ro.boot.flash.locked", "0"),
    ("ro.boot.vbmeta.device_state", "unlocked"),
    ("ro.debuggable", "1"),
    ("ro.build.tags", "test-keys"),
    ("ro.boot.selinux", "permissive"),
];

/// After so many days without a patch, known holes are open.
const PATCH_DAYS: i64 = 183;

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut open: Option<(u64, String, String)> = None;
    for line in lines.iter() {
        let began = line.text.strip_prefix('[').and_then(|it| it.split_once("]: ["));
        if let Some((name, value)) = began {
            close(open.take(), sink);
            open = Some((line.number, name.to_owned(), value.to_owned()));
        } else if let Some((_, _, value)) = &mut open {
            value.push('\n');
            value.push_str(&line.text);
        }
        if open.as_ref().is_some_and(|it| it.2.trim_end().ends_with(']')) {
            close(open.take(), sink);
        }
    }
    close(open, sink);
}

fn close(property: Option<(u64, String, String)>, sink: &mut Sink<'_, '_>) {
    let Some((line, name, value)) = property else { return };
    let value = value.trim_end();
    let value = value.strip_suffix(']').unwrap_or(value);
    let unlocked = UNLOCKED.contains(&(&*name, value));
    let old =
        name == "ro.build.version.security_patch" && sink.made().is_some_and(|made| is_old(value, made));
    let draft = Draft::line(line, format!("{name} = {value}")).see(Path::AndroidProperty, &*name);
    sink.take(draft.sign_if(unlocked, Sign::UnlockedBuild).sign_if(old, Sign::OldPatch));
}

fn is_old(patch: &str, made: i64) -> bool {
    let Ok(date) = patch.trim().parse::<Date>() else { return false };
    let Ok(at) = date.to_zoned(TimeZone::UTC) else { return false };
    let age = i128::from(made) - at.timestamp().as_nanosecond();
    age > i128::from(PATCH_DAYS) * 86_400_000_000_000
}
