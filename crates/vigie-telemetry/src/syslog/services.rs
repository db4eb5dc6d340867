//! What the messages of some programs say beyond their text, and the service that rules know a program by.

use super::Message;
use crate::flat::Flat;
use crate::pairs::Pairs;
use crate::seen::is_address;
use crate::time;

/// Programs by the service of Sigma's taxonomy that their messages belong to.
const PROGRAMS: &[(&str, &str)] = &[
    ("sshd", "sshd"),
    ("sshd-session", "sshd"),
    ("sshd-auth", "sshd"),
    ("sudo", "sudo"),
    ("cron", "cron"),
    ("crond", "cron"),
    ("anacron", "cron"),
    ("crontab", "cron"),
    ("atd", "cron"),
    ("clamd", "clamav"),
    ("clamav-daemon", "clamav"),
    ("clamscan", "clamav"),
    ("freshclam", "clamav"),
    ("vsftpd", "vsftpd"),
    ("guacd", "guacamole"),
    ("guacamole", "guacamole"),
    ("su", "auth"),
    ("login", "auth"),
    ("polkitd", "auth"),
    ("pkexec", "auth"),
    ("passwd", "auth"),
    ("useradd", "auth"),
    ("groupadd", "auth"),
    ("usermod", "auth"),
    ("userdel", "auth"),
    ("systemd-logind", "auth"),
    ("gdm-password]", "auth"),
];

/// Facilities of Cisco's messages by Sigma's service; a message can be of several.
const CISCO: &[(&str, &str)] = &[
    ("AAA", "cisco_aaa"),
    ("AAAA", "cisco_aaa"),
    ("PARSER", "cisco_aaa"),
    ("SEC_LOGIN", "cisco_aaa"),
    ("BGP", "cisco_bgp"),
    ("TCP", "cisco_bgp"),
    ("IP-TCP", "cisco_bgp"),
    ("LDP", "cisco_ldp"),
    ("TAGCON", "cisco_ldp"),
];

/// How many addresses, URLs and hashes of one message become fields.
const FOUND: usize = 64;

/// Adds what the message says, and returns the word for its service.
pub(super) fn read<'a>(message: &Message<'a>, flat: &mut Flat<'a>, limit: usize) -> &'static str {
    let text = message.text;
    if let Some(service) = cisco(text, flat) {
        found(text, flat);
        return service;
    }
    let program = message.program.rsplit('/').next().unwrap_or_default();
    let known = PROGRAMS.iter().find(|it| it.0.eq_ignore_ascii_case(program)).map(|it| it.1);
    if text.contains("SRC=") && text.contains("DST=") {
        pairs(text, flat, limit);
        return "iptables";
    }
    if text.starts_with("date=") || text.starts_with("devname=") || text.starts_with("logver=") {
        pairs(text, flat, limit);
        let value = |name: &str| flat.fields.iter().find(|it| it.name == name)?.value.text();
        let zone = value("tz").unwrap_or_default();
        let time = value("date")
            .zip(value("time"))
            .and_then(|(date, clock)| time::iso(&format!("{date}T{clock}{zone}")));
        flat.time = flat.time.or(time);
        return "fortinet";
    }
    match known {
        Some("sshd") => ssh(text, flat),
        Some("sudo") => sudo(text, flat),
        _ => {}
    }
    if text.contains("rhost=") {
        pairs(text, flat, limit);
    }
    found(text, flat);
    match (known, message.facility()) {
        (Some(service), _) => service,
        (None, "auth" | "authpriv") => "auth",
        (None, "cron") => "cron",
        (None, _) if text.starts_with("[pid ") => "vsftpd",
        (None, _) => "syslog",
    }
}

/// Adds the pairs of a text; empty ones say nothing.
fn pairs<'a>(text: &'a str, flat: &mut Flat<'a>, limit: usize) {
    for pair in Pairs(text) {
        if flat.fields.len() >= limit {
            return;
        }
        flat.given(pair.name, pair.value);
    }
}

