//! Numbers, as rules and logs write them.

use std::cmp::Ordering;

/// A number. Whole numbers of 64 bits are exact, others are what `f64` makes of them; one that is both is the former, so
/// that equal numbers are equal values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    /// Reads a number as JSON writes it: `-3`, `0.5`, `1e6`. Leading zeros and plus signs, hexadecimal digits and
    /// spaces make another kind of text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let mut bytes = digits.bytes();
        let first = bytes.next().filter(u8::is_ascii_digit)?;
        if first == b'0' && bytes.next().is_some_and(|it| it.is_ascii_digit()) {
            return None;
        }
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        let is_real = digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
        let real: f64 = text.parse().ok().filter(|it: &f64| is_real && it.is_finite())?;
        let is_whole = real.fract() == 0.0 && real.abs() < 9.2e18;
        Some(if is_whole { Self::Whole(real as i64) } else { Self::Real(real) })
    }

    /// Its shortest text: equal numbers have the same.
    pub(crate) fn canonical(self) -> String {
        match self {
            Self::Whole(it) => it.to_string(),
            Self::Real(it) => it.to_string(),
        }
    }

    /// Which is the larger. A whole number and another are compared as `f64`.
    pub(crate) fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (a, b) => a.real().total_cmp(&b.real()),
        }
    }

    fn real(self) -> f64 {
        match self {
            Self::Whole(it) => it as f64,
            Self::Real(it) => it,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_json_writes_them() {
        #[track_caller]
        fn check(text: &str, want: Option<Number>) {
            assert_eq!(Number::parse(text), want, "{text}");
        }
        check("4625", Some(Number::Whole(4625)));
        check("-7", Some(Number::Whole(-7)));
        check("4625.0", Some(Number::Whole(4625)));
        check("1e3", Some(Number::Whole(1000)));
        check("0", Some(Number::Whole(0)));
        check("0.5", Some(Number::Real(0.5)));
        check("99999999999999999999", Some(Number::Real(1e20)));
        for text in ["", "-", "007", "+1", "0x10", " 1", "1 ", "inf", "1e999", "NaN", "1.2.3", "1-2"] {
            check(text, None);
        }
    }

    #[test]
    fn order() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("9007199254740993").order(number("9007199254740992")).is_gt());
        assert!(number("0.5").order(number("1")).is_lt());
        assert!(number("-1").order(number("-0.5")).is_lt());
    }
}
