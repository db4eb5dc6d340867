//! Tests of `image.rs`.

use vigie_model::event::{Observed, Path};

use super::*;
use crate::Builder;
use crate::rule::Reason;

/// An event from lines `object path value`, the value a number, a text, or `@n` for a reference.
fn event<'a>(lines: &[(u16, Path, &'a str)]) -> Event<'a> {
    let mut event = Event::default();
    for (object, path, value) in lines {
        match (value.strip_prefix('@').map(str::parse), value.parse::<i64>()) {
            (Some(Ok(other)), _) => event.push(*object, *path, Observed::Object(other)),
            (_, Ok(number)) => event.push(*object, *path, number),
            _ => event.push(*object, *path, *value),
        }
    }
    event
}

fn shown(image: &Image, event: &Event<'_>, at: Option<i64>) -> Vec<String> {
    let mut found = Found::default();
    image.matches(event, at, &mut Work::default(), &mut found);
    let line = |it: &Match| {
        let matched: Vec<String> = it.matched.iter().map(|it| format!("{}={}", it.path, it.value)).collect();
        let reading = if it.literal { "" } else { " (canonical)" };
        format!("{}: {}{reading}", it.rule.name, matched.join(", "))
    };
    let mut lines: Vec<String> = found.matches.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

fn list(text: &str) -> Image {
    let mut builder = Builder::new(Options::default());
    builder.add_list("list", text.as_bytes());
    Image::new(builder.build())
}

#[track_caller]
fn check_list(text: &str, path: Path, value: &str, want: &[&str]) {
    let got = shown(&list(text), &event(&[(0, path, value)]), None);
    assert_eq!(got, want, "{value} in {text:?}");
}

#[test]
fn a_listed_domain_means_its_subdomains() {
    use Path::DomainName;
    check_list("evil.example", DomainName, "evil.example", &["evil.example: domain-name:value=evil.example"]);
    check_list(
        "evil.example",
        DomainName,
        "A.b.EVIL.example.",
        &["evil.example: domain-name:value=A.b.EVIL.example."],
    );
    check_list("evil.example", DomainName, "notevil.example", &[]);
    check_list("a.evil.example", DomainName, "evil.example", &[]);
    check_list("co.uk", DomainName, "example.co.uk", &[]);
    check_list("co.uk", DomainName, "co.uk", &["co.uk: domain-name:value=co.uk"]);
    check_list(
        "example.co.uk\tfeed",
        DomainName,
        "a.example.co.uk",
        &["example.co.uk (feed): domain-name:value=a.example.co.uk"],
    );
    check_list(
        "bücher.example",
        DomainName,
        "www.xn--bcher-kva.example",
        &["xn--bcher-kva.example: domain-name:value=www.xn--bcher-kva.example"],
    );
}

#[test]
fn a_listed_host_is_found_wherever_a_host_stands() {
    check_list(
        "evil.example",
        Path::Url,
        "http://evil.example:8080/x",
        &["evil.example: url:value=http://evil.example:8080/x"],
    );
    check_list(
        "evil.example",
        Path::HttpHost,
        "www.evil.example:8080",
        &[
            "evil.example: network-traffic:extensions.'http-request-ext'.request_header.Host=www.evil.example:8080",
        ],
    );
    check_list(
        "evil.example",
        Path::EmailAddress,
        "bob@evil.example",
        &["evil.example: email-addr:value=bob@evil.example"],
    );
    check_list("evil.example", Path::FileName, "evil.example", &[]);
    check_list("192.0.2.1", Path::DomainName, "192.0.2.1", &["192.0.2.1: domain-name:value=192.0.2.1"]);
    check_list("192.0.2.1", Path::Url, "http://192.0.2.1/x", &["192.0.2.1: url:value=http://192.0.2.1/x"]);
    check_list(
        "2001:db8::1",
        Path::Url,
        "http://[2001:db8:0::1]/",
        &["2001:db8::1: url:value=http://[2001:db8:0::1]/"],
    );
}

#[test]
fn every_network_around_an_address_is_found() {
    let all = "10.0.0.0/8\n10.1.0.0/16\n10.1.2.3\n10.2.0.0/16\n::/0";
    check_list(
        all,
        Path::Ipv4,
        "10.1.2.3",
        &[
            "10.0.0.0/8: ipv4-addr:value=10.1.2.3",
            "10.1.0.0/16: ipv4-addr:value=10.1.2.3",
            "10.1.2.3: ipv4-addr:value=10.1.2.3",
        ],
    );
    check_list(
        all,
        Path::Ipv6,
        "::ffff:10.2.0.9",
        &["10.0.0.0/8: ipv6-addr:value=::ffff:10.2.0.9", "10.2.0.0/16: ipv6-addr:value=::ffff:10.2.0.9"],
    );
    check_list(all, Path::Ipv6, "2001:db8::1", &["::/0: ipv6-addr:value=2001:db8::1"]);
}

#[test]
fn a_listed_url_without_a_query_means_any_query() {
    use Path::Url;
    let seen = |url: &str| format!("evil.example/a: url:value={url}");
    for url in ["http://evil.example/a", "https://evil.example/a/?x=1", "http://EVIL.example:80/a#top"] {
        check_list("http://evil.example/a", Url, url, &[&seen(url)]);
    }
    check_list("http://evil.example/a", Url, "http://evil.example/a/b", &[]);
    check_list("http://evil.example/a?x=1", Url, "http://evil.example/a", &[]);
    check_list(
        "http://evil.example/a?x=1",
        Url,
        "http://evil.example/a?x=1",
        &["evil.example/a?x=1: url:value=http://evil.example/a?x=1"],
    );
}

/// Faults that users of other platforms reported, each as the listed value, what was seen, and whether it should fire.
/// docs/spec/engine.md says which rule keeps each away.
#[test]
fn faults_of_normalisation_seen_in_the_wild() {
    use Path::{CertificateSubject, DomainName, Ipv6, Url};
    let fires = |list: &str, path: Path, seen: &str| {
        !shown(&self::list(list), &event(&[(0, path, seen)]), None).is_empty()
    };
    for (fault, list, path, seen, want) in [
        ("MISP#10258: a short link lists its whole host", "https://t.co/AbC", DomainName, "t.co", false),
        ("MISP#10258: the link itself", "https://t.co/AbC", Url, "http://t.co/AbC", true),
        ("MISP#10258: the case of a path counts", "https://t.co/AbC", Url, "http://t.co/abc", false),
        (
            "MISP#2396: a URL in a certificate's subject",
            "https://a.evil.org/",
            CertificateSubject,
            "CN=a.evil.org",
            false,
        ),
        (
            "MISP#1658, #2801: a whole URL that never fires",
            "http://evil.org/a.exe",
            Url,
            "http://evil.org:80/a.exe",
            true,
        ),
        ("MISP#525: spellings of one URL", "hxxp://EVIL.org:80/a/../b/", Url, "http://evil.org/b", true),
        ("MISP#525: a fragment is never sent", "http://evil.org/a#x", Url, "http://evil.org/a", true),
        ("MISP#3506: a space in a URL", "http://evil.org/a b", Url, "http://evil.org/a%20b", true),
        ("MISP#3506: brackets in a URL", "http://evil.org/a[1].exe", Url, "http://evil.org/a[1].exe", true),
        (
            "MISP#3506: what looks like a regular expression is none",
            "http://evil.org/.*",
            Url,
            "http://evil.org/x",
            false,
        ),
        ("MISP#593: a domain means its subdomains", "evil.org", DomainName, "a.b.evil.org", true),
        ("MISP#593: a host name says nothing above it", "a.evil.org", DomainName, "evil.org", false),
        ("MISP#5718: a name inside another", "x.ec", DomainName, "x.ec.europa.eu", false),
        ("MISP#5718: a name that ends like another", "rs.sh", DomainName, "api-sensors.sh", false),
        ("a public suffix lists nobody", "co.uk", DomainName, "www.bbc.co.uk", false),
        ("a final dot", "evil.org.", DomainName, "evil.org", true),
        ("Unicode and punycode", "b\u{fc}cher.example", DomainName, "xn--bcher-kva.example", true),
        ("capitals beyond ASCII", "B\u{dc}CHER.example", DomainName, "b\u{fc}cher.example", true),
        ("an IPv4 address in IPv6", "192.0.2.1", Ipv6, "::ffff:c000:201", true),
        ("an IPv4 address behind a translator", "192.0.2.1", Ipv6, "64:ff9b::c000:201", true),
        ("IPv6 written out", "2001:DB8:0:0::1", Ipv6, "2001:db8::1", true),
        ("an address in octal, as browsers read it", "http://0300.0.2.1/x", Url, "http://192.0.2.1/x", true),
        ("a port of the other scheme", "http://evil.org:443/x", Url, "https://evil.org/x", false),
        ("credentials in a URL", "http://evil.org/x", Url, "http://www.bank.example@evil.org/x", true),
    ] {
        assert_eq!(fires(list, path, seen), want, "{fault}: {list} and {seen}");
    }
}

#[test]
fn one_rule_fires_once_with_all_it_saw() {
    let image = list("evil.example\nevil.example\n");
    let seen = event(&[(0, Path::DomainName, "evil.example"), (1, Path::Url, "http://a.evil.example/")]);
    assert_eq!(
        shown(&image, &seen, None),
        ["evil.example: domain-name:value=evil.example, url:value=http://a.evil.example/"]
    );
    assert_eq!((image.rules(None).of(State::Active), image.rules(None).of(State::Duplicate)), (1, 1));
    let mut found = Found::default();
    image.matches(&seen, None, &mut Work::default(), &mut found);
    assert_eq!(found.matches.first().map(|it| it.rule.id.as_str()), Some("list:1"));
}

const UUIDS: [&str; 3] = [
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "33333333-3333-4333-8333-333333333333",
];

/// An indicator as JSON; `more` is what follows the pattern.
fn indicator(number: usize, modified: u8, pattern: &str, more: &str) -> String {
    let id = UUIDS[number];
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{id}","created":"2026-01-01T00:00:00.000Z",
        "modified":"2026-01-0{modified}T00:00:00.000Z","name":"n{number}v{modified}","pattern_type":"stix",
        "pattern":{pattern},"valid_from":"2026-01-01T00:00:00Z"{more}}}"#
    )
}

