//! What a line of a log names: bundles, paths, links, addresses of people; and when.

use jiff::civil::DateTime;
use vigie_model::event::Path;

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use crate::lines::Lines;
use crate::{Input, Moment, Record, State, Zone, link};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// No line names more of a sort than this.
const NAMED: usize = 64;

/// Words of a line that are looked at.
const WORDS: usize = 4096;

/// Reads a log whose lines say what they say alone: a record for each that names something.
pub(super) fn read(artefact: &'static str, input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(artefact, input, tell);
    if input.bytes.contains(&0) {
        tally.cut("has bytes that no text has: it is damaged or packed");
    }
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        let mut draft = Draft::of("line", line.number);
        named(&mut draft, text);
        // What names neither app nor file can meet no indicator.
        if draft.saw_nothing() {
            continue;
        }
        draft.say(text);
        draft.when(time("written", input.zone, text));
        tally.take(draft);
    }
    tally.state()
}

/// Adds what a line names.
pub(super) fn named(draft: &mut Draft, line: &str) {
    for link in link::of(line).filter(|it| it.contains("://")).take(NAMED) {
        draft.link(link);
    }
    for path in paths(line).take(NAMED) {
        if program::is_staged(path) {
            program::seen(draft, path);
        } else {
            draft.file(path);
        }
    }
    let stops = |it: char| !(it.is_ascii_alphanumeric() || "._-@+".contains(it));
    for word in line.split(stops).map(|it| it.trim_matches(['.', '-', '+', '_'])).take(WORDS) {
        match word.split_once('@') {
            Some((user, host)) if !user.is_empty() && host.contains('.') => {
                draft.see(Path::EmailAddress, word);
            }
            Some(_) => {}
            None => draft.bundle(word),
        }
    }
}

/// The paths in a line. One ends at a space unless a bundle goes on: `/…/My App.app/My App`.
pub(super) fn paths(line: &str) -> impl Iterator<Item = &str> {
    let stops = |it: char| it.is_whitespace() || "\"'<>(),;[]{}=".contains(it);
    line.match_indices('/').filter_map(move |(at, _)| {
        let before = line.get(..at)?.chars().next_back();
        if before.is_some_and(|it| !stops(it) && it != ':') {
            return None;
        }
        let rest = line.get(at..)?;
        let path = rest.split(stops).next()?.trim_end_matches(['.', ':']);
        let folders = path.matches('/').count();
        (folders >= 2 && !path.starts_with("//") && !path.contains("//")).then_some(path)
    })
}

/// The time at the front of a line: `Wed Aug 11 05:51:02 2021 …`, `10/13/21 07:57:42.865446 …`, `2021-08-11 05:51:02 …`.
pub(super) fn time(what: &'static str, zone: &Zone, line: &str) -> Option<Moment> {
    let words: Vec<&str> = line.split_whitespace().take(5).collect();
    let clock = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let mut parts = whole.split(':').map(|it| it.parse::<i8>().ok());
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let nanos = part.get(..part.len().min(9)).filter(|it| it.bytes().all(|b| b.is_ascii_digit()))?;
        Some((hour, minute, second, format!("{nanos:0<9}").parse::<i32>().ok()?))
    };
    let civil = |year: i16, month: i8, day: i8, text: &str| {
        let (hour, minute, second, nanos) = clock(text)?;
        let at = DateTime::new(year, month, day, hour, minute, second.min(59), nanos).ok()?;
        zone.civil(what, at)
    };
    match words.as_slice() {
        [_, month, day, time, year, ..] if MONTHS.contains(month) => {
            let month = MONTHS.iter().position(|it| it == month)? as i8 + 1;
            civil(year.parse().ok()?, month, day.parse().ok()?, time)
        }
        [date, time, ..] if date.matches('/').count() == 2 => {
            let mut parts = date.split('/').map(|it| it.parse::<i16>().ok());
            let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
            let year = if (0..100).contains(&year) { year + 2000 } else { year };
            civil(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, time)
        }
        [..] => zone.moment(what, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::told_of;

    #[test]
    fn lines_name_bundles_paths_links_and_people() {
        #[track_caller]
        fn check(line: &str, want: &str) {
            let mut draft = Draft::of("line", 1);
            named(&mut draft, line);
            assert_eq!(told_of(draft), want, "{line}");
        }
        check(
            "-[MIContainer make:]: Made container live for com.example.App at /private/var/mobile/Containers/X",
            "file:path=/private/var/mobile/Containers/X file:name=X app:id=com.example.App",
        );
        check(
            "moved (/private/var/db/stage/bh)",
            "process:name=bh file:path=/private/var/db/stage/bh file:name=bh !staging-program",
        );
        check(
            "from https://bad.example/a/b to ann@mail.example",
            "url:value=https://bad.example/a/b domain-name:value=bad.example email-addr:value=ann@mail.example",
        );
        check("[MIBundle _validate:]: 1/2 and/or 3.4.5 main.swift", "");
    }

    #[test]
    fn times_at_the_front() {
        #[track_caller]
        fn check(line: &str, want: &str) {
            let zone = Zone::of_sysdiagnose("sysdiagnose_2021.08.12_10-00-00+0200_x").unwrap();
            let got = time("x", &zone, line).map_or_else(String::new, |it| {
                format!("{} {:?}", jiff::Timestamp::from_nanosecond(it.time.into()).unwrap(), it.certainty)
            });
            assert_eq!(got, want, "{line}");
        }
        check("Wed Aug 11 05:51:02 2021 [176] <notice>", "2021-08-11T03:51:02Z Zoned");
        check("10/13/21 07:57:42.865446 pid=69 x", "2021-10-13T05:57:42.865446Z Zoned");
        check("2021-08-11 05:51:02 x", "2021-08-11T03:51:02Z Zoned");
        check("2021-08-11 05:51:02 +0000 x", "2021-08-11T05:51:02Z Exact");
        check("99/99/21 07:57:42 x", "");
        check("Wed Aug 99 05:51:02 2021", "");
        check("no time at all here", "");
        check("", "");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}", near in "[/:@. A-Za-z0-9(é-]{0,60}", clock in "[0-9/:. ]{0,30}") {
            for text in [&text, &near, &clock] {
                named(&mut Draft::of("line", 1), text);
                let _ = time("x", &Zone::default(), text);
            }
        }
    }
}
