//! Which patterns say no more than "one of these values", and what the values are.
//!
//! A sensor's dataset holds plain values, so only such patterns can be written as one ([`atoms`]).

use vigie_stix::pattern::{
    Comparison, ComparisonExpression, Constant, ObservationExpression, Operator, ParseOptions, Pattern, Step,
    Test,
};

use crate::key;
use crate::pattern::canonical;
use crate::probe::Slot;
use crate::rule::{Indicator, Language};

/// A value that a pattern looks for, and nothing else of it matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// A domain name in canonical form: `domain-name:value`.
    Domain(String),
    /// An address in canonical form: `ipv4-addr:value`, `ipv6-addr:value`, an end of `network-traffic`.
    Address(std::net::IpAddr),
    /// A URL in canonical form.
    Url(String),
    /// A digest of a file, in lower case; its length says which.
    FileDigest(String),
    /// A JA3 fingerprint, in lower case, at whatever property the author put it; STIX has none for it.
    Ja3(String),
}

/// Why a pattern is no set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NotAtomic {
    /// It is no STIX pattern.
    #[error("not a STIX pattern")]
    OtherLanguage,
    /// It is about several observations, or says when they must be.
    #[error("several observations, or a qualifier")]
    Observations,
    /// Several properties must hold at once.
    #[error("several properties at once")]
    Joined,
    /// It compares other than with `=` or `IN`.
    #[error("an operator other than = and IN")]
    Operator,
    /// Nothing that a dataset can hold stands at this property.
    #[error("a property that no dataset is for")]
    Property,
    /// The value is none of its kind, or a network.
    #[error("a value that no dataset can hold")]
    Value,
}

/// The values that a pattern looks for; every one alone makes it fire.
pub fn atoms(indicator: &Indicator) -> Result<Vec<Atom>, NotAtomic> {
    if indicator.language != Language::Stix {
        return Err(NotAtomic::OtherLanguage);
    }
    let options = ParseOptions { edition: indicator.edition, ..ParseOptions::default() };
    // It was parsed when it was compiled.
    let pattern = Pattern::parse_with(&indicator.pattern, &options).map_err(|_| NotAtomic::Value)?;
    let mut found = Vec::new();
    observation(pattern.expression(), &mut found)?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn observation(expression: &ObservationExpression, found: &mut Vec<Atom>) -> Result<(), NotAtomic> {
    match expression {
        ObservationExpression::Single(it) => comparison(it, found),
        ObservationExpression::Or(all) => all.iter().try_for_each(|it| observation(it, found)),
        ObservationExpression::And(_)
        | ObservationExpression::FollowedBy(_)
        | ObservationExpression::Qualified(_) => Err(NotAtomic::Observations),
    }
}

fn comparison(expression: &ComparisonExpression, found: &mut Vec<Atom>) -> Result<(), NotAtomic> {
    match expression {
        ComparisonExpression::Test(it) => values(it, found),
        ComparisonExpression::Or(all) => all.iter().try_for_each(|it| comparison(it, found)),
        ComparisonExpression::And(_) => Err(NotAtomic::Joined),
    }
}

fn values(one: &Comparison, found: &mut Vec<Atom>) -> Result<(), NotAtomic> {
    let constants = match &one.test {
        Test::Compare(Operator::Equal, it) if !one.negated => std::slice::from_ref(it),
        Test::In(all) if !one.negated => all.as_slice(),
        _ => return Err(NotAtomic::Operator),
    };
    let keys: Vec<&str> = one
        .path
        .steps
        .iter()
        .filter_map(|it| match it {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) | Step::Any => None,
        })
        .collect();
    for constant in constants {
        let Constant::String(text) = constant else { return Err(NotAtomic::Value) };
        found.push(atom(&one.path.object_type, &keys, text)?);
    }
    Ok(())
}

fn atom(object_type: &str, keys: &[&str], text: &str) -> Result<Atom, NotAtomic> {
    let last = keys.last().copied().unwrap_or_default().to_ascii_lowercase();
    if ["ja3", "ja3_hash", "ja3_fingerprint"].contains(&last.as_str()) {
        return digest(text).filter(|it| it.len() == 32).map(Atom::Ja3).ok_or(NotAtomic::Value);
    }
    match (object_type, keys) {
        ("domain-name" | "ipv4-addr" | "ipv6-addr", ["value"])
        | ("network-traffic", ["src_ref" | "dst_ref", "value"]) => host(text).ok_or(NotAtomic::Value),
        ("url", ["value"]) => key::normal_url(text).map(Atom::Url).ok_or(NotAtomic::Value),
        ("file", ["hashes", _]) => digest(text).map(Atom::FileDigest).ok_or(NotAtomic::Value),
        _ => Err(NotAtomic::Property),
    }
}

/// An address or a domain name; a network is neither.
fn host(text: &str) -> Option<Atom> {
    let canonical = canonical::value(Slot::Host, text);
    if let Ok(address) = canonical.parse() {
        return Some(Atom::Address(address));
    }
    let is_name = !canonical.is_empty() && !canonical.contains(['/', ':', ' ', '*']);
    is_name.then_some(Atom::Domain(canonical))
}

/// MD5, SHA-1 or SHA-256, by length.
fn digest(text: &str) -> Option<String> {
    let is_digest = [32, 40, 64].contains(&text.len()) && text.bytes().all(|it| it.is_ascii_hexdigit());
    is_digest.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, Image, Options};

    #[track_caller]
    fn check(pattern: &str, want: &str) {
        let object = serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
            "pattern_type": "stix", "pattern": pattern,
        });
        let mut builder = Builder::new(Options::default());
        builder.add_bundle("bundle", &object.to_string());
        let image = Image::new(builder.build());
        let indicator = image.indicators().next().expect(pattern);
        let got = match atoms(indicator) {
            Ok(all) => format!("{all:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want, "{pattern}");
    }

    #[test]
    fn patterns_that_are_a_set_of_values() {
        check("[domain-name:value = 'EVIL.example.']", r#"[Domain("evil.example")]"#);
        check(
            "[domain-name:value IN ('a.example', 'b.example')] OR [ipv4-addr:value = '192.0.2.1']",
            r#"[Domain("a.example"), Domain("b.example"), Address(192.0.2.1)]"#,
        );
        check("[network-traffic:dst_ref.value = '2001:DB8::1']", "[Address(2001:db8::1)]");
        check("[url:value = 'HTTP://A.example/x']", r#"[Url("http://a.example/x")]"#);
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        check(&format!("[file:hashes.MD5 = '{}']", md5.to_uppercase()), &format!("[FileDigest({md5:?})]"));
        check(&format!("[x-tls:ja3 = '{md5}']"), &format!("[Ja3({md5:?})]"));
    }

    #[test]
    fn patterns_that_are_more() {
        check("[ipv4-addr:value = '192.0.2.0/24']", "a value that no dataset can hold");
        check("[domain-name:value LIKE '%.evil.example']", "an operator other than = and IN");
        check("[domain-name:value != 'a.example']", "an operator other than = and IN");
        check("[file:name = 'a' AND file:size = 3]", "several properties at once");
        check("[file:name = 'a.exe']", "a property that no dataset is for");
        check(
            "[domain-name:value = 'a.b'] AND [domain-name:value = 'c.d']",
            "several observations, or a qualifier",
        );
    }
}
