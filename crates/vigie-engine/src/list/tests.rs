//! Tests of `list.rs`.

use proptest::prelude::*;

use super::*;
use crate::key::{Class, shown};

/// One line in; its values as `class value` and the source, or the reason for refusing it.
#[track_caller]
fn check(line: &str, want: &[&str]) {
    let chunk = Chunk::read(line.as_bytes(), 1);
    let values = chunk.iter().map(|(value, key)| {
        let source = chunk.sources.get(value.source as usize).map_or("", |it| it);
        let class = Class::of(key).map(|it| format!("{it:?}").to_lowercase()).unwrap_or_default();
        format!("{class} {} {source}", shown(key)).trim_end().to_owned()
    });
    let refused = chunk.refused.iter().map(|it| it.detail.clone());
    let got: Vec<String> = values.chain(refused).collect();
    assert_eq!(got, want, "{line:?}");
}

#[test]
fn the_type_of_a_value_is_seen_from_the_value() {
    check("evil.example", &["domain evil.example"]);
    check("evil.example\tfeed-a,feed-b", &["domain evil.example feed-a,feed-b"]);
    check("  EVIL.Example.  # seen in May", &["domain evil.example"]);
    check("*.evil.example", &["domain evil.example"]);
    check("192.0.2.1\tfeed", &["address 192.0.2.1 feed"]);
    check("127.0.0.1\tfeed", &["address 127.0.0.1 feed"]);
    check("2001:DB8::1", &["address 2001:db8::1"]);
    check("192.0.2.77/24", &["network 192.0.2.0/24"]);
    check("192.0.2.77/32", &["address 192.0.2.77"]);
    check("http://evil.example/a?b=c", &["url evil.example/a?b=c"]);
    check("evil.example/a", &["url evil.example/a"]);
    check("192.0.2.1:8080", &["url 192.0.2.1:8080"]);
    check("https://evil.example/", &["domain evil.example"]);
    check("http://192.0.2.1", &["address 192.0.2.1"]);
    check("d41d8cd98f00b204e9800998ecf8427e", &["digest d41d8cd98f00b204e9800998ecf8427e"]);
    check("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", &["digest da39a3ee5e6b4b0d3255bfef95601890afd80709"]);
    check("Bob@EVIL.example", &["email bob@evil.example"]);
}

#[test]
fn defanged_values_are_read_as_what_they_stand_for() {
    check("hxxp://evil[.]example/a", &["url evil.example/a"]);
    check("hXXps[://]evil(.)example/a", &["url evil.example/a"]);
    check("evil[dot]example", &["domain evil.example"]);
    check("192.0.2[.]1", &["address 192.0.2.1"]);
    check("evil[.example", &["domain evil.example"]);
    check("evil{dot}example", &["domain evil.example"]);
    check("hxxps[]://evil[.]example/a", &["url evil.example/a"]);
    check("[192.0.2[.]1]", &["address 192.0.2.1"]);
    check("bob[@]evil[.]example", &["email bob@evil.example"]);
    check("Bob+invoice[at]evil[DOT]example", &["email bob+invoice@evil.example"]);
    check("http://[2001:db8::1]/a", &["url [2001:db8::1]/a"]);
}

#[test]
fn hosts_files_name_what_comes_after_the_address() {
    check("0.0.0.0 evil.example", &["domain evil.example"]);
    check("127.0.0.1\tevil.example # ads", &["domain evil.example"]);
    check("0.0.0.0 evil.example other.example", &["domain evil.example", "domain other.example"]);
    check("127.0.0.1 localhost", &[]);
    check("::1 ip6-localhost ip6-loopback", &[]);
}

#[test]
fn comments_and_blanks_are_nothing_and_the_rest_is_refused_aloud() {
    let unknown = "expected a domain name, an address, a network, a URL, a digest or an e-mail address";
    check("# evil.example", &[]);
    check("", &[]);
    check("\u{feff}# list", &[]);
    check("evil", &[&format!("`evil`: {unknown}")]);
    check("two words", &[&format!("`two words`: {unknown}")]);
    check("192.0.2.1-192.0.2.9", &[&format!("`192.0.2.1-192.0.2.9`: {unknown}")]);
    check("http://", &[&format!("`http://`: {unknown}")]);
    check(
        &format!("{}.example", "a".repeat(5000)),
        &[&format!("`{}`: the value is longer than 4096 bytes", "a".repeat(80))],
    );
    let chunk = Chunk::read(b"\xff\xfe\nevil.example\r\n", 1);
    assert_eq!((chunk.refused_count, chunk.len(), chunk.lines), (1, 1, 2));
    assert_eq!(chunk.values.first().map(|it| it.line), Some(2));
}

#[test]
fn refusals_are_counted_beyond_those_described() {
    let chunk = Chunk::read("?\n".repeat(1000).as_bytes(), 5);
    assert_eq!(chunk.refused_count, 1000);
    assert_eq!(chunk.refused.len(), DESCRIBED);
    assert_eq!(chunk.refused.first().map(|it| it.place.as_str()), Some("line 5"));
}

proptest! {
    /// No bytes panic, every line is counted, and what is kept can be shown.
    #[test]
    fn any_bytes_are_lines(lines in prop::collection::vec("[ -~]{0,30}|\\PC{0,9}|[a-z0-9.:/@\\[\\]#\t-]{0,30}", 0..9), tail in any::<Vec<u8>>()) {
        let mut bytes = lines.join("\n").into_bytes();
        bytes.extend(tail);
        let chunk = Chunk::read(&bytes, 1);
        prop_assert_eq!(chunk.lines, bytes.split_inclusive(|it| *it == b'\n').count() as u64);
        for (value, key) in chunk.iter() {
            prop_assert!((1..=chunk.lines).contains(&u64::from(value.line)));
            prop_assert!(!shown(key).is_empty());
        }
    }
}
