//! Access logs that are not Apache's: Amazon's load balancers, and the servers of Atlassian's products.

use super::request;
use crate::flat::Flat;
use crate::time::log;
use crate::{quoted, time};

/// How many words stand before the request of a load balancer.
const BALANCED: usize = 11;

/// Reads a line of any of them.
pub(super) fn read(line: &str) -> Option<Flat<'_>> {
    balancer(line).or_else(|| valve(line)).or_else(|| bitbucket(line))
}

/// `https 2020-01-11T16:55:20.35Z NAME 192.0.2.1:44325 192.0.2.2:443 0.013 0.164 0.000 200 200 391 107999 "GET https://… HTTP/1.1" "agent"…`;
/// the older kind has no protocol in front.
fn balancer(line: &str) -> Option<Flat<'_>> {
    let (before, rest) = line.split_once(" \"")?;
    let before = match before.split_once(' ')? {
        ("http" | "https" | "h2" | "grpcs" | "ws" | "wss", rest) => rest,
        _ => before,
    };
    let words: Vec<_> = before.split(' ').take(BALANCED + 1).collect();
    let [when, _, client, target, _, _, _, status, _, received, sent] = words.as_slice() else { return None };
    let mut flat = Flat { time: Some(time::iso(when)?), kind: "access".into(), ..Flat::default() };
    let (address, port) = client.rsplit_once(':')?;
    flat.given("c-ip", address);
    flat.given("c-port", port);
    if let Some((address, port)) = target.rsplit_once(':') {
        flat.given("s-ip", address);
        flat.given("s-port", port);
    }
    let (asked, rest) = quoted::split(rest, quoted::at_blank)?;
    request(&mut flat, asked);
    flat.given("sc-status", *status);
    flat.given("sc-bytes", *sent);
    flat.given("cs-bytes", *received);
    if let Some((agent, _)) = rest.strip_prefix(" \"").and_then(|it| quoted::split(it, quoted::at_blank)) {
        flat.given("cs-user-agent", agent);
    }
    Some(flat)
}

/// `[17/Jun/2021:12:57:26 +0200] user thread 192.0.2.1 GET /x HTTP/1.1 200 1020ms 7881 http://referer agent`, as Confluence
/// and Jira write it.
fn valve(line: &str) -> Option<Flat<'_>> {
    let (when, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let mut words = rest.splitn(11, ' ');
    let mut next = || words.next();
    let (user, _thread, client) = (next()?, next()?, next()?);
    let (method, uri, version) = (next()?, next()?, next()?);
    let (status, _, bytes) = (next()?, next()?.strip_suffix("ms")?, next()?);
    let mut flat = Flat { time: Some(log::web(when)?), kind: "access".into(), ..Flat::default() };
    flat.given("c-ip", client);
    flat.given("cs-username", user);
    flat.given("cs-method", method);
    crate::target::push(&mut flat, method, uri);
    flat.given("cs-version", version);
    flat.given("sc-status", status);
    flat.given("sc-bytes", bytes);
    flat.given("cs-referer", next().unwrap_or_default());
    flat.given("cs-user-agent", next().unwrap_or_default());
    Some(flat)
}

/// `192.0.2.1,10.0.0.1 | https | ID | user | 2012-10-29 00:06:26,838 | "GET /x HTTP/1.1" | "referer" "agent" | 200 | …`
fn bitbucket(line: &str) -> Option<Flat<'_>> {
    let mut parts = line.split(" | ");
    let mut next = || parts.next();
    let (clients, _protocol, _id, user) = (next()?, next()?, next()?, next()?);
    let (date, clock) = next()?.split_once(' ')?;
    let (asked, agents, status) = (next()?.strip_prefix('"')?, next()?.strip_prefix('"')?, next()?);
    let mut flat = Flat { time: Some(log::civil(date, clock)?), kind: "access".into(), ..Flat::default() };
    // Each proxy on the way adds the one before it.
    clients.split(',').for_each(|it| flat.given("c-ip", it));
    flat.given("cs-username", user);
    request(&mut flat, quoted::split(asked, str::is_empty)?.0);
    flat.given("sc-status", status);
    let (referer, rest) = quoted::split(agents, quoted::at_blank)?;
    flat.given("cs-referer", referer);
    if let Some((agent, _)) = rest.strip_prefix(" \"").and_then(|it| quoted::split(it, str::is_empty)) {
        flat.given("cs-user-agent", agent);
    }
    Some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;

    #[track_caller]
    fn check(line: &str, want: &str) {
        assert_eq!(read(line).as_ref().map(told).as_deref(), Some(want), "{line}");
        for end in (0..line.len()).filter(|it| line.is_char_boundary(*it)) {
            let _whatever = read(&line[..end]);
        }
    }

    #[test]
    fn each_kind() {
        check(
            "https 2020-01-11T16:55:20.5Z app/x 192.0.2.1:44325 192.0.2.2:443 0.013 0.164 0.000 200 200 391 107999 \
             \"GET https://a.example:443/x HTTP/1.1\" \"curl/7\" TLSv1.2 - \"Root\"",
            "access at 1578761720.5 c-ip=192.0.2.1 c-port=44325 s-ip=192.0.2.2 s-port=443 cs-method=GET \
             c-uri=https://a.example:443/x cs-host=a.example cs-uri-stem=/x cs-version=HTTP/1.1 sc-status=200 \
             sc-bytes=107999 cs-bytes=391 cs-user-agent=curl/7",
        );
        check(
            "2020-01-11T16:55:20Z lb 192.0.2.1:44325 - -1 -1 -1 503 0 0 0 \"GET http://a.example:80/ HTTP/1.1\" \"-\" - -",
            "access at 1578761720 c-ip=192.0.2.1 c-port=44325 cs-method=GET c-uri=http://a.example:80/ cs-host=a.example \
             cs-uri-stem=/ cs-version=HTTP/1.1 sc-status=503 sc-bytes=0 cs-bytes=0",
        );
        check(
            "[17/Jun/2021:12:57:26 +0200] jane http-nio-8080 192.0.2.1 GET /x?y HTTP/1.1 200 1020ms 7881 http://b.example/ Mozilla/5.0 (X)",
            "access at 1623927446 c-ip=192.0.2.1 cs-username=jane cs-method=GET c-uri=/x?y cs-uri-stem=/x cs-uri-query=y \
             cs-version=HTTP/1.1 sc-status=200 sc-bytes=7881 cs-referer=http://b.example/ cs-user-agent=Mozilla/5.0 (X)",
        );
        check(
            "192.0.2.1,10.0.0.1 | https | o@1 | jane | 2012-10-29 00:06:26,838 | \"GET /x HTTP/1.1\" | \"\" \"git/1.7\" | 200 | 13 | 0 | - | 1 | s |",
            "access at 1351469186.838 c-ip=192.0.2.1 c-ip=10.0.0.1 cs-username=jane cs-method=GET c-uri=/x cs-uri-stem=/x \
             cs-version=HTTP/1.1 sc-status=200 cs-user-agent=git/1.7",
        );
    }
}
