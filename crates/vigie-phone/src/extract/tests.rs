//! What an extract keeps, what it keeps back, and what becomes of one that was cut, changed or made to harm.

use std::sync::Arc;

use proptest::prelude::*;
use vigie_model::event::Observable;

use super::*;
use crate::{Limits, Moment, Sign};

fn head() -> Head {
    let consent = Agreed {
        purpose: "to look for spyware".to_owned(),
        scope: "all".to_owned(),
        retention: "1 year".to_owned(),
        date: "2026-11-22".to_owned(),
    };
    Head::new(Kind::IosBackup, 17, "00", consent, [7; 16])
}

fn record(place: &str, text: &str, seen: &[(Path, &str)]) -> Record {
    let seen = (0..).zip(seen).map(|(object, (path, value))| Observable {
        object,
        path: *path,
        value: Observed::Text((*value).to_owned().into()),
    });
    Record {
        artefact: "sms",
        file: Arc::from("HomeDomain/sms.db"),
        place: place.to_owned(),
        moments: vec![Moment { what: "received", time: 5, certainty: Certainty::Zoned }],
        text: text.to_owned(),
        seen: seen.collect(),
        signs: Vec::new(),
    }
}

fn packed(records: &[Record], told: &[Told]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), head()).expect("a writer");
    for it in records {
        writer.take(it).expect("a record");
    }
    writer.end(told, &["a note".to_owned()], true).expect("the end")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::new(1));
    out.write_all(text).expect("bytes");
    out.finish().expect("the end")
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes), &mut text).expect("text");
    text
}

fn read(bytes: &[u8], known: &[&str], limits: &Limits) -> Result<(Vec<Record>, End), ExtractError> {
    let reader = Reader::new(bytes, bytes.len() as u64, limits)?;
    let known: HashMap<String, String> =
        known.iter().map(|it| (reader.head().person(it), (*it).to_owned())).collect();
    let mut records = Vec::new();
    let end = reader.records(&|it| known.get(it).cloned(), &mut |it| records.push(it))?;
    Ok((records, end))
}

fn state(artefact: &'static str, state: State) -> Told {
    Told { artefact, file: Some(Arc::from("a/b.db")), state }
}

#[test]
fn what_is_kept_comes_back_and_texts_do_not() {
    let mut first = record("message 1", "Dear Amal", &[(Path::Url, "https://evil.example/a?b=c")]);
    first.seen.push(Observable {
        object: 1,
        path: Path::TrafficDestinationPort,
        value: Observed::Number(443),
    });
    first.seen.push(Observable { object: 1, path: Path::TrafficDestination, value: Observed::Object(0) });
    let mut second = record("message 2", "yours", &[]);
    second.signs = vec![Sign::MalformedIdentity];
    let nothing = record("message 3", "I love you", &[]);
    let told = [
        state("sms", State::Present { records: 3 }),
        state("calls", State::Partial { read: 1, of: Some(2), why: "page 4".to_owned() }),
        state("tcc", State::Unreadable { why: "it is empty".to_owned() }),
        Told { artefact: "dumpsys", file: None, state: State::NotInThisKind },
        Told { artefact: "calendar", file: None, state: State::Absent },
    ];
    let bytes = packed(&[first.clone(), second.clone(), nothing], &told);
    for personal in ["Dear", "yours", "love", "message 3"] {
        assert!(!unpacked(&bytes).contains(personal), "{personal}");
    }
    let (records, end) = read(&bytes, &[], &Limits::default()).expect("an extract");
    let without_text = |it: &Record| Record { text: String::new(), ..it.clone() };
    assert_eq!(records, [without_text(&first), without_text(&second)]);
    assert_eq!(end.told, told);
    assert_eq!((end.notes, end.damaged, end.records, end.bad), (vec!["a note".to_owned()], true, 3, 0));
}

#[track_caller]
fn check_people(bytes: &[u8], known: &[&str], place: &str, want: &[&str]) {
    let (records, _) = read(bytes, known, &Limits::default()).expect("an extract");
    let seen: Vec<_> = records[0].seen.iter().map(|it| it.value.clone()).collect();
    let want: Vec<_> = want.iter().map(|it| Observed::Text((*it).to_owned().into())).collect();
    assert_eq!((records[0].place.as_str(), seen), (place, want));
}

#[test]
fn people_are_known_only_to_who_knows_them() {
    let one = record(
        "com.apple.madrid mailto:Amal@Mail.example",
        "",
        &[(Path::EmailAddress, "Amal@Mail.example"), (Path::UserId, "+212600000001")],
    );
    let bytes = packed(&[one], &[]);
    for personal in ["mal@", "600000001"] {
        assert!(!unpacked(&bytes).contains(personal), "{personal}");
    }
    let place = "com.apple.madrid mailto:";
    check_people(&bytes, &[], &format!("{place}…@mail.example"), &["…@mail.example"]);
    check_people(
        &bytes,
        &["amal@mail.example"],
        &format!("{place}amal@mail.example"),
        &["amal@mail.example"],
    );
    check_people(
        &bytes,
        &["+212600000001"],
        &format!("{place}…@mail.example"),
        &["…@mail.example", "+212600000001"],
    );
    check_people(
        &bytes,
        &["+212600000002", "mal@mail.example"],
        &format!("{place}…@mail.example"),
        &["…@mail.example"],
    );
    let other = Head { salt: "another".to_owned(), ..head() };
    assert_ne!(other.person("a@b.example"), head().person("a@b.example"), "digests of two extracts differ");
}

