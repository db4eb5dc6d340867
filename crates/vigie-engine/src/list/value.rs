//! What a listed value is, recognised from the value alone.

use std::borrow::Cow;

use crate::key::{self, Class};
use crate::list::MAX_VALUE_BYTES;
use crate::rule::Reason;

/// Why a line of a list was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are no UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// It is longer than [`MAX_VALUE_BYTES`].
    #[error("the value is longer than {MAX_VALUE_BYTES} bytes")]
    TooLong,
    /// It is none of the kinds.
    #[error("expected a domain name, an address, a network, a URL, a digest or an e-mail address")]
    Unknown,
}

impl From<Unreadable> for Reason {
    fn from(_: Unreadable) -> Self {
        Self::UnreadableLine
    }
}

/// Recognises a value, writes its key and says what it is: a domain, an address, a network, a URL, a digest or an e-mail
/// address.
pub fn read_value(text: &str, key: &mut Vec<u8>) -> Result<Class, Unreadable> {
    if text.len() > MAX_VALUE_BYTES {
        return Err(Unreadable::TooLong);
    }
    let text = refanged(text);
    let text = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(&text);
    let found = recognised(text, key).ok_or(Unreadable::Unknown)?;
    if key.len() > MAX_VALUE_BYTES { Err(Unreadable::TooLong) } else { Ok(found) }
}

fn recognised(text: &str, key: &mut Vec<u8>) -> Option<Class> {
    if text.contains("://") {
        return url(text, key);
    }
    if key::digest(text, key) {
        return Some(Class::Digest);
    }
    if let Some(address) = key::address(text) {
        key::push_address(address, key);
        return Some(Class::Address);
    }
    if let Some(network) = key::network(text) {
        return Some(push_network(network, key));
    }
    if text.contains([' ', '\t', ',', '<', '>', '"']) {
        return None;
    }
    if text.contains(['/', '?', ':']) {
        return url(text, key);
    }
    if text.contains('@') {
        let domain = key::email(text, key)?;
        return is_domain(domain).then_some(Class::Email);
    }
    key::host(text, key);
    key.get(1..).is_some_and(key::is_listable_domain).then_some(Class::Domain)
}

fn is_domain(text: &str) -> bool {
    let mut domain = Vec::new();
    key::domain_text(text, &mut domain);
    key::is_listable_domain(&domain)
}

/// A network of one address is the address.
fn push_network(network: key::Network, key: &mut Vec<u8>) -> Class {
    if network.is_single() {
        key::push_address(network.first, key);
        Class::Address
    } else {
        key::push_network(network, key);
        Class::Network
    }
}

/// A URL that names a host and nothing more lists the host.
fn url(text: &str, key: &mut Vec<u8>) -> Option<Class> {
    let found = key::url(text, key);
    let authority = found.authority?;
    let host = std::str::from_utf8(key.get(authority.start..authority.end)?).ok()?.to_owned();
    let address = key::address(&host);
    if address.is_none() && !key::is_listable_domain(host.as_bytes()) {
        return None;
    }
    if !key::is_host_only(key, found) {
        return Some(Class::Url);
    }
    if let Some(address) = address {
        key::push_address(address, key);
        return Some(Class::Address);
    }
    key.clear();
    key.push(Class::Domain as u8);
    key.extend(host.bytes());
    Some(Class::Domain)
}

/// The ways of writing a value so that nobody clicks on it, with what they stand for.
const DEFANGED: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("[DOT]", "."),
    ("(dot)", "."),
    ("(DOT)", "."),
    ("{dot}", "."),
    ("[.", "."),
    (".]", "."),
    ("[d]", "."),
    ("\\.", "."),
    ("[:]", ":"),
    ("[://]", "://"),
    ("[]://", "://"),
    ("[:/]", ":/"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("[AT]", "@"),
    ("(at)", "@"),
];

/// Takes the defanging away.
pub(super) fn refanged(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains(['[', '(', '{', '\\']) {
        for (written, meant) in DEFANGED {
            if text.contains(written) {
                text = text.replace(written, meant).into();
            }
        }
    }
    // Mail headers write an address in brackets; with a colon in it they belong to an address of version 6.
    if let Some(inside) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'))
        && key::address(inside).is_some_and(|it| it.is_ipv4())
    {
        text = inside.to_owned().into();
    }
    let scheme = text.find("://").and_then(|at| text.get(..at)).unwrap_or_default().to_ascii_lowercase();
    let meant = match scheme.as_str() {
        "hxxp" | "hxtp" | "htxp" | "h**p" | "h__p" | "xxxx" => "http",
        "hxxps" | "hxtps" | "htxps" | "h**ps" | "h__ps" => "https",
        "fxp" => "ftp",
        _ => return text,
    };
    let rest = text.get(scheme.len()..).unwrap_or_default();
    format!("{meant}{rest}").into()
}