/// `%FACILITY-SEVERITY-MNEMONIC: text`, perhaps behind a router's own words.
fn cisco<'a>(text: &'a str, flat: &mut Flat<'a>) -> Option<&'static str> {
    let (code, _) = text.get(text.find('%')? + 1..)?.split_once(": ")?;
    let good = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit() || matches!(it, b'-' | b'_');
    let mut parts = code.rsplitn(3, '-');
    let (mnemonic, severity, facility) = (parts.next()?, parts.next()?, parts.next()?);
    if !code.bytes().all(good)
        || severity.len() != 1
        || mnemonic.is_empty()
        || !severity.as_bytes().first()?.is_ascii_digit()
    {
        return None;
    }
    flat.given("mnemonic", code);
    Some(CISCO.iter().find(|it| it.0 == facility).map_or("cisco", |it| it.1))
}

/// `Failed password for invalid user jane from 192.0.2.1 port 22 ssh2` and its kin.
fn ssh<'a>(text: &'a str, flat: &mut Flat<'a>) {
    let mut words = text.split_ascii_whitespace().peekable();
    let mut user = None;
    while let Some(word) = words.next() {
        match word {
            "for" | "user" => {
                user = words.peek().copied().filter(|it| *it != "invalid" && *it != "user").or(user);
            }
            "from" | "by" => {
                let Some(address) = words.peek().filter(|it| is_address(it)) else { continue };
                flat.given("src_ip", *address);
                words.next();
                if words.peek() == Some(&"port") {
                    words.next();
                    flat.given("src_port", words.peek().copied().unwrap_or_default());
                }
                break;
            }
            _ => {}
        }
    }
    flat.given("username", user.unwrap_or_default());
}

/// `jane : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/id`
fn sudo<'a>(text: &'a str, flat: &mut Flat<'a>) {
    let Some((user, told)) = text.split_once(" : ") else { return };
    flat.given("username", user.trim());
    let mut rest = told;
    while let Some((name, after)) = rest.trim_start().split_once('=') {
        // A command may hold what stands between pairs, and is last.
        let end = if name == "COMMAND" { after.len() } else { after.find(" ; ").unwrap_or(after.len()) };
        let (value, after) = after.split_at_checked(end).unwrap_or((after, ""));
        if let Some(name) = name.rsplit(" ; ").next() {
            flat.given(name, value);
        }
        rest = after.trim_start_matches([' ', ';']);
    }
}

/// Adds the addresses, URLs and hashes that stand in a text.
fn found<'a>(text: &'a str, flat: &mut Flat<'a>) {
    let end = flat.fields.len() + FOUND;
    let between = |it: char| {
        it.is_whitespace() || matches!(it, '"' | '\'' | '(' | ')' | '<' | '>' | ',' | ';' | '=' | '|')
    };
    for word in text.split(between) {
        let word = word.trim_matches(['[', ']', '.', ':', '{', '}']);
        if word.len() < 3 || flat.fields.len() >= end {
            continue;
        }
        if word.contains("://") {
            flat.given("message.url", word);
        } else if let Some(address) = address(word) {
            flat.given("message.address", address);
        } else if matches!(word.len(), 32 | 40 | 64) && word.bytes().all(|it| it.is_ascii_hexdigit()) {
            flat.given("message.hash", word);
        }
    }
}

/// An address, perhaps with a port or a network behind it.
fn address(word: &str) -> Option<&str> {
    if !word.starts_with(|it: char| it.is_ascii_hexdigit() || it == ':') || !word.contains(['.', ':']) {
        return None;
    }
    let host = word.split_once('/').map_or(word, |it| it.0);
    if is_address(host) {
        return Some(host);
    }
    let host = host.rsplit_once(['#', ':'])?.0;
    is_address(host).then_some(host)
}
