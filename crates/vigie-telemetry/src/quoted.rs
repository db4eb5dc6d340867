//! Texts between quotation marks, as web servers and auditors write them.

use std::borrow::Cow;

/// Splits a text after an opening `"` at the mark that closes it: the content without its escapes, and what follows.
/// A mark closes only where `after` holds of what follows it, for some servers do not escape the marks inside.
pub(crate) fn split(text: &str, after: impl Fn(&str) -> bool) -> Option<(Cow<'_, str>, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => {
                let rest = text.get(at + 1..)?;
                if after(rest) {
                    return Some((unescape(text.get(..at)?), rest));
                }
            }
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

/// Whether what follows a mark begins another value: a blank, or nothing more.
pub(crate) fn at_blank(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// Resolves `\"`, `\\`, `\n`, `\r`, `\t` and `\xHH`; other escapes stay.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    resolve(text, |mark| match mark {
        b'"' | b'\\' => Some(mark),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    })
}

/// Resolves `\xHH`, and what `single` says that one character after a `\` stands for. Bytes that are no UTF-8 become
/// U+FFFD, other escapes stay.
pub(crate) fn resolve(text: &str, single: impl Fn(u8) -> Option<u8>) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, left) = match (byte, after) {
            (b'\\', [b'x', high, low, left @ ..]) => match pair(*high, *low) {
                Some(byte) => (byte, left),
                None => (byte, after),
            },
            (b'\\', [mark, left @ ..]) => match single(*mark) {
                Some(byte) => (byte, left),
                None => (byte, after),
            },
            _ => (byte, after),
        };
        bytes.push(byte);
        rest = left;
    }
    Cow::Owned(text_of(bytes))
}

/// The text that hexadecimal digits stand for, two for each byte; bytes that are no UTF-8 become U+FFFD. None: they are
/// no pairs of digits.
pub(crate) fn from_hex(digits: &str) -> Option<String> {
    let digits = digits.as_bytes();
    let (pairs, odd) = digits.as_chunks::<2>();
    if !odd.is_empty() || pairs.is_empty() {
        return None;
    }
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| pair(*high, *low)).collect();
    bytes.map(text_of)
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |it: u8| char::from(it).to_digit(16).map(|it| it as u8);
    Some(digit(high)? * 16 + digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_closes_where_a_blank_follows() {
        #[track_caller]
        fn check(text: &str, want: Option<(&str, &str)>) {
            let got = split(text, at_blank);
            assert_eq!(got.as_ref().map(|it| (&*it.0, it.1)), want, "{text}");
        }
        check("a b\" c", Some(("a b", " c")));
        check("a\"", Some(("a", "")));
        check("\"", Some(("", "")));
        check("a\\\"b\" c", Some(("a\"b", " c")));
        check("a\\\\\" c", Some(("a\\", " c")));
        check("x=alert(\"t\")\" 1", Some(("x=alert(\"t\")", " 1")));
        check("never closed", None);
        check("", None);
    }

    #[test]
    fn escapes_are_resolved() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            assert_eq!(unescape(text), want, "{text}");
        }
        check("plain", "plain");
        check("\\x16\\x03\\x01", "\u{16}\u{3}\u{1}");
        check("\\xc3\\xa9\\xff", "é\u{fffd}");
        check("a\\tb\\q\\", "a\tb\\q\\");
        check("\\x4", "\\x4");
    }

    #[test]
    fn hexadecimal_texts() {
        assert_eq!(from_hex("2F62696E").as_deref(), Some("/bin"));
        assert_eq!(from_hex("ff").as_deref(), Some("\u{fffd}"));
        assert!(from_hex("2F6").is_none() && from_hex("zz").is_none() && from_hex("").is_none());
    }
}
