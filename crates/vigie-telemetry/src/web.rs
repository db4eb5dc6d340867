//! Logs of web servers: the access log of Apache and nginx in the common and combined forms, their error logs, and what
//! some others write ([`others`]).
//!
//! A line of an access log may have the name of the virtual host in front, and more values behind the user agent; those
//! are passed over. The fields have Sigma's names from the start, since the lines themselves name nothing.

mod others;

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::log;
use crate::{quoted, target};
use std::borrow::Cow;

/// Whether a line is one of a web server's.
pub(crate) fn recognise(line: &str) -> bool {
    time_of_access(line).is_some() || not_access(line).is_some()
}

/// Reads one line.
pub(crate) fn read(line: &str) -> Result<Flat<'_>, Reason> {
    access(line)
        .or_else(|| not_access(line))
        .ok_or(Reason::Form { expected: "a line of a web server's access or error log" })
}

/// A line that is not of the common form.
fn not_access(line: &str) -> Option<Flat<'_>> {
    apache_error(line).or_else(|| nginx_error(line)).or_else(|| others::read(line))
}

/// What stands before the time, the time, and what stands behind it.
fn time_of_access(line: &str) -> Option<(&str, i64, &str)> {
    let (before, rest) = line.split_once(" [")?;
    let (time, rest) = rest.split_once("] \"")?;
    Some((before, log::web(time)?, rest))
}

fn access(line: &str) -> Option<Flat<'_>> {
    let (before, time, rest) = time_of_access(line)?;
    let mut flat = Flat { time: Some(time), kind: "access".into(), ..Flat::default() };
    client(&mut flat, before)?;
    let (asked, rest) =
        quoted::split(rest, before_status).or_else(|| quoted::split(rest, quoted::at_blank))?;
    request(&mut flat, asked);
    let mut words = rest.split_ascii_whitespace();
    flat.given("sc-status", words.next()?);
    flat.given("sc-bytes", words.next().unwrap_or_default());
    let Some((_, rest)) = rest.split_once('"') else { return Some(flat) };
    let Some((referer, rest)) = quoted::split(rest, quoted::at_blank) else { return Some(flat) };
    flat.given("cs-referer", referer);
    if let Some((_, rest)) = rest.split_once('"')
        && let Some((agent, _)) = quoted::split(rest, quoted::at_blank)
    {
        flat.given("cs-user-agent", agent);
    }
    Some(flat)
}

/// Whether a status follows: ` 200 `, ` -`.
fn before_status(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b' ') && bytes.next().is_some_and(|it| it.is_ascii_digit() || it == b'-')
}

/// `client ident user`, with the virtual host before it where the log has one. A user's name can hold blanks.
fn client<'a>(flat: &mut Flat<'a>, before: &'a str) -> Option<()> {
    let (first, rest) = before.split_once(' ')?;
    let second = rest.split(' ').next().unwrap_or_default();
    let has_host =
        (crate::seen::is_address(second) || first.contains(':')) && !crate::seen::is_address(first);
    let (client, rest) = if has_host { rest.split_once(' ')? } else { (first, rest) };
    flat.given("c-ip", client.trim_end_matches(','));
    let (_ident, user) = rest.split_once(' ')?;
    flat.given("cs-username", user);
    if has_host {
        target::host(flat, first);
        if let Some((_, port)) = first.rsplit_once(':') {
            flat.given("s-port", port);
        }
    }
    Some(())
}

/// `METHOD target HTTP/1.1`; what an attacker sends need not look like that, and then stands as `request`.
fn request<'a>(flat: &mut Flat<'a>, asked: Cow<'a, str>) {
    let parts = match &asked {
        Cow::Borrowed(it) => split_request(it),
        Cow::Owned(_) => None,
    };
    if let Some((method, uri, version)) = parts {
        flat.given("cs-method", method);
        target::push(flat, method, uri);
        flat.given("cs-version", version);
        return;
    }
    if let Some((method, uri, version)) = split_request(&asked) {
        let mut inner = Flat::default();
        inner.given("cs-method", method);
        target::push(&mut inner, method, uri);
        inner.given("cs-version", version);
        flat.fields.extend(inner.into_owned().fields);
        return;
    }
    flat.given("request", asked);
}

fn split_request(asked: &str) -> Option<(&str, &str, &str)> {
    let (method, rest) = asked.split_once(' ')?;
    let good = (1..=32).contains(&method.len())
        && method.bytes().all(|it| it.is_ascii_uppercase() || it == b'_' || it == b'-');
    let (uri, version) = match rest.rsplit_once(' ') {
        Some((uri, version)) if version.starts_with("HTTP/") => (uri, version),
        _ => (rest, ""),
    };
    (good && !uri.is_empty()).then_some((method, uri, version))
}

/// `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:80] File…`
fn apache_error(line: &str) -> Option<Flat<'_>> {
    let (time, mut rest) = line.strip_prefix('[')?.split_once("] ")?;
    let (stamp, behind) = log::syslog(time)?;
    let mut flat = Flat { time: stamp.resolve(None), kind: "apache_error".into(), ..Flat::default() };
    if flat.time.is_none() || !behind.is_empty() || !rest.starts_with('[') {
        return None;
    }
    while let Some((group, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        match group.split_once(' ') {
            Some(("client", it)) => client_of_error(&mut flat, it),
            Some(("pid", it)) => flat.given("pid", it.split(':').next().unwrap_or_default()),
            _ if flat.fields.is_empty() => {
                let (module, level) = group.split_once(':').unwrap_or(("", group));
                flat.given("module", module);
                flat.given("level", level);
            }
            _ => break,
        }
        rest = after.trim_start();
    }
    flat.text("message", rest);
    Some(flat)
}

