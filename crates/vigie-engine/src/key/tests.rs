//! Tests of `key.rs`.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check_url(text: &str, want: &str) {
    let mut key = Vec::new();
    url(text, &mut key);
    assert_eq!(shown(&key), want, "{text}");
}

#[test]
fn spellings_of_one_url_have_one_key() {
    for text in [
        "http://evil.example/a/b?x=1",
        "HTTP://EVIL.example:80/a/b?x=1",
        "https://evil.example/a/b/?x=1#top",
        "https://evil.example:443/a/b?x=1",
        "http://user:secret@evil.example./a/b/?x=1",
        "evil.example/a/./b?x=1",
        "http://evil.example/c/../a/b?x=1",
    ] {
        check_url(text, "evil.example/a/b?x=1");
    }
    check_url("http://evil.example", "evil.example");
    check_url("http://evil.example//", "evil.example");
    check_url("http://evil.example:8080/", "evil.example:8080");
    check_url("https://evil.example:80/x", "evil.example:80/x");
    check_url("http://bücher.example/ü", "xn--bcher-kva.example/%C3%BC");
    check_url("http://0x7f.1/", "127.0.0.1");
    check_url("http://[2001:DB8:0::1]/a", "[2001:db8::1]/a");
    check_url("ftp://evil.example/a", "ftp://evil.example/a");
    check_url("http://evil.example/A", "evil.example/A");
    check_url("http://", "http://");
}

#[track_caller]
fn check_host(text: &str, want: &str) {
    let mut key = Vec::new();
    host(text, &mut key);
    assert_eq!(shown(&key), want, "{text}");
}

#[test]
fn spellings_of_one_host_have_one_key() {
    check_host("EVIL.example.", "evil.example");
    check_host("BÜCHER.example", "xn--bcher-kva.example");
    check_host("xn--bcher-kva.EXAMPLE", "xn--bcher-kva.example");
    check_host("192.0.2.1", "192.0.2.1");
    check_host("::ffff:192.0.2.1", "192.0.2.1");
    check_host("64:ff9b::c000:201", "192.0.2.1");
    check_host("64:ff9b::192.0.2.0/120", "192.0.2.0/24");
    check_host("64:ff9b:1::c000:201", "64:ff9b:1::c000:201");
    check_host("2002:c000:201::1", "2002:c000:201::1");
    check_host("[2001:DB8::0:1]", "2001:db8::1");
    check_host("192.0.2.1.", "192.0.2.1");
    check_host("not a host", "not a host");
}

#[test]
fn parents_end_at_two_labels_and_stop_below_the_suffix() {
    let names: Vec<_> = parents(b"a.b.example.co.uk").map(String::from_utf8_lossy).collect();
    assert_eq!(names, ["b.example.co.uk", "example.co.uk", "co.uk"]);
    let hostile = "a.".repeat(1 << 20) + "example.org";
    assert_eq!(parents(hostile.as_bytes()).count(), 122);
    assert!(under_suffix_only(b"a.b.example.co.uk", b"co.uk"));
    assert!(!under_suffix_only(b"a.b.example.co.uk", b"example.co.uk"));
    assert!(under_suffix_only(b"a.github.io", b"github.io"));
}

#[test]
fn a_name_that_a_list_may_hold() {
    for good in ["evil.example", "a_b.example", "1.evil.example", "xn--bcher-kva.example", "evil.xn--p1ai"] {
        assert!(is_listable_domain(good.as_bytes()), "{good}");
    }
    for bad in
        ["", "evil", "evil..example", "evil.example.", "Evil.example", "1.2.3.4", "a b.example", "evil.1"]
    {
        assert!(!is_listable_domain(bad.as_bytes()), "{bad}");
    }
}

#[test]
fn digests_addresses_and_mail() {
    let mut key = Vec::new();
    assert!(digest("D41D8CD98F00B204E9800998ECF8427E", &mut key));
    assert_eq!(shown(&key), "d41d8cd98f00b204e9800998ecf8427e");
    assert!(!digest("D41D", &mut key));
    assert!(!digest("zz1d8cd98f00b204e9800998ecf8427e", &mut key));
    assert_eq!(email("<Bob@EVIL.example.>", &mut key), Some("EVIL.example."));
    assert_eq!(shown(&key), "bob@evil.example");
    for (text, want) in [
        ("192.0.2.9/24", Some("192.0.2.0/24")),
        ("::ffff:192.0.2.9/120", Some("192.0.2.0/24")),
        ("2001:db8::1/32", Some("2001:db8::/32")),
        ("0.0.0.0/0", Some("0.0.0.0/0")),
        ("192.0.2.9/33", None),
        ("192.0.2.9/+1", None),
        ("example.org/24", None),
    ] {
        let got = network(text).map(|it| {
            push_network(it, &mut key);
            shown(&key)
        });
        assert_eq!(got.as_deref(), want, "{text}");
    }
}

proptest! {
    /// What the fast path makes of a URL is what the standard makes of it.
    #[test]
    fn the_plain_path_agrees_with_the_standard(
        scheme in "(http://|https://|)",
        host in "[a-z0-9._-]{1,12}|[0-9.]{1,9}|xn--[a-z0-9]{1,4}\\.de",
        port in "(:[0-9]{0,6}|)",
        tail in "(/[a-zA-Z0-9./%~!$&'()*+,;=:@_-]{0,12})?(\\?[a-z0-9=&/.?'%]{0,8})?(#[a-z?/]{0,4})?",
    ) {
        let text = format!("{scheme}{host}{port}{tail}");
        let (mut plain, mut standard) = (vec![Class::Url as u8], vec![Class::Url as u8]);
        if let Some(found) = url::plain(&text, &mut plain) {
            prop_assert_eq!(Some(found), url::parsed(&text, &mut standard), "{}", &text);
            prop_assert_eq!(shown(&plain), shown(&standard), "{}", &text);
        }
    }

    #[test]
    fn addresses_are_those_of_the_standard_library(text in "[0-9.]{1,16}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f:.]{1,20}") {
        prop_assume!(!text.starts_with("64:ff9b:"));
        let want: Option<IpAddr> = text.parse().ok().map(|it: IpAddr| it.to_canonical());
        prop_assert_eq!(address(&text), want);
    }

    /// No text panics, and each function writes a key of its own class.
    #[test]
    fn any_text_has_a_key(text in any::<String>()) {
        let mut key = Vec::new();
        host(&text, &mut key);
        prop_assert!(matches!(Class::of(&key), Some(Class::Domain | Class::Address)));
        url(&text, &mut key);
        prop_assert_eq!(Class::of(&key), Some(Class::Url));
        email(&text, &mut key);
        prop_assert_eq!(Class::of(&key), Some(Class::Email));
        digest(&text, &mut key);
        prop_assert_eq!(Class::of(&key), Some(Class::Digest));
    }
}

/// Who changes the public suffix list changes what names lie under which others.
#[test]
fn the_version_names_the_public_suffix_list_that_is_compiled_in() {
    let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let lock = std::fs::read_to_string(lock).expect("the workspace has a lock file");
    let (_, after) = lock.split_once("name = \"psl\"\nversion = \"").expect("psl is a dependency");
    let version = after.split('"').next().unwrap_or_default();
    assert!(
        VERSION.ends_with(&format!("/psl-{version}")),
        "psl is {version}; change `VERSION`, which is {VERSION}"
    );
}
