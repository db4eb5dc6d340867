//! A small made-up phone, end to end: what is found, what is told, and what is kept back.

use std::collections::BTreeMap;
use std::sync::Arc;

use vigie_model::event::{Observable, Observed, Path as Property};
use vigie_phone::{Held, Moment, State};

use super::*;

mod recheck;

/// 2026-11-22T12:00:00Z.
const NOW: i64 = 1_795_348_800_000_000_000;
/// 2021-07-18T10:00:00Z.
const THEN: i64 = 1_626_602_400_000_000_000;
const SECOND: i64 = 1_000_000_000;

fn record(artefact: &'static str, place: &str, time: i64, text: &str, seen: &[(Property, &str)]) -> Record {
    let seen = seen.iter().zip(0_u16..).map(|((path, value), object)| Observable {
        object,
        path: *path,
        value: Observed::Text((*value).to_owned().into()),
    });
    Record {
        artefact,
        file: Arc::from(format!("HomeDomain/{artefact}.db")),
        place: place.to_owned(),
        moments: vec![Moment { what: "seen", time, certainty: Certainty::Exact }],
        text: text.to_owned(),
        seen: seen.collect(),
        signs: Vec::new(),
    }
}

fn records() -> Vec<Record> {
    use Property::{AppId, DomainName, FilePath, ProcessName, Url};
    let mut undated = record(
        "profiles",
        "profile 1",
        0,
        "",
        &[(Property::ProfileId, "2b2b2b2b-0000-4000-8000-00000000000a")],
    );
    undated.moments.clear();
    vec![
        record(
            "sms",
            "message 1",
            THEN,
            "Dear Amal,\nyour parcel: https://x.cdn.evil.example/a?b\nyours, a friend",
            &[(Url, "https://x.cdn.evil.example/a?b")],
        ),
        record("sms", "message 2", THEN + SECOND, "I love you, Amal", &[]),
        record("safari-history", "visit 1", THEN + 9_000 * SECOND, "", &[(Url, "http://news.example/")]),
        record(
            "safari-history",
            "visit 2",
            THEN + 9_000 * SECOND + SECOND / 2,
            "",
            &[(Url, "http://cdn.evil.example/")],
        ),
        record(
            "safari-history",
            "visit 3",
            THEN + 20_000 * SECOND,
            "",
            &[(Url, "https://www.nsogroup.com/about")],
        ),
        record("safari-favicons", "icon 1", THEN + 30_000 * SECOND, "", &[(DomainName, "cdn.evil.example")]),
        record("datausage", "process 1", THEN + 30_100 * SECOND, "bh", &[(ProcessName, "bh")]),
        record(
            "datausage",
            "process 2",
            THEN + 90_000 * SECOND,
            "",
            &[(ProcessName, "bh"), (AppId, "com.game.bh")],
        ),
        record("netusage", "process 3", THEN + 90_000_000 * SECOND, "", &[(ProcessName, "averylongprocess")]),
        record("netusage", "process 4", THEN + 91_000_000 * SECOND, "", &[(ProcessName, "launchd")]),
        record(
            "manifest",
            "file 1",
            THEN + 92_000_000 * SECOND,
            "",
            &[(FilePath, "/private/var/tmp/bad/x.dat")],
        ),
        record(
            "manifest",
            "file 2",
            THEN + 92_000_000 * SECOND,
            "",
            &[(FilePath, "/private/var/tmp/badger")],
        ),
        undated,
        record("apps", "app 1", THEN, "", &[(AppId, "com.bank")]),
    ]
}

const MALWARE: &str = "malware--00000000-0000-4000-8000-00000000000f";

fn bundle() -> String {
    let patterns = [
        "[domain-name:value='cdn.evil.example']",
        "[domain-name:value='nsogroup.com']",
        "[process:name='bh']",
        "[process:name='averylongprocessname']",
        "[process:name='launchd']",
        "[file:path='/var/tmp/bad']",
        "[configuration-profile:id='2B2B2B2B-0000-4000-8000-00000000000A']",
        "[mutex:name='x']",
        "[process:name='bh']",
        "[process:name='b' b]",
        "[url:value='https://z.example/t?id=1'] FOLLOWED BY [process:name='zz']",
    ];
    let mut objects = vec![serde_json::json!({
        "type": "malware", "spec_version": "2.1", "id": MALWARE, "created": "2021-07-18T00:00:00Z",
        "modified": "2021-07-18T00:00:00Z", "name": "Herring", "is_family": true,
    })];
    for (number, pattern) in patterns.iter().enumerate() {
        let id = format!("indicator--00000000-0000-4000-8000-0000000000{number:02}");
        objects.push(serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": id, "created": "2022-01-01T00:00:00Z",
            "modified": "2022-01-01T00:00:00Z", "valid_from": "2022-01-01T00:00:00Z", "pattern_type": "stix",
            "pattern": pattern,
        }));
        objects.push(serde_json::json!({
            "type": "relationship", "spec_version": "2.1", "relationship_type": "indicates", "source_ref": id,
            "id": format!("relationship--00000000-0000-4000-8000-0000000000{number:02}"), "target_ref": MALWARE,
            "created": "2022-01-01T00:00:00Z", "modified": "2022-01-01T00:00:00Z",
        }));
    }
    serde_json::json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-00000000000e", "objects": objects})
        .to_string()
}

