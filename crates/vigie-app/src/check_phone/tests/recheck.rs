//! An extract and its recheck: the same indicators find the same, new ones find more, and what must not open does not.

use proptest::prelude::*;

use super::*;
use crate::recheck_phone::{self, RecheckError};

const DAY: i64 = 86_400 * SECOND;

/// A key that is published with age's own tests.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

fn passphrase() -> Recipients {
    Recipients::Passphrase("pass word".to_owned())
}

/// Little work for a passphrase.
fn limits() -> Limits {
    Limits { passphrase_work: 2, ..Limits::default() }
}

impl Desk {
    fn with_extract(&self) -> Request {
        Request {
            consent: Some(Asked::GivenBy { owner: "Amal".to_owned(), extract: true }),
            extract: Some(passphrase()),
            limits: limits(),
            ..self.request()
        }
    }

    fn recheck_request(&self) -> recheck_phone::Request {
        recheck_phone::Request {
            extract: self.0.path().join("out").join(EXTRACT),
            indicators: vec![self.0.path().join("herring.stix2")],
            out: self.0.path().join("again"),
            identities: None,
            passphrase: Some("pass word".to_owned()),
            data: None,
            limits: limits(),
            threads: NonZero::<usize>::MIN,
        }
    }

    fn recheck(request: &recheck_phone::Request, now: i64) -> Result<Report, RecheckError> {
        let why = |it: &Finding| it.reasons.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
        let pages = |_: &Report| vec![("report.html".to_owned(), "<p>made up</p>".to_owned())];
        let words = Words { why: &why, pages: &pages, password: &|_| None };
        recheck_phone::run_at(request, &words, &Progress::default(), now)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect(name)
    }

    /// A bundle of these patterns, whose maker is sure or not.
    fn indicators(&self, patterns: &[String]) {
        let objects: Vec<_> = (0..)
            .zip(patterns)
            .map(|(number, pattern)| {
                serde_json::json!({
                    "type": "indicator", "spec_version": "2.1", "created": "2022-01-01T00:00:00Z",
                    "id": format!("indicator--00000000-0000-4000-8000-{number:012}"),
                    "modified": "2022-01-01T00:00:00Z", "valid_from": "2022-01-01T00:00:00Z",
                    "pattern_type": "stix", "pattern": pattern, "confidence": 40 + 10 * (number % 3),
                })
            })
            .collect();
        let bundle = serde_json::json!({"type": "bundle", "id": MALWARE.replace("malware", "bundle"), "objects": objects});
        fs::write(self.0.path().join("herring.stix2"), bundle.to_string()).expect("a file");
    }
}

/// What a finding says beside the line, which an extract does not keep.
fn told_of(it: &Finding) -> String {
    let Finding {
        grade, artefact, file, record, time, what, certainty, value, indicator, reasons, sign, ..
    } = it;
    format!(
        "{grade:?} {artefact} {file} {record} {time:?} {what:?} {certainty:?} {value} {indicator:?} {reasons:?} {sign:?}"
    )
}

fn all_of(report: &Report) -> Vec<String> {
    report.findings.iter().map(told_of).collect()
}

#[test]
fn the_same_indicators_find_the_same() {
    let desk = Desk::new();
    let checked = Desk::check(&desk.with_extract(), told()).expect("a report");
    let again = Desk::recheck(&desk.recheck_request(), NOW + SECOND).expect("a report");
    assert_eq!(all_of(&again), all_of(&checked));
    assert!(again.findings.len() > 5);
    assert_eq!(again.verdict, checked.verdict);
    assert_eq!((&again.artefacts, &again.evidence_sha256), (&checked.artefacts, &checked.evidence_sha256));
    assert_eq!(
        desk.text("again/sightings.json"),
        desk.text("out/sightings.json"),
        "one sighting is told once"
    );
    let completeness: serde_json::Value =
        serde_json::from_str(&desk.text("again/completeness.json")).expect("JSON");
    let extract = custody::sha256(&fs::read(desk.0.path().join("out/extract.age")).expect("an extract"));
    assert_eq!(
        completeness["recheck"],
        serde_json::json!({
            "extract_of": "2026-11-22", "extract_sha256": extract, "evidence_sha256": checked.evidence_sha256,
        })
    );
    let manifest: Manifest<'_> = serde_json::from_str(&desk.text("again/manifest.json")).expect("a manifest");
    assert_eq!(manifest.made_by, "vigie phone recheck");
    assert_eq!(manifest.evidence[0].sha256.map(String::from).as_ref(), Some(&extract));
    let manifest: Manifest<'_> = serde_json::from_str(&desk.text("out/manifest.json")).expect("a manifest");
    assert!(
        manifest
            .outputs
            .iter()
            .any(|it| it.path == EXTRACT && it.sha256.map(String::from).as_ref() == Some(&extract))
    );
}

