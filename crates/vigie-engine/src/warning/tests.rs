//! Tests of `warning.rs`.

use vigie_model::event::Event;

use crate::rule::Reason;
use crate::{Builder, Found, Image, Options, State, Work};
use vigie_model::event::Path;

/// A warning list of a type, perhaps with more members (`"category": …`).
fn warning(name: &str, kind: &str, attributes: &[&str], entries: &[&str], more: &str) -> String {
    let quoted = |all: &[&str]| serde_json::to_string(all).expect("text is JSON");
    let (attributes, entries) = (quoted(attributes), quoted(entries));
    format!(
        r#"{{"name":"{name}","type":"{kind}","version":1,"matching_attributes":{attributes},"list":{entries}{more}}}"#
    )
}

fn image(warnings: &[String], list: &str) -> Image {
    let mut builder = Builder::new(Options::default());
    builder.add_list("list", list.as_bytes());
    for (number, text) in warnings.iter().enumerate() {
        builder.add_warning_list(&format!("w{number}.json"), text);
    }
    Image::new(builder.build())
}

/// What a value comes to: the rules that are told, and those held back, with list and entry.
fn shown(image: &Image, path: Path, value: &str) -> Vec<String> {
    let mut event = Event::default();
    event.push(0, path, value);
    let mut found = Found::default();
    image.matches(&event, None, &mut Work::default(), &mut found);
    let told = found.matches.iter().map(|it| it.rule.name.clone());
    let held = found
        .suppressed
        .iter()
        .map(|it| format!("{} held back: {}, {}", it.hit.rule.name, it.list, it.entry));
    told.chain(held).collect()
}

const NAMES: [&str; 4] = ["domain", "hostname", "url", "domain|ip"];
const ADDRESSES: [&str; 2] = ["ip-src", "ip-dst"];

/// One warning list, one listed value, one value seen.
#[track_caller]
fn check(warning: &str, list: &str, path: Path, seen: &str, want: &str) {
    let image = image(&[warning.to_owned()], list);
    assert_eq!(shown(&image, path, seen), [want], "{list} in {warning}");
}

#[test]
fn a_hit_on_the_very_entry_is_held_back_and_one_below_it_is_told() {
    use Path::{DomainName, Url};
    let tops = warning("tops", "hostname", &NAMES, &["blog.example.com"], "");
    check(
        &tops,
        "blog.example.com",
        DomainName,
        "blog.example.com",
        "blog.example.com held back: tops, blog.example.com",
    );
    check(
        &tops,
        "blog.example.com",
        DomainName,
        "x.blog.example.com",
        "blog.example.com held back: tops, blog.example.com",
    );
    check(
        &tops,
        "www.blog.example.com",
        DomainName,
        "www.blog.example.com",
        "www.blog.example.com held back: tops, blog.example.com",
    );
    check(&tops, "evil.blog.example.com", DomainName, "evil.blog.example.com", "evil.blog.example.com");
    check(
        &tops,
        "http://blog.example.com/evil",
        Url,
        "http://blog.example.com/evil",
        "blog.example.com/evil",
    );
    check(&tops, "example.com", DomainName, "a.example.com", "example.com");
    // What was seen is the entry, whatever the rule says.
    check(
        &tops,
        "example.com",
        DomainName,
        "blog.example.com",
        "example.com held back: tops, blog.example.com",
    );
}

