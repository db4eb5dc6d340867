//! Canonical keys: the spelling under which a value is indexed and looked up.
//!
//! A key is one class byte and the canonical content. The same functions make the keys of listed values and of values
//! seen, so two spellings of one thing meet. What each class folds together is written at its function and in
//! docs/spec/engine.md.
//!
//! Invariants
//! - A key function is total over text: what is not of its class is keyed by its own bytes, so that equal texts
//!   always have equal keys.
//! - Nothing is allocated for plain lower-case ASCII: keys are written into the caller's buffer.
//!
//! Start with [`Class`], then `key/host.rs` and `key/url.rs`.

use std::borrow::Cow;
use std::net::IpAddr;

mod host;
mod url;

pub use host::{Host, address, domain_text, host, is_listable_domain, network, parents, under_suffix_only};
pub use url::{Authority, UrlKey, is_host_only, normal_url, url};

/// Which canonical forms these are: a number that rises whenever a value would get another key, and the public suffix
/// list, by the version of the crate that carries it.
pub const VERSION: &str = "3/psl-2.1.247";

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// A domain name, lower case, in ASCII form, without a trailing dot.
    Domain = 1,
    /// An address: 4 or 16 bytes.
    Address = 2,
    /// A network: the length of its prefix, then the address with the other bits zero.
    Network = 3,
    /// A URL without scheme, default port, user, fragment and trailing slashes.
    Url = 4,
    /// An e-mail address in lower case, with its domain in canonical form.
    Email = 5,
    /// The bytes of a digest; its length tells the algorithm.
    Digest = 6,
    /// A text that is compared as it stands, after the number of its path.
    Text = 7,
    /// A whole number, after the number of its path.
    Number = 8,
}

impl Class {
    /// The class that a key begins with.
    pub fn of(key: &[u8]) -> Option<Self> {
        let all = [
            Self::Domain,
            Self::Address,
            Self::Network,
            Self::Url,
            Self::Email,
            Self::Digest,
            Self::Text,
            Self::Number,
        ];
        all.into_iter().find(|it| key.first() == Some(&(*it as u8)))
    }
}

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// The first address inside.
    pub first: IpAddr,
    /// The length of the prefix: at most 32 or 128.
    pub prefix: u8,
}

impl Network {
    /// Clears the bits after the prefix; none if the prefix is too long for the family.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let first = match address {
            IpAddr::V4(it) => {
                let gone = 32_u32.checked_sub(prefix.into())?;
                IpAddr::from(
                    (it.to_bits().checked_shr(gone).unwrap_or(0).checked_shl(gone).unwrap_or(0))
                        .to_be_bytes(),
                )
            }
            IpAddr::V6(it) => {
                let gone = 128_u32.checked_sub(prefix.into())?;
                IpAddr::from(
                    (it.to_bits().checked_shr(gone).unwrap_or(0).checked_shl(gone).unwrap_or(0))
                        .to_be_bytes(),
                )
            }
        };
        Some(Self { first, prefix })
    }

    /// Whether it is one address only.
    pub fn is_single(self) -> bool {
        self.prefix == if self.first.is_ipv4() { 32 } else { 128 }
    }
}

/// Writes the key of an address.
pub fn push_address(address: IpAddr, key: &mut Vec<u8>) {
    key.clear();
    key.push(Class::Address as u8);
    push_octets(address, key);
}

/// Writes the key of a network.
pub fn push_network(network: Network, key: &mut Vec<u8>) {
    key.clear();
    key.extend([Class::Network as u8, network.prefix]);
    push_octets(network.first, key);
}

fn push_octets(address: IpAddr, key: &mut Vec<u8>) {
    match address {
        IpAddr::V4(it) => key.extend(it.octets()),
        IpAddr::V6(it) => key.extend(it.octets()),
    }
}

/// The number of bytes of the digests that are recognised: MD5, SHA-1, SHA-256, SHA-512.
const DIGEST_BYTES: [usize; 4] = [16, 20, 32, 64];

