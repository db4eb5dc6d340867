//! The battery's statistics, which tell what ran and what was installed.
//!
//! *Daily*: packages that were updated, day by day, for about ten days. *History*: what ran when, since the last full
//! charge; times count from the history's own start.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;
use crate::{Moment, Sign};

pub(super) const DAILY: &str = "battery_daily";
pub(super) const HISTORY: &str = "battery_history";

/// A package changed on a day.
struct Change {
    line: u64,
    from: String,
    to: String,
    action: String,
    package: String,
    version: Option<i64>,
    times: u32,
}

pub(super) fn daily(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut changes: Vec<Change> = Vec::new();
    let mut day: Option<(String, String)> = None;
    for line in lines.iter() {
        let text = line.text.trim();
        if let Some((from, to)) = text.strip_prefix("Daily from ").and_then(|it| it.split_once(" to ")) {
            day = Some((from.to_owned(), to.trim_end_matches(':').to_owned()));
            continue;
        }
        let mut words = text.split_whitespace();
        let (Some(action), Some(package), Some((from, to))) = (words.next(), words.next(), &day) else {
            continue;
        };
        if !matches!(action, "Update" | "Uninstall" | "Install" | "Remove") || !names::is_package(package) {
            continue;
        }
        let version = words.find_map(|it| it.strip_prefix("vers=")).and_then(|it| it.parse().ok());
        let same = |it: &&mut Change| {
            it.from == *from && it.package == package && it.action == action && it.version == version
        };
        match changes.iter_mut().rev().take(64).find(same) {
            Some(it) => it.times = it.times.saturating_add(1),
            None => changes.push(Change {
                line: line.number,
                from: from.clone(),
                to: to.clone(),
                action: action.to_owned(),
                package: package.to_owned(),
                version,
                times: 1,
            }),
        }
    }
    // The phone lists the newest day first; what came before what is told by the days' starts.
    changes.sort_by(|one, other| one.from.cmp(&other.from).then(one.line.cmp(&other.line)));
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for it in changes {
        let before = it.version.and_then(|version| last.insert(it.package.clone(), version));
        let older = before.zip(it.version).filter(|(before, now)| now < before);
        let mut text = format!("{} {}", it.action.to_lowercase(), it.package);
        if let Some(version) = it.version {
            let _ = write!(text, " to version {version}");
        }
        if let Some((before, _)) = older {
            let _ = write!(text, ", older than {before} before");
        }
        if it.times > 1 {
            let _ = write!(text, ", {} times", it.times);
        }
        let _ = write!(text, "; between {} and {}", it.from, it.to);
        let draft = Draft::line(it.line, text).app(&it.package).when(sink.when("day began", &it.from));
        sink.take(draft.sign_if(older.is_some(), Sign::Downgraded));
    }
}

pub(super) fn history(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    // Elapsed time counts from here: nanoseconds of the history and of the world.
    let mut base: Option<(i64, Moment)> = None;
    for line in lines.iter() {
        let text = line.text.trim_start();
        let Some((time, rest)) = split_time(text) else { continue };
        let elapsed = elapsed(time);
        if let Some(at) = rest.find("TIME: ").and_then(|it| rest.get(it + 6..)) {
            base = sink.when("", at).zip(elapsed).map(|(it, elapsed)| (elapsed, it));
        }
        for (sign, kind, uid, name) in events(rest) {
            let Some(package) = names::package_of(&name) else { continue };
            let what = match sign {
                '+' => "started",
                '-' => "ended",
                _ => "runs",
            };
            let moment = match (&base, elapsed) {
                (Some((from, at)), Some(now)) => {
                    at.time.checked_add(now - from).map(|time| Moment { what, time, certainty: at.certainty })
                }
                (None, Some(_)) => None,
                (_, None) => sink.when(what, time),
            };
            let text = format!("{time}: {what} {kind} {name} ({uid})");
            sink.take(Draft::line(line.number, text).app(package).when(moment));
        }
    }
}

/// `+1h26m18s315ms (2) 095 +top=…`, `07-15 20:27:39.431 (2) 100 …`: the time and the rest.
fn split_time(text: &str) -> Option<(&str, &str)> {
    let at = text.find(" (")?;
    let (time, rest) = text.split_at_checked(at)?;
    let known = time.starts_with('+') || time.starts_with(|it: char| it.is_ascii_digit());
    (known && time.len() < 40).then_some((time, rest))
}

/// `+2d23h22m24s588ms` in nanoseconds; `0` is the start.
fn elapsed(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text.strip_prefix('+')?;
    let mut millis: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let count: i64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.find(|it: char| it.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match rest.get(..letters)? {
            "d" => 86_400_000,
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        millis = millis.checked_add(count.checked_mul(unit)?)?;
        rest = rest.get(letters..)?;
    }
    millis.checked_mul(1_000_000)
}

/// The events of a line that name somebody: `+job=u0a94:"com.example/.Job"`.
fn events(text: &str) -> Vec<(char, String, String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(":\"") {
        let Some((name, next)) = after.split_once('"') else { break };
        rest = next;
        let word = before.rsplit(' ').next().unwrap_or_default();
        let Some((kind, uid)) = word.split_once('=') else { continue };
        let sign = kind.chars().next().filter(|it| matches!(it, '+' | '-')).unwrap_or(' ');
        found.push((sign, kind.trim_start_matches(['+', '-']).to_owned(), uid.to_owned(), name.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_times_are_read() {
        assert_eq!(elapsed("0"), Some(0));
        assert_eq!(elapsed("+47s645ms"), Some(47_645_000_000));
        assert_eq!(elapsed("+2d23h22m24s588ms"), Some(256_944_588_000_000));
        for text in ["", "+", "+1x", "+s", "1s", "+99999999999999999999d"] {
            assert!(elapsed(text).is_none_or(|it| it == 0), "{text}");
        }
    }
}
