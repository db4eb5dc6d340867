//! The syntax of names and of values, byte by byte and without regular expressions.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::rule;
use super::shape::Format;

pub(super) const BASE64: Format =
    Format { rule: rule::BINARY, fits: is_base64, wants: "base64 with padding", unless_defanged: false };
pub(super) const HEX: Format = Format {
    rule: rule::HEX,
    fits: is_hex,
    wants: "pairs of lower-case hexadecimal digits",
    unless_defanged: false,
};
pub(super) const MIME_TYPE: Format = Format {
    rule: rule::MIME_TYPE,
    fits: is_mime_type,
    wants: "a media type like `application/pdf`",
    unless_defanged: false,
};
pub(super) const FILE_MIME_TYPE: Format = Format { rule: rule::FILE_MIME_TYPE, ..MIME_TYPE };
pub(super) const PRIORITY: Format = Format {
    rule: rule::PRIORITY,
    fits: |it| it.ends_with("_CLASS"),
    wants: "a priority like `HIGH_PRIORITY_CLASS`",
    unless_defanged: false,
};
pub(super) const CPE: Format = Format {
    rule: rule::CPE,
    fits: is_cpe,
    wants: "a CPE like `cpe:2.3:a:acme:app:1.0:*:*:*:*:*:*:*`",
    unless_defanged: false,
};
pub(super) const DOMAIN: Format =
    Format { rule: rule::DOMAIN, fits: is_domain, wants: "a domain name", unless_defanged: true };
pub(super) const EMAIL: Format = Format {
    rule: rule::EMAIL,
    fits: is_email,
    wants: "an address like `local@domain`",
    unless_defanged: true,
};
pub(super) const IPV4: Format =
    Format { rule: rule::IPV4, fits: is_ipv4, wants: "an IPv4 address or network", unless_defanged: true };
pub(super) const IPV6: Format =
    Format { rule: rule::IPV6, fits: is_ipv6, wants: "an IPv6 address or network", unless_defanged: true };
pub(super) const MAC: Format = Format {
    rule: rule::MAC,
    fits: is_mac,
    wants: "six lower-case octets with colons",
    unless_defanged: true,
};
pub(super) const URL: Format =
    Format { rule: rule::URL, fits: is_url, wants: "a URL of RFC 3986", unless_defanged: true };
pub(super) const REGISTRY_KEY: Format = Format {
    rule: rule::HIVE,
    fits: |it| !["HKLM", "HKCC", "HKCR", "HKCU", "HKU"].contains(&hive(it).as_str()),
    wants: "a key with its hive spelled out, like `HKEY_LOCAL_MACHINE`",
    unless_defanged: false,
};
pub(super) const COUNTRY: Format = Format {
    rule: rule::COUNTRY,
    fits: |it| it.len() == 2 && it.bytes().all(|it| it.is_ascii_uppercase()),
    wants: "a country code of two capital letters",
    unless_defanged: false,
};
pub(super) const KILL_CHAIN: Format = Format {
    rule: rule::KILL_CHAIN,
    fits: is_hyphenated,
    wants: "lower case with hyphens between words",
    unless_defanged: false,
};
pub(super) const PRODUCT: Format = Format {
    rule: rule::ANALYSIS_PRODUCT,
    fits: is_hyphenated,
    wants: "lower case with hyphens between words",
    unless_defanged: false,
};
pub(super) const RELATIONSHIP_TYPE: Format = Format {
    rule: rule::RELATIONSHIP_TYPE,
    fits: |it| it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-'),
    wants: "lower-case letters, digits and hyphens",
    unless_defanged: false,
};
pub(super) const CHARACTER_SET: Format = Format {
    rule: rule::CHARACTER_SET,
    fits: |it| super::charset::NAMES.binary_search(&it).is_ok(),
    wants: "a name of the IANA registry of character sets",
    unless_defanged: false,
};
pub(super) const SEMANTIC_VERSION: Format = Format {
    rule: rule::EXTENSION_VERSION,
    fits: is_semantic_version,
    wants: "a semantic version like `1.0.0`",
    unless_defanged: false,
};

/// A common property (section 3.2), of whatever type.
pub(super) fn is_common_property(name: &str) -> bool {
    matches!(
        name,
        "created_by_ref"
            | "created"
            | "modified"
            | "revoked"
            | "labels"
            | "confidence"
            | "lang"
            | "external_references"
            | "object_marking_refs"
            | "granular_markings"
            | "extensions"
    )
}

