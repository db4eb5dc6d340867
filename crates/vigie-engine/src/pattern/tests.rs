//! Tests of `pattern.rs`.

use proptest::prelude::*;
use vigie_model::event::Path;
use vigie_stix::object::Object;

use super::*;
use crate::builder::{Builder, Options};
use crate::hit::Found;
use crate::image::Image;
use crate::work::Work;

/// Texts that patterns and events share, so that random ones meet: hosts, URLs, mail, digests, in several spellings.
const TEXTS: &[&str] = &[
    "evil.example",
    "www.evil.example",
    "EVIL.example.",
    "bücher.example",
    "a.bücher.example",
    "192.0.2.1",
    "192.0.2.77",
    "192.0.2.0/24",
    "192.0.2.1/32",
    "::ffff:192.0.2.1",
    "2001:db8::1",
    "2001:DB8:0::1",
    "http://evil.example/a",
    "HTTP://EVIL.example:80/a",
    "http://evil.example/a?x=1",
    "bob@evil.example",
    "bob@EVIL.example",
    "d41d8cd98f00b204e9800998ecf8427e",
    "D41D8CD98F00B204E9800998ECF8427E",
    "tcp",
    "",
];

/// Paths by the type of object, some of which no reader gives.
const PATHS: &[(&str, &[&str])] = &[
    (
        "domain-name",
        &["domain-name:value", "domain-name:resolves_to_refs[*].value", "domain-name:resolves_to_refs[0]"],
    ),
    ("ipv4-addr", &["ipv4-addr:value"]),
    ("ipv6-addr", &["ipv6-addr:value"]),
    ("url", &["url:value"]),
    ("email-addr", &["email-addr:value", "email-addr:display_name"]),
    ("email-message", &["email-message:from_ref.value", "email-message:to_refs[*].value"]),
    (
        "file",
        &[
            "file:hashes.MD5",
            "file:hashes.md5",
            "file:hashes.'SHA-256'",
            "file:name",
            "file:size",
            "file:hashes",
        ],
    ),
    (
        "network-traffic",
        &[
            "network-traffic:src_ref.value",
            "network-traffic:dst_ref.value",
            "network-traffic:dst_port",
            "network-traffic:protocols[*]",
            "network-traffic:protocols[1]",
            "network-traffic:extensions.'http-request-ext'.request_header.Host",
        ],
    ),
    ("process", &["process:name"]),
];

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn constant() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(TEXTS).prop_map(quoted),
        2 => (0..3_i64).prop_map(|it| it.to_string()),
        1 => Just("1.0".to_owned()),
    ]
}

fn test(paths: &'static [&'static str]) -> impl Strategy<Value = String> {
    let path = prop::sample::select(paths);
    let not = prop::bool::weighted(0.2).prop_map(|it| if it { "NOT " } else { "" });
    let like = prop::sample::select(
        &["%.evil.example", "%evil%", "evil.example", "%.EVIL.example", "192.0.2._", "%"][..],
    );
    let matches = prop::sample::select(&["^www", "example$", "."][..]);
    let network = prop::sample::select(&["192.0.2.0/24", "192.0.2.1", "0.0.0.0/0", "2001:db8::/32"][..]);
    let operator = prop_oneof![
        5 => Just("="),
        1 => prop::sample::select(&["!=", "<", "<=", ">", ">="][..]),
    ];
    (path, not).prop_flat_map(move |(path, not)| {
        prop_oneof![
            6 => (operator.clone(), constant()).prop_map(move |(it, c)| format!("{path} {not}{it} {c}")),
            2 => prop::collection::vec(prop::sample::select(TEXTS), 1..3).prop_map(move |all| {
                let all: Vec<String> = all.into_iter().map(quoted).collect();
                format!("{path} {not}IN ({})", all.join(", "))
            }),
            1 => like.clone().prop_map(move |it| format!("{path} {not}LIKE '{it}'")),
            1 => matches.clone().prop_map(move |it| format!("{path} {not}MATCHES '{it}'")),
            1 => network.clone().prop_map(move |it| format!("{path} {not}ISSUBSET '{it}'")),
            1 => network.clone().prop_map(move |it| format!("{path} {not}ISSUPERSET '{it}'")),
            1 => Just(format!("{not}EXISTS {path}")),
        ]
    })
}

/// Comparisons on one type, joined and nested.
fn of_one_type() -> impl Strategy<Value = String> {
    prop::sample::select(PATHS).prop_flat_map(|(_, paths)| {
        test(paths).prop_recursive(2, 6, 3, |inner| {
            (prop::collection::vec(inner, 2..4), prop::bool::ANY)
                .prop_map(|(all, and)| format!("({})", all.join(if and { " AND " } else { " OR " })))
        })
    })
}

fn pattern() -> impl Strategy<Value = String> {
    let comparison =
        prop::collection::vec(of_one_type(), 1..3).prop_map(|all| format!("[{}]", all.join(" OR ")));
    prop::collection::vec(comparison, 1..3).prop_map(|all| all.join(" OR "))
}