#[test]
fn new_indicators_find_what_the_check_did_not() {
    let desk = Desk::new();
    Desk::check(&desk.with_extract(), told()).expect("a report");
    desk.indicators(&["[app:id='com.bank']".to_owned(), "[url:value='http://news.example/']".to_owned()]);
    let again = Desk::recheck(&desk.recheck_request(), NOW).expect("a report");
    let met: Vec<&str> = again.findings.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(met, ["http://news.example/", "com.bank"]);
    assert_eq!(again.verdict, Verdict::TracesFound);
    for personal in ["love", "Dear", "parcel", "Amal"] {
        for name in ["findings.jsonl", "timeline.jsonl", "completeness.json"] {
            assert!(!desk.text(&format!("again/{name}")).contains(personal), "{name}: {personal}");
        }
    }
}

#[test]
fn people_are_met_by_their_whole_address_only() {
    let desk = Desk::new();
    let address = |place: &str, path, value| record("idstatuscache", place, THEN, "", &[(path, value)]);
    let people = vec![
        address("com.apple.madrid mailto:Amal@mail.example", Property::EmailAddress, "Amal@mail.example"),
        address("com.apple.madrid tel:+2126", Property::UserId, "+2126"),
        address("com.apple.madrid mailto:b@evil.example", Property::EmailAddress, "b@evil.example"),
    ];
    Desk::check_of(people, &desk.with_extract(), told()).expect("a report");
    desk.indicators(&[
        "[email-addr:value='amal@mail.example']".to_owned(),
        "[user-account:user_id='+2126']".to_owned(),
        "[email-addr:value LIKE '%@evil.example']".to_owned(),
        "[email-addr:value LIKE 'b@%']".to_owned(),
    ]);
    fs::write(desk.0.path().join("list.txt"), "c@mail.example\nAMAL@mail[.]example\tsource\n")
        .expect("a list");
    let request = desk.recheck_request();
    let list = vec![desk.0.path().join("herring.stix2"), desk.0.path().join("list.txt")];
    let again =
        Desk::recheck(&recheck_phone::Request { indicators: list, ..request }, NOW).expect("a report");
    let mut met: Vec<String> = again
        .findings
        .iter()
        .map(|it| format!("{} {} {}", it.record, it.value, it.indicator.pattern))
        .collect();
    met.sort();
    let place = "com.apple.madrid";
    assert_eq!(
        met,
        [
            format!(
                "{place} mailto:amal@mail.example amal@mail.example [email-addr:value='amal@mail.example']"
            ),
            format!("{place} mailto:amal@mail.example amal@mail.example amal@mail.example (source)"),
            format!("{place} mailto:…@evil.example …@evil.example [email-addr:value LIKE '%@evil.example']"),
            format!("{place} tel:+2126 +2126 [user-account:user_id='+2126']"),
        ]
    );
    assert!(again.notes.iter().any(|it| it.starts_with("2 comparisons ask for a part")), "{:?}", again.notes);
}

#[test]
fn without_consent_to_it_there_is_no_extract() {
    let desk = Desk::new();
    let nowhere = desk.0.path().join("nowhere");
    let request = Request { consent: Some(given_by("Amal")), evidence: nowhere, ..desk.with_extract() };
    let refused = Desk::check(&request, told()).expect_err("refused").to_string();
    assert!(
        refused.contains("did not agree to an extract") && refused.contains("--consent-to-extract"),
        "{refused}"
    );
    assert!(!desk.0.path().join("out").exists());
}

#[test]
fn what_is_kept_until_a_day_is_not_compared_after_it() {
    let desk = Desk::new();
    let consent =
        "owner='Amal'\npurpose='p'\nscope='s'\nretention='6 months'\ndate='2026-11-22'\nextract=true\n";
    fs::write(desk.0.path().join("consent.toml"), consent).expect("a file");
    let file = Asked::File(desk.0.path().join("consent.toml"));
    Desk::check(&Request { consent: Some(file), ..desk.with_extract() }, told()).expect("a report");
    assert!(Desk::recheck(&desk.recheck_request(), NOW + 181 * DAY).is_ok());
    let request = recheck_phone::Request { out: desk.0.path().join("third"), ..desk.recheck_request() };
    let refused = Desk::recheck(&request, NOW + 183 * DAY).expect_err("refused").to_string();
    assert!(refused.contains("until 2027-05-22 (`6 months`), which is over; delete"), "{refused}");
    assert!(!desk.0.path().join("third").exists());
}

#[track_caller]
fn check_refused(request: &recheck_phone::Request, want: &str) {
    let refused = Desk::recheck(request, NOW).expect_err("refused").to_string();
    assert!(refused.contains(want), "{refused}");
    assert!(!request.out.exists() || request.out.ends_with("out"), "something was written");
}

