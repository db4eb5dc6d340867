//! Times as sensors write them, in nanoseconds since 1970.

pub(crate) mod log;

const SECOND: i64 = 1_000_000_000;

/// Reads `2021-06-06T15:59:46.457984+0200`, with `Z`, `+02:00` or `+02` as well, or no zone for UTC.
pub(crate) fn iso(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let mut value = 0;
        for digit in bytes.get(from..to)? {
            value = value * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
        }
        Some(value)
    };
    let mark = |at: usize, marks: &[u8]| bytes.get(at).is_some_and(|it| marks.contains(it));
    if !(mark(4, b"-") && mark(7, b"-") && mark(10, b"T ") && mark(13, b":") && mark(16, b":")) {
        return None;
    }
    let day = days(number(0, 4)?, number(5, 7)?, number(8, 10)?)?;
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = bytes.get(19..)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|it| it.is_ascii_digit()).count();
        nanos = self::nanos(fraction.get(..digits)?)?;
        rest = fraction.get(digits..)?;
    }
    let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - offset(rest)?;
    seconds.checked_mul(SECOND)?.checked_add(nanos)
}

/// Reads seconds since 1970 with a fraction, `1521911780.600725`. Above 10¹¹ they are milliseconds.
pub(crate) fn epoch(text: &str) -> Option<i64> {
    if text.contains(['e', 'E']) {
        // Rare, and never more exact than a float.
        let seconds = text.parse::<f64>().ok().filter(|it| it.abs() < 9e9)?;
        return Some((seconds * 1e9) as i64);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let nanos = if fraction.is_empty() { 0 } else { nanos(fraction.as_bytes())? };
    if whole.unsigned_abs() >= 100_000_000_000 {
        return whole.checked_mul(1_000_000)?.checked_add(nanos / 1_000);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    whole.checked_mul(SECOND)?.checked_add(sign * nanos)
}

/// The digits after a point, as nanoseconds; digits beyond the ninth are cut.
fn nanos(digits: &[u8]) -> Option<i64> {
    let mut value = 0;
    let mut unit = SECOND;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        unit /= 10;
        value += i64::from(digit - b'0') * unit;
    }
    (!digits.is_empty()).then_some(value)
}

/// `Z`, nothing, `+HH`, `+HHMM` or `+HH:MM`, in seconds east of Greenwich.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, digits) = match zone {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let two = |tens: u8, ones: u8| {
        let both = tens.is_ascii_digit() && ones.is_ascii_digit();
        both.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let (hours, minutes) = match *digits {
        [a, b] => (two(a, b)?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (two(a, b)?, two(c, d)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last of its year; 400 years have 146,097 days.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<i64>) {
        let got = if text.contains('T') { iso(text) } else { epoch(text) };
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn iso_times_in_any_zone() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2021-06-06T15:59:46.457984+0200", Some(1_622_987_986_457_984_000));
        check("2021-06-06T13:59:46.457984Z", Some(1_622_987_986_457_984_000));
        check("2021-06-06T07:59:46.457984-06:00", Some(1_622_987_986_457_984_000));
        check("2000-02-29T00:00:00", Some(951_782_400_000_000_000));
        check("1969-12-31T23:59:59.5Z", Some(-500_000_000));
        check("2021-02-29T00:00:00Z", None);
        check("2021-06-06T25:00:00Z", None);
        check("2021-06-06T15:59:46.Z", None);
        check("9999-12-31T00:00:00Z", None);
        check("T", None);
    }

    #[test]
    fn epoch_times_keep_each_digit() {
        check("1521911780.600725", Some(1_521_911_780_600_725_000));
        check("1521911780", Some(1_521_911_780_000_000_000));
        check("1521911780600.7", Some(1_521_911_780_600_700_000));
        check("0.000000", Some(0));
        check("-0.5", Some(-500_000_000));
        check("1.5e9", Some(1_500_000_000_000_000_000));
        check("XXXXXXXXXX.XXXXXX", None);
        check("1.x", None);
        check("inf", None);
        check("", None);
    }
}
