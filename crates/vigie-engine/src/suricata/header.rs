//! What stands before the parenthesis: action, protocol, addresses, ports, direction.

use std::net::IpAddr;

use super::{BadRule, Dialect, Limits, Problem};

/// Words that begin a rule, with what each does; the first only tells.
const SURICATA: &[(&str, &str)] = &[
    ("alert", ""),
    ("pass", "it silences other rules"),
    ("drop", "it blocks"),
    ("reject", "it blocks"),
    ("rejectsrc", "it blocks"),
    ("rejectdst", "it blocks"),
    ("rejectboth", "it blocks"),
    ("config", "it changes what is logged"),
];
const SNORT: &[(&str, &str)] = &[
    ("alert", ""),
    ("log", "it records packets and raises no alert"),
    ("pass", "it silences other rules"),
    ("activate", "it switches other rules on"),
    ("dynamic", "other rules switch it on"),
    ("drop", "it blocks"),
    ("reject", "it blocks"),
    ("sdrop", "it blocks"),
    ("block", "it blocks"),
    ("react", "it answers"),
    ("rewrite", "it changes packets"),
];

/// Protocols of Suricata 7 and 8, of which some are known to 8 only.
const PROTOCOLS: &str = "
    arp bittorrent-dht dcerpc dhcp dnp3 dns doh2 enip ether ftp ftp-data http http1 http2 icmp icmpv4
    icmpv6 igmp ike ikev2 imap ip ip4 ip6 ipv4 ipv6 krb5 ldap llmnr mdns modbus mqtt mysql nfs ntp pgsql
    pkthdr pop3 quic rdp rfb sctp sip smb smtp snmp ssh ssl tcp tcp-pkt tcp-stream telnet tftp tls udp
    websocket
";

/// Whether a line begins a rule.
pub(super) fn begins(line: &str, dialect: Dialect) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r', '(', '\\']);
    actions(dialect).iter().any(|it| line.strip_prefix(it.0).is_some_and(ends))
}

fn actions(dialect: Dialect) -> &'static [(&'static str, &'static str)] {
    match dialect {
        Dialect::Suricata => SURICATA,
        Dialect::Snort => SNORT,
    }
}

/// The header without its action, and the byte where the options begin.
pub(super) fn parse(text: &str, dialect: Dialect, limits: &Limits) -> Result<(String, usize), BadRule> {
    let no_options = || Problem::Expected("`(` and options, such as `(msg:\"…\"; sid:1;)`").at(text.len());
    let open = text.find('(').ok_or_else(no_options)?;
    let header = text.get(..open).unwrap_or_default();
    let words = words(header);
    let mut rest = words.iter();
    let action = rest.next().ok_or_else(|| Problem::Expected("an action such as `alert`").at(0))?;
    match actions(dialect).iter().find(|it| it.0 == action.1) {
        None => return Err(Problem::unknown(action.1, "action; it is `alert`").at(action.0)),
        Some((_, "")) => {}
        Some((what, act)) => {
            return Err(Problem::Acts { what: (*what).to_owned(), act }.at(action.0));
        }
    }
    let rest: Vec<(usize, &str)> = rest.copied().collect();
    match rest.as_slice() {
        // Snort 3 lets a service stand for protocol, addresses and ports.
        [] if dialect == Dialect::Snort => {}
        [service] if dialect == Dialect::Snort => protocol(*service, dialect)?,
        [proto, source, source_port, direction, target, target_port] => {
            protocol(*proto, dialect)?;
            let directions: &[&str] = match dialect {
                Dialect::Suricata => &["->", "<>", "=>"],
                Dialect::Snort => &["->", "<>"],
            };
            if !directions.contains(&direction.1) {
                return Err(Problem::unknown(direction.1, "direction; it is `->` or `<>`").at(direction.0));
            }
            for (at, word) in [source, target] {
                List { at: *at, part: address, limit: limits.depth }.read(word, 0)?;
            }
            for (at, word) in [source_port, target_port] {
                List { at: *at, part: port, limit: limits.depth }.read(word, 0)?;
            }
        }
        _ => {
            let form = "protocol, source, port, direction, target, port, as in `tcp any any -> any 80`";
            return Err(Problem::Expected(form).at(action.0 + action.1.len()));
        }
    }
    let header: Vec<&str> = rest.iter().map(|it| it.1).collect();
    // Lists may hold spaces and line breaks.
    let header = header.join(" ").split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    Ok((header, open + 1))
}