pub(super) fn is_property_name(name: &str) -> bool {
    (3..=250).contains(&name.len())
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

pub(super) fn is_type_name(name: &str) -> bool {
    (3..=250).contains(&name.len())
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && !name.contains("--")
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

pub(super) fn is_dictionary_key(key: &str) -> bool {
    (1..=250).contains(&key.len())
        && key.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
}

/// Whether the UUID of an identifier has a version and a variant of RFC 4122.
pub(super) fn is_rfc_4122(identifier: &str) -> bool {
    let (version, variant) = uuid_version(identifier);
    (b'1'..=b'5').contains(&version) && matches!(variant, b'8' | b'9' | b'a' | b'b')
}

/// The digits that say version and variant of the UUID at the end of an identifier.
pub(super) fn uuid_version(identifier: &str) -> (u8, u8) {
    let at =
        |from_end: usize| identifier.len().checked_sub(from_end).and_then(|it| identifier.as_bytes().get(it));
    (at(22).copied().unwrap_or_default(), at(17).copied().unwrap_or_default())
}

pub(super) fn is_hash(algorithm: &str, hash: &str) -> bool {
    let hex = |length: usize| hash.len() == length && hash.bytes().all(|it| it.is_ascii_hexdigit());
    match algorithm {
        "MD5" => hex(32),
        "SHA-1" => hex(40),
        "SHA-224" | "SHA3-224" => hex(56),
        "SHA-256" | "SHA3-256" => hex(64),
        "SHA-384" | "SHA3-384" => hex(96),
        "SHA-512" | "SHA3-512" => hex(128),
        "SSDEEP" => {
            hash.len() <= 160 && hash.bytes().all(|it| it.is_ascii_alphanumeric() || b"/+:.".contains(&it))
        }
        "TLSH" => (70..=72).contains(&hash.len()) && hash.bytes().all(|it| it.is_ascii_alphanumeric()),
        _ => true,
    }
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'+' || it == b'/')
}

fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it))
}

fn is_hyphenated(text: &str) -> bool {
    text.bytes().all(|it| !it.is_ascii_uppercase() && it != b' ' && it != b'_')
}

fn is_mime_type(text: &str) -> bool {
    let token = |it: &str| {
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&it))
    };
    text.split_once('/').is_some_and(|(top, sub)| {
        let known =
            ["application", "audio", "font", "image", "message", "model", "multipart", "text", "video"];
        known.contains(&top) && token(sub)
    })
}

/// Eleven fields after `cpe:2.3:`, the first of which says what sort of thing it is.
fn is_cpe(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpe:2.3:") else { return false };
    let mut colons = 0;
    let mut escaped = false;
    for byte in rest.bytes() {
        match byte {
            b'\\' if !escaped => {
                escaped = true;
                continue;
            }
            b':' if !escaped => colons += 1,
            b' ' | 0x7f.. | 0..0x20 => return false,
            _ => {}
        }
        escaped = false;
    }
    let part = rest.split(':').next().unwrap_or_default();
    colons == 10 && !escaped && matches!(part, "a" | "h" | "o" | "*" | "-") && !rest.contains("::")
}

/// Labels of at most 63, in all at most 253; `_` is let pass, for service names have it, and so is a letter outside
/// ASCII, for the standard takes internationalised names in either form.
fn is_domain(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let label = |it: &str| {
        !it.is_empty()
            && it.chars().count() <= 63
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_' || !it.is_ascii())
    };
    text.len() <= 1_024 && text.chars().count() <= 253 && text.split('.').all(label)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let plain = !local.is_empty()
        && !local.chars().any(|it| it.is_ascii_whitespace() || "<>()[],;:\\\"@".contains(it));
    let literal = domain.starts_with('[') && domain.ends_with(']');
    (quoted || plain) && (literal || is_domain(domain))
}

fn is_ipv4(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    address.parse::<Ipv4Addr>().is_ok() && is_prefix_length(length, 32)
}

fn is_ipv6(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "128"));
    address.parse::<Ipv6Addr>().is_ok() && is_prefix_length(length, 128)
}

fn is_prefix_length(text: &str, max: u8) -> bool {
    let plain = text == "0" || !text.starts_with(['0', '+']);
    plain && text.parse::<u8>().is_ok_and(|it| it <= max)
}

fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text.bytes().enumerate().all(|(at, it)| match at % 3 {
            2 => it == b':',
            _ => it.is_ascii_digit() || (b'a'..=b'f').contains(&it),
        })
}

/// A scheme, a colon, and only characters that RFC 3986 allows, `%` before two hexadecimal digits.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let good_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it));
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        let allowed = match byte {
            b'%' => {
                let mut digit = || bytes.next().is_some_and(|it| it.is_ascii_hexdigit());
                digit() && digit()
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !allowed {
            return false;
        }
    }
    good_scheme && !rest.is_empty()
}