fn given_by(owner: &str) -> Asked {
    Asked::GivenBy { owner: owner.to_owned(), extract: false }
}

/// A desk with evidence, indicators and a place for outputs.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(desk.0.path().join("evidence")).expect("a folder");
        fs::write(desk.0.path().join("evidence/a.db"), b"made up").expect("a file");
        fs::write(desk.0.path().join("herring.stix2"), bundle()).expect("a file");
        desk
    }

    fn request(&self) -> Request {
        Request {
            evidence: self.0.path().join("evidence"),
            indicators: vec![self.0.path().join("herring.stix2")],
            out: self.0.path().join("out"),
            password: None,
            identities: None,
            consent: Some(given_by("Amal")),
            extract: None,
            data: None,
            limits: Limits::default(),
            threads: NonZero::<usize>::MIN,
            program: None,
        }
    }

    fn check(request: &Request, told: Vec<Told>) -> Result<Report, CheckError> {
        Self::check_of(records(), request, told)
    }

    fn check_of(records: Vec<Record>, request: &Request, told: Vec<Told>) -> Result<Report, CheckError> {
        let progress = Progress::default();
        let prepared = prepare(request, &progress, NOW)?;
        let why = |it: &Finding| it.reasons.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
        let pages = |_: &Report| vec![("report.html".to_owned(), "<p>made up</p>".to_owned())];
        let mut given = Some((records, told));
        let mut reader = |_: &mut dyn Files, tell: &mut dyn FnMut(Record)| {
            let (records, told) = given.take().unwrap_or_default();
            records.into_iter().for_each(tell);
            told
        };
        let words = Words { why: &why, pages: &pages, password: &|_| None };
        check(&prepared, request, Box::new(Held::new(Kind::IosBackup)), &mut reader, &words, &progress)
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let mut outputs = BTreeMap::new();
        for entry in fs::read_dir(self.0.path().join("out")).expect("outputs") {
            let entry = entry.expect("an entry");
            let text = String::from_utf8_lossy(&fs::read(entry.path()).expect("an output")).into_owned();
            outputs.insert(entry.file_name().to_string_lossy().into_owned(), text);
        }
        outputs
    }
}

fn told() -> Vec<Told> {
    let one = |artefact, file: Option<&str>, state| Told { artefact, file: file.map(Arc::from), state };
    vec![
        one("sms", Some("HomeDomain/sms.db"), State::Present { records: 2 }),
        one(
            "calls",
            Some("HomeDomain/calls.db"),
            State::Partial { read: 3, of: Some(9), why: "page 4 is zero".to_owned() },
        ),
        one("tcc", Some("HomeDomain/TCC.db"), State::Unreadable { why: "it is empty".to_owned() }),
        one("calendar", None, State::Absent),
        one("dumpsys", None, State::NotInThisKind),
    ]
}

/// The outputs that are the same each time.
const STEADY: [&str; 6] = [
    "completeness.json",
    "findings.jsonl",
    "manifest.json",
    "sightings.json",
    "timeline.csv",
    "timeline.jsonl",
];

#[test]
fn a_made_up_phone_gives_the_golden_outputs() {
    let desk = Desk::new();
    let report = Desk::check(&desk.request(), told()).expect("a report");
    assert_eq!(report.verdict, Verdict::TracesFound);
    let outputs = desk.outputs();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check_phone/golden");
    for name in STEADY {
        let got = outputs.get(name).expect(name);
        let file = golden.join(name.replace("sightings", "sighting"));
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(&golden).expect("a folder");
            fs::write(&file, got).expect("a golden file");
        }
        let want = fs::read_to_string(&file).unwrap_or_default();
        assert!(*got == want, "{name} is not as in {}; BLESS=1 writes it anew:\n{got}", golden.display());
    }
    let more = ["manifest.json.sig", "report.html", "signature.json", "signer.pem"];
    let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
    let mut want = [&STEADY[..], &more[..]].concat();
    want.sort_unstable();
    assert_eq!(names, want, "nothing else is written");
}

#[test]
fn what_no_indicator_meets_is_kept_back() {
    let desk = Desk::new();
    Desk::check(&desk.request(), told()).expect("a report");
    for (name, text) in desk.outputs() {
        for personal in ["love", "Dear", "yours", "friend", "news.example"] {
            assert!(!text.contains(personal), "{name} shows `{personal}`");
        }
    }
    let timeline = desk.outputs()["timeline.jsonl"].clone();
    assert!(timeline.contains("your parcel: https://x.cdn.evil.example/a?b"), "{timeline}");
    let sightings = desk.outputs()["sightings.json"].clone();
    for hidden in ["evil.example", "HomeDomain", "sms", "Amal"] {
        assert!(!sightings.contains(hidden), "{sightings}");
    }
}

