//! The access log of Squid in its native form; in the emulated form of a web server, `web.rs` reads it.
//!
//! `1286536309.075 180 192.168.0.224 TCP_MISS/200 507 GET http://a.example/ - DIRECT/203.0.113.9 text/html`

use crate::flat::Flat;
use crate::source::Reason;
use crate::{target, time};

/// Whether a line is one of Squid's.
pub(crate) fn recognise(line: &str) -> bool {
    parts(line).is_some()
}

/// Reads one line.
pub(crate) fn read(line: &str) -> Result<Flat<'_>, Reason> {
    parts(line).ok_or(Reason::Form { expected: "a line of Squid's access log" })
}

fn parts(line: &str) -> Option<Flat<'_>> {
    let mut words = line.split(' ').filter(|it| !it.is_empty());
    let mut next = || words.next();
    let (when, elapsed, client) = (next()?, next()?, next()?);
    let ((action, status), bytes) = (next()?.split_once('/')?, next()?);
    let (method, uri, user) = (next()?, next()?, next()?);
    let (way, peer) = next()?.split_once('/')?;
    if !when.contains('.') || elapsed.parse::<i64>().is_err() || bytes.parse::<u64>().is_err() {
        return None;
    }
    let mut flat = Flat { time: Some(time::epoch(when)?), kind: "squid".into(), ..Flat::default() };
    flat.given("c-ip", client);
    flat.given("s-action", action);
    flat.given("sc-status", status);
    flat.given("sc-bytes", bytes);
    flat.given("time-taken", elapsed);
    flat.given("cs-method", method);
    target::push(&mut flat, method, uri);
    flat.given("cs-username", user);
    flat.given("s-hierarchy", way);
    if crate::seen::is_address(peer) {
        flat.given("dst_ip", peer);
    }
    flat.given("sc-content-type", next().unwrap_or_default());
    Some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;

    #[track_caller]
    fn check(line: &str, want: &str) {
        assert_eq!(read(line).map_or_else(|it| it.to_string(), |it| told(&it)), want, "{line}");
        assert_eq!(recognise(line), !want.starts_with("expected"), "{line}");
    }

    #[test]
    fn native_lines() {
        check(
            "1286536309.075    180 192.0.2.24 TCP_MISS/200 507 GET http://a.example/x.exe?y - DIRECT/203.0.113.9 text/html",
            "squid at 1286536309.075 c-ip=192.0.2.24 s-action=TCP_MISS sc-status=200 sc-bytes=507 time-taken=180 cs-method=GET c-uri=http://a.example/x.exe?y cs-host=a.example cs-uri-stem=/x.exe cs-uri-query=y c-uri-extension=exe s-hierarchy=DIRECT dst_ip=203.0.113.9 sc-content-type=text/html",
        );
        check(
            "1286536309.1 0 192.0.2.24 TCP_DENIED/407 0 CONNECT a.example:443 jane HIER_NONE/- -",
            "squid at 1286536309.1 c-ip=192.0.2.24 s-action=TCP_DENIED sc-status=407 sc-bytes=0 time-taken=0 cs-method=CONNECT c-uri=a.example:443 cs-host=a.example cs-username=jane s-hierarchy=HIER_NONE",
        );
    }

    #[test]
    fn what_is_none() {
        for line in
            ["", "1286536309 0 a b/c 0 GET x - D/e -", "1286536309.1 x 192.0.2.24 TCP_MISS/200 1 GET x - D/e"]
        {
            check(line, "expected a line of Squid's access log");
        }
    }
}
