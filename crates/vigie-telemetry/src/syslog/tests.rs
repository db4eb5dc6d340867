//! Tests of `syslog.rs`.

use super::*;
use crate::flat::told;

const NOT_AFTER: &str = "2021-04-01T00:00:00Z";

#[track_caller]
fn check(line: &str, want: &str) {
    let got = read(line, time::iso(NOT_AFTER)).map_or_else(|it| it.to_string(), |it| told(&it.flat(40)));
    assert_eq!(got, want, "{line}");
}

#[test]
fn headers_of_the_old_kind() {
    check(
        "<38>Mar  6 04:07:23 host prog[12]: a text",
        "auth at 1615003643 facility=auth severity=info hostname=host program=prog pid=12 message=a text",
    );
    check(
        "Mar  6 04:07:23 host prog: a text",
        "syslog at 1615003643 hostname=host program=prog message=a text",
    );
    check("Mar  6 04:07:23 prog[12]: a text", "syslog at 1615003643 program=prog pid=12 message=a text");
    check(
        "Mar  6 04:07:23 host last message repeated 2 times",
        "syslog at 1615003643 hostname=host message=last message repeated 2 times",
    );
    check(
        "2021-03-06T04:07:33.5+00:00 host prog[1]: x",
        "syslog at 1615003653.5 hostname=host program=prog pid=1 message=x",
    );
    check("2021-03-06 04:07:33-0700 prog[1]: x", "syslog at 1615028853 program=prog pid=1 message=x");
    check("Dec 31 23:59:59 host a: x", "syslog at 1609459199 hostname=host program=a message=x");
    check("<13>no time at all", "syslog facility=user severity=notice message=no time at all");
    check(
        "83 <13>Mar  6 04:07:23 host a: x",
        "syslog at 1615003643 facility=user severity=notice hostname=host program=a message=x",
    );
}

#[test]
fn headers_of_the_new_kind() {
    check(
        "<165>1 2021-03-06T04:07:38.25Z host app 12 ID47 [a@1 b=\"c \\\"d\\]\"][e f=\"g\"] \u{feff}a text",
        "syslog at 1615003658.25 facility=local4 severity=notice hostname=host program=app pid=12 msgid=ID47 \
         a@1.b=c \"d\\] e.f=g message=a text",
    );
    check("<14>1 - - - - - -", "syslog facility=user severity=info message=");
    check(
        "<14>1 2021-03-06T04:07:38Z h a - - [x] y",
        "syslog at 1615003658 facility=user severity=info hostname=h program=a message=y",
    );
    check("<14>1 2021-03-06T04:07:38Z h a", "expected `<PRIORITY>` or a time, as syslog has them");
    check("<14>1 2021-03-06T04:07:38Z h a - - [x y", "expected `<PRIORITY>` or a time, as syslog has them");
}

#[test]
fn services_of_linux() {
    check(
        "Mar  6 04:07:23 host sshd[3]: Failed password for invalid user jane from 192.0.2.1 port 22 ssh2",
        "sshd at 1615003643 hostname=host program=sshd pid=3 message=Failed password for invalid user jane from 192.0.2.1 \
         port 22 ssh2 src_ip=192.0.2.1 src_port=22 username=jane message.address=192.0.2.1",
    );
    check(
        "Mar  6 04:07:23 host sudo: jane : TTY=pts/0 ; PWD=/home ; USER=#-1 ; COMMAND=/bin/sh -c a ; b=c",
        "sudo at 1615003643 hostname=host program=sudo message=jane : TTY=pts/0 ; PWD=/home ; USER=#-1 ; COMMAND=/bin/sh -c \
         a ; b=c username=jane TTY=pts/0 PWD=/home USER=#-1 COMMAND=/bin/sh -c a ; b=c",
    );
    check(
        "<86>Mar  6 04:07:23 host su: pam_unix(su:auth): authentication failure; logname= rhost=192.0.2.1  user=root",
        "auth at 1615003643 facility=authpriv severity=info hostname=host program=su message=pam_unix(su:auth): authentication \
         failure; logname= rhost=192.0.2.1  user=root rhost=192.0.2.1 user=root message.address=192.0.2.1",
    );
    check(
        "Mar  6 04:07:23 host CRON[3]: (root) CMD (x)",
        "cron at 1615003643 hostname=host program=CRON pid=3 message=(root) CMD (x)",
    );
    check(
        "Mon Jun  6 18:43:28 2016 [pid 2] CONNECT: Client \"192.0.2.9\"",
        "vsftpd at 1465238608 message=[pid 2] CONNECT: Client \"192.0.2.9\" message.address=192.0.2.9",
    );
    check(
        "Mar  6 04:07:23 host kernel: [1.5] DROP IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=1 DPT=22",
        "iptables at 1615003643 hostname=host program=kernel message=[1.5] DROP IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 \
         PROTO=TCP SPT=1 DPT=22 IN=eth0 SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=1 DPT=22",
    );
}

