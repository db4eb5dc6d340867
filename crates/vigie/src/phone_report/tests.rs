//! What the report says, in every language, and what it never says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use fluent_bundle::FluentResource;
use vigie_app::check_phone::{Certainty, Consent, Named, Origin, Quality, Rechecked, Sign, SourceFile};

use super::*;

/// Words that would tell somebody that all is well. A check cannot know that.
const FORBIDDEN: [&str; 22] = [
    "clean",
    "safe",
    "secure",
    "healthy",
    "not infected",
    "no spyware",
    "propre",
    "sain",
    "sûr",
    "sécurisé",
    "indemne",
    "sans danger",
    "non infecté",
    "نظيف",
    "آمن",
    "سليم",
    "بأمان",
    "غير مصاب",
    "נקי",
    "בטוח",
    "מוגן",
    "לא נגוע",
];

#[track_caller]
fn check_words(name: &str, text: &str) {
    let text = text.to_lowercase();
    for word in FORBIDDEN {
        assert!(!text.contains(word), "{name} says `{word}`");
    }
}

#[test]
fn nothing_says_that_a_phone_is_well() {
    for tongue in Tongue::ALL {
        check_words(tongue.code(), tongue.source());
    }
    check_words("report.html", include_str!("../../templates/phone/report.html"));
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vigie-app/src");
    let mut read = 0;
    for folder in [app.clone(), app.join("check_phone")] {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_ours = name.contains("phone") || entry.path().parent().unwrap().ends_with("check_phone");
            if is_ours && entry.path().extension().is_some_and(|it| it == "rs") {
                read += 1;
                // What is quoted may be printed.
                for quoted in std::fs::read_to_string(entry.path()).unwrap().split('"').skip(1).step_by(2) {
                    check_words(&name, quoted);
                }
            }
        }
    }
    assert!(read > 8, "{read}");
    for text in [include_str!("../cli/phone.rs"), include_str!("../phone_report.rs")] {
        let code = text.lines().filter(|it| !it.trim_start().starts_with("//!"));
        for quoted in code.collect::<Vec<_>>().join("\n").split('"').skip(1).step_by(2) {
            check_words("the command line", quoted);
        }
    }
    for sign in Sign::ALL {
        check_words(sign.name(), sign.what());
        check_words(sign.name(), sign.why());
        check_words(sign.name(), sign.harmless());
    }
    for verdict in [Verdict::TracesFound, Verdict::NeedsExpert, Verdict::NothingFound] {
        check_words("a verdict", verdict.as_str());
        for (name, page) in pages(&report(verdict), Tongue::English) {
            check_words(&name, &page);
        }
    }
}

/// The keys of a language with the variables of each.
fn keys(tongue: Tongue) -> BTreeMap<String, BTreeSet<String>> {
    assert!(FluentResource::try_new(tongue.source().to_owned()).is_ok(), "{}", tongue.code());
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in tongue.source().lines().filter(|it| !it.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((name, _)) = line.split_once(" =")
        {
            assert!(keys.insert(name.to_owned(), BTreeSet::new()).is_none(), "`{name}` stands twice");
            name.clone_into(&mut key);
        }
        let names =
            line.split('$').skip(1).map(|it| it.chars().take_while(char::is_ascii_alphanumeric).collect());
        keys.entry(key.clone()).or_default().extend(names);
    }
    keys.remove("");
    keys
}

#[test]
fn all_languages_say_the_same() {
    let english = keys(Tongue::English);
    assert!(english.len() > 120);
    for tongue in Tongue::ALL {
        let mut keys = keys(tongue);
        keys.retain(|key, _| !key.starts_with("sign-"));
        assert_eq!(keys, english, "{}", tongue.code());
        for (key, variables) in &english {
            for count in [0, 1, 2, 3, 11, 100] {
                let text = if variables.is_empty() { tongue.text(key) } else { tongue.counted(key, count) };
                assert!(!text.contains(['{', '$']) && text != *key, "{} {key}: {text}", tongue.code());
            }
        }
    }
}

#[test]
fn every_sign_has_words_of_its_own_in_every_language() {
    let parts = |tongue: Tongue, sign| {
        let Signed { what, why, harmless } = tongue.sign(sign);
        [what, why, harmless]
    };
    let mut said = BTreeSet::new();
    for tongue in Tongue::ALL {
        for sign in Sign::ALL {
            for (text, english) in parts(tongue, *sign).into_iter().zip(parts(Tongue::English, *sign)) {
                assert!(!text.is_empty() && !text.starts_with("sign-"), "{} {sign}: {text}", tongue.code());
                assert!(tongue == Tongue::English || text != english, "{} {sign}: {text}", tongue.code());
                assert_eq!(text.ends_with('.'), english.ends_with('.'), "{} {sign}: {text}", tongue.code());
                check_words(sign.name(), &text);
                said.insert((tongue.code(), text));
            }
        }
        let texts = keys(tongue).into_keys().filter(|it| it.starts_with("sign-")).count();
        let want = if tongue == Tongue::English { 0 } else { 3 * Sign::ALL.len() };
        assert_eq!(texts, want, "{}: texts of signs", tongue.code());
    }
    assert_eq!(said.len(), 4 * 3 * Sign::ALL.len(), "two signs say the same");
}

