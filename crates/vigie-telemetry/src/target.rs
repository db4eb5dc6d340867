//! The target of a web request under the names that Sigma's taxonomy gives its parts.

use crate::flat::Flat;

/// Adds `c-uri` and its parts: host, stem, query, extension. `CONNECT` names a host and port alone.
pub(crate) fn push<'a>(flat: &mut Flat<'a>, method: &str, target: &'a str) {
    flat.text("c-uri", target);
    if method == "CONNECT" {
        return host(flat, target);
    }
    let path = match target.find("://") {
        Some(at) if at < 16 => {
            let rest = target.get(at + 3..).unwrap_or_default();
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            host(flat, rest.get(..end).unwrap_or_default());
            rest.get(end..).unwrap_or_default()
        }
        _ => target,
    };
    let (stem, query) = path.split_once('?').unwrap_or((path, ""));
    flat.given("cs-uri-stem", stem);
    flat.given("cs-uri-query", query);
    let last = stem.rsplit('/').next().unwrap_or_default();
    if let Some((_, extension)) = last.rsplit_once('.') {
        flat.given("c-uri-extension", extension);
    }
}

/// Adds the host that a request names, perhaps with a port and, before an `@`, a user.
pub(crate) fn host<'a>(flat: &mut Flat<'a>, authority: &'a str) {
    let named = authority.rsplit('@').next().unwrap_or_default();
    let end = match named.rfind(':') {
        Some(at) if !named.ends_with(']') => at,
        _ => named.len(),
    };
    let host = named.get(..end).unwrap_or_default();
    flat.given("cs-host", host);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_target() {
        #[track_caller]
        fn check(method: &str, target: &str, want: &str) {
            let mut flat = Flat::default();
            push(&mut flat, method, target);
            let got: Vec<_> = flat
                .fields
                .iter()
                .map(|it| format!("{}={}", it.name, it.value.text().unwrap_or_default()))
                .collect();
            assert_eq!(got.join(" "), want, "{target}");
        }
        check(
            "GET",
            "/a/b.php?x=1",
            "c-uri=/a/b.php?x=1 cs-uri-stem=/a/b.php cs-uri-query=x=1 c-uri-extension=php",
        );
        check(
            "GET",
            "http://u@a.example:8080/",
            "c-uri=http://u@a.example:8080/ cs-host=a.example cs-uri-stem=/",
        );
        check("GET", "http://[2001:db8::1]", "c-uri=http://[2001:db8::1] cs-host=[2001:db8::1]");
        check("CONNECT", "a.example:443", "c-uri=a.example:443 cs-host=a.example");
        check("", "", "c-uri=");
    }
}