/// One object with its number, as properties.
fn object(number: u16) -> impl Strategy<Value = Vec<(u16, Path, Observed<'static>)>> {
    let text = || prop::sample::select(TEXTS).prop_map(Observed::from);
    let one = move |path| text().prop_map(move |it| vec![(number, path, it)]);
    let other = || (0..4_u16).prop_map(Observed::Object);
    prop_oneof![
        one(Path::DomainName),
        (text(), other())
            .prop_map(move |(a, b)| vec![(number, Path::DomainName, a), (number, Path::DomainResolvesTo, b)]),
        one(Path::Ipv4),
        one(Path::Ipv6),
        one(Path::Url),
        one(Path::EmailAddress),
        (text(), text(), 0..3_i64).prop_map(move |(a, b, c)| vec![
            (number, Path::FileMd5, a),
            (number, Path::FileName, b),
            (number, Path::FileSize, c.into())
        ]),
        other().prop_map(move |it| vec![(number, Path::EmailFrom, it)]),
        (other(), other(), 0..3_i64, text(), text()).prop_map(move |(a, b, c, d, e)| vec![
            (number, Path::TrafficSource, a),
            (number, Path::TrafficDestination, b),
            (number, Path::TrafficDestinationPort, c.into()),
            (number, Path::TrafficProtocol, d),
            (number, Path::TrafficProtocol, "tcp".into()),
            (number, Path::HttpHost, e),
        ]),
    ]
}

fn event() -> impl Strategy<Value = Event<'static>> {
    (object(0), object(1), object(2), object(3)).prop_map(|(a, b, c, d)| {
        let mut event = Event::default();
        for (number, path, value) in [a, b, c, d].concat() {
            event.push(number, path, value);
        }
        event
    })
}

/// The image of one indicator.
fn image(pattern: &str) -> Image {
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    let object = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"stix",
        "pattern":{pattern},"valid_from":"2026-01-01T00:00:00Z"}}"#
    );
    let mut builder = Builder::new(Options::default());
    builder.add_indicator(&Object::parse(&object).expect("an indicator"), None);
    Image::new(builder.build())
}

/// What the interpreter says when it is asked directly, in both readings.
fn naive(pattern: &Pattern, event: &Event<'_>) -> (bool, bool) {
    fn rewritten(expression: &ObservationExpression) -> ObservationExpression {
        match expression {
            ObservationExpression::Single(it) => ObservationExpression::Single(canonical::canonical(it)),
            ObservationExpression::Or(all) => ObservationExpression::Or(all.iter().map(rewritten).collect()),
            other => other.clone(),
        }
    }
    let says = |pattern: &Pattern, spelling| {
        let observation = observation(event, 0, spelling);
        pattern.matches(&[observation], &Semantics::default()).expect("nothing here runs away")
    };
    let canonical = Pattern::from(rewritten(pattern.expression()));
    (says(pattern, Spelling::Literal), says(&canonical, Spelling::Canonical))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Live and retro alike, whatever the index does: the image says what the interpreter says.
    #[test]
    fn the_image_agrees_with_the_interpreter(text in pattern(), event in event()) {
        let parsed = Pattern::parse(&text);
        prop_assert!(parsed.is_ok(), "{}: {:?}", text, parsed);
        let Ok(parsed) = parsed else { return Ok(()) };
        let (literal, canonical) = naive(&parsed, &event);
        let mut found = Found::default();
        image(&text).matches(&event, None, &mut Work::default(), &mut found);
        let got = found.matches.first().map(|it| it.literal);
        let want = (literal || canonical).then_some(literal);
        prop_assert_eq!(got, want, "{} on {:?}", text, event);
    }
}

#[track_caller]
fn check_witness(pattern: &str, want: &str) {
    let pattern = Pattern::parse(pattern).expect("a pattern");
    let expression = single(pattern.expression()).expect("one event decides it");
    let witness = witness(&expression).expect("an object can satisfy it");
    let keys = witness.keys.iter().map(|it| crate::key::shown(it));
    let scans = Path::ALL.iter().filter(|it| witness.scans & crate::probe::only(**it) != 0);
    let scans = scans.map(|it| format!("scan {it}"));
    assert_eq!(keys.chain(scans).collect::<Vec<_>>().join(" | "), want);
}

#[test]
fn the_rarest_operand_of_and_is_the_witness() {
    check_witness("[domain-name:value = 'a.example']", "a.example");
    check_witness("[domain-name:value IN ('a.example', 'b.example')]", "a.example | b.example");
    check_witness(
        "[file:name = 'x' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
        "d41d8cd98f00b204e9800998ecf8427e",
    );
    check_witness("[ipv4-addr:value = '192.0.2.0/24']", "192.0.2.0/24");
    check_witness("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "192.0.2.0/24");
    check_witness("[domain-name:value LIKE '%.evil.example']", "evil.example");
    check_witness("[domain-name:value LIKE '%evil%']", "scan domain-name:value");
    check_witness("[url:value MATCHES 'x' OR domain-name:value = 'a.example']", "a.example | scan url:value");
    check_witness("[process:name = 'x' AND process:pid > 1]", "x");
    check_witness("[network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']", "tcp");
    check_witness("[network-traffic:dst_port = 443 AND network-traffic:src_port > 1024]", "443");
    check_witness("[x-unheard-of:name = 'x']", "");
}
