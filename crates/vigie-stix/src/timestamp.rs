//! Timestamps that keep their text (section 2.13 of STIX 2.1).
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
        let bad = || BadTimestamp(text.chars().take(60).collect());
        let shape = text.as_bytes();
        let digits_at = |range: std::ops::Range<usize>| {
            shape.get(range).is_some_and(|it| it.iter().all(u8::is_ascii_digit))
        };
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        let fields = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19];
        let body = text.strip_suffix('Z').ok_or_else(bad)?;
        let fraction = body.get(19..).ok_or_else(bad)?;
        let fraction_ok = fraction.is_empty()
            || fraction
                .strip_prefix('.')
                .is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()));
        if !marks.iter().all(|(at, mark)| shape.get(*at) == Some(mark))
            || !fields.into_iter().all(digits_at)
            || !fraction_ok
        {
            return Err(bad());
        }
        // Digits past the ninth cannot change the order of any two instants that a clock can tell apart.
        let kept = body.get(..29.min(body.len())).ok_or_else(bad)?;
        // A leap second is a legal text; it is taken as the last second of its minute.
        let kept = if digits_at(17..19) && body.get(17..19) == Some("60") {
            format!("{}59{}Z", body.get(..17).ok_or_else(bad)?, kept.get(19..).unwrap_or_default())
        } else {
            format!("{kept}Z")
        };
        let instant: jiff::Timestamp = kept.parse().map_err(|_| bad())?;
        Ok(Self { text: text.into(), nanos: instant.as_nanosecond() })
    }
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

    #[test]
    fn prints_the_digits_asked_for() {
        let nanos = 1_500_000_000_123_456_789;
        assert_eq!(Timestamp::from_nanos_millis(nanos).as_str(), "2017-07-14T02:40:00.123Z");
        assert_eq!(Timestamp::from_nanos_micros(nanos).as_str(), "2017-07-14T02:40:00.123456Z");
        assert_eq!(Timestamp::from_nanos_millis(0).as_str(), "1970-01-01T00:00:00.000Z");
    }
}