#[test]
fn the_category_decides_what_lies_within() {
    use Path::DomainName;
    let entry = &["blog.example.com"];
    let all = warning("all", "hostname", &NAMES, entry, r#","category":"false_positive""#);
    check(
        &all,
        "evil.blog.example.com",
        DomainName,
        "evil.blog.example.com",
        "evil.blog.example.com held back: all, blog.example.com",
    );
    let known = warning("known", "hostname", &NAMES, entry, r#","category":"known""#);
    check(&known, "blog.example.com", DomainName, "blog.example.com", "blog.example.com");
    let image = image(&[known], "blog.example.com");
    assert_eq!((image.rules(None).of(State::Active), image.rules(None).of(State::Suppressed)), (1, 0));
    assert_eq!(image.rules(None).warned.get("known"), Some(&1));
}

#[test]
fn an_address_in_a_provider_s_range_is_told_and_one_in_private_space_is_not() {
    use Path::Ipv4;
    let cloud = warning("cloud", "cidr", &ADDRESSES, &["3.5.0.0/16", "8.8.8.8", "52.0.0.1/32"], "");
    check(&cloud, "3.5.1.1", Ipv4, "3.5.1.1", "3.5.1.1");
    check(&cloud, "3.5.0.0/16", Ipv4, "3.5.1.1", "3.5.0.0/16 held back: cloud, 3.5.0.0/16");
    check(&cloud, "8.8.8.8", Ipv4, "8.8.8.8", "8.8.8.8 held back: cloud, 8.8.8.8");
    check(&cloud, "8.8.8.0/24", Ipv4, "8.8.8.8", "8.8.8.0/24 held back: cloud, 8.8.8.8");
    check(&cloud, "52.0.0.1", Ipv4, "52.0.0.1", "52.0.0.1 held back: cloud, 52.0.0.1");
    let private = warning("private", "cidr", &ADDRESSES, &["10.0.0.0/8", "192.168.0.0/16"], "");
    check(&private, "10.1.2.3", Ipv4, "10.1.2.3", "10.1.2.3 held back: private, 10.0.0.0/8");
    check(
        &private,
        "192.168.1.0/24",
        Ipv4,
        "192.168.1.9",
        "192.168.1.0/24 held back: private, 192.168.0.0/16",
    );
}

#[test]
fn each_type_of_list_is_read() {
    use Path::{DomainName, EmailAddress, FileMd5};
    let empty = warning("empty", "string", &["md5"], &["D41D8CD98F00B204E9800998ECF8427E", "3::"], "");
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    check(&empty, md5, FileMd5, md5, &format!("{md5} held back: empty, {md5}"));
    let contact = warning("contact", "regex", &["email-src"], &["/^(soc|abuse)\\@.*\\..*$/i"], "");
    check(
        &contact,
        "SOC@cert.example",
        EmailAddress,
        "soc@cert.example",
        "soc@cert.example held back: contact, (?i)^(soc|abuse)\\@.*\\..*$",
    );
    check(&contact, "eve@cert.example", EmailAddress, "eve@cert.example", "eve@cert.example");
    let parts = warning("parts", "substring", &NAMES, &["Phish.example"], "");
    check(
        &parts,
        "phish.example",
        DomainName,
        "phish.example",
        "phish.example held back: parts, Phish.example",
    );
    check(&parts, "not-phish.example", DomainName, "not-phish.example", "not-phish.example");
    let dotted =
        warning("dotted", "string", &NAMES, &[".edge.example.net"], r#","category":"false_positive""#);
    check(
        &dotted,
        "a.edge.example.net",
        DomainName,
        "a.edge.example.net",
        "a.edge.example.net held back: dotted, edge.example.net",
    );
}

#[test]
fn a_list_speaks_of_the_attributes_that_it_names() {
    let mails = warning("mails", "string", &["email-src"], &["mail.example.com"], "");
    check(&mails, "mail.example.com", Path::DomainName, "mail.example.com", "mail.example.com");
    let all = warning("all", "string", &[], &["mail.example.com"], "");
    check(
        &all,
        "mail.example.com",
        Path::DomainName,
        "mail.example.com",
        "mail.example.com held back: all, mail.example.com",
    );
}

fn indicator(pattern: &str) -> String {
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"n","pattern_type":"stix",
        "pattern":{},"valid_from":"2026-01-01T00:00:00Z"}}"#,
        serde_json::to_string(pattern).expect("text is JSON")
    )
}

/// MISP#3970: the lists were applied to some attributes only. Here lists, indicators and overlays are alike.
#[test]
fn every_rule_is_compared_however_it_came() {
    let options = Options::default();
    let dns = warning("dns", "cidr", &ADDRESSES, &["8.8.8.8"], "");
    let pattern = "[ipv4-addr:value = '8.8.8.8']";
    let mut builder = Builder::new(options.clone());
    builder.add_warning_list("w.json", &dns);
    builder.add_bundle("test", &indicator(pattern));
    let image = Image::new(builder.build());
    assert_eq!(shown(&image, Path::Ipv4, "8.8.8.8"), ["n held back: dns, 8.8.8.8"]);
    assert_eq!(image.rules(None).warned.get("dns"), Some(&1));
    // An overlay, marked with the lists in force.
    let mut builder = Builder::new(options.clone());
    builder.mark_with(image.warnings());
    builder.add_list("feed", b"8.8.8.8\n9.9.9.9\n");
    let image = image.with(builder.build(), [], &options);
    assert_eq!(shown(&image, Path::Ipv4, "8.8.8.8").len(), 2);
    assert_eq!(image.rules(None).warned.get("dns"), Some(&2));
    assert_eq!((image.rules(None).of(State::Active), image.rules(None).of(State::Suppressed)), (1, 2));
    // A newer list of the same name takes the place of the older, at once.
    let mut builder = Builder::new(options.clone());
    builder.add_warning_list("w.json", &warning("dns", "cidr", &ADDRESSES, &["9.9.9.9"], ""));
    let image = image.with(builder.build(), [], &options);
    assert_eq!(shown(&image, Path::Ipv4, "8.8.8.8"), ["8.8.8.8", "n"]);
    assert_eq!(shown(&image, Path::Ipv4, "9.9.9.9"), ["9.9.9.9 held back: dns, 9.9.9.9"]);
    assert_eq!(image.warnings().names().len(), 1);
}