fn hive(key: &str) -> String {
    key.split('\\').next().unwrap_or_default().chars().take(8).collect::<String>().to_ascii_uppercase()
}

/// Three numbers, perhaps a name for a version before it and for a build.
fn is_semantic_version(text: &str) -> bool {
    let (text, build) = text.split_once('+').unwrap_or((text, "0"));
    let (core, before) = text.split_once('-').unwrap_or((text, "0"));
    let names = |it: &str| {
        it.split('.')
            .all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-'))
    };
    let number = |it: &str| {
        it == "0" || (!it.starts_with('0') && !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    core.split('.').count() == 3 && core.split('.').all(number) && names(before) && names(build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &Format, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!((format.fits)(text), "{text} is {}", format.wants);
        }
        for text in bad {
            assert!(!(format.fits)(text), "{text} is not {}", format.wants);
        }
    }

    #[test]
    fn values() {
        check(&BASE64, &["AAECAwT/", "AA==", "AAA="], &["AAA", "A===", "A_A=", "é=="]);
        check(&HEX, &["00ff"], &["0", "0F", "0g"]);
        check(&MIME_TYPE, &["image/svg+xml"], &["image", "image/", "image-jpeg", "pict/jpeg", "text/a b"]);
        let cpe = "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*";
        check(
            &CPE,
            &[cpe, r"cpe:2.3:a:a\:b:c:1:*:*:*:*:*:*:*"],
            &["cpe:/a:b", "cpe:2.3:x:m:w:2:*:*:*:*:*:*:*", "cpe:2.3:a:b"],
        );
        check(
            &DOMAIN,
            &["example.com", "a.", "_dmarc.example.com", "été.example", "xn--fa-hia.de"],
            &["", ".", "a..b", "-a.b", "a b", "a/b", "example[.]com"],
        );
        check(
            &EMAIL,
            &["a@example.com", "a+b@example.com", "\"a b\"@example.com"],
            &["a", "@b", "A <a@b.c>", "a@b c"],
        );
        check(
            &IPV4,
            &["1.2.3.4", "1.2.3.0/24", "0.0.0.0/0"],
            &["1.2.3", "1.2.3.256", "1.2.3.4/33", "1.2.3.4/08", "01.2.3.4"],
        );
        check(&IPV6, &["::1", "2001:db8::/32", "::ffff:1.2.3.4"], &[":::", "2001:db8::/129", "1.2.3.4"]);
        check(&MAC, &["d2:fb:49:24:37:18"], &["D2:FB:49:24:37:18", "d2-fb-49-24-37-18", "d2:fb:49:24:37"]);
        check(
            &URL,
            &["https://example.com/a?b=c#d", "mailto:a@b", "http://[::1]/%20"],
            &["example.com", "http:", "http://a b", "http://é/", "http://a/%2", "1http://a", "hxxp[:]//a"],
        );
        check(&REGISTRY_KEY, &["HKEY_LOCAL_MACHINE\\a", "hkey_users"], &["HKLM\\a", "hku"]);
        check(&COUNTRY, &["MA"], &["ma", "MAR", "é"]);
        check(&KILL_CHAIN, &["mitre-attack"], &["Mitre", "a b", "a_b"]);
        check(&RELATIONSHIP_TYPE, &["uses"], &["SOMETHING", "a_b", "a b"]);
        check(&SEMANTIC_VERSION, &["1.0.0", "1.2.3-rc.1+b5"], &["1.0", "01.0.0", "1.0.0-", "a.b.c"]);
        check(&CHARACTER_SET, &["windows-1252", "UTF-8"], &["latin one", "utf9"]);
    }

    #[test]
    fn names() {
        assert!(
            is_property_name("x_a")
                && !is_property_name("ab")
                && !is_property_name("9ome")
                && !is_property_name("a-b")
        );
        assert!(is_type_name("x-a") && !is_type_name("x--a") && !is_type_name("x_a") && !is_type_name("é-a"));
        assert!(is_dictionary_key("SHA-256") && !is_dictionary_key("") && !is_dictionary_key("a.b"));
        let id = |version, variant| format!("tool--8e2e2d2b-17d4-{version}cbf-{variant}38f-98ee46b3cd3f");
        assert!(is_rfc_4122(&id('4', '9')) && !is_rfc_4122(&id('6', '9')) && !is_rfc_4122(&id('4', 'c')));
        assert!(!is_rfc_4122("") && !is_rfc_4122("é"));
    }
}
