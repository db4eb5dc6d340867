//! Taking addresses, names and hashes out of texts.

use std::borrow::Cow;
use std::net::Ipv6Addr;
use std::ops::Range;
use vigie_model::event::Path;

/// A part of a text, borrowed where the text is.
pub(super) fn part<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(it) => Cow::Borrowed(it.get(range).unwrap_or_default()),
        Cow::Owned(it) if range == (0..it.len()) => Cow::Owned(it.clone()),
        Cow::Owned(it) => Cow::Owned(it.get(range).unwrap_or_default().to_owned()),
    }
}

/// The text without an ending, if it has it.
pub(super) fn without_end<'a>(text: Cow<'a, str>, end: &str) -> Cow<'a, str> {
    match text.strip_suffix(end).map(str::len) {
        Some(length) => part(&text, 0..length),
        None => text,
    }
}

/// Whether a text is an IP address.
pub(crate) fn is_address(text: &str) -> bool {
    address(&Cow::Borrowed(text)).is_some()
}

/// An IP address, version 6 in the one form of RFC 5952. A zone such as `%eth0` is cut.
#[inline]
pub(super) fn address<'a>(text: &Cow<'a, str>) -> Option<(Path, Cow<'a, str>)> {
    let first = *text.as_bytes().first()?;
    if first.is_ascii_digit() && text.len() <= 15 && !text.contains(':') {
        return is_ipv4(text).then(|| (Path::Ipv4, text.clone()));
    }
    if !(first == b':' || first.is_ascii_hexdigit()) || memchr::memchr(b':', text.as_bytes()).is_none() {
        return None;
    }
    let end = text.find('%').unwrap_or(text.len());
    let written = text.get(..end)?;
    let short = written.parse::<Ipv6Addr>().ok()?.to_string();
    Some((Path::Ipv6, if short == written { part(text, 0..end) } else { Cow::Owned(short) }))
}

/// Four numbers up to 255 with points between them, none with a zero in front.
#[inline]
fn is_ipv4(text: &str) -> bool {
    let (mut number, mut digits, mut points) = (0_u16, 0, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if digits < 3 && !(digits > 0 && number == 0) => {
                number = number * 10 + u16::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && number <= 255 => {
                points += 1;
                (number, digits) = (0, 0);
            }
            _ => return false,
        }
    }
    points == 3 && digits > 0 && number <= 255
}

/// Splits `host`, `host:port`, `[v6]` and `[v6]:port`; a version 6 address without brackets has no port.
pub(super) fn host_and_port<'a>(text: &Cow<'a, str>) -> (Cow<'a, str>, Option<u16>) {
    if let Some(inside) = text.strip_prefix('[')
        && let Some(length) = inside.find(']')
    {
        let after = inside.get(length + 1..).unwrap_or_default();
        let port = after.strip_prefix(':').and_then(|it| it.parse().ok());
        return (part(text, 1..length + 1), port);
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (part(text, 0..host.len()), port.parse().ok()),
        _ => (text.clone(), None),
    }
}

/// Whether a text can be a host's name: letters of any script, digits, `-`, `_`, `.`, at most 253 bytes.
pub(super) fn is_host_name(text: &str) -> bool {
    let good = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.') || *it >= 0x80;
    (1..=253).contains(&text.len()) && text.bytes().all(|it| good(&it)) && !text.starts_with('.')
}

/// Whether a text is a host's name or address.
pub(super) fn is_host(text: &Cow<'_, str>) -> bool {
    is_host_name(text) || address(text).is_some()
}

/// Whether a text is six bytes in hexadecimal, with `:` or `-` between them.
pub(super) fn is_mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    let good =
        |(at, it): (usize, &u8)| if at % 3 == 2 { matches!(it, b':' | b'-') } else { it.is_ascii_hexdigit() };
    bytes.len() == 17 && bytes.iter().enumerate().all(good)
}

/// Hexadecimal digits in lower case, without the colons that Suricata puts between bytes.
pub(super) fn hex(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
        return Some(text);
    }
    let plain: String = text.chars().filter(|it| *it != ':').map(|it| it.to_ascii_lowercase()).collect();
    plain.bytes().all(|it| it.is_ascii_hexdigit()).then_some(Cow::Owned(plain))
}

/// Whether a text begins with a scheme: `scheme:`, as `http://…` and `sip:…` do and `host:80` and `host/x:y` do not.
pub(super) fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letters = scheme.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-'));
    letters && (rest.starts_with("//") || matches!(scheme, "sip" | "sips" | "SIP" | "SIPS"))
}

