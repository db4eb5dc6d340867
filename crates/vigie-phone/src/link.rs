//! Links in what people wrote, and the hosts that they lead to.

use std::net::IpAddr;

use url::{Host, Url};

/// The links in a text, each as it is written: with a scheme of the web, with `www.`, or a host with a path (`bit.ly/x`).
pub(crate) fn of(text: &str) -> impl Iterator<Item = &str> {
    let stops = |it: char| it.is_whitespace() || it.is_control() || "<>\"“”«»{}|^`".contains(it);
    let words = if may_have_one(text) { text } else { "" }.split(stops);
    words.filter(|it| may_have_one(it)).flat_map(parts).filter_map(link)
}

/// Whether a text has what every link has: a slash, or `www`.
fn may_have_one(text: &str) -> bool {
    memchr::memchr(b'/', text.as_bytes()).is_some()
        || memchr::memchr2_iter(b'w', b'W', text.as_bytes())
            .any(|at| text.as_bytes().get(at..at + 4).is_some_and(|it| it.eq_ignore_ascii_case(b"www.")))
}

/// The host of a link as a browser understands it: a name in lower case and in ASCII (`xn--…`), or an address.
pub(crate) fn host(link: &str) -> Option<String> {
    let parsed = match Url::parse(link) {
        Ok(it) if it.has_host() => Some(it),
        _ if link.contains("://") => None,
        _ => Url::parse(&format!("http://{link}")).ok(),
    };
    let host = match parsed.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(it)) => it.to_string(),
        Some(Host::Ipv6(it)) => it.to_string(),
        Some(Host::Domain(it)) => it.to_owned(),
        None => written(link)?.to_lowercase(),
    };
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_owned())
}

/// A host as it is written, for links that no browser would follow.
fn written(link: &str) -> Option<&str> {
    let rest = link.split_once("://").map_or(link, |it| it.1);
    let rest = rest.split(['/', '?', '#', '\\']).next()?;
    let rest = rest.rsplit('@').next()?;
    if rest.starts_with('[') { rest.split_inclusive(']').next() } else { rest.split(':').next() }
}

/// A word, and what in it begins with a scheme again: a parameter of a link (`?u=https://…`) is a link by itself too.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let lower = word.to_ascii_lowercase();
    let mut starts: Vec<usize> =
        ["http://", "https://"].iter().flat_map(|it| lower.match_indices(it)).map(|it| it.0).collect();
    starts.sort_unstable();
    let first = starts.first().copied().into_iter().chain(lower.find("www.")).min().unwrap_or_default();
    let inner = starts.into_iter().filter(move |it| *it > first).take(NESTED);
    std::iter::once(word).chain(inner.filter_map(|at| word.get(at..)))
}

/// So many links inside one word are told.
const NESTED: usize = 8;

fn link(word: &str) -> Option<&str> {
    let lower = word.to_ascii_lowercase();
    let at = ["http://", "https://", "www."].iter().filter_map(|it| lower.find(it)).min();
    let link = if let Some(at) = at { word.get(at..)? } else { bare(word)? };
    // What ends a sentence is not the link's; a bracket is if it was opened in it.
    let ends = ['.', ',', ';', ':', '!', '?', '\'', '…', '*', '。', '，', '、', '」', '）'];
    let mut link = link.trim_end_matches(ends);
    for (open, close) in [('(', ')'), ('[', ']')] {
        let mut surplus = link.matches(close).count().saturating_sub(link.matches(open).count());
        while surplus > 0 && link.ends_with(close) {
            link = link.get(..link.len() - 1)?.trim_end_matches(ends);
            surplus -= 1;
        }
    }
    host(link).filter(|it| it.contains('.') || it.parse::<IpAddr>().is_ok()).map(|_| link)
}

/// `bit.ly/x`: what people and spies write to save letters.
fn bare(word: &str) -> Option<&str> {
    let word = word.trim_start_matches(['(', '[', '\'', ',']);
    let (host, path) = word.split_once('/')?;
    let host = host.split_once(':').filter(|it| it.1.parse::<u16>().is_ok()).map_or(host, |it| it.0);
    let mut labels = host.split('.');
    let last = labels.next_back()?;
    let label = |it: &str| {
        !it.is_empty() && !it.starts_with('-') && it.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let known = host.contains('.')
        && labels.all(label)
        && last.chars().nth(1).is_some()
        && last.chars().all(char::is_alphabetic)
        && !path.is_empty();
    known.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[(&str, &str)]) {
        let got: Vec<_> = of(text).map(|it| (it, host(it).unwrap_or_default())).collect();
        let got: Vec<_> = got.iter().map(|it| (it.0, &*it.1)).collect();
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn links_are_found_without_what_surrounds_them() {
        check("see http://a.example.", &[("http://a.example", "a.example")]);
        check("(HTTPS://A.example/x?y=1)!", &[("HTTPS://A.example/x?y=1", "a.example")]);
        check("[https://a.example]", &[("https://a.example", "a.example")]);
        check(
            "https://en.example/w_(x) and www.b.example",
            &[("https://en.example/w_(x)", "en.example"), ("www.b.example", "www.b.example")],
        );
        check("bit.ly/3x, and/or 1/2 1.2/3 a.b/", &[("bit.ly/3x", "bit.ly")]);
        check("http:// https://. www. nothing", &[]);
        check("見てhttps://a.example/x。", &[("https://a.example/x", "a.example")]);
    }

    #[test]
    fn a_host_is_the_one_that_a_browser_would_ask() {
        check("http://u:p@c.example:8080/x", &[("http://u:p@c.example:8080/x", "c.example")]);
        check("c.example:8443/x", &[("c.example:8443/x", "c.example")]);
        check("http://[2001:db8::1]:80/", &[("http://[2001:db8::1]:80/", "2001:db8::1")]);
        check("http://0xc0000201/x", &[("http://0xc0000201/x", "192.0.2.1")]);
        check("https://bücher.example/x", &[("https://bücher.example/x", "xn--bcher-kva.example")]);
        check("רשת https://דוגמה.example/x", &[("https://דוגמה.example/x", "xn--6dbbec0c.example")]);
    }

    #[test]
    fn a_link_inside_another_is_one_too() {
        check(
            "https://a.example/?u=https://b.example/x",
            &[
                ("https://a.example/?u=https://b.example/x", "a.example"),
                ("https://b.example/x", "b.example"),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}", near in "(http|https|://|www\\.|[)(.,/@:\\[\\]a-z]){0,30}") {
            for text in [&text, &near] {
                of(text).for_each(|it| assert!(!it.is_empty()));
            }
        }
    }
}
