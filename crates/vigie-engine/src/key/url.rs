//! URLs: one key for the spellings that lead to the same place.
//!
//! The key is `host[:port]path[?query]`: what the WHATWG standard makes of the text, without the scheme when it is
//! `http` or `https`, without user, password and fragment, and without slashes at the end of the path. Text that
//! the standard refuses is keyed by its own bytes.

use super::{Class, domain_text};

/// What [`url`] found beside the key it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlKey {
    /// Where the query begins in the key, at its `?`; the key up to here is the one without query.
    pub query: Option<usize>,
    /// How much of the key is host and port, class byte included; none if the text is no URL.
    pub authority: Option<Authority>,
}

/// The part of a key that names the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Where the host begins in the key.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether a port other than the scheme's own follows.
    pub port: bool,
}

/// Writes the key of a URL. Without a scheme it is read as `http`.
pub fn url(text: &str, key: &mut Vec<u8>) -> UrlKey {
    key.clear();
    key.push(Class::Url as u8);
    plain(text, key).or_else(|| parsed(text, key)).unwrap_or_else(|| {
        key.truncate(1);
        key.extend(text.as_bytes());
        UrlKey { query: None, authority: None }
    })
}

/// The URL as the WHATWG standard writes it, for comparing; none if it is no URL.
pub fn normal_url(text: &str) -> Option<String> {
    ::url::Url::parse(text).ok().map(String::from)
}

/// The fast path: text that the standard would not change, but for its ends.
pub(super) fn plain(text: &str, key: &mut Vec<u8>) -> Option<UrlKey> {
    let (rest, own_port) = match text.split_once("://") {
        Some(("http", rest)) => (rest, ":80"),
        Some(("https", rest)) => (rest, ":443"),
        Some(_) => return None,
        None => (text, ":80"),
    };
    let bytes = rest.as_bytes();
    let end = bytes.iter().position(|it| matches!(it, b'/' | b'?' | b'#')).unwrap_or(bytes.len());
    let (authority, tail) = rest.split_at_checked(end)?;
    let (host, port) = match authority.bytes().position(|it| it == b':') {
        Some(at) => authority.split_at_checked(at)?,
        None => (authority, ""),
    };
    let tail = tail.split('#').next().unwrap_or_default();
    if !is_plain_host(host) || !is_plain_port(port) || !is_plain_tail(tail) {
        return None;
    }
    let start = key.len();
    domain_text(host, key);
    let end = key.len();
    let port = if port == own_port { "" } else { port };
    key.extend(port.bytes());
    let (path, query) = tail.split_once('?').map_or((tail, None), |(path, query)| (path, Some(query)));
    key.extend(path.trim_end_matches('/').bytes());
    let at = query.map(|query| push_query(query, key));
    Some(UrlKey { query: at, authority: Some(Authority { start, end, port: !port.is_empty() }) })
}

fn push_query(query: &str, key: &mut Vec<u8>) -> usize {
    let at = key.len();
    key.push(b'?');
    key.extend(query.bytes());
    at
}

/// Lower-case letters, digits, dots, hyphens and underscores. A host that ends in a number is left to the standard,
/// which reads many spellings of an address, unless it is four plain numbers.
fn is_plain_host(host: &str) -> bool {
    let good = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'.' | b'-' | b'_');
    let last = host.rsplit('.').next().unwrap_or_default();
    let named = last.bytes().next().is_some_and(|it| it.is_ascii_lowercase());
    !host.is_empty()
        && !host.contains("..")
        && !host.contains("xn--")
        && host.bytes().all(good)
        && (named || host.parse::<std::net::Ipv4Addr>().is_ok())
}

/// Nothing, or a colon and a port without leading zeros.
fn is_plain_port(port: &str) -> bool {
    let digits = port.strip_prefix(':').unwrap_or("0");
    port.is_empty() || (digits.parse::<u16>().is_ok() && !digits.starts_with('0') && !digits.starts_with('+'))
}

/// Characters that the standard leaves alone, and no `.` or `..` as a segment.
fn is_plain_tail(tail: &str) -> bool {
    let odd = |it: u8| {
        !(0x21..0x7f).contains(&it)
            || matches!(it, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    !tail.bytes().any(odd) && !tail.contains("/.") && !tail.contains("%2e") && !tail.contains("%2E")
}

pub(super) fn parsed(text: &str, key: &mut Vec<u8>) -> Option<UrlKey> {
    let text = text.trim();
    let url = if has_scheme(text) {
        ::url::Url::parse(text).ok()?
    } else {
        ::url::Url::parse(&format!("http://{text}")).ok()?
    };
    let host = url.host_str().filter(|it| !it.is_empty())?;
    if !matches!(url.scheme(), "http" | "https") {
        key.extend(url.scheme().bytes());
        key.extend(b"://");
    }
    let start = key.len();
    key.extend(host.strip_suffix('.').unwrap_or(host).bytes());
    let end = key.len();
    if let Some(port) = url.port() {
        key.extend(format!(":{port}").bytes());
    }
    key.extend(url.path().trim_end_matches('/').bytes());
    let at = url.query().map(|query| push_query(query, key));
    Some(UrlKey { query: at, authority: Some(Authority { start, end, port: url.port().is_some() }) })
}

fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'))
    })
}

/// Whether the key names a host and nothing more: no port of its own, no path, no query.
pub fn is_host_only(key: &[u8], found: UrlKey) -> bool {
    found.authority.is_some_and(|it| !it.port && it.end == key.len())
}