#[test]
fn a_record_too_large_is_counted() {
    let large = "x".repeat(MAX_LINE);
    let bytes = packed(&[record("message 1", "", &[(Path::Url, &large)])], &[]);
    let (records, end) = read(&bytes, &[], &Limits::default()).expect("an extract");
    assert_eq!((records.len(), end.records, end.left_out), (0, 1, 1));
}

#[track_caller]
fn check(bytes: &[u8], limits: &Limits, want: &str) {
    let got = match read(bytes, &[], limits) {
        Ok((records, end)) => {
            format!("{} records, {} bad: {}", records.len(), end.bad, end.faults.join("; "))
        }
        Err(error) => error.to_string(),
    };
    assert!(got.contains(want), "{got}");
}

#[test]
fn what_is_wrong_is_said() {
    let limits = Limits::default();
    let bytes = packed(&[record("message 1", "", &[(Path::Url, "https://a.example")])], &[]);
    let text = unpacked(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let with = |line: &str| gzip([lines[0], line, lines[2], lines[3]].join("\n").as_bytes());
    check(&bytes, &limits, "1 records, 0 bad");
    check(b"", &limits, "no extract of a phone check");
    check(b"a diary", &limits, "no extract of a phone check");
    check(&gzip(b"a diary"), &limits, "no extract of a phone check");
    check(&gzip(b"{\"vigie_phone_extract\":2}\n"), &limits, "format 2; this version reads format 1");
    check(&gzip(b"{\"vigie_phone_extract\":1}\n"), &limits, "line 1 cannot be read");
    check(&bytes[..bytes.len() - 1], &limits, "it ends too early");
    check(&gzip(lines[..3].join("\n").as_bytes()), &limits, "ends after line 3 without its last line");
    check(&with("{}"), &limits, "0 records, 1 bad: line 2 of the extract");
    check(
        &with(&lines[1].replace("url:value", "url:v")),
        &limits,
        "`url:v` is no property that is known here",
    );
    check(&with(&lines[1].replace("zoned", "surely")), &limits, "`surely` is no certainty");
    check(&with(&lines[1].replace("sms\"", &format!("{}\"", "s".repeat(99)))), &limits, "is no word");
    check(&with(&lines[1].replace("}}", ",\"signs\":[\"bad\"]}}")), &limits, "`bad` is no sign");
    check(&with("{\"state\":{\"artefact\":\"a\",\"state\":\"good\"}}"), &limits, "`good` is no state");
    check(&gzip([text.as_str(), "more"].concat().as_bytes()), &limits, "something stands after the end");
    let few = Limits { entries: 0, ..Limits::default() };
    check(&with("{\"state\":{\"artefact\":\"a\",\"state\":\"absent\"}}"), &few, "too many artefacts");
    check(&gzip(&[text.as_bytes(), b"more"].concat()), &few, "too many notes");
}

#[test]
fn what_unpacks_to_too_much_ends_early() {
    let text = unpacked(&packed(&[], &[]));
    let head = text.lines().next().expect("a line");
    let endless = gzip(&[head.as_bytes(), b"\n", &b" ".repeat(MAX_LINE + 1)].concat());
    check(&endless, &Limits::default(), "line 2 is longer than 4194304 bytes");
    let many = gzip(&[head.as_bytes(), b"\n", &b"{}\n".repeat(100_000)].concat());
    check(&many, &Limits::default(), "ends after line 100001 without its last line");
    let less = Limits { unpacked_bytes: 100_000, ..Limits::default() };
    check(&many, &less, "unpacks to more than 100000 bytes");
}

/// The seeds of the fuzz target; `BLESS=1` makes them anew.
#[test]
fn the_seeds_of_the_fuzz_target_are_extracts() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/phone_extract");
    if std::env::var_os("BLESS").is_some() {
        let mut first = record("message 1", "", &[(Path::Url, "https://evil.example/a?b=c")]);
        first.signs = vec![Sign::MalformedIdentity];
        let somebody = [(Path::EmailAddress, "amal@mail.example"), (Path::UserId, "+2126")];
        let second = record("com.apple.madrid mailto:amal@mail.example", "", &somebody);
        let told = [
            state("sms", State::Present { records: 2 }),
            state("calls", State::Partial { read: 1, of: Some(2), why: "page 4".to_owned() }),
        ];
        let bytes = packed(&[first, second], &told);
        std::fs::create_dir_all(&seeds).expect("a folder");
        std::fs::write(seeds.join("lines.jsonl"), unpacked(&bytes)).expect("a seed");
        std::fs::write(seeds.join("packed.gz"), bytes).expect("a seed");
    }
    let packed = std::fs::read(seeds.join("packed.gz")).expect("a seed");
    let lines = std::fs::read_to_string(seeds.join("lines.jsonl")).expect("a seed");
    assert_eq!(unpacked(&packed), lines);
    let (records, end) = read(&packed, &[], &Limits::default()).expect("an extract");
    assert_eq!((records.len(), end.told.len(), end.bad), (2, 2, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}", at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
        let _ = read(&bytes, &[], &limits);
        let _ = read(&gzip(&bytes), &[], &limits);
        let whole = unpacked(&packed(&[record(&text, &text, &[(Path::Url, &text), (Path::EmailAddress, &text)])], &[]));
        prop_assert!(read(&gzip(whole.as_bytes()), &[], &limits).is_ok());
        let mut changed = whole.into_bytes();
        let at = at.index(changed.len());
        changed[at] = to;
        let _ = read(&gzip(&changed), &[&text], &limits);
    }
}