#[test]
fn what_does_not_open_is_refused_with_the_remedy() {
    let desk = Desk::new();
    Desk::check(&desk.with_extract(), told()).expect("a report");
    let request = desk.recheck_request();
    let with = |passphrase: Option<&str>| recheck_phone::Request {
        passphrase: passphrase.map(str::to_owned),
        ..request.clone()
    };
    let of = |name: &str, bytes: &[u8]| {
        let extract = desk.0.path().join(name);
        fs::write(&extract, bytes).expect("a file");
        recheck_phone::Request { extract, ..request.clone() }
    };
    let bytes = fs::read(&request.extract).expect("an extract");
    check_refused(&with(Some("password")), "the passphrase is wrong");
    check_refused(&with(None), "give it with `--password-stdin`");
    check_refused(&of("cut.age", &bytes[..bytes.len() - 1]), "cut or changed");
    check_refused(&of("diary.age", b"a diary"), "is not encrypted with age");
    check_refused(
        &recheck_phone::Request { limits: Limits { passphrase_work: 1, ..limits() }, ..request.clone() },
        "asks for 2^2 rounds of scrypt; the limit is 2^1",
    );
    check_refused(
        &recheck_phone::Request { extract: desk.0.path().join("nowhere"), ..request.clone() },
        "could not read the extract",
    );
    check_refused(
        &recheck_phone::Request { out: desk.0.path().join("out"), ..request.clone() },
        "holds the outputs of the check",
    );
    let mut foreign = sealed::seal(Vec::new(), &passphrase(), &limits()).expect("a writer");
    io::Write::write_all(&mut foreign, b"a diary").expect("bytes");
    check_refused(&of("foreign.age", &foreign.finish().expect("the end")), "no extract of a phone check");
    let other = Identities::read(SECRET).ok();
    let keys = recheck_phone::Request { identities: other, passphrase: None, ..request.clone() };
    check_refused(&keys, "give it with `--password-stdin`");
}

#[test]
fn a_recheck_can_be_forgotten_and_so_can_an_extract() {
    let desk = Desk::new();
    Desk::check(&desk.with_extract(), told()).expect("a report");
    Desk::recheck(&desk.recheck_request(), NOW).expect("a report");
    let receipt = crate::forget_phone::run(&desk.0.path().join("again")).expect("a receipt");
    assert_eq!(receipt.left.len(), 0, "{:?}", receipt.left);
    assert!(desk.0.path().join("out").join(EXTRACT).exists());
    crate::forget_phone::run(&desk.0.path().join("out")).expect("a receipt");
    assert!(!desk.0.path().join("out").join(EXTRACT).exists());
}

/// Records of any artefact with any of a few values, at times that lie close.
fn some_records() -> impl Strategy<Value = Vec<Record>> {
    let values = prop::sample::select(vec![
        (Property::Url, "https://a.evil.example/x?y=z"),
        (Property::Url, "http://news.example/"),
        (Property::DomainName, "evil.example"),
        (Property::Ipv4, "203.0.113.9"),
        (Property::ProcessName, "bh"),
        (Property::ProcessName, "averylongprocess"),
        (Property::AppId, "com.game.bh"),
        (Property::FilePath, "/private/var/tmp/bad/x.dat"),
        (Property::FileName, "x.dat"),
        (Property::FileSha256, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        (Property::EmailAddress, "b@evil.example"),
        (Property::UserId, "+2126"),
    ]);
    let artefact =
        prop::sample::select(vec!["sms", "safari-history", "datausage", "idstatuscache", "safari-favicons"]);
    let what =
        prop::sample::select(vec!["sent", "received", "typed and visited", "visited by a redirect", "seen"]);
    let one = (artefact, what, 0..20_i64, prop::collection::vec(values, 0..3), 0..4_u8);
    let one = one.prop_map(|(artefact, what, time, seen, more)| {
        let mut record = record(artefact, &format!("row {time}"), THEN + time * SECOND / 2, "a line", &seen);
        record.moments[0].what = what;
        match more {
            0 => record.moments.clear(),
            // A sign names the first value, and an extract names nobody.
            1 if !seen.iter().any(|it| [Property::EmailAddress, Property::UserId].contains(&it.0)) => {
                record.signs.push(Sign::ALL[time.unsigned_abs() as usize % Sign::ALL.len()]);
            }
            _ => {}
        }
        record
    });
    prop::collection::vec(one, 0..30)
}

const PATTERNS: [&str; 12] = [
    "[url:value='https://a.evil.example/x?y=z']",
    "[url:value MATCHES 'y=[a-z]']",
    "[domain-name:value='evil.example']",
    "[ipv4-addr:value='203.0.113.9']",
    "[process:name='bh']",
    "[process:name='averylongprocessname']",
    "[file:path='/var/tmp/bad']",
    "[file:name='x.dat']",
    "[file:hashes.'SHA-256'='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']",
    "[email-addr:value='b@evil.example']",
    "[user-account:user_id='+2126']",
    "([domain-name:value='evil.example'] FOLLOWEDBY [process:name='bh']) WITHIN 5 SECONDS",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_phone_a_recheck_finds_what_the_check_found(
        records in some_records(),
        patterns in prop::sample::subsequence(PATTERNS.to_vec(), 1..PATTERNS.len()),
    ) {
        let desk = Desk::new();
        desk.indicators(&patterns.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        let checked = Desk::check_of(records, &desk.with_extract(), told()).expect("a report");
        let again = Desk::recheck(&desk.recheck_request(), NOW).expect("a report");
        prop_assert_eq!(all_of(&again), all_of(&checked));
        prop_assert_eq!(again.verdict, checked.verdict);
    }
}
