//! The clocks of phones and browsers, as nanoseconds since 1970, UTC.
//!
//! Each function answers `None` where a time is not one: not a number, or outside of the years that an `i64` of
//! nanoseconds holds (1677 to 2262).

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds from 1970 to 2001, where Apple's clock begins.
const MAC_EPOCH: i64 = 978_307_200;

/// Seconds from 1601, where the clock of Windows, Chrome and `WebKit` begins, to 1970.
const WEBKIT_EPOCH: i64 = 11_644_473_600;

/// Above this, a Mac absolute time is in nanoseconds: as seconds it would be the year 2317.
const MAC_SECONDS_END: i64 = 10_000_000_000;

/// Seconds since 2001.
pub fn mac_seconds(seconds: f64) -> Option<i64> {
    plus_seconds(MAC_EPOCH, seconds)
}

/// A whole Mac absolute time: nanoseconds since 2001 where it is large, seconds otherwise. Newer iOS keeps nanoseconds in
/// columns where older iOS kept seconds.
pub fn mac(value: i64) -> Option<i64> {
    let is_nanos = value.unsigned_abs() > MAC_SECONDS_END.unsigned_abs();
    let nanos = if is_nanos { value } else { value.checked_mul(1_000_000_000)? };
    MAC_EPOCH.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// A Mac absolute time that is kept as a fraction: in nanoseconds where it is large, in seconds otherwise.
pub fn mac_real(value: f64) -> Option<i64> {
    let is_nanos = value.abs() > MAC_SECONDS_END as f64;
    mac_seconds(if is_nanos { value / 1e9 } else { value })
}

/// Microseconds since 1601, as Chrome and `WebKit` keep them.
pub fn webkit_micros(micros: i64) -> Option<i64> {
    micros.checked_sub(WEBKIT_EPOCH * 1_000_000)?.checked_mul(1_000)
}

/// Seconds since 1970.
pub fn unix_seconds(seconds: i64) -> Option<i64> {
    seconds.checked_mul(1_000_000_000)
}

/// Seconds since 1970, with a fraction.
pub fn unix_real(seconds: f64) -> Option<i64> {
    plus_seconds(0, seconds)
}

/// Milliseconds since 1970, as Android keeps them.
pub fn unix_millis(millis: i64) -> Option<i64> {
    millis.checked_mul(1_000_000)
}

/// Microseconds since 1970, as Firefox keeps them.
pub fn unix_micros(micros: i64) -> Option<i64> {
    micros.checked_mul(1_000)
}

/// The date of a property list.
pub fn date(date: ::plist::Date) -> Option<i64> {
    system(date.into())
}

/// A time of this machine's file system.
pub fn system(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|it| -it),
    }
}

/// Whole seconds and their fraction apart, so that a fraction of a second is as exact as it was kept.
fn plus_seconds(epoch: i64, seconds: f64) -> Option<i64> {
    let whole = seconds.floor();
    // Beyond that no nanoseconds fit anyway, and below it a cast is exact.
    if whole.is_nan() || whole.abs() > 1e11 {
        return None;
    }
    let nanos = ((seconds - whole) * 1e9) as i64;
    epoch.checked_add(whole as i64)?.checked_mul(1_000_000_000)?.checked_add(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-05-28T20:26:40Z.
    const WHEN: i64 = 1_780_000_000_000_000_000;

    #[track_caller]
    fn check(got: Option<i64>, want: Option<i64>) {
        assert_eq!(got, want);
    }

    #[test]
    fn every_clock_tells_the_same_time() {
        check(mac(801_692_800), Some(WHEN));
        check(mac(801_692_800_000_000_000), Some(WHEN));
        check(mac_seconds(801_692_800.5), Some(WHEN + 500_000_000));
        check(mac_real(801_692_800.0), Some(WHEN));
        check(mac_real(801_692_800e9), Some(WHEN));
        check(webkit_micros(13_424_473_600_000_000), Some(WHEN));
        check(unix_seconds(1_780_000_000), Some(WHEN));
        check(unix_real(1_780_000_000.25), Some(WHEN + 250_000_000));
        check(unix_millis(1_780_000_000_000), Some(WHEN));
        check(unix_micros(1_780_000_000_000_000), Some(WHEN));
    }

    #[test]
    fn before_the_beginning_and_at_it() {
        check(mac(0), Some(978_307_200_000_000_000));
        check(mac(-978_307_200), Some(0));
        check(mac_seconds(-0.5), Some(978_307_199_500_000_000));
        check(webkit_micros(0), None);
        check(unix_seconds(-1), Some(-1_000_000_000));
        check(system(UNIX_EPOCH - std::time::Duration::from_secs(2)), Some(-2_000_000_000));
    }

    #[test]
    fn what_is_no_time() {
        check(mac(i64::MAX), None);
        for value in [i64::MAX, i64::MIN] {
            check(webkit_micros(value), None);
            check(unix_seconds(value), None);
            check(unix_millis(value), None);
            check(unix_micros(value), None);
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            check(mac_seconds(value), None);
            check(mac_real(value), None);
            check(unix_real(value), None);
        }
    }
}