fn segment(objects: &[String]) -> Segment {
    let mut builder = Builder::new(Options::default());
    for object in objects {
        builder.add_bundle("test", object);
    }
    builder.build()
}

/// Midday of a day of January 2026, in nanoseconds.
fn day(day: i64) -> i64 {
    (1_767_225_600 + (day - 1) * 86_400 + 43_200) * 1_000_000_000
}

#[test]
fn validity_is_weighed_at_the_time_of_the_event() {
    let pattern = "[domain-name:value = 'evil.example']";
    let image = Image::new(segment(&[indicator(0, 1, pattern, r#","valid_until":"2026-01-05T00:00:00Z""#)]));
    let mut seen = event(&[(0, Path::DomainName, "evil.example")]);
    for (at, want) in [(Some(day(0)), 0), (Some(day(1)), 1), (Some(day(4)), 1), (Some(day(5)), 0), (None, 1)]
    {
        assert_eq!(shown(&image, &seen, at).len(), want, "{at:?}");
    }
    // The event's own time goes before the fallback.
    seen.time = Some(day(2));
    assert_eq!(shown(&image, &seen, Some(day(9))).len(), 1);
    let states = |at| image.rules(Some(at)).states.into_keys().collect::<Vec<_>>();
    assert_eq!(states(day(0)), [State::NotYetValid]);
    assert_eq!(states(day(2)), [State::Active]);
    assert_eq!(states(day(9)), [State::Expired]);
}

#[test]
fn the_newest_version_counts_whatever_the_segments() {
    let seen = event(&[(0, Path::DomainName, "a.example"), (1, Path::DomainName, "b.example")]);
    let old = indicator(0, 1, "[domain-name:value = 'a.example']", "");
    let new = indicator(0, 2, "[domain-name:value = 'b.example']", "");
    let over = indicator(0, 3, "[domain-name:value = 'b.example']", r#","revoked":true"#);
    let options = Options::default();
    let none: [&StixId; 0] = [];
    let want = ["n0v2: domain-name:value=b.example"];
    for (first, second) in [(&old, &new), (&new, &old)] {
        let image = Image::new(segment(std::slice::from_ref(first)));
        let image = image.with(segment(std::slice::from_ref(second)), none, &options);
        assert_eq!(shown(&image, &seen, None), want);
        let together = Image::new(segment(&[first.clone(), second.clone()]));
        assert_eq!(shown(&together, &seen, None), want);
        let revoked = image.with(segment(std::slice::from_ref(&over)), none, &options);
        assert!(shown(&revoked, &seen, None).is_empty());
        assert_eq!(revoked.rules(None).of(State::Revoked), 1);
        assert_eq!(revoked.rules(None).of(State::Active), 0);
    }
}

#[test]
fn a_withdrawn_indicator_ends_at_once_and_may_come_back() {
    let seen = event(&[(0, Path::DomainName, "a.example")]);
    let text = indicator(0, 1, "[domain-name:value = 'a.example']", "");
    let options = Options::default();
    let image = Image::new(segment(std::slice::from_ref(&text)));
    let id: StixId = format!("indicator--{}", UUIDS[0]).parse().expect("an id");
    let without = image.with(segment(&[]), [&id], &options);
    assert_eq!((shown(&image, &seen, None).len(), shown(&without, &seen, None).len()), (1, 0));
    let none: [&StixId; 0] = [];
    let again = without.with(segment(std::slice::from_ref(&text)), none, &options);
    assert_eq!(shown(&again, &seen, None).len(), 1);
}

#[test]
fn segments_merge_as_they_gather_and_nothing_is_lost() {
    let options = Options::default();
    let none: [&StixId; 0] = [];
    let mut image = Image::default();
    for number in 0..100 {
        let mut builder = Builder::new(options.clone());
        builder.add_list(
            &format!("list{number}"),
            format!("d{number}.example\n10.{number}.0.0/16\n?").as_bytes(),
        );
        image = image.with(builder.build(), none, &options);
        assert!(image.layers.len() <= 8, "{} layers after {number}", image.layers.len());
    }
    assert_eq!(image.rules(None).of(State::Active), 200);
    assert_eq!(image.rules(None).of(State::Refused), 100);
    assert_eq!(image.refusals().count(), 100);
    for number in 0..100 {
        let domain = format!("a.d{number}.example");
        let address = format!("10.{number}.1.1");
        let seen = event(&[(0, Path::DomainName, &domain), (1, Path::Ipv4, &address)]);
        assert_eq!(shown(&image, &seen, None).len(), 2, "{domain}");
    }
}

#[test]
fn what_cannot_be_compiled_is_counted_with_its_reason() {
    let many = indicator(0, 1, "[domain-name:value = 'a.b'] REPEATS 1000000 TIMES", "");
    let never = indicator(1, 1, "([a:b = 1 AND c:d = 2] OR [e:f = 3]) AND [a:b = 1 AND c:d = 2]", "");
    let broken = indicator(2, 1, "[domain-name:value = ", "");
    let other = in_language("openioc", &indicator(2, 2, "<ioc/>", ""));
    let image = Image::new(segment(&[many, never, broken, other, "{".to_owned()]));
    let reasons: Vec<_> = image.rules(None).reasons.into_iter().collect();
    assert_eq!(
        reasons,
        [
            (Reason::UnreadableFile, 1),
            (Reason::BrokenPattern, 2),
            (Reason::OtherLanguage, 1),
            (Reason::TooLarge, 1),
        ]
    );
    assert_eq!(image.refusals().count(), 5);
}

/// An indicator with another `pattern_type`.
fn in_language(language: &str, indicator: &str) -> String {
    indicator.replace(r#""stix""#, &format!("\"{language}\""))
}

#[test]
fn rules_for_sensors_are_kept_and_those_that_act_are_refused() {
    let rule = r#"alert dns any any -> any any (msg:"m"; dns.query; content:"x"; sid:1;)"#;
    let snort = rule.replace("dns.query; ", "");
    let good = in_language("suricata", &indicator(0, 1, rule, ""));
    let old = in_language("snort", &indicator(1, 1, &snort, r#","valid_until":"2026-01-02T00:00:00Z""#));
    let bad = in_language("suricata", &indicator(2, 1, "alert dns any any -> any any (sid;)", ""));
    let acts = in_language("suricata", &indicator(2, 1, &rule.replace("alert", "drop"), ""));
    let image = Image::new(segment(&[good, old, bad, acts]));
    let counts = image.rules(Some(1_800_000_000_000_000_000));
    assert_eq!((counts.of(State::Exported), counts.of(State::Expired)), (1, 1));
    let reasons: Vec<_> = counts.reasons.into_iter().collect();
    assert_eq!(reasons, [(Reason::BrokenPattern, 1), (Reason::ActsOnSensor, 1)]);
    assert_eq!(image.indicators().count(), 2);
}

#[test]
fn an_alert_that_names_an_indicator_is_its_match() {
    let rule = r#"alert dns any any -> any any (msg:"m"; dns.query; content:"x"; sid:1;)"#;
    let until = r#","valid_until":"2026-01-02T00:00:00Z""#;
    let exported = in_language("suricata", &indicator(0, 1, rule, until));
    let pattern = indicator(1, 1, "[domain-name:value = 'a.b']", "");
    let image = Image::new(segment(&[exported, pattern]));
    let ids: Vec<String> = image.indicators().map(|it| it.id.to_string()).collect();
    let [exported, pattern] = ids.as_slice() else { panic!("{ids:?}") };
    let (before, after) = (Some(1_767_270_000_000_000_000), Some(1_800_000_000_000_000_000));

    let check = |alerted: &[&str], at, want: &[&str], unknown: u64| {
        let alerted = alerted.iter().map(|it| (*it).into()).collect();
        let (event, mut found) = (Event { alerted, ..Event::default() }, Found::default());
        image.matches(&event, at, &mut Work::default(), &mut found);
        let told = |it: &Match| format!("{} {}", it.rule.language, it.rule.id);
        let got: Vec<String> = found.matches.iter().map(told).collect();
        assert_eq!((got, found.unknown_alerts), (want.iter().map(|it| (*it).to_owned()).collect(), unknown));
    };
    check(&[], before, &[], 0);
    check(&[exported], before, &[&format!("suricata {exported}")], 0);
    check(&[exported, exported, "x"], before, &[&format!("suricata {exported}")], 1);
    check(&[exported], after, &[], 1);
    // A pattern is asked of the event itself: that a log says it fired proves nothing.
    check(&[pattern], before, &[], 1);
}

#[cfg(not(feature = "yara"))]
#[test]
fn without_its_compiler_yara_is_refused() {
    let mut builder = Builder::new(Options::default());
    builder.add_bundle("bundle", &in_language("yara", &indicator(0, 1, "rule x { condition: true }", "")));
    builder.add_yara("x.yar", "rule x { condition: true }");
    let image = Image::new(builder.build());
    let reasons: Vec<_> = image.rules(None).reasons.into_iter().collect();
    assert_eq!(reasons, [(Reason::NotBuiltIn, 2)]);
    assert!(image.refusals().all(|it| it.detail.contains("--features yara")));
}

#[test]
fn what_is_beyond_the_limit_is_counted_and_the_rest_is_in_force() {
    let mut builder = Builder::new(Options { max_rules: 2, ..Options::default() });
    builder.add_list("list", b"a.example\na.example\nb.example\nc.example\nd.example\n");
    for number in 0..3 {
        builder.add_bundle("test", &indicator(number, 1, "[domain-name:value = 'b.example']", ""));
    }
    let image = Image::new(builder.build());
    assert_eq!(image.rules(None).of(State::Active), 4);
    assert_eq!(image.rules(None).of(State::Duplicate), 1);
    assert_eq!(image.rules(None).reasons.get(&Reason::TooLarge), Some(&3));
    assert_eq!(shown(&image, &event(&[(0, Path::DomainName, "b.example")]), None).len(), 3);
}

#[track_caller]
fn check_pattern(pattern: &str, lines: &[(u16, Path, &str)], want: &[&str]) {
    let image = Image::new(segment(&[indicator(0, 1, pattern, "")]));
    assert_eq!(
        image.rules(None).of(State::Active),
        1,
        "{pattern}: {:?}",
        image.refusals().collect::<Vec<_>>()
    );
    let want: Vec<String> = want.iter().map(|it| format!("n0v1: {it}")).collect();
    assert_eq!(shown(&image, &event(lines), None), want, "{pattern}");
}

#[test]
fn patterns_fire_on_the_whole_of_what_they_say() {
    use Path::{
        DomainName, FileMd5, Ipv4, TrafficDestination, TrafficDestinationPort, TrafficProtocol, TrafficSource,
    };
    let flow = [
        (0, Ipv4, "192.0.2.1"),
        (1, Ipv4, "198.51.100.7"),
        (2, TrafficSource, "@0"),
        (2, TrafficDestination, "@1"),
        (2, TrafficDestinationPort, "443"),
        (2, TrafficProtocol, "tcp"),
        (3, DomainName, "www.evil.example"),
    ];
    check_pattern("[domain-name:value = 'www.evil.example']", &flow, &["domain-name:value=www.evil.example"]);
    check_pattern("[domain-name:value = 'evil.example']", &flow, &[]);
    check_pattern(
        "[domain-name:value LIKE '%.evil.example']",
        &flow,
        &["domain-name:value=www.evil.example"],
    );
    check_pattern("[domain-name:value MATCHES '^www\\\\.']", &flow, &["domain-name:value=www.evil.example"]);
    check_pattern(
        "[network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443]",
        &flow,
        &["network-traffic:dst_ref.value=198.51.100.7, network-traffic:dst_port=443"],
    );
    check_pattern("[network-traffic:dst_ref.value = '192.0.2.1']", &flow, &[]);
    check_pattern("[network-traffic:dst_port > 400]", &flow, &["network-traffic:dst_port=443"]);
    check_pattern("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", &flow, &["ipv4-addr:value=198.51.100.7"]);
    check_pattern(
        "[ipv4-addr:value = '9.9.9.9'] OR [network-traffic:protocols[*] = 'tcp']",
        &flow,
        &["network-traffic:protocols[*]=tcp"],
    );
    check_pattern("[file:name NOT = 'x']", &flow, &[]);
    check_pattern("[domain-name:value != 'x']", &flow, &["domain-name:value=www.evil.example"]);
    let file = [(0, FileMd5, "D41D8CD98F00B204E9800998ECF8427E")];
    check_pattern(
        "[file:hashes.md5 = 'd41d8cd98f00b204e9800998ecf8427e']",
        &file,
        &["file:hashes.MD5=D41D8CD98F00B204E9800998ECF8427E (canonical)"],
    );
}

#[test]
fn a_pattern_that_runs_away_is_counted_and_no_match() {
    let image = Image::new(segment(&[indicator(0, 1, "[domain-name:value MATCHES '^(a+)+\\\\1$']", "")]));
    assert_eq!(image.rules(None).of(State::Active), 1, "{:?}", image.refusals().collect::<Vec<_>>());
    let long = format!("{}b", "a".repeat(60));
    assert!(shown(&image, &event(&[(0, Path::DomainName, &long)]), None).is_empty());
    assert_eq!(image.undecided(), 1);
}

#[test]
fn the_canonical_reading_finds_what_the_author_meant_and_says_so() {
    use Path::{DomainName, Ipv4, Ipv6, Url};
    check_pattern(
        "[domain-name:value = 'EVIL.example.']",
        &[(0, DomainName, "evil.example")],
        &["domain-name:value=evil.example (canonical)"],
    );
    check_pattern(
        "[ipv4-addr:value = '198.51.100.0/24']",
        &[(0, Ipv4, "198.51.100.7")],
        &["ipv4-addr:value=198.51.100.7 (canonical)"],
    );
    check_pattern(
        "[ipv4-addr:value = '198.51.100.7/32']",
        &[(0, Ipv4, "198.51.100.7")],
        &["ipv4-addr:value=198.51.100.7 (canonical)"],
    );
    check_pattern(
        "[ipv4-addr:value = '198.51.100.7']",
        &[(0, Ipv6, "::ffff:198.51.100.7")],
        &["ipv4-addr:value=::ffff:198.51.100.7 (canonical)"],
    );
    check_pattern(
        "[url:value = 'HTTP://evil.example:80']",
        &[(0, Url, "http://evil.example/")],
        &["url:value=http://evil.example/ (canonical)"],
    );
}

#[test]
fn what_published_sets_of_spyware_use_is_compared() {
    #[track_caller]
    fn check(pattern: &str, path: Path, value: &str, want: bool) {
        let object = serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
            "pattern_type": "stix", "pattern": pattern,
        });
        let mut builder = Builder::new(Options::default());
        builder.add_bundle("bundle", &object.to_string());
        let image = Image::new(builder.build());
        assert_eq!(image.refusals().count(), 0, "{pattern}");
        assert_eq!(
            !shown(&image, &event(&[(0, path, value)]), None).is_empty(),
            want,
            "{value} in {pattern}"
        );
    }
    check("[app:id='com.x.y']", Path::AppId, "com.x.y", true);
    check("[app:id='com.x.y']", Path::AppId, "com.x.y.z", false);
    check("[app:cert.md5='AB']", Path::AppCertificateMd5, "ab", true);
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    check(&format!("[app:cert.sha256='{digest}']"), Path::AppCertificateSha256, &digest.to_uppercase(), true);
    check(&format!("[app:cert.'SHA-256'='{digest}']"), Path::AppCertificateSha256, digest, true);
    check(&format!("[file:hashes.sha256='{digest}']"), Path::FileSha256, &digest.to_uppercase(), true);
    let profile = "2B2B2B2B-0000-4000-8000-00000000000A";
    check(&format!("[configuration-profile:id='{profile}']"), Path::ProfileId, &profile.to_lowercase(), true);
    check(&format!("[configuration-profile:id='{profile}']"), Path::ProfileId, "2b2b2b2b", false);
    check("[android-property:name='a.b']", Path::AndroidProperty, "a.b", true);
    check("[process:name='bh']", Path::ProcessName, "bh", true);
    check("[process:name='bh']", Path::ProcessName, "bhd", false);
    check("[file:path='/private/var/tmp/x/']", Path::FilePath, "/var/tmp/x", true);
    check("[file:path='/var/tmp/x']", Path::FilePath, "private/var/tmp/x", true);
    check("[file:path='/private/var/tmp/x']", Path::FilePath, "/private/var/tmp/xy", false);
    check("[file:path='/private/variable']", Path::FilePath, "/variable", false);
    check("[file:path LIKE '/private/var/tmp/%']", Path::FilePath, "/private/var/tmp/x", true);
}

#[test]
fn what_was_seen_before_an_indicator_was_published_counts_for_who_asks_whenever() {
    let object = serde_json::json!({
        "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2026-02-01T00:00:00Z", "pattern_type": "stix", "pattern": "[process:name='bh']",
    });
    let image = |object: &serde_json::Value| {
        let mut builder = Builder::new(Options::default());
        builder.add_bundle("bundle", &object.to_string());
        Image::new(builder.build())
    };
    let mut event = event(&[(0, Path::ProcessName, "bh")]);
    let fires = |image: &Image, event: &Event<'_>| {
        let mut found = Found::default();
        image.matches_whenever(event, &mut Work::default(), &mut found);
        !found.matches.is_empty()
    };
    for time in [None, Some(0), Some(i64::MAX)] {
        event.time = time;
        assert!(fires(&image(&object), &event), "{time:?}");
        assert!(shown(&image(&object), &event, Some(0)).is_empty(), "{time:?}");
    }
    let mut revoked = object.clone();
    revoked["revoked"] = true.into();
    assert!(!fires(&image(&revoked), &event));
}