/// An address with the port that Apache puts behind it.
fn client_of_error<'a>(flat: &mut Flat<'a>, client: &'a str) {
    let address = if crate::seen::is_address(client) {
        client
    } else {
        client.rsplit_once(':').map_or(client, |it| it.0)
    };
    flat.given("c-ip", address);
}

/// `2017/02/19 14:30:08 [error] 29239#0: *1 open() failed, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", host: "a"`
fn nginx_error(line: &str) -> Option<Flat<'_>> {
    let (date, rest) = line.split_once(' ')?;
    let (clock, rest) = rest.split_once(' ')?;
    if !date.contains('/') {
        return None;
    }
    let (level, rest) = rest.strip_prefix('[')?.split_once("] ")?;
    let (process, message) = rest.split_once(": ")?;
    let time = log::civil(date, clock)?;
    let mut flat = Flat { time: Some(time), kind: "nginx_error".into(), ..Flat::default() };
    flat.given("level", level);
    flat.given("pid", process.split('#').next().unwrap_or_default());
    flat.text("message", message);
    if let Some((_, told)) = message.split_once(", client: ") {
        flat.given("c-ip", told.split(", ").next().unwrap_or_default());
        let inside = |name: &str| told.split_once(name).and_then(|it| quoted::split(it.1, |_| true));
        if let Some((asked, _)) = inside(", request: \"") {
            request(&mut flat, asked);
        }
        if let Some((Cow::Borrowed(host), _)) = inside(", host: \"") {
            target::host(&mut flat, host);
        }
        if let Some((referer, _)) = inside(", referrer: \"") {
            flat.given("cs-referer", referer);
        }
    }
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
    fn access_logs() {
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET /a.php?x=1 HTTP/1.1\" 200 494",
            "access at 1452713476 c-ip=192.0.2.1 cs-method=GET c-uri=/a.php?x=1 cs-uri-stem=/a.php cs-uri-query=x=1 c-uri-extension=php cs-version=HTTP/1.1 sc-status=200 sc-bytes=494",
        );
        check(
            "a.example:443 2001:db8::1 - jane doe [13/Jan/2016:19:31:16 +0000] \"HEAD / HTTP/1.0\" 304 - \"-\" \"b (c)\" 12",
            "access at 1452713476 c-ip=2001:db8::1 cs-username=jane doe cs-host=a.example s-port=443 cs-method=HEAD c-uri=/ cs-uri-stem=/ cs-version=HTTP/1.0 sc-status=304 cs-user-agent=b (c)",
        );
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET /?t=<script>alert(\"t\")</script> HTTP/1.0\" 404 1 \"x\\\"y\" \"z\"",
            "access at 1452713476 c-ip=192.0.2.1 cs-method=GET c-uri=/?t=<script>alert(\"t\")</script> cs-uri-stem=/ cs-uri-query=t=<script>alert(\"t\")</script> cs-version=HTTP/1.0 sc-status=404 sc-bytes=1 cs-referer=x\"y cs-user-agent=z",
        );
    }

    #[test]
    fn requests_that_are_none() {
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"",
            "access at 1452713476 c-ip=192.0.2.1 request=\u{16}\u{3}\u{1} sc-status=400 sc-bytes=0",
        );
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"-\" 408 -",
            "access at 1452713476 c-ip=192.0.2.1 sc-status=408",
        );
        check(
            "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET /\\xc3\\xa9\" 400 0",
            "access at 1452713476 c-ip=192.0.2.1 cs-method=GET c-uri=/é cs-uri-stem=/é sc-status=400 sc-bytes=0",
        );
    }

    #[test]
    fn error_logs() {
        check(
            "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.1:80] File [x] gone",
            "apache_error at 1315564949.902022 module=core level=error pid=35708 c-ip=192.0.2.1 message=File [x] gone",
        );
        check(
            "[Fri Sep 09 10:42:29 2011] [notice] child pid 7 exit signal Segmentation fault (11)",
            "apache_error at 1315564949 level=notice message=child pid 7 exit signal Segmentation fault (11)",
        );
        check(
            "2017/02/19 14:30:08 [error] 29239#0: *1 open() \"/x\" failed, client: 192.0.2.1, server: a.example, request: \"GET /x HTTP/1.1\", host: \"a.example:8080\"",
            "nginx_error at 1487514608 level=error pid=29239 message=*1 open() \"/x\" failed, client: 192.0.2.1, server: a.example, request: \"GET /x HTTP/1.1\", host: \"a.example:8080\" c-ip=192.0.2.1 cs-method=GET c-uri=/x cs-uri-stem=/x cs-version=HTTP/1.1 cs-host=a.example",
        );
    }

    #[test]
    fn what_is_no_line_of_a_web_server() {
        let want = "expected a line of a web server's access or error log";
        for line in ["", "a", "a - - [x] \"GET / HTTP/1.1\" 200 1", "[x] y", "2017/02/19 14:30:08 x"] {
            check(line, want);
        }
    }

    #[test]
    fn a_line_that_is_cut_is_lost_alone() {
        let line = "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET /a HTTP/1.1\" 200 494 \"-\" \"agent\"";
        for end in 0..line.len() {
            let _whatever = read(&line[..end]);
        }
        assert!(read("192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET /a").is_err());
    }
}
