//! Times as phones write them in texts: mostly the phone's own clock, without a zone.
//!
//! The zone is the one that the phone was set to when the evidence was made (`persist.sys.timezone`). A phone that travelled
//! had another one before, so such a time is [`Certainty::Zoned`], never exact; with no zone known it is [`Certainty::Local`].
//! Records keep the time as the phone wrote it.

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{Certainty, Moment};

/// What the name of a sysdiagnose begins with.
const SYSDIAGNOSE: &str = "sysdiagnose_";

/// How the phone's clock is read.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// None if nobody knows.
    local: Option<TimeZone>,
    /// The year and the month that the evidence was made in, by the phone's clock.
    made: Option<(i16, i8)>,
    /// When that was, in nanoseconds since 1970, if it is known with its zone.
    instant: Option<i64>,
}

impl Zone {
    /// Of this name in the zone database that is built in.
    pub(crate) fn named(name: &str) -> Self {
        Self { local: TimeZoneDatabase::bundled().get(name.trim()).ok(), ..Self::default() }
    }

    /// Of the first name of a sysdiagnose in a text: `sysdiagnose_2026.05.30_10-00-00+0200_iPhone-OS_iPhone_23B85`.
    pub(crate) fn of_sysdiagnose(text: &str) -> Option<Self> {
        text.match_indices(SYSDIAGNOSE).find_map(|(at, _)| {
            let name = text.get(at + SYSDIAGNOSE.len()..)?;
            let (date, rest) = name.split_once('_')?;
            let parts = parts(&format!("{} {}", date.replace('.', "-"), rest.split('_').next()?), None)?;
            let zone = jiff::tz::Offset::from_seconds(parts.offset?).ok()?.to_time_zone();
            let instant = zone.to_ambiguous_zoned(parts.at).compatible().ok()?.timestamp();
            Some(Self {
                local: Some(zone),
                made: Some((parts.at.year(), parts.at.month())),
                instant: i64::try_from(instant.as_nanosecond()).ok(),
            })
        })
    }

    /// When the evidence was made, where that is known with its zone.
    pub(crate) fn instant(&self) -> Option<i64> {
        self.instant
    }

    /// An instant by its year, month, day, hour, minute and second, of a text whose date is written otherwise.
    pub(crate) fn civil(&self, what: &'static str, at: DateTime) -> Option<Moment> {
        let (zone, certainty) = match &self.local {
            Some(zone) => (zone.clone(), Certainty::Zoned),
            None => (TimeZone::UTC, Certainty::Local),
        };
        let instant = zone.to_ambiguous_zoned(at).compatible().ok()?.timestamp();
        Some(Moment { what, time: i64::try_from(instant.as_nanosecond()).ok()?, certainty })
    }

    /// With the date of the evidence, which times without a year are completed from.
    pub(crate) fn made(mut self, text: &str) -> Self {
        self.made = parts(text, None).map(|it| (it.at.year(), it.at.month()));
        self
    }

    /// When something happened, of a time as the phone wrote it.
    pub(crate) fn moment(&self, what: &'static str, text: &str) -> Option<Moment> {
        let parts = parts(text, self.made)?;
        let (zone, certainty) = match (parts.offset, &self.local) {
            (Some(seconds), _) => {
                (jiff::tz::Offset::from_seconds(seconds).ok()?.to_time_zone(), Certainty::Exact)
            }
            (None, Some(zone)) => (zone.clone(), Certainty::Zoned),
            (None, None) => (TimeZone::UTC, Certainty::Local),
        };
        let certainty =
            if parts.date_only && certainty == Certainty::Exact { Certainty::Day } else { certainty };
        let instant = zone.to_ambiguous_zoned(parts.at).compatible().ok()?.timestamp();
        Some(Moment { what, time: i64::try_from(instant.as_nanosecond()).ok()?, certainty })
    }
}

/// An instant that the phone keeps in milliseconds since 1970.
pub(crate) fn from_millis(what: &'static str, millis: i64) -> Option<Moment> {
    Some(Moment { what, time: millis.checked_mul(1_000_000)?, certainty: Certainty::Exact })
}

struct Parts {
    at: DateTime,
    offset: Option<i32>,
    date_only: bool,
}

