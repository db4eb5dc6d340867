//! Names inside Android's texts: packages, components, addresses, links.

use std::net::{IpAddr, Ipv6Addr};

use vigie_model::event::Path;

/// Whether a text is the name of a package: parts joined by dots, as in `com.example.app`, or `android`.
pub(super) fn is_package(text: &str) -> bool {
    text == "android"
        || (text.len() <= 255
            && text.contains('.')
            && text.split('.').all(|part| {
                part.starts_with(|it: char| it.is_ascii_alphabetic())
                    && part.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
            }))
}

/// The components (`package/class`) in a text, each as it is written.
pub(super) fn components(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !(it.is_ascii_alphanumeric() || "._$/-".contains(it))).filter(|it| {
        it.split_once('/').is_some_and(|(package, class)| is_package(package) && !class.is_empty())
    })
}

/// The package of a component, or of a text that is a package itself.
pub(super) fn package_of(text: &str) -> Option<&str> {
    let package = text.split_once('/').map_or(text, |it| it.0);
    is_package(package).then_some(package)
}

/// The package whose data a path belongs to: `/data/user/0/com.example/…`, `/data/data/com.example/…`.
pub(super) fn package_of_path(path: &str) -> Option<&str> {
    let mut parts = path.split('/').filter(|it| !it.is_empty());
    if parts.next()? != "data" {
        return None;
    }
    let package = match parts.next()? {
        "data" => parts.next()?,
        "user" | "user_de" => parts.nth(1)?,
        // `/data/app/~~random==/com.example-random==/base.apk`
        "app" => {
            let first = parts.next()?;
            let folder = if first.starts_with("~~") { parts.next()? } else { first };
            folder.split_once('-').map_or(folder, |it| it.0)
        }
        _ => return None,
    };
    is_package(package).then_some(package)
}

/// An address with its port, as `ss` and `netstat` write them: `1.2.3.4:443`, `[::ffff:1.2.3.4]:443`, `[fe80::1%wlan0]:5`.
pub(super) fn endpoint(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.split_once('%').map_or(host, |it| it.0);
    Some((address(host)?, port.parse().ok()))
}

/// An address; an IPv4 address inside an IPv6 one is the IPv4 address.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    match text.trim().parse().ok()? {
        IpAddr::V6(it) => Some(it.to_ipv4_mapped().map_or(IpAddr::V6(it), IpAddr::V4)),
        it @ IpAddr::V4(_) => Some(it),
    }
}

/// The path that an address is observed under; none for those that say nothing.
pub(super) fn address_path(address: IpAddr) -> Option<Path> {
    match address {
        it if it.is_unspecified() || it.is_loopback() => None,
        IpAddr::V4(_) => Some(Path::Ipv4),
        IpAddr::V6(it) if it == Ipv6Addr::UNSPECIFIED => None,
        IpAddr::V6(_) => Some(Path::Ipv6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_other_words() {
        for it in ["com.example", "android", "a.b_c.d2", "org.torproject.torbrowser"] {
            assert!(is_package(it), "{it}");
        }
        for it in ["", "com", "com..a", ".com.a", "com.2a", "*alarm*", "com.a b", "1.2.3", "com.é"] {
            assert!(!is_package(it), "{it}");
        }
    }

    #[test]
    fn components_are_found_in_braces() {
        let text = "Enabled services:{{com.a.b/com.c.D}, {com.e.f/.G$H}} and/or 1/2";
        assert_eq!(components(text).collect::<Vec<_>>(), ["com.a.b/com.c.D", "com.e.f/.G$H"]);
    }

    #[test]
    fn paths_tell_their_package() {
        assert_eq!(package_of_path("/data/user/0/com.a.b/databases/x.db"), Some("com.a.b"));
        assert_eq!(package_of_path("/data/data/com.a.b/x"), Some("com.a.b"));
        assert_eq!(package_of_path("/data/app/~~Xy==/com.a.b-Zz==/base.apk"), Some("com.a.b"));
        assert_eq!(package_of_path("/data/local/tmp/x"), None);
        assert_eq!(package_of_path("/system/app/x.apk"), None);
    }

    #[test]
    fn endpoints_lose_zone_and_mapping() {
        let text = |it: &str| endpoint(it).map(|(ip, port)| format!("{ip} {port:?}")).unwrap_or_default();
        assert_eq!(text("1.2.3.4:443"), "1.2.3.4 Some(443)");
        assert_eq!(text("[::ffff:1.2.3.4]:443"), "1.2.3.4 Some(443)");
        assert_eq!(text("[2001:db8::1%wlan0]:*"), "2001:db8::1 None");
        assert_eq!(text("*:*"), "");
    }
}
