//! Links in what people wrote.

/// The links in a text, each as it is written.
pub(super) fn of(text: &str) -> impl Iterator<Item = &str> {
    let stops = |it: char| it.is_whitespace() || it.is_control() || "<>\"“”«»{}|^`".contains(it);
    text.split(stops).filter_map(link)
}

/// The host of a link.
pub(super) fn host(link: &str) -> Option<&str> {
    let rest = link.split_once("://").map_or(link, |it| it.1);
    let rest = rest.split(['/', '?', '#', '\\']).next()?;
    let rest = rest.rsplit('@').next()?;
    let host =
        if rest.starts_with('[') { rest.split_inclusive(']').next()? } else { rest.split(':').next()? };
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then_some(host)
}

fn link(word: &str) -> Option<&str> {
    let lower = word.to_ascii_lowercase();
    let at = ["http://", "https://", "www."].iter().filter_map(|it| lower.find(it)).min();
    let link = if let Some(at) = at { word.get(at..)? } else { bare(word)? };
    // What ends a sentence is not the link's; a bracket is if it was opened in it.
    let mut link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '…', ']', '*']);
    while link.ends_with(')') && link.matches(')').count() > link.matches('(').count() {
        link = link.get(..link.len() - 1)?.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    }
    host(link).filter(|it| it.contains('.') || it.starts_with('[')).map(|_| link)
}

/// `bit.ly/x`: what people and spies write to save letters.
fn bare(word: &str) -> Option<&str> {
    let word = word.trim_start_matches(['(', '[', '\'', ',']);
    let (host, path) = word.split_once('/')?;
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
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn links_are_found_without_what_surrounds_them() {
        check("see http://a.example.", &[("http://a.example", "a.example")]);
        check("(HTTPS://A.example/x?y=1)!", &[("HTTPS://A.example/x?y=1", "A.example")]);
        check(
            "https://en.example/w_(x) and www.b.example",
            &[("https://en.example/w_(x)", "en.example"), ("www.b.example", "www.b.example")],
        );
        check("bit.ly/3x, and/or 1/2 1.2/3 a.b/", &[("bit.ly/3x", "bit.ly")]);
        check("http://u:p@c.example:8080/x", &[("http://u:p@c.example:8080/x", "c.example")]);
        check("http://[2001:db8::1]:80/", &[("http://[2001:db8::1]:80/", "[2001:db8::1]")]);
        check("http:// https://. www. nothing", &[]);
        check("רשת https://דוגמה.example/x", &[("https://דוגמה.example/x", "דוגמה.example")]);
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
