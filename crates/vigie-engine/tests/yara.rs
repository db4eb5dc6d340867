//! YARA rules on bytes: what is reported, what is refused, and what real rules and published engine cases come to.
//!
//! Built with the feature `yara` only. The real data lies beside the checkout (`../shared/data`, or where
//! `VIGIE_SHARED_DATA` says) and is never committed; without it its tests say that they were skipped.

use std::collections::BTreeMap;
use std::fs::File as Disk;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use vigie_engine::yara::{File, Limits, ScanError, Scanner};
use vigie_engine::{Builder, Image, Options, Reason, State};

fn image(rules: &[(&str, &str)]) -> Image {
    let mut builder = Builder::new(Options::default());
    for (name, text) in rules {
        builder.add_yara(name, text);
    }
    Image::new(builder.build())
}

fn scan(image: &Image, file: &File<'_>, bytes: &[u8]) -> Vec<String> {
    let found = Scanner::new(image, Limits::default()).scan(file, bytes, Some(0)).expect("it can be scanned");
    let line = |it: &vigie_engine::Match| {
        let matched: Vec<String> = it.matched.iter().map(|it| format!("{} {}", it.path, it.value)).collect();
        format!("{}: {}", it.rule.id, matched.join(", "))
    };
    found.iter().map(line).collect()
}

#[track_caller]
fn check(rules: &str, bytes: &[u8], want: &[&str]) {
    let image = image(&[("f", rules)]);
    let refused: Vec<String> = image.refusals().map(|it| format!("{}: {}", it.place, it.detail)).collect();
    assert_eq!(scan(&image, &File::default(), bytes), want, "{rules} {refused:?}");
}

#[test]
fn a_hit_names_the_strings_and_where_they_are() {
    check(
        r#"rule a { strings: $x = "MZ" $y = { 00 ff } condition: any of them }"#,
        b"--MZ\0\xffMZ",
        &[r"f:a: $x at 2: MZ, $x at 6: MZ, $y at 4: \x00\xff"],
    );
    check("rule a { condition: filesize == 2 }", b"ab", &["f:a: condition holds"]);
    check(r#"rule a { strings: $x = "bc" private condition: $x }"#, b"bc", &["f:a: condition holds"]);
    check("rule a { condition: false }", b"", &[]);
    check(
        r#"import "hash" rule a { condition: hash.md5(0, filesize) == "9dd4e461268c8034f5c8564e155c67a6" }"#,
        b"x",
        &["f:a: condition holds"],
    );
}

#[test]
fn private_rules_are_never_reported_and_global_ones_reach_their_own_file_only() {
    check("private rule a { condition: true } rule b { condition: a }", b"", &["f:b: condition holds"]);
    let rules = [
        ("one", "global private rule never { condition: false } rule a { condition: true }"),
        ("two", "rule a { condition: true }"),
    ];
    assert_eq!(scan(&image(&rules), &File::default(), b""), ["two:a: condition holds"]);
}

#[test]
fn rules_may_ask_for_what_the_file_is_called() {
    let rule = r#"rule a { condition: filename == "x.exe" and filepath contains "/tmp/" and extension == ".exe"
        and filetype == "EXE" and owner == "" }"#;
    let file = File { name: "x.exe", path: "/tmp/x.exe", extension: ".exe", kind: "EXE", owner: "" };
    let image = image(&[("f", rule)]);
    assert_eq!(scan(&image, &file, b"MZ"), ["f:a: condition holds"]);
    assert_eq!(scan(&image, &File { kind: "PDF", ..file }, b"MZ"), [] as [&str; 0]);
}