#[test]
fn sysmon_for_linux() {
    check(
        "<14>Mar  6 04:07:23 host sysmon: <Event><System><EventID>1</EventID><TimeCreated SystemTime=\"2021-03-06T04:07:22.5Z\"/>\
         <Channel>Linux-Sysmon/Operational</Channel></System><EventData><Data Name=\"Image\">/bin/sh</Data><Data Name=\"x\">-</Data>\
         <Data Name=\"CommandLine\">sh -c &quot;a &amp;&lt;b&quot;</Data></EventData></Event>",
        "sysmon at 1615003642.5 facility=user severity=info hostname=host program=sysmon EventID=1 \
         Channel=Linux-Sysmon/Operational Image=/bin/sh CommandLine=sh -c \"a &<b\"",
    );
    check(
        "<14>sysmon: <Event><EventData><Data Name=\"a",
        "sysmon facility=user severity=info program=sysmon",
    );
}

#[test]
fn routers_and_firewalls() {
    check(
        "<189>29: router: *Mar  1 18:46:11.5 UTC: %SYS-5-CONFIG_I: Configured by jane (192.0.2.1)",
        "cisco at 1614624371.5 facility=local7 severity=notice hostname=router message=%SYS-5-CONFIG_I: Configured by jane \
         (192.0.2.1) mnemonic=SYS-5-CONFIG_I message.address=192.0.2.1",
    );
    check(
        "Mar  1 18:46:11 router 40: %PARSER-5-CFGLOG_LOGGEDCMD: no logging",
        "cisco_aaa at 1614624371 hostname=router program=40 message=%PARSER-5-CFGLOG_LOGGEDCMD: no logging \
         mnemonic=PARSER-5-CFGLOG_LOGGEDCMD",
    );
    check(
        "<189>date=2021-03-06 time=04:07:23 type=\"event\" action=\"Edit\" cfgpath=\"user.group\"",
        "fortinet at 1615003643 facility=local7 severity=notice message=date=2021-03-06 time=04:07:23 type=\"event\" action=\"Edit\" \
         cfgpath=\"user.group\" date=2021-03-06 time=04:07:23 type=event action=Edit cfgpath=user.group",
    );
}

#[test]
fn what_stands_in_a_text() {
    check(
        "Mar  6 04:07:23 h a: got http://a.example/x, (2001:db8::1#53) 192.0.2.1:80. 10.0.0.0/8 d41d8cd98f00b204e9800998ecf8427e",
        "syslog at 1615003643 hostname=h program=a message=got http://a.example/x, (2001:db8::1#53) 192.0.2.1:80. 10.0.0.0/8 \
         d41d8cd98f00b204e9800998ecf8427e message.url=http://a.example/x message.address=2001:db8::1 message.address=192.0.2.1 message.address=10.0.0.0 \
         message.hash=d41d8cd98f00b204e9800998ecf8427e",
    );
}

#[test]
fn records_of_other_formats() {
    #[track_caller]
    fn check(line: &str, want: Option<Inside<'_>>) {
        assert_eq!(parse(line, None).map(|it| it.inside()), want, "{line}");
    }
    check(
        "<13>Mar  6 04:07:23 h suricata[1]: {\"event_type\":\"dns\"}",
        Some(Inside::Json("{\"event_type\":\"dns\"}")),
    );
    check("<13>Mar  6 04:07:23 h a: @cee: {\"x\":1}", Some(Inside::Json("{\"x\":1}")));
    check("<13>Mar  6 04:07:23 h CEF:0|a|b|c|d|e|f|", Some(Inside::Cef("CEF:0|a|b|c|d|e|f|")));
    check("<13>Mar  6 04:07:23 h CEF: 0|a|b|c|d|e|f|", Some(Inside::Cef("CEF: 0|a|b|c|d|e|f|")));
    check("<13>LEEF:1.0|a|b|c|d|", Some(Inside::Leef("LEEF:1.0|a|b|c|d|")));
    let audit = "type=AVC msg=audit(1.5:1): a=b";
    check(&format!("Mar  6 04:07:23 h audispd: {audit}"), Some(Inside::Audit(audit)));
    check("<13>x", Some(Inside::Text));
    check("x", None);
}

#[test]
fn lines_that_are_none() {
    for line in [
        "",
        "<",
        "<999>x",
        "<x>y",
        "a line of text",
        "2022-07-12 01:08:59,489 INFO [a] x",
        "2016-10-06T00:17:09.6Z stdout P log content",
        "192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET / HTTP/1.1\" 200 1",
    ] {
        assert!(!recognise(line), "{line}");
    }
    assert!(
        recognise("Mar  6 04:07:23 host prog: x")
            && recognise("<13>x")
            && recognise("Mar 11 00:00:00 h CRON[3]: x")
    );
}

#[test]
fn long_lines_take_one_pass() {
    for piece in ["a ", "[", "=\"", "192.0.2.1 ", "%A", ": ", "a=b ", " ; ", "for ", "\\\""] {
        let many = piece.repeat(60_000 / piece.len());
        for head in
            ["<13>Mar  6 04:07:23 h sshd[1]: ", "<13>1 - - sudo - - [", "Mar  6 04:07:23 h sudo: a : ", ""]
        {
            if let Some(message) = parse(&format!("{head}{many}"), None) {
                assert!(message.flat(100).fields.len() <= 100 + 64 + 8);
            }
        }
    }
}
