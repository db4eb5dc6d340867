//! Timestamps that keep their text (section 2.16 of STIX 2.1).
//!
//! RFC 3339 with `Z` and any number of fractional digits. Order is that of the instants, to the nanosecond; equality
//! of versions is that of instants too, while the text goes out as it came in.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// An instant, with the text that it was read from.
#[derive(Clone, Debug)]
pub struct Timestamp {
    text: Box<str>,
    nanos: i128,
}

/// A text that is no STIX timestamp.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no timestamp; expected `YYYY-MM-DDThh:mm:ss[.s+]Z`")]
pub struct BadTimestamp(String);

impl Timestamp {
    /// The text, exactly as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub fn nanos(&self) -> i128 {
        self.nanos
    }

    /// The instant with exactly three fractional digits, as section 3.2 asks of `created` and `modified`.
    pub fn from_nanos_millis(nanos: i128) -> Self {
        Self::printed(nanos, 3)
    }

    /// The instant with exactly six fractional digits, as TAXII 2.1 asks (section 2).
    pub fn from_nanos_micros(nanos: i128) -> Self {
        Self::printed(nanos, 6)
    }

    fn printed(nanos: i128, digits: u8) -> Self {
        let unit = if digits == 3 { 1_000_000 } else { 1_000 };
        let nanos = nanos - nanos.rem_euclid(unit);
        let instant = jiff::Timestamp::from_nanosecond(nanos).unwrap_or_default();
        let precision = usize::from(digits);
        Self { text: format!("{instant:.precision$}").into(), nanos: instant.as_nanosecond() }
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        match instant(text) {
            Some(nanos) => Ok(Self { text: text.into(), nanos }),
            None => Err(BadTimestamp(text.chars().take(60).collect())),
        }
    }
}

/// Nanoseconds since 1970-01-01T00:00:00Z of a timestamp; none if the text is no timestamp.
///
/// Digits past the ninth are dropped: they cannot change the order of two instants that a clock can tell apart. A leap
/// second is a legal text; it is taken as the last second of its minute.
pub fn instant(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    let (head, tail) = bytes.split_at_checked(19)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2] = *head else {
        return None;
    };
    let pair = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let year = pair(y1, y2)? * 100 + pair(y3, y4)?;
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let (hour, minute, second) = (pair(h1, h2)?, pair(i1, i2)?, pair(s1, s2)?);
    let good_day = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !good_day || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
    Some(i128::from(seconds) * 1_000_000_000 + fraction(tail)?)
}

/// The nanoseconds in `.123Z`; none if the text is anything else.
fn fraction(tail: &[u8]) -> Option<i128> {
    let digits = match tail {
        [b'Z'] => return Some(0),
        [b'.', digits @ .., b'Z'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => digits,
        _ => return None,
    };
    let nine = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some(nine.fold(0, |sum, it| sum * 10 + i128::from(it - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counting years from March so that the leap day is last.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<i128>) {
        assert_eq!(text.parse::<Timestamp>().ok().map(|it| it.nanos()), want, "{text}");
    }

    #[test]
    fn instants() {
        check("1970-01-01T00:00:01Z", Some(1_000_000_000));
        check("1970-01-01T00:00:00.123456789Z", Some(123_456_789));
        check("1970-01-01T00:00:00.1Z", Some(100_000_000));
        check("2016-12-31T23:59:60Z", Some(1_483_228_799_000_000_000));
        for bad in
            ["", "2010-05-21T13:21:43", "2010-05-21t13:21:43Z", "2010/05/21T13:21:43Z", "2010-05-21T13:21Z"]
        {
            check(bad, None);
        }
        check("2010-05-21T13:21:99Z", None);
        check("2010-02-30T13:21:09Z", None);
        check("2010-05-21T13:21:43.Z", None);
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_calendar_of_jiff(seconds in -62_167_219_200_i64..253_402_207_200, nanos in 0_i64..1_000_000_000) {
            let want = jiff::Timestamp::from_second(seconds).unwrap() + jiff::SignedDuration::from_nanos(nanos);
            check(&want.to_string(), Some(want.as_nanosecond()));
        }
    }

    #[test]
    fn prints_the_digits_asked_for() {
        let nanos = 1_500_000_000_123_456_789;
        assert_eq!(Timestamp::from_nanos_millis(nanos).as_str(), "2017-07-14T02:40:00.123Z");
        assert_eq!(Timestamp::from_nanos_micros(nanos).as_str(), "2017-07-14T02:40:00.123456Z");
        assert_eq!(Timestamp::from_nanos_millis(0).as_str(), "1970-01-01T00:00:00.000Z");
    }
}