#[test]
fn who_wrote_a_rule_travels_with_its_hits() {
    #[track_caller]
    fn check(meta: &str, want: Option<&str>) {
        let image = image(&[("f", &format!("rule a {{ {meta} condition: true }}"))]);
        let found =
            Scanner::new(&image, Limits::default()).scan(&File::default(), b"", None).expect("scanned");
        assert_eq!(found.first().and_then(|it| it.rule.author.as_deref()), want, "{meta}");
        assert!(found.iter().all(|it| it.rule.language == "yara" && it.hash.is_some()));
    }
    check("", None);
    check(r#"meta: author = "Ann""#, Some("Ann"));
    check(r#"meta: Author = "Ann" license = "DRL 1.1""#, Some("Ann, DRL 1.1"));
    check("meta: author = 3", None);
}

#[test]
fn a_rule_that_cannot_be_compiled_costs_itself_and_those_that_ask_for_it() {
    #[track_caller]
    fn check(rules: &str, want: &[(&str, Reason)], compiled: u64) {
        let image = image(&[("f", rules), ("other", "rule good { condition: true }")]);
        let got: Vec<(&str, Reason)> = image.refusals().map(|it| (it.place.as_str(), it.reason)).collect();
        assert_eq!(got, want, "{rules} {:?}", image.refusals().collect::<Vec<_>>());
        assert_eq!(image.rules(None).of(State::FilesOnly), compiled + 1, "{rules}");
    }
    use Reason::{BrokenPattern, Slow};
    check("rule a {\n condition: nobody }\nrule b { condition: true }", &[("f:2", BrokenPattern)], 1);
    check(
        "rule a { condition: x }\nrule b { condition: a }",
        &[("f:1", BrokenPattern), ("f:2", BrokenPattern)],
        0,
    );
    check("include \"/etc/passwd\"\nrule a { condition: true }", &[("f:1", BrokenPattern)], 1);
    check("rule a { condition: ", &[("f:1", BrokenPattern)], 0);
    check("rule a { strings: $x = /a/ condition: $x }", &[("f:1", Slow)], 0);
    check("import \"nothing\"\nrule a { condition: true }", &[("f:1", BrokenPattern)], 1);
    check("", &[], 0);
}

#[test]
fn indicators_keep_their_ids_and_hold_while_they_are_valid() {
    let indicator = |version: u8, pattern: &str| {
        serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "created": "2026-01-01T00:00:00Z", "modified": format!("2026-01-0{version}T00:00:00Z"),
            "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-02-01T00:00:00Z", "name": "a name",
            "pattern_type": "yara", "pattern": pattern,
        })
        .to_string()
    };
    let segment = |text: &str| {
        let mut builder = Builder::new(Options::default());
        builder.add_bundle("bundle", text);
        builder.build()
    };
    let old = Image::new(segment(&indicator(1, "rule a { condition: filesize == 1 }")));
    let (valid, after) = (Some(1_768_000_000_000_000_000), Some(1_800_000_000_000_000_000));
    assert_eq!(old.rules(valid).of(State::FilesOnly), 1);
    assert_eq!(old.rules(after).of(State::Expired), 1);

    let new =
        segment(&indicator(2, "rule a { condition: filesize == 2 } rule b { condition: filesize == 2 }"));
    let none: [&vigie_stix::id::StixId; 0] = [];
    let image = old.with(new, none, &Options::default());
    let scanned = |bytes: &[u8], at| {
        let found =
            Scanner::new(&image, Limits::default()).scan(&File::default(), bytes, at).expect("scanned");
        found.iter().map(|it| format!("{} {}", it.rule.name, it.indicator.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(scanned(b"x", valid), [] as [&str; 0], "the older version is out of force");
    assert_eq!(scanned(b"xy", valid), ["a true", "b true"]);
    assert_eq!(scanned(b"xy", after), [] as [&str; 0]);

    let broken = Image::new(segment(&indicator(1, "rule a { condition: true } rule b { condition: x }")));
    assert_eq!(broken.rules(valid).reasons.into_iter().collect::<Vec<_>>(), [(Reason::BrokenPattern, 1)]);
}

#[test]
fn a_saved_image_keeps_its_rules_and_counts_nothing_twice() {
    let options = Options::default();
    let image = image(&[("f", "rule a { condition: true } rule b { condition: x }")]);
    let mut saved = Vec::new();
    image.save(&mut saved, &options).expect("memory takes it");
    let loaded = Image::load(saved.as_slice(), u64::MAX, &options).expect("it was saved whole");
    assert_eq!(loaded.rules(None), image.rules(None));
    assert_eq!(scan(&loaded, &File::default(), b""), ["f:a: condition holds"]);
}

#[test]
fn a_file_beyond_the_limits_is_told_and_not_half_scanned() {
    let image = image(&[("f", "rule a { condition: true }")]);
    let limits = Limits { file_bytes: 2, ..Limits::default() };
    let scanned = Scanner::new(&image, limits).scan(&File::default(), b"abc", None);
    assert_eq!(scanned.err(), Some(ScanError::TooLarge { limit: 2 }));
    let slow = "rule a { condition: for all i in (1..1000000000000) : (i != 0) }";
    let limits = Limits { seconds: 1, ..Limits::default() };
    let image = self::image(&[("f", slow)]);
    if image.rules(None).of(State::FilesOnly) == 1 {
        let scanned = Scanner::new(&image, limits).scan(&File::default(), b"", None);
        assert_eq!(scanned.err(), Some(ScanError::TooSlow { seconds: 1 }));
    }
}

/// The published sets, each file on its own; how many rules are compiled and why others are not.
#[test]
fn real_rules_compile_or_say_why_not() {
    let Some(folder) = data() else { return };
    let mut told = String::new();
    for set in [
        "bartblaze",
        "eset",
        "inquest",
        "reversinglabs",
        "sekoia",
        "signature-base",
        "volexity",
        "yara-rules",
    ] {
        let files = unpack(&folder.join(format!("{set}.tar.zst")));
        let mut builder = Builder::new(Options::default());
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".yar") || name.ends_with(".yara"))
        {
            builder.add_yara(name, &String::from_utf8_lossy(text));
        }
        let image = Image::new(builder.build());
        let counts = image.rules(None);
        let reasons: Vec<String> =
            counts.reasons.iter().map(|(why, number)| format!("{number} {why}")).collect();
        assert!(counts.of(State::FilesOnly) > 0, "{set}");
        told += &format!("{set}: {} rules, refused: {}\n", counts.of(State::FilesOnly), reasons.join(", "));
        for refusal in image.refusals() {
            println!("{set}: {} ({}): {}", refusal.place, refusal.reason, refusal.detail);
        }
        let found =
            Scanner::new(&image, Limits::default()).scan(&File::default(), b"nothing in particular", Some(0));
        assert!(found.is_ok_and(|it| it.len() < 20), "{set}");
    }
    println!("{told}");
}

/// The cases of both engines. Those of YARA-X have the published verdict; of YARA 4 the differences are printed.
#[test]
fn published_cases_have_the_published_verdicts() {
    let Some(folder) = data() else { return };
    let mut told = BTreeMap::new();
    for engine in ["yara-x", "yara"] {
        let file = Disk::open(folder.join(format!("cases-{engine}.shared.jsonl.zst")))
            .expect("the data can be opened");
        let lines = BufReader::new(zstd::Decoder::new(file).expect("the data is zstd")).lines();
        for line in lines {
            let case: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
            let outcome = verdict(&case);
            if !["agrees", "asks for a test module or variable"].contains(&outcome.as_str()) {
                println!("{engine}: {outcome}: {case}");
            }
            *told.entry(format!("{engine}: {outcome}")).or_insert(0_u64) += 1;
        }
    }
    println!("{told:#?}");
    let explained = [
        "agrees",
        "asks for a test module or variable",
        "refused as slow where match is published",
        "refused as slow where no-match is published",
        "refused, as a flag of later releases where match is published",
    ];
    for outcome in told.keys().filter_map(|it| it.strip_prefix("yara-x: ")) {
        assert!(explained.contains(&outcome), "{outcome}; the cases are printed above");
    }
}

/// What a case comes to beside what it should.
fn verdict(case: &Value) -> String {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    if !case["needs_test_module"].is_null() || !case["needs_test_module_or_externals"].is_null() {
        return "asks for a test module or variable".to_owned();
    }
    let rule = match text("kind") {
        "condition" => format!("rule test {{ condition: {} }}", text("condition")),
        "pattern" => format!("rule test {{ strings: $a = {} condition: $a }}", text("pattern")),
        "regexp" => {
            format!("rule test {{ strings: $a = /{}/ condition: $a }}", text("regexp").replace('/', "\\/"))
        }
        _ => text("rule").to_owned(),
    };
    let image = image(&[("f", &rule)]);
    let refused: Vec<&str> = image.refusals().map(|it| it.reason.as_str()).collect();
    let bytes = BASE64_STANDARD.decode(text("data_b64")).expect("Base64");
    let found =
        Scanner::new(&image, Limits::default()).scan(&File::default(), &bytes, None).expect("scanned");
    let got = match (refused.first(), found.is_empty()) {
        (Some(&"slow-rule"), _) => "refused as slow",
        (Some(_), _) if text("pattern").starts_with("/(?u)") => "refused, as a flag of later releases",
        (Some(_), _) => "compile-error",
        (None, true) => "no-match",
        (None, false) => "match",
    };
    match (text("expected"), got) {
        (want, got) if want == got => "agrees".to_owned(),
        ("compiles", "match" | "no-match") => "agrees".to_owned(),
        (want, got) => format!("{got} where {want} is published"),
    }
}

fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from).join("yara");
    if !folder.is_dir() {
        println!(
            "skipped: there is no `../shared/data` beside the checkout, and VIGIE_SHARED_DATA names none"
        );
        return None;
    }
    Some(folder)
}

/// The regular files in a packed folder, by name.
fn unpack(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = Disk::open(archive).expect("the data can be opened");
    let mut bytes = Vec::new();
    zstd::Decoder::new(file).and_then(|mut it| it.read_to_end(&mut bytes)).expect("the data is zstd");
    let (mut files, mut rest, mut long_name) = (BTreeMap::new(), bytes.as_slice(), None);
    while let Some((head, after)) = rest.split_at_checked(512).filter(|(head, _)| head[0] != 0) {
        let text = |range: std::ops::Range<usize>| {
            let field = head[range].split(|it| *it == 0).next().unwrap_or_default();
            String::from_utf8_lossy(field).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124..136), 8).expect("a size in octal");
        let (content, after) = after.split_at(size);
        match head[156] {
            b'L' => long_name = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
            b'0' | 0 => {
                let name = long_name.take().unwrap_or_else(|| format!("{}/{}", text(345..500), text(0..100)));
                files.insert(name.trim_start_matches(['/', '.']).to_owned(), content.to_vec());
            }
            _ => long_name = None,
        }
        rest = &after[(512 - size % 512) % 512..];
    }
    files
}
