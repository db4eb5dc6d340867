//! Real objects, outside the repository: nothing panics, every text is kept byte for byte, and our judgement of the
//! labelled objects is that of the OASIS validator but for what `docs/spec/stix.md` explains.
//!
//! The data lies in `$VIGIE_SHARED_DATA`, or in `../shared/data` beside the checkout; without it each test says that
//! it was skipped.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]
#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use vigie_stix::bundle::{Limits, split};
use vigie_stix::canonical::{ScoId, sco_id};
use vigie_stix::object::Object;
use vigie_stix::validate::{Severity, validate_bundle, validate_object};

/// The folder of a set, or none when there is no data on this machine.
fn set(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

/// Every JSON text of a set with its name: plain, compressed and packed.
fn texts(folder: &Path, each: &mut dyn FnMut(&str, &str)) {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            texts(&path, each);
        } else if name.ends_with(".tar.zst") {
            packed(zstd::Decoder::new(File::open(&path).unwrap()).unwrap(), each);
        } else if let Some(inner) = name.strip_suffix(".zst") {
            let mut bytes = Vec::new();
            zstd::Decoder::new(File::open(&path).unwrap()).unwrap().read_to_end(&mut bytes).unwrap();
            one(inner, &bytes, each);
        } else {
            one(&name, &std::fs::read(&path).unwrap(), each);
        }
    }
}

fn one(name: &str, bytes: &[u8], each: &mut dyn FnMut(&str, &str)) {
    if Path::new(name).extension().is_some_and(|it| it == "json")
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        each(name, text);
    }
}

/// The files of a tar archive: a header of 512 bytes with name and octal size, then the content, filled to 512.
fn packed(mut archive: impl Read, each: &mut dyn FnMut(&str, &str)) {
    let mut header = [0_u8; 512];
    while archive.read_exact(&mut header).is_ok() && header[0] != 0 {
        let field = |range: std::ops::Range<usize>| {
            String::from_utf8_lossy(&header[range]).trim_matches(['\0', ' ']).to_owned()
        };
        let (name, size) = (field(0..100), usize::from_str_radix(&field(124..136), 8).unwrap());
        let mut bytes = vec![0; size.div_ceil(512) * 512];
        archive.read_exact(&mut bytes).unwrap();
        bytes.truncate(size);
        one(&name, &bytes, each);
    }
}

/// Splits, parses and validates a text; returns objects, errors by rule, and objects that could not be read.
#[track_caller]
fn judge(name: &str, text: &str, rules: &mut BTreeMap<String, usize>) -> (usize, usize) {
    let Ok(parts) = split(text, Limits::default()) else { return (0, 0) };
    let mut unreadable = 0;
    for part in &parts.objects {
        assert_eq!(&text[part.range()], part.text, "{name}");
        match Object::parse(part.text) {
            Ok(object) => {
                assert_eq!(object.text(), part.text, "{name}");
                let _ = sco_id(&object);
                for finding in validate_object(&object) {
                    *rules.entry(format!("{} {}", finding.severity, finding.rule)).or_default() += 1;
                }
            }
            Err(_) => unreadable += 1,
        }
    }
    (parts.objects.len(), unreadable)
}

#[test]
fn real_objects_are_read() {
    for name in ["attack", "stix-examples", "stix-feeds", "taxii"] {
        let Some(folder) = set(name) else { continue };
        let (mut files, mut objects, mut unreadable, mut rules) = (0, 0, 0, BTreeMap::new());
        texts(&folder, &mut |file, text| {
            let (found, bad) = judge(file, text, &mut rules);
            files += 1;
            objects += found;
            unreadable += bad;
        });
        println!(
            "{name}: {files} files, {objects} objects, {unreadable} no STIX objects; findings {rules:#?}"
        );
        assert!(objects > 0);
    }
}

/// One line of the labelled sets.
#[derive(serde::Deserialize)]
struct Labelled {
    expected: String,
    source: String,
    instance: Box<serde_json::value::RawValue>,
}

/// The tests of OASIS whose labels are not ours; `docs/spec/stix.md` says why.
const EXPLAINED: [&str; 4] = [
    "test_additional_schema",
    "test_strict_types",
    "test_custom_toplevel_property_with_extension",
    "test_network_traffic_",
];

#[test]
fn labelled_objects_are_judged_as_by_oasis() {
    let Some(folder) = set("stix-validity") else { return };
    for version in ["2.0", "2.1"] {
        let file = File::open(folder.join(format!("stix-{version}-objects.shared.jsonl.zst"))).unwrap();
        let (mut agree, mut differ) = (0, 0);
        for line in BufReader::new(zstd::Decoder::new(file).unwrap()).lines() {
            let it: Labelled = serde_json::from_str(&line.unwrap()).unwrap();
            let findings = validate_bundle(it.instance.get(), Limits::default());
            let worst = match &findings {
                Ok(findings) => findings.iter().map(|it| it.severity).max(),
                Err(_) => Some(Severity::Error),
            };
            // The labels are of strict mode, where a warning counts; a valid object may draw a warning of ours.
            let same = match it.expected.as_str() {
                "valid" => worst != Some(Severity::Error),
                _ => worst.is_some(),
            };
            if same {
                agree += 1;
            } else {
                differ += 1;
                println!("{version} {} {}", it.expected, it.source);
                for finding in findings.iter().flatten() {
                    println!("      {finding}");
                }
                let explained = EXPLAINED.iter().any(|name| it.source.contains(name));
                assert!(explained, "{} is not explained in docs/spec/stix.md", it.source);
            }
        }
        println!("{version}: {agree} agree, {differ} differ");
        assert!(agree > 10 * differ);
    }
}

/// One example of the text of the standard.
#[derive(serde::Deserialize)]
struct Example {
    objects: Option<Vec<Box<serde_json::value::RawValue>>>,
}

/// The identifier of this example is not that of its properties; python-stix2 computes the same as we.
const STALE_EXAMPLE: &str = "file--1b40e321-ae73-5637-bd97-33c35a86b80d";

#[test]
fn the_examples_of_the_standard_have_their_identifiers() {
    let Some(folder) = set("stix-examples") else { return };
    let text = std::fs::read_to_string(folder.join("stix-v2.1-spec-examples.shared.json")).unwrap();
    let examples: Vec<Example> = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for raw in examples.iter().filter_map(|it| it.objects.as_ref()).flatten() {
        let Ok(object) = Object::parse(raw.get()) else { continue };
        let Ok(ScoId::Deterministic(id)) = sco_id(&object) else { continue };
        if object.id().uuid().get_version_num() == 5 && object.id().as_str() != STALE_EXAMPLE {
            assert_eq!(&id, object.id());
            checked += 1;
        }
    }
    println!("{checked} examples have the identifier that they should");
    assert!(checked >= 10);
}