/// A pattern says more than the harmless value that stands in it.
#[test]
fn a_pattern_is_held_back_only_if_every_value_is() {
    let mut builder = Builder::new(Options::default());
    builder.add_warning_list("w.json", &warning("dns", "cidr", &ADDRESSES, &["8.8.8.8"], ""));
    builder.add_bundle(
        "test",
        &indicator("[network-traffic:dst_ref.value = '8.8.8.8' AND network-traffic:dst_port = 4444]"),
    );
    let image = Image::new(builder.build());
    let mut event = Event::default();
    event.push(0, Path::Ipv4, "8.8.8.8");
    event.push(1, Path::TrafficDestination, vigie_model::event::Observed::Object(0));
    event.push(1, Path::TrafficDestinationPort, 4444);
    let mut found = Found::default();
    image.matches(&event, None, &mut Work::default(), &mut found);
    assert_eq!((found.matches.len(), found.suppressed.len()), (1, 0));
}

#[test]
fn a_pattern_of_which_no_hit_can_be_told_is_suppressed() {
    let state = |pattern: &str, more: &str| {
        let mut builder = Builder::new(Options::default());
        builder
            .add_warning_list("w.json", &warning("dns", "cidr", &ADDRESSES, &["8.8.8.8", "9.9.9.9"], more));
        builder.add_bundle("test", &indicator(pattern));
        let rules = Image::new(builder.build()).rules(None);
        if rules.of(State::Suppressed) == 1 { "suppressed" } else { "told" }
    };
    let check = |pattern: &str, want: &str| assert_eq!(state(pattern, ""), want, "{pattern}");
    check("[ipv4-addr:value = '8.8.8.8']", "suppressed");
    check("[ipv4-addr:value IN ('8.8.8.8', '9.9.9.9')]", "suppressed");
    check("[ipv4-addr:value = '8.8.8.8'] OR [network-traffic:dst_ref.value = '9.9.9.9']", "suppressed");
    check("[ipv4-addr:value IN ('8.8.8.8', '1.1.1.1')]", "told");
    check("[ipv4-addr:value = '8.8.8.8' OR domain-name:value = 'evil.example']", "told");
    check("[ipv4-addr:value = '8.8.8.8' AND ipv4-addr:value != '9.9.9.9']", "told");
    check("[ipv4-addr:value NOT IN ('8.8.8.8')]", "told");
    check("[ipv4-addr:value ISSUBSET '8.8.8.8/32']", "told");
    check("[ipv4-addr:value = '8.8.8.8'] WITHIN 5 SECONDS", "told");
    let known = state("[ipv4-addr:value = '8.8.8.8']", r#","category":"known""#);
    assert_eq!(known, "told", "such a list only marks");
}

#[test]
fn what_cannot_be_read_is_counted() {
    let lists = [
        "{".to_owned(),
        "{}".to_owned(),
        warning("a", "glob", &[], &["x"], ""),
        warning("b", "cidr", &[], &["10.0.0.0/8", "ten"], ""),
        warning("c", "regex", &[], &["(", "(?=x)y"], ""),
        warning("d", "substring", &[], &["a", ""], ""),
    ];
    let image = image(&lists, "");
    let reasons = image.rules(None).reasons;
    assert_eq!(reasons.get(&Reason::UnreadableFile), Some(&3));
    assert_eq!(reasons.get(&Reason::UnreadableLine), Some(&5));
    let details: Vec<&str> = image.refusals().map(|it| it.detail.as_str()).collect();
    assert!(details.contains(&"`\"ten\"`: expected a value of the list's type"), "{details:?}");
}
