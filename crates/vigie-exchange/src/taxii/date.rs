//! The timestamps of TAXII (section 2): RFC 3339, UTC, microseconds. They tell when a collection took an object in, and
//! have nothing to do with the dates inside STIX objects.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

/// The moment at which a collection took a version of an object in: microseconds since 1970.
///
/// Written with exactly six fractional digits and `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateAdded(Timestamp);

/// A text that is no TAXII timestamp.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no timestamp; expected one in UTC such as `2026-11-21T19:37:00.000000Z`")]
pub struct BadDate(String);

/// A number that no timestamp can express (years -9999 to 9999).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` microseconds since 1970 is beyond what a timestamp can express")]
pub struct DateOutOfRange(i64);

impl DateAdded {
    /// From microseconds since 1970.
    pub fn from_micros(micros: i64) -> Result<Self, DateOutOfRange> {
        Timestamp::from_microsecond(micros).map(Self).map_err(|_| DateOutOfRange(micros))
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Earlier by that much; `None` before the beginning of what a timestamp can express.
    pub fn before(self, by: Duration) -> Option<Self> {
        self.0.checked_sub(by).ok().map(Self)
    }

    /// Reads what real servers write: as [`FromStr`], and also offsets other than `Z` and a space for the `T`.
    pub fn read_leniently(text: &str) -> Result<Self, BadDate> {
        let text = text.trim();
        let stamp = text.parse::<Timestamp>().map_err(|_| bad(text))?;
        floor(stamp).ok_or_else(|| bad(text))
    }
}

impl FromStr for DateAdded {
    type Err = BadDate;

    /// RFC 3339 in UTC. Fewer or more fractional digits than six are taken, since many clients send them; what is finer
    /// than a microsecond is cut off, so that nothing can be skipped by asking for what came after it.
    fn from_str(text: &str) -> Result<Self, BadDate> {
        if !is_rfc3339_utc(text.as_bytes()) {
            return Err(bad(text));
        }
        let stamp = text.parse::<Timestamp>().map_err(|_| bad(text))?;
        floor(stamp).ok_or_else(|| bad(text))
    }
}

fn bad(text: &str) -> BadDate {
    BadDate(text.chars().take(80).collect())
}

fn floor(stamp: Timestamp) -> Option<DateAdded> {
    let micros = i64::try_from(stamp.as_nanosecond().div_euclid(1000)).ok()?;
    DateAdded::from_micros(micros).ok()
}

/// `dddd-dd-ddTdd:dd:dd[.d…]Z`
fn is_rfc3339_utc(text: &[u8]) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else { return false };
    let shape = b"dddd-dd-ddTdd:dd:dd".iter().zip(date_time);
    if !shape.into_iter().all(|(want, got)| if *want == b'd' { got.is_ascii_digit() } else { want == got }) {
        return false;
    }
    match rest {
        [b'Z'] => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

impl fmt::Display for DateAdded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl serde::Serialize for DateAdded {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for DateAdded {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read_leniently(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        let got = text.parse::<DateAdded>().ok().map(|it| it.to_string());
        assert_eq!(got.as_deref(), want, "{text}");
    }

    #[test]
    fn always_six_digits() {
        check("2026-11-21T19:37:00Z", Some("2026-11-21T19:37:00.000000Z"));
        check("2026-11-21T19:37:00.5Z", Some("2026-11-21T19:37:00.500000Z"));
        check("2026-11-21T19:37:00.123456Z", Some("2026-11-21T19:37:00.123456Z"));
    }

    #[test]
    fn finer_than_a_microsecond_is_cut_off() {
        check("2026-11-21T19:37:00.123456999Z", Some("2026-11-21T19:37:00.123456Z"));
        check("1969-12-31T23:59:59.999999999Z", Some("1969-12-31T23:59:59.999999Z"));
    }

    #[test]
    fn what_is_not_rfc3339_in_utc_is_refused() {
        for text in [
            "",
            "garbage",
            "2016",
            "2016-01-01",
            "2016-01-01T00:00Z",
            "2016-01-01 00:00:00Z",
            "2016-01-01T00:00:00",
            "2016-01-01T00:00:00.Z",
            "2016-01-01T00:00:00+00:00",
            "2016-13-01T00:00:00Z",
            "2016-02-30T00:00:00Z",
            "2016-01-01T25:00:00Z",
            "2016-01-01T00:00:00.1234567890Z",
            "２016-01-01T00:00:00Z",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn real_servers_are_read_leniently() {
        let read = |text| DateAdded::read_leniently(text).map(|it| it.to_string());
        assert_eq!(read("2016-01-01T02:00:00+02:00").unwrap(), "2016-01-01T00:00:00.000000Z");
        assert_eq!(read(" 2016-01-01 00:00:00Z ").unwrap(), "2016-01-01T00:00:00.000000Z");
        let error = read("undefined").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`undefined` is no timestamp; expected one in UTC such as `2026-11-21T19:37:00.000000Z`"
        );
    }

    #[test]
    fn micros_go_both_ways() {
        let date = DateAdded::from_micros(1_795_289_820_000_001).unwrap();
        assert_eq!(date.to_string().parse::<DateAdded>().unwrap().micros(), 1_795_289_820_000_001);
        assert_eq!(DateAdded::from_micros(i64::MAX), Err(DateOutOfRange(i64::MAX)));
    }
}