/// Writes the key of a digest and says whether the text is one: hexadecimal, in either case, of a known length.
pub fn digest(text: &str, key: &mut Vec<u8>) -> bool {
    key.clear();
    key.push(Class::Digest as u8);
    let hex = text.as_bytes();
    if hex.len().is_multiple_of(2) && DIGEST_BYTES.contains(&(hex.len() / 2)) {
        for pair in hex.chunks_exact(2) {
            let [high, low] = [pair.first(), pair.last()].map(|it| it.and_then(|it| nibble(*it)));
            match (high, low) {
                (Some(high), Some(low)) => key.push(high << 4 | low),
                _ => break,
            }
        }
        if key.len() == 1 + hex.len() / 2 {
            return true;
        }
        key.truncate(1);
    }
    key.extend(hex.iter().map(u8::to_ascii_lowercase));
    false
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Writes the key of an e-mail address and gives its domain: the part after the last `@` in canonical form, the part
/// before it in lower case. RFC 5321 section 2.4 leaves its case to the receiving host, but no large one tells
/// mailboxes apart by it, and a phisher's address is written as chance will have it. A `+tag` stays: whose it is, the
/// receiving host alone knows.
pub fn email<'t>(text: &'t str, key: &mut Vec<u8>) -> Option<&'t str> {
    key.clear();
    key.push(Class::Email as u8);
    let trimmed = text.trim().trim_start_matches('<').trim_end_matches('>');
    let Some((local, domain)) =
        trimmed.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
    else {
        key.extend(text.as_bytes());
        return None;
    };
    key.extend(local.bytes().map(|it| it.to_ascii_lowercase()));
    key.push(b'@');
    domain_text(domain, key);
    Some(domain)
}

/// The path of a file on a phone, in one spelling: without slashes at its end, and without the `/private` before `/var`,
/// `/tmp` and `/etc`, which on an iPhone are links to the folders of that name within it.
pub fn file_path(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_end_matches('/');
    let rest = trimmed.strip_prefix("/private/").or_else(|| trimmed.strip_prefix("private/"));
    let linked = |it: &&str| matches!(it.split('/').next(), Some("var" | "tmp" | "etc"));
    match rest.filter(linked) {
        Some(rest) => format!("/{rest}").into(),
        None => trimmed.into(),
    }
}

/// Writes the key of a text at a path.
pub fn text(path: u8, text: &str, key: &mut Vec<u8>) {
    key.clear();
    key.extend([Class::Text as u8, path]);
    key.extend(text.as_bytes());
}

/// Writes the key of a number at a path.
pub fn number(path: u8, number: i64, key: &mut Vec<u8>) {
    key.clear();
    key.extend([Class::Number as u8, path]);
    key.extend(number.to_le_bytes());
}

/// For people: the canonical value that a key holds.
pub fn shown(key: &[u8]) -> String {
    let content = key.get(1..).unwrap_or_default();
    match Class::of(key) {
        Some(Class::Address) => octets(content).map(|it| it.to_string()).unwrap_or_default(),
        Some(Class::Network) => {
            network_of(key).map(|it| format!("{}/{}", it.first, it.prefix)).unwrap_or_default()
        }
        Some(Class::Digest) if DIGEST_BYTES.contains(&content.len()) => content
            .iter()
            .flat_map(|it| [it >> 4, it & 15])
            .filter_map(|it| char::from_digit(it.into(), 16))
            .collect(),
        Some(Class::Text) => String::from_utf8_lossy(content.get(1..).unwrap_or_default()).into_owned(),
        Some(Class::Number) => {
            let number = content.get(1..).and_then(|it| it.try_into().ok());
            number.map(|it| i64::from_le_bytes(it).to_string()).unwrap_or_default()
        }
        _ => String::from_utf8_lossy(content).into_owned(),
    }
}

/// The address that a key stands for, if it stands for one.
pub fn address_of(key: &[u8]) -> Option<IpAddr> {
    octets(key.strip_prefix(&[Class::Address as u8])?)
}

/// The network that a key stands for, if it stands for one.
pub fn network_of(key: &[u8]) -> Option<Network> {
    let (prefix, first) = key.strip_prefix(&[Class::Network as u8])?.split_first()?;
    Some(Network { first: octets(first)?, prefix: *prefix })
}

fn octets(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(it) = <[u8; 4]>::try_from(bytes) {
        return Some(it.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests;