/// `2024-01-10 09:19:39.431 +0200`, `2022-01-04-17-30-01`, `2024-01-10T09:19:39Z`, `07-15 20:27:39.431`, `2026-01-10`.
fn parts(text: &str, made: Option<(i16, i8)>) -> Option<Parts> {
    let text = text.trim();
    let first = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (year, mut rest) = match first {
        4 => (text.get(..4)?.parse().ok()?, text.get(4..)?.strip_prefix('-')?),
        2 => {
            let (year, month) = made?;
            let told: i8 = text.get(..2)?.parse().ok()?;
            (if told > month { year - 1 } else { year }, text)
        }
        _ => return None,
    };
    let month = two(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let day = two(&mut rest)?;
    let Some(mut clock) =
        rest.strip_prefix([' ', 'T', '-']).filter(|it| it.starts_with(|c: char| c.is_ascii_digit()))
    else {
        let at = DateTime::new(year, month, day, 0, 0, 0, 0).ok()?;
        return Some(Parts { at, offset: None, date_only: true });
    };
    let hour = two(&mut clock)?;
    clock = clock.strip_prefix([':', '-'])?;
    let minute = two(&mut clock)?;
    let second = match clock.strip_prefix([':', '-']) {
        Some(it) if it.starts_with(|c: char| c.is_ascii_digit()) => {
            clock = it;
            two(&mut clock)?
        }
        _ => 0,
    };
    let mut nanos = 0;
    if let Some(it) = clock.strip_prefix(['.', ',']) {
        let end = it.find(|c: char| !c.is_ascii_digit()).unwrap_or(it.len());
        nanos = format!("{:0<9}", it.get(..end.min(9))?).parse().ok()?;
        clock = it.get(end..)?;
    }
    let at = DateTime::new(year, month, day, hour, minute, second.min(59), nanos).ok()?;
    Some(Parts { at, offset: offset(clock.trim_start()), date_only: false })
}

fn two(text: &mut &str) -> Option<i8> {
    let (digits, rest) = text.split_at_checked(2)?;
    if !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    *text = rest;
    digits.parse().ok()
}

/// `Z`, `+0200`, `+02:00`.
fn offset(text: &str) -> Option<i32> {
    if text.starts_with('Z') {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut rest = text.strip_prefix(['+', '-'])?;
    let hours = two(&mut rest)?;
    let minutes = two(&mut rest.trim_start_matches(':'))?;
    Some(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, text: &str, want: &str) {
        let zone = Zone::named(zone).made("2024-03-21 11:07:22");
        let got = zone.moment("x", text).map_or_else(String::new, |it| {
            let time = jiff::Timestamp::from_nanosecond(it.time.into()).unwrap();
            format!("{time} {:?}", it.certainty)
        });
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn the_phones_clock_is_read_with_its_zone() {
        check("Europe/Paris", "2024-01-10 09:19:39", "2024-01-10T08:19:39Z Zoned");
        check("Europe/Paris", "2024-07-10 09:19:39.5", "2024-07-10T07:19:39.5Z Zoned");
        check("Africa/Casablanca", "2022-01-04-17-30-01", "2022-01-04T16:30:01Z Zoned");
        check("", "2024-01-10 09:19:39", "2024-01-10T09:19:39Z Local");
        check("No/Where", "2024-01-10", "2024-01-10T00:00:00Z Local");
        check("Asia/Dubai", "2023-04-12 12:32:40.518290770+0200", "2023-04-12T10:32:40.51829077Z Exact");
        check("Asia/Dubai", "2023-04-12T12:32:40Z", "2023-04-12T12:32:40Z Exact");
    }

    #[test]
    fn the_name_of_a_sysdiagnose_tells_its_zone() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            let zone = Zone::of_sysdiagnose(text);
            let made = zone.as_ref().and_then(Zone::instant).map(|it| it / 1_000_000_000);
            let noon =
                zone.and_then(|it| it.moment("x", "2026-06-01 12:00:00")).map(|it| it.time / 1_000_000_000);
            assert_eq!(format!("{made:?} {noon:?}"), want, "{text}");
        }
        let name = "sysdiagnose_2026.05.30_10-00-00+0200_iPhone-OS_iPhone_23B85";
        check(name, "Some(1780128000) Some(1780308000)");
        check(&format!("{name}.tar.gz"), "Some(1780128000) Some(1780308000)");
        check(&format!("sysdiagnose_x IN_PROGRESS_{name}/ps.txt"), "Some(1780128000) Some(1780308000)");
        check("sysdiagnose_2026.05.30_10-00-00-0730", "Some(1780162200) Some(1780342200)");
        check("sysdiagnose_2026.05.30_10-00-00", "None None");
        check("sysdiagnose_", "None None");
    }

    #[test]
    fn a_time_without_a_year_lies_before_the_evidence() {
        check("UTC", "07-15 20:27:39.431", "2023-07-15T20:27:39.431Z Zoned");
        check("UTC", "03-15 20:27:39", "2024-03-15T20:27:39Z Zoned");
    }

    #[test]
    fn what_is_no_time_gives_none() {
        for text in
            ["", "yesterday", "2024", "2024-13-01", "2024-01-10 99:00:00", "24-1-1", "é2024-01-01", "12"]
        {
            check("UTC", text, "");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", digits in "[0-9:. TZ+-]{0,40}") {
            let zone = Zone::named("Europe/Paris").made(&digits);
            let _ = (zone.moment("x", &text), zone.moment("x", &digits));
            let _ = Zone::of_sysdiagnose(&format!("sysdiagnose_{digits}{text}"));
        }
    }
}
