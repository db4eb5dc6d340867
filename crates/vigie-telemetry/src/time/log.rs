//! Times as lines of text logs write them: web servers', syslog's, `asctime`'s.
//!
//! No clock is read. A time without a year is placed by the latest time that the log can have been written
//! ([`Stamp::resolve`]); a time without a zone is taken for UTC.

use super::{SECOND, days, nanos, offset};

/// A day in nanoseconds: how far a sensor's zone can put its own time ahead of UTC, and a little more.
const DAY: i64 = 86_400 * SECOND;

/// How many years back a 29 February is looked for.
const YEARS_BACK: i64 = 8;

/// A date, perhaps without its year, and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    year: Option<i64>,
    month: i64,
    day: i64,
    /// Nanoseconds since midnight, UTC.
    of_day: i64,
}

impl Stamp {
    /// Nanoseconds since 1970. Without a year it is the last such day that lies no more than a day behind `not_after`,
    /// the time when the log was last written; without either, none.
    pub(crate) fn resolve(&self, not_after: Option<i64>) -> Option<i64> {
        let in_year = |year| days(year, self.month, self.day)?.checked_mul(DAY)?.checked_add(self.of_day);
        if let Some(year) = self.year {
            return in_year(year);
        }
        let latest = not_after?.checked_add(DAY)?;
        let year = 1970 + latest.div_euclid(DAY) * 400 / 146_097;
        (year - YEARS_BACK..=year + 1).rev().filter_map(in_year).find(|it| *it <= latest)
    }
}

/// Reads the time of a web server's log, `13/Jan/2016:19:31:16 +0000`.
pub(crate) fn web(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(':')?;
    let (clock, zone) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let midnight = days(number(year)?, month_of(month)?, number(day)?)?.checked_mul(DAY)?;
    midnight.checked_add(of_day(clock)?)?.checked_sub(offset(zone.as_bytes())? * SECOND)
}

/// Reads a day and a time of day, `2016-01-13 19:31:16`, also with `/` and with a fraction after `.` or `,`. UTC.
pub(crate) fn civil(date: &str, clock: &str) -> Option<i64> {
    let mut parts = date.split(['-', '/']);
    let (year, month, day) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    if parts.next().is_some() || date.len() < 8 {
        return None;
    }
    days(year, month, day)?.checked_mul(DAY)?.checked_add(of_day(clock)?)
}

/// Reads what syslog writes before a message, and returns the text behind it: `Mar  6 04:07:23`, with a year before or
/// after it or behind the day, a weekday, a fraction, and the mark of a clock that is not set (`*`, `.`).
pub(crate) fn syslog(text: &str) -> Option<(Stamp, &str)> {
    let mut rest = text.strip_prefix(['*', '.']).unwrap_or(text);
    let mut year = None;
    if let Some((found, after)) = year_in_front(rest) {
        (year, rest) = (Some(found), after);
    }
    let (first, after) = word(rest)?;
    let (month, after) = match month_of(first) {
        Some(month) => (month, after),
        None if is_weekday(first) => {
            let (second, after) = word(after)?;
            (month_of(second)?, after)
        }
        None => return None,
    };
    let (day, after) = word(after)?;
    let day = number(day).filter(|_| day.len() <= 2)?;
    let mut rest = after;
    if let Some((found, after)) = year_in_front(rest) {
        (year, rest) = (Some(found), after);
    }
    let (clock, mut rest) = word(rest)?;
    let of_day = of_day(clock.strip_suffix(':').unwrap_or(clock))?;
    if let Some((found, after)) = year_in_front(rest)
        && year.is_none()
    {
        (year, rest) = (Some(found), after);
    }
    Some((Stamp { year, month, day, of_day }, rest))
}

/// Names that generic logs give the time of a record, in lower case, the surest first.
const NAMES: &[&str] = &[
    "timestamp",
    "@timestamp",
    "time",
    "datetime",
    "date_time",
    "_time",
    "eventtime",
    "event_time",
    "timegenerated",
    "timecreated",
    "utctime",
    "creationtime",
    "published",
    "date",
    "ts",
];

/// Where fields stand whose names say that they hold the time, the surest name first.
pub(crate) fn time_names<'n>(names: &(impl Iterator<Item = &'n str> + Clone)) -> Vec<usize> {
    let at = |name: &&str| names.clone().position(|it| it.eq_ignore_ascii_case(name));
    NAMES.iter().filter_map(at).collect()
}

/// Reads a time in any form that holds its day: ISO 8601, seconds or milliseconds since 1970, a day and a time of day
/// with a blank between them, or what web servers write.
pub(crate) fn any(text: &str) -> Option<i64> {
    let text = text.trim();
    let two = || text.split_once(' ').and_then(|(date, clock)| civil(date, clock.trim_end_matches(" UTC")));
    super::iso(text)
        .or_else(two)
        .or_else(|| super::epoch(text))
        .or_else(|| web(text.trim_matches(['[', ']'])))
}

/// Reads a time as devices write it into CEF and LEEF: seconds or milliseconds since 1970, ISO 8601, or
/// `Jan 13 2016 19:31:16`.
pub(crate) fn of_device(text: &str) -> Option<i64> {
    super::epoch(text).or_else(|| super::iso(text)).or_else(|| syslog(text)?.0.resolve(None))
}