#[test]
fn without_consent_nothing_is_read() {
    let desk = Desk::new();
    let request = Request { consent: None, evidence: desk.0.path().join("nowhere"), ..desk.request() };
    let refused = Desk::check(&request, told()).expect_err("refused").to_string();
    assert!(refused.contains("--consent"), "{refused}");
    assert!(!desk.0.path().join("out").exists());
    let request = Request { consent: Some(given_by("")), ..desk.request() };
    assert!(matches!(Desk::check(&request, told()), Err(CheckError::Consent(NoConsent::Empty { .. }))));
}

#[test]
fn nothing_is_written_into_the_evidence() {
    let desk = Desk::new();
    for out in ["evidence", "evidence/out", "evidence/a/b"] {
        let request = Request { out: desk.0.path().join(out), ..desk.request() };
        assert!(matches!(Desk::check(&request, told()), Err(CheckError::InEvidence(_))), "{out}");
    }
    assert_eq!(fs::read_dir(desk.0.path().join("evidence")).expect("a folder").count(), 1);
}

#[track_caller]
fn check_end(desk: &Desk, pattern: &str, whole: bool, want: Verdict) {
    let list = serde_json::json!({
        "type": "indicator", "spec_version": "2.1", "id": "indicator--00000000-0000-4000-8000-000000000001",
        "created": "2022-01-01T00:00:00Z", "modified": "2022-01-01T00:00:00Z",
        "valid_from": "2022-01-01T00:00:00Z", "pattern_type": "stix", "pattern": pattern,
    });
    fs::write(desk.0.path().join("herring.stix2"), list.to_string()).expect("a file");
    let told = if whole { told().into_iter().take(1).collect() } else { told() };
    let report = Desk::check(&desk.request(), told).expect("a report");
    assert_eq!(report.verdict, want, "{pattern} {whole}");
}

#[test]
fn the_end_depends_on_what_was_found_and_read() {
    let desk = Desk::new();
    check_end(&desk, "[process:name='nothing']", true, Verdict::NothingFound);
    check_end(&desk, "[process:name='nothing']", false, Verdict::NeedsExpert);
    check_end(&desk, "[process:name='averylongprocessname']", true, Verdict::NeedsExpert);
    check_end(&desk, "[process:name='launchd']", true, Verdict::NothingFound);
    check_end(&desk, "[process:name='bh']", true, Verdict::TracesFound);
    check_end(&desk, "[process:name='bh']", false, Verdict::TracesFound);
}

#[test]
fn without_an_indicator_there_is_no_check() {
    let desk = Desk::new();
    fs::write(desk.0.path().join("herring.stix2"), "{\"objects\":[]}").expect("a file");
    assert!(matches!(Desk::check(&desk.request(), told()), Err(CheckError::NoIndicators(_))));
    let request = Request { indicators: vec![desk.0.path().join("nowhere")], ..desk.request() };
    assert!(matches!(Desk::check(&request, told()), Err(CheckError::Indicators(_))));
}

#[test]
fn what_came_of_a_check_can_be_deleted() {
    let desk = Desk::new();
    Desk::check(&desk.request(), told()).expect("a report");
    let out = desk.0.path().join("out");
    fs::write(out.join("notes.txt"), "the helper's").expect("a file");
    let receipt = crate::forget_phone::run(&out).expect("a receipt");
    assert_eq!(receipt.deleted.len(), 6);
    assert_eq!(receipt.left, ["notes.txt"]);
    let names: Vec<String> = desk.outputs().into_keys().collect();
    assert_eq!(names, [crate::forget_phone::RECEIPT, "notes.txt"]);
    assert!(crate::forget_phone::run(&out).is_err(), "twice");
    assert!(crate::forget_phone::run(&desk.0.path().join("evidence")).is_err());
    assert!(desk.0.path().join("evidence/a.db").exists());
}

#[test]
fn the_manifest_is_signed() {
    let desk = Desk::new();
    Desk::check(&desk.request(), told()).expect("a report");
    let out = desk.0.path().join("out");
    let manifest = fs::read(out.join("manifest.json")).expect("a manifest");
    let about: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("signature.json")).expect("a file")).expect("JSON");
    assert_eq!(about["signed_sha256"], custody::sha256(&manifest));
    assert_eq!(about["key"], "made for this run");
    let node = crate::init_node::run(&desk.0.path().join("node"), "MA".parse().expect("a country"), "maCERT")
        .expect("a node");
    let request = Request { data: Some(desk.0.path().join("node")), ..desk.request() };
    assert_eq!(Desk::check(&request, told()).expect("a report").signer.as_deref(), Some("maCERT"));
    let about: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("signature.json")).expect("a file")).expect("JSON");
    assert_eq!(about["certificate_sha256"], node.fingerprint.to_string());
}