/// Where the host and port of a URL stand, or of a host and path without a scheme.
pub(super) fn host_of_url(text: &str) -> Option<Range<usize>> {
    let after_scheme = match text.find("://") {
        Some(at) => at + 3,
        None if has_scheme(text) => text.find(':')? + 1,
        None => 0,
    };
    let rest = text.get(after_scheme..)?;
    let end = rest.find(['/', '?', '#', ';']).unwrap_or(rest.len());
    let start = rest.get(..end)?.rfind('@').map_or(0, |it| it + 1);
    (start < end).then_some(after_scheme + start..after_scheme + end)
}

/// Where the addresses stand in `a@b`, `<a@b>`, `"Doe, Jane" <a@b>, c@d`.
pub(super) fn mail_addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let (mut quoted, mut angle) = (false, false);
    for (at, byte) in text.bytes().chain([b',']).enumerate() {
        match byte {
            b'"' if at < text.len() => quoted = !quoted && !angle,
            b'<' if !quoted => (start, angle) = (at + 1, true),
            b'>' | b',' | b';' if !quoted || at == text.len() => {
                let piece = text.get(start..at).unwrap_or_default();
                let begin = start + piece.len() - piece.trim_start().len();
                let piece = piece.trim();
                if piece.contains('@') && !piece.contains([' ', '"']) {
                    found.push(begin..begin + piece.len());
                }
                (start, angle) = (at + 1, false);
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_in_one_form() {
        #[track_caller]
        fn check(text: &str, want: Option<&str>) {
            assert_eq!(address(&text.into()).map(|it| it.1).as_deref(), want, "{text}");
        }
        check("10.0.0.1", Some("10.0.0.1"));
        check("10.0.0.256", None);
        check("2001:15e8:0110:3337:0000:0000:0000:0001", Some("2001:15e8:110:3337::1"));
        check("2001:DB8::1", Some("2001:db8::1"));
        check("fe80::1%eth0", Some("fe80::1"));
        check("::ffff:1.2.3.4", Some("::ffff:1.2.3.4"));
        check("::", Some("::"));
        check("example.com", None);
        check("abc:def", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn four_numbers_are_what_the_standard_library_takes(text in "[0-9]{1,4}(\\.[0-9]{0,4}){3}|[0-9.]{0,16}|[0-9.x]{7}") {
            prop_assert_eq!(is_ipv4(&text), text.parse::<std::net::Ipv4Addr>().is_ok(), "{}", text);
        }
    }

    #[test]
    fn hosts_and_ports() {
        #[track_caller]
        fn check(text: &str, host: &str, port: Option<u16>) {
            assert_eq!(host_and_port(&text.into()), (host.into(), port), "{text}");
        }
        check("a.example", "a.example", None);
        check("a.example:8080", "a.example", Some(8080));
        check("a.example:99999", "a.example", None);
        check("[2001:db8::1]:8080", "2001:db8::1", Some(8080));
        check("[2001:db8::1]", "2001:db8::1", None);
        check("2001:db8::1", "2001:db8::1", None);
        check("[", "[", None);
    }

    #[test]
    fn hosts_of_urls() {
        #[track_caller]
        fn check(text: &str, want: Option<&str>) {
            assert_eq!(host_of_url(text).and_then(|it| text.get(it)), want, "{text}");
        }
        check("http://a.example/x", Some("a.example"));
        check("https://u:p@a.example:8443?x@y", Some("a.example:8443"));
        check("sip:bob@10.0.0.2", Some("10.0.0.2"));
        check("www.example.com/x", Some("www.example.com"));
        check("http:///x", None);
        check("/x", None);
    }

    #[test]
    fn mail_addresses_without_their_names() {
        #[track_caller]
        fn check(text: &str, want: &[&str]) {
            let got: Vec<_> = mail_addresses(text).into_iter().filter_map(|it| text.get(it)).collect();
            assert_eq!(got, want, "{text}");
        }
        check("a@b", &["a@b"]);
        check("<a@b>", &["a@b"]);
        check("\"Doe, Jane\" <a@b>, c@d;e@f", &["a@b", "c@d", "e@f"]);
        check("Jane Doe <a@b> (work)", &["a@b"]);
        check("postmaster", &[]);
        check("\"never closed <a@b>", &[]);
        check("", &[]);
    }

    #[test]
    fn names_hashes_and_macs() {
        assert!(
            is_host_name("xn--90au9ce.xn--p1ai")
                && is_host_name("café.example")
                && is_host_name("_ldap._tcp.x")
        );
        assert!(
            !is_host_name("${jndi}")
                && !is_host_name("a b")
                && !is_host_name("")
                && !is_host_name(&"a".repeat(254))
        );
        assert_eq!(hex("DD:4e".into()).as_deref(), Some("dd4e"));
        assert_eq!(hex("xyz".into()), None);
        assert!(is_mac("b8:27:eb:c7:e9:c9") && !is_mac("b8:27:eb:c7:e9") && !is_mac("b8:27:eb:c7:e9cc9"));
    }
}