/// `2016 ` and what follows it.
fn year_in_front(text: &str) -> Option<(i64, &str)> {
    let (first, rest) = word(text)?;
    let year = number(first.strip_suffix(':').unwrap_or(first))?;
    (1970..=2261).contains(&year).then_some((year, rest))
}

/// The first word and what follows the blanks behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(' ');
    let end = memchr::memchr(b' ', text.as_bytes()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then(|| (word, rest.trim_start_matches(' ')))
}

/// `19:31:16`, with a fraction after `.` or `,`, in nanoseconds since midnight.
fn of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).map_or((text, None), |it| (it.0, Some(it.1)));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let nanos = fraction.map_or(Some(0), |it| nanos(it.as_bytes()))?;
    Some((hour * 3_600 + minute * 60 + second) * SECOND + nanos)
}

/// At most four digits.
fn number(text: &str) -> Option<i64> {
    let good = (1..=4).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    good.then(|| text.parse().ok())?
}

fn month_of(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = NAMES.iter().position(|it| it.eq_ignore_ascii_case(name))?;
    i64::try_from(at).ok().map(|it| it + 1)
}

fn is_weekday(name: &str) -> bool {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::iso;

    #[test]
    fn web_servers() {
        #[track_caller]
        fn check(text: &str, want: Option<&str>) {
            assert_eq!(web(text), want.map(|it| iso(it).expect("a time")), "{text}");
        }
        check("13/Jan/2016:19:31:16 +0000", Some("2016-01-13T19:31:16Z"));
        check("13/Jan/2016:19:31:16 -0530", Some("2016-01-14T01:01:16Z"));
        check("13/Jan/2016:19:31:16", Some("2016-01-13T19:31:16Z"));
        check("13/Foo/2016:19:31:16 +0000", None);
        check("31/Feb/2016:19:31:16 +0000", None);
        check("13/Jan/2016:24:31:16 +0000", None);
        check("13/Jan:19:31:16", None);
        check("", None);
    }

    #[test]
    fn syslog_places_a_day_without_a_year() {
        #[track_caller]
        fn check(text: &str, not_after: Option<&str>, want: Option<&str>) {
            let got = syslog(text).and_then(|it| it.0.resolve(not_after.and_then(iso)));
            assert_eq!(got, want.map(|it| iso(it).expect("a time")), "{text}");
        }
        let spring = Some("2021-04-01T00:00:00Z");
        check("Mar  6 04:07:23 host x", spring, Some("2021-03-06T04:07:23Z"));
        check("Mar 6 04:07:23.5 host x", spring, Some("2021-03-06T04:07:23.5Z"));
        check("Dec 31 23:59:59 host x", spring, Some("2020-12-31T23:59:59Z"));
        check("Apr  1 23:00:00 host x", spring, Some("2021-04-01T23:00:00Z"));
        check("Apr  3 00:00:00 host x", spring, Some("2020-04-03T00:00:00Z"));
        check("Feb 29 00:00:00 host x", spring, Some("2020-02-29T00:00:00Z"));
        check("Feb 29 00:00:00 host x", Some("2102-01-01T00:00:00Z"), Some("2096-02-29T00:00:00Z"));
        check("Mar  6 04:07:23 host x", None, None);
        check("*Mar  6 2019 04:07:23.123: %SYS", None, Some("2019-03-06T04:07:23.123Z"));
        check("2019 Mar  6 04:07:23 host", None, Some("2019-03-06T04:07:23Z"));
        check("Mon Jun  6 18:43:28 2016 [pid 2]", None, Some("2016-06-06T18:43:28Z"));
        check("Mon Jun  6 18:43:28 host", None, None);
        check("Mar 32 04:07:23 host", spring, None);
        check("March 6 04:07:23", spring, None);
        check("Mar", spring, None);
        check("", spring, None);
    }

    #[test]
    fn the_text_behind_a_time() {
        #[track_caller]
        fn check(text: &str, want: Option<&str>) {
            assert_eq!(syslog(text).map(|it| it.1), want, "{text}");
        }
        check("Mar  6 04:07:23 host x", Some("host x"));
        check("Mar  6 04:07:23", Some(""));
        check("Mon Jun  6 18:43:28 2016 [pid 2]", Some("[pid 2]"));
        check("Mar 6 x", None);
    }

    #[test]
    fn times_in_any_form() {
        for text in [
            "2016-01-13T19:31:16Z",
            "1452713476",
            "1452713476000",
            "2016-01-13 19:31:16 UTC",
            "[13/Jan/2016:19:31:16 +0000]",
        ] {
            assert_eq!(any(text), iso("2016-01-13T19:31:16Z"), "{text}");
        }
        assert!(any("").is_none() && any("yesterday").is_none() && any("19:31:16").is_none());
        assert_eq!(time_names(&["ts", "x", "Time"].into_iter()), [2, 0]);
    }

    #[test]
    fn days_with_a_time() {
        #[track_caller]
        fn check(date: &str, clock: &str, want: Option<&str>) {
            assert_eq!(civil(date, clock), want.map(|it| iso(it).expect("a time")), "{date} {clock}");
        }
        check("2016-01-13", "19:31:16", Some("2016-01-13T19:31:16Z"));
        check("2016/01/13", "19:31:16,25", Some("2016-01-13T19:31:16.25Z"));
        check("2016-01", "19:31:16", None);
        check("2016-01-13-14", "19:31:16", None);
        check("2016-01-13", "19:31", None);
    }
}