/// A suspicion without an indicator.
fn suspicion(sign: Sign, artefact: &'static str, value: &str) -> Finding {
    Finding {
        grade: Grade::Suspicion,
        artefact,
        indicator: Named { id: format!("sign--{sign}"), ..Named::default() },
        reasons: vec![Reason::Sign],
        sign: Some(sign),
        ..finding(value)
    }
}

#[test]
fn a_suspicion_is_read_aloud_in_the_language_of_the_page() {
    let mut report = report(Verdict::NeedsExpert);
    report.findings = vec![
        suspicion(Sign::ThreatNotification, "sms", "message 17"),
        suspicion(Sign::StagingProgram, "osanalytics_addaily", "bh"),
    ];
    for (name, page) in pages(&report, Tongue::English) {
        let (owner, annex) = page.split_once("<section class=\"annex\">").unwrap();
        let tongue = Tongue::ALL.into_iter().find(|it| name.contains(&format!(".{}.", it.code())));
        let tongue = tongue.unwrap_or(Tongue::English);
        let signs = report.findings.iter().filter_map(|it| it.sign);
        for Signed { what, why, harmless } in signs.map(|it| tongue.sign(it)) {
            for text in [what, why, harmless].map(|it| it.replace('\'', "&#39;")) {
                assert!(owner.contains(&text) && annex.contains(&text), "{name}: {text}");
            }
        }
        for place in ["place-messages", "place-usage"].map(|it| tongue.text(it)) {
            assert!(owner.contains(&place) && !annex.contains(&place), "{name}: {place}");
        }
        for technical in ["sms", "osanalytics_addaily", "message 17", "sign--"] {
            assert!(!owner.contains(technical) && annex.contains(technical), "{name}: {technical}");
        }
        assert!(tongue == Tongue::English || !page.contains(Sign::StagingProgram.why()), "{name}");
    }
}

#[test]
fn every_grade_reason_and_state_has_words() {
    let known = keys(Tongue::English);
    let reasons = Reason::ALL.iter().map(|it| format!("reason-{}", it.as_str()));
    let grades = Grade::ALL.iter().map(|it| format!("grade-{}", it.as_str()));
    let states =
        ["present", "absent", "unreadable", "partial", "not-in-this-kind"].map(|it| format!("state-{it}"));
    let sure = [Certainty::Exact, Certainty::Day, Certainty::Zoned, Certainty::Local];
    let sure = sure.map(|it| format!("certainty-{}", certainty_name(it)));
    for key in reasons.chain(grades).chain(states).chain(sure) {
        assert!(known.contains_key(&key), "{key}");
    }
    let words =
        [include_str!("../phone_report.rs"), include_str!("../../templates/phone/report.html")].concat();
    for key in known.keys() {
        let stem = key.split('-').next().unwrap_or_default();
        let made =
            ["reason", "else", "grade", "state", "certainty", "verdict", "now", "place"].contains(&stem);
        assert!(made || words.contains(&format!("\"{key}\"")), "nothing says `{key}`");
    }
}

fn finding(value: &str) -> Finding {
    Finding {
        grade: Grade::Trace,
        artefact: "sms",
        file: Arc::from("HomeDomain/Library/SMS/sms.db"),
        record: "message 17".to_owned(),
        time: Some(1_626_602_400_000_000_000),
        what: Some("received"),
        certainty: Some(Certainty::Exact),
        value: value.to_owned(),
        line: format!("look: {value}"),
        indicator: Named {
            id: "indicator--00000000-0000-4000-8000-000000000001".to_owned(),
            pattern: "[domain-name:value='evil.example']".to_owned(),
            origin: Some(Arc::new(Origin {
                file: "herring.stix2".into(),
                indicates: vec!["Herring".to_owned()],
                creator: Some("A laboratory".to_owned()),
                published: Some(1_640_995_200_000_000_000),
                ..Origin::default()
            })),
            until: None,
        },
        reasons: vec![Reason::InMessage],
        sign: None,
    }
}

