//! Hosts: addresses, networks and domain names.
//!
//! One text field of a log may hold any of the three, so [`host`] decides by the text and not by the field.
//! STIX allows a network where it allows an address (section 6.4).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Class, Network, push_address, push_network};

/// What a text that names a host turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address; its key was written.
    Address(IpAddr),
    /// A network of more than one address; its key was written.
    Network(Network),
    /// A domain name, or a text taken for one; its key was written.
    Domain,
}

/// Writes the key of a host: an address (also in brackets, also as a network of one), a network, else a domain name.
pub fn host(text: &str, key: &mut Vec<u8>) -> Host {
    if let Some(address) = address(text) {
        push_address(address, key);
        return Host::Address(address);
    }
    match network(text) {
        Some(network) if network.is_single() => {
            push_address(network.first, key);
            return Host::Address(network.first);
        }
        Some(network) => {
            push_network(network, key);
            return Host::Network(network);
        }
        None => {}
    }
    key.clear();
    key.push(Class::Domain as u8);
    domain_text(text, key);
    Host::Domain
}

/// Reads an address: dotted decimal or RFC 4291 text, perhaps in brackets. An IPv4 address mapped into IPv6, or
/// translated, is the IPv4 address.
pub fn address(text: &str) -> Option<IpAddr> {
    let bytes = text.as_bytes();
    let last = *bytes.last()?;
    // Only a digit can end a dotted quad, and only a text with a colon is of version 6.
    if bytes.contains(&b':') {
        let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
        return bare.parse::<Ipv6Addr>().ok().map(unmapped);
    }
    if !last.is_ascii_digit() || bytes.len() > 15 {
        return None;
    }
    dotted_quad(bytes).map(IpAddr::from)
}

/// Four decimal numbers without leading zeros: every event has some, so they are not left to the general parser.
fn dotted_quad(text: &[u8]) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut numbers = text.split(|it| *it == b'.');
    for octet in &mut octets {
        let number = numbers.next().filter(|it| (1..=3).contains(&it.len()))?;
        if number.len() > 1 && number.first() == Some(&b'0') {
            return None;
        }
        let digit = |it: &u8| it.is_ascii_digit().then(|| u16::from(*it - b'0'));
        let value = number.iter().try_fold(0, |sum, it| Some(sum * 10 + digit(it)?))?;
        *octet = u8::try_from(value).ok()?;
    }
    numbers.next().is_none().then_some(octets)
}

/// The IPv4 address that an IPv6 address stands for: mapped (`::ffff:0:0/96`, RFC 4291), or behind a translator under
/// the well-known prefix (`64:ff9b::/96`, RFC 6052). Both name the IPv4 host itself; 6to4 and Teredo addresses name a host
/// behind it and stay as they are.
fn unmapped(address: Ipv6Addr) -> IpAddr {
    let translated = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    };
    address.to_ipv4_mapped().or(translated).map_or(IpAddr::V6(address), IpAddr::V4)
}

/// Reads a network, `address/prefix`. Bits after the prefix are cleared; a network of mapped or translated addresses is
/// that of the IPv4 addresses.
pub fn network(text: &str) -> Option<Network> {
    let (start, prefix) = text.split_once('/')?;
    if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let prefix: u8 = prefix.parse().ok()?;
    let address: IpAddr = start.parse().ok()?;
    if let IpAddr::V6(six) = address
        && let IpAddr::V4(four) = unmapped(six)
        && let Some(prefix) = prefix.checked_sub(96)
    {
        return Network::new(four.into(), prefix);
    }
    Network::new(address, prefix)
}

/// Appends a domain name in canonical form: lower case, internationalised labels in their ASCII form (UTS 46, not
/// transitional), one trailing dot dropped. A text that has no ASCII form is appended in lower case.
pub fn domain_text(text: &str, key: &mut Vec<u8>) {
    if text.is_ascii() {
        let trimmed = text.strip_suffix('.').unwrap_or(text);
        key.extend(trimmed.bytes().map(|it| it.to_ascii_lowercase()));
        return;
    }
    let ascii = idna::domain_to_ascii(text).unwrap_or_else(|_| text.to_ascii_lowercase());
    key.extend(ascii.strip_suffix('.').unwrap_or(&ascii).bytes());
}

/// The parents of a canonical domain name that have at least two labels, longest first, the name itself not included.
/// Of a text too long for a name, only those short enough: no text gives more than 126.
pub fn parents(domain: &[u8]) -> impl Iterator<Item = &[u8]> {
    let from = domain.len().saturating_sub(MAX_DOMAIN + 1);
    let tail = domain.get(from..).unwrap_or_default();
    let dots = tail.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at + 1);
    dots.map(|at| tail.get(at..).unwrap_or_default()).filter(|it| it.contains(&b'.'))
}

/// Whether a parent of a canonical domain name stands above its registrable domain, so that an entry for the parent
/// says nothing about the name: `co.uk` of `a.example.co.uk`, `github.io` of `a.github.io`.
pub fn under_suffix_only(domain: &[u8], parent: &[u8]) -> bool {
    psl::suffix(domain).is_some_and(|it| parent.len() <= it.as_bytes().len())
}

/// The longest domain name in characters (RFC 1035 section 2.3.4, without the root).
const MAX_DOMAIN: usize = 253;
/// The longest label.
const MAX_LABEL: usize = 63;

/// Whether a canonical text is a domain name that a list may name: two labels or more of letters, digits, hyphens and
/// underscores, the last of which is no number.
pub fn is_listable_domain(domain: &[u8]) -> bool {
    let mut labels = 0;
    let mut last: &[u8] = &[];
    for label in domain.split(|it| *it == b'.') {
        let good = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'_');
        if label.is_empty() || label.len() > MAX_LABEL || !label.iter().all(good) {
            return false;
        }
        labels += 1;
        last = label;
    }
    labels >= 2 && domain.len() <= MAX_DOMAIN && last.first().is_some_and(u8::is_ascii_lowercase)
}