/// Words with the byte where each begins. Spaces within brackets part none.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let (mut start, mut depth) = (None, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A backslash before the end of a line joins it with the next.
        let parts = depth == 0 && (byte.is_ascii_whitespace() || byte == b'\\');
        match (start, parts) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                words.extend(text.get(from..at).map(|it| (from, it)));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.and_then(|from| text.get(from..).map(|it| (from, it))));
    words
}

fn protocol((at, word): (usize, &str), dialect: Dialect) -> Result<(), BadRule> {
    let known = match dialect {
        // Suricata 8 lets a rule name the moment too: `dns:request_complete`.
        Dialect::Suricata => {
            let name = word.split(':').next().unwrap_or_default();
            PROTOCOLS.split_ascii_whitespace().any(|it| it == name)
        }
        // Snort 3 takes the name of any service.
        Dialect::Snort => word.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it)),
    };
    if known { Ok(()) } else { Err(Problem::unknown(word, "protocol").at(at)) }
}

/// A list of addresses or ports, each perhaps negated, perhaps a list itself.
struct List {
    /// Where the word stands.
    at: usize,
    /// Whether something is one element; if not, what was expected.
    part: fn(&str) -> Result<(), &'static str>,
    /// How deep lists may lie in each other.
    limit: usize,
}

impl List {
    fn read(&self, word: &str, depth: usize) -> Result<(), BadRule> {
        let word = word.trim();
        let plain = word.trim_start_matches('!').trim_start();
        let Some(inner) = plain.strip_prefix('[') else {
            let is_variable = plain.strip_prefix('$').is_some_and(is_name);
            if is_variable || plain == "any" {
                return Ok(());
            }
            return (self.part)(plain).map_err(|what| Problem::unknown(plain, what).at(self.at));
        };
        let inner =
            inner.strip_suffix(']').ok_or_else(|| Problem::Expected("`]`").at(self.at + word.len()))?;
        if depth == self.limit {
            return Err(Problem::TooLarge { what: "levels of lists", limit: self.limit }.at(self.at));
        }
        elements(inner).try_for_each(|it| self.read(it, depth + 1))
    }
}

/// The parts between commas that are in no inner list.
fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |it| {
        match it {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        it == ',' && depth == 0
    })
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

fn address(word: &str) -> Result<(), &'static str> {
    let what = "address, network, variable or list";
    let ip = |it: &str| it.trim().parse::<IpAddr>().map_err(|_| what);
    if let Some((first, last)) = word.split_once('-') {
        return ip(first).and(ip(last)).map(drop);
    }
    let Some((first, mask)) = word.split_once('/') else { return ip(word).map(drop) };
    let bits = if ip(first)?.is_ipv4() { 32 } else { 128 };
    let is_length = mask.parse::<u8>().is_ok_and(|it| it <= bits);
    let is_mask = bits == 32 && mask.parse::<IpAddr>().is_ok_and(|it| it.is_ipv4());
    if is_length || is_mask { Ok(()) } else { Err(what) }
}

fn port(word: &str) -> Result<(), &'static str> {
    let what = "port, range of ports, variable or list";
    let number = |it: &str| it.trim().parse::<u16>().map_err(|_| what);
    match word.split_once(':') {
        None => number(word).map(drop),
        Some((first, "")) => number(first).map(drop),
        Some(("", last)) => number(last).map(drop),
        Some((first, last)) if number(first)? <= number(last)? => Ok(()),
        Some(_) => Err(what),
    }
}