fn report(verdict: Verdict) -> Report {
    let state = |artefact, state, read, of, why: Option<&str>| ArtefactState {
        artefact,
        file: Some(format!("HomeDomain/{artefact}.db")),
        state,
        read,
        of,
        why: why.map(str::to_owned),
    };
    Report {
        kind: "ios-backup",
        verdict,
        findings: vec![finding("https://evil.example/a"), finding("<script>alert(1)</script>\u{202e}x")],
        left_out: 0,
        records: 12,
        moments: 12,
        artefacts: vec![
            state("sms", "present", Some(2), Some(2), None),
            state("calls", "partial", Some(3), Some(9), Some("page 4 is zero")),
            state("dumpsys", "not in this kind", None, None, None),
        ],
        notes: vec!["a link was not followed".to_owned()],
        damaged: false,
        sources: vec![SourceFile {
            file: "herring.stix2".to_owned(),
            indicators: 9,
            ..SourceFile::default()
        }],
        quality: Quality::default(),
        consent: Consent {
            owner: "Amal".to_owned(),
            purpose: "to look for spyware".to_owned(),
            scope: "all".to_owned(),
            retention: "a month".to_owned(),
            date: "2026-11-22".to_owned(),
            extract: true,
        },
        evidence_sha256: "00".repeat(32),
        evidence_size: (3, 4_096),
        signer: None,
        extract: false,
        rechecked: None,
    }
}

#[test]
fn a_page_stands_alone_in_each_language() {
    let pages = pages(&report(Verdict::TracesFound), Tongue::Arabic);
    let names: Vec<&str> = pages.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, ["report.html", "report.en.html", "report.fr.html", "report.he.html"]);
    for (tongue, direction) in [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr"), ("he", "rtl")] {
        let head = format!("<html lang=\"{tongue}\" dir=\"{direction}\">");
        let page = &pages.iter().find(|it| it.1.contains(&head)).expect(tongue).1;
        for foreign in ["<script", "http-equiv=\"refresh", " src=", "url(", "@import", "<link", "alert(1)</"]
        {
            assert!(!page.contains(foreign), "{tongue}: {foreign}");
        }
        for wanted in
            ["<svg", "Herring", "herring.stix2", "message 17", "Amal", "page 4 is zero", "U+202E", "sha256-"]
        {
            assert!(page.contains(wanted), "{tongue}: {wanted}");
        }
        assert!(
            !page.contains("STYLE-DIGEST") && !page.contains("reason-") && !page.contains("verdict-"),
            "{tongue}"
        );
    }
}

#[track_caller]
fn check_page(report: &Report, want: &[&str], not: &[&str]) {
    let page = &pages(report, Tongue::English)[0].1;
    for it in want {
        assert!(page.contains(it), "{it}");
    }
    for it in not {
        assert!(!page.contains(it), "{it}");
    }
}

#[test]
fn a_page_says_what_was_agreed_and_that_the_phone_was_not_read_again() {
    let mut report = report(Verdict::NothingFound);
    check_page(&report, &["Amal", ">agreed<"], &["not read again", "extract.age"]);
    report.extract = true;
    check_page(&report, &["agreed; it is extract.age, encrypted"], &[]);
    (report.extract, report.consent.extract) = (false, false);
    check_page(&report, &["not agreed"], &[]);
    report.consent.owner = String::new();
    report.rechecked = Some(Rechecked { date: "2026-11-01".to_owned(), sha256: "ab".repeat(32) });
    check_page(&report, &["not read again", "2026-11-01", "abababab"], &[">Owner<"]);
    check_words("a recheck", &pages(&report, Tongue::English)[0].1);
}

#[test]
fn why_says_what_where_when_and_what_else() {
    assert_eq!(
        why(&finding("https://evil.example/a")),
        "Trace. An address that attackers used stands in a message. That is an attempt; whether it succeeded, this \
         alone does not say. It stands in sms, `HomeDomain/Library/SMS/sms.db`, message 17; received 2021-07-18 \
         10:00:00 UTC (exact). The indicator is from herring.stix2, for Herring, by A laboratory, published \
         2022-01-01, 166 days after the record. What else would explain it: somebody may have passed the link on as a \
         warning, or quoted a report. Now: Do not delete anything, do not reset or update the phone, and do not restart \
         it: that destroys evidence."
    );
}

#[test]
fn a_drawing_has_a_mark_for_each_dated_finding() {
    let mut undated = finding("x");
    undated.time = None;
    assert!(Chart::of(std::slice::from_ref(&undated)).is_none());
    let mut later = finding("y");
    later.time = Some(i64::MAX);
    let chart = Chart::of(&[finding("x"), undated, later]).expect("a drawing");
    assert_eq!(chart.rows[0].marks, [(24, 1), (696, 1)]);
    assert_eq!(chart.dates.len(), 4);
}

#[test]
fn one_indicator_is_told_once_aloud() {
    let mut report = report(Verdict::TracesFound);
    let mut other = finding("z");
    other.indicator.id = "indicator--00000000-0000-4000-8000-000000000002".to_owned();
    report.findings.push(other);
    let page = Page::new(&report, Tongue::English, Tongue::English);
    assert_eq!((page.aloud.len(), page.more, page.findings.len()), (2, 1, 3));
}
