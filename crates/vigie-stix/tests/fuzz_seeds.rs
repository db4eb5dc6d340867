//! Hostile texts: seeds from the cases, mutated at random but always in the same way. Nothing panics, and what holds
//! for every text holds for these.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]

use std::path::{Path, PathBuf};

use vigie_stix::bundle::{self, Limits};
use vigie_stix::canonical::sco_id;
use vigie_stix::marking::{MarkingDefinition, Selector, all_marking_refs, effective};
use vigie_stix::object::Object;
use vigie_stix::validate::{validate_bundle, validate_object};

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Pieces that matter to these readers.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "-1",
    "1e308",
    "\"type\":",
    "\"id\":",
    "\\u0000",
    "\\ud800",
    "é",
    "\u{202e}",
    "--",
    ".[0]",
    "granular_markings",
    "selectors",
    "9007199254740993",
    "2020-01-01T00:00:60.9Z",
];

fn mutate(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(5) {
            0 => bytes.truncate(at),
            1 => {
                let piece = PIECES[dice.roll(PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
            2 => {
                let end = (at + dice.roll(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let from = dice.roll(bytes.len());
                let copy = bytes[from..(from + dice.roll(60)).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = dice.roll(256) as u8;
                }
            }
        }
    }
    bytes
}

/// Everything that reads a text from outside.
fn read_all(bytes: &[u8]) {
    let Ok(text) = bundle::from_bytes(bytes) else { return };
    let Ok(parts) = bundle::split(text, Limits::default()) else { return };
    for part in &parts.objects {
        assert_eq!(&text[part.range()], part.text);
        let Ok(object) = Object::parse(part.text) else { continue };
        assert_eq!(object.text(), part.text);
        let _ = validate_object(&object);
        let _ = sco_id(&object);
        let _ = MarkingDefinition::read(&object);
        let _ = all_marking_refs(&object);
        for reference in object.references() {
            let selector: Result<Selector, _> = reference.path.parse();
            if let Ok(selector) = selector {
                assert!(selector.resolve(object.properties()).is_some(), "{}", reference.path);
                let _ = effective(&object, &selector);
            }
        }
    }
    let small = Limits { max_findings: 3, max_findings_in_all: 50, ..Limits::default() };
    assert!(validate_bundle(text, small).unwrap().len() <= 51);
}

fn seeds(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            seeds(&path, found);
        } else if path.file_name().is_some_and(|it| it == "input.json") {
            found.push(path);
        }
    }
}

#[test]
fn mutated_cases_are_no_crash() {
    let mut paths = Vec::new();
    seeds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), &mut paths);
    paths.sort();
    let mut dice = Dice(0x5eed_0f5e_ed0f_5eed);
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        read_all(text.as_bytes());
        // Object by object, so that a broken border does not hide the rest.
        for line in text.lines().map(|it| it.trim().trim_end_matches(',')) {
            for _ in 0..25 {
                read_all(&mutate(line.as_bytes(), &mut dice));
            }
        }
        for _ in 0..30 {
            read_all(&mutate(text.as_bytes(), &mut dice));
        }
    }
}

#[test]
fn selectors_of_any_bytes() {
    let mut dice = Dice(7);
    for _ in 0..20_000 {
        let bytes = mutate(b"external_references.[0].hashes.SHA-256", &mut dice);
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(selector) = text.parse::<Selector>() {
            assert_eq!(selector.to_string(), text);
        }
    }
}

/// Bundles made to be slow: each is judged in time that grows with its length, not with its square.
#[test]
fn hostile_bundles_take_no_longer_than_they_are_long() {
    let marking = |at: usize, marks: usize| {
        format!(
            "{{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"created\":\"2020-01-01T00:00:00.000Z\",\
             \"id\":\"marking-definition--{at:08x}-0000-4000-8000-000000000000\",\
             \"object_marking_refs\":[\"marking-definition--{marks:08x}-0000-4000-8000-000000000000\"]}}"
        )
    };
    let chain: Vec<String> = (0..20_000).map(|at| marking(at, (at + 1) % 20_000)).collect();
    let same: Vec<String> = (0..20_000).map(|at| marking(0, at)).collect();
    let language = |at: usize| {
        format!(
            "{{\"type\":\"language-content\",\"spec_version\":\"2.1\",\"created\":\"2020-01-01T00:00:00.000Z\",\
             \"modified\":\"2020-01-01T00:00:00.{at:09}Z\",\"id\":\"language-content--00000000-0000-4000-8000-000000000000\",\
             \"object_ref\":\"language-content--00000000-0000-4000-8000-000000000000\",\"contents\":{{\"fr\":{{\"n\":1}}}}}}"
        )
    };
    let languages: Vec<String> = (0..20_000).map(language).collect();
    let keys: Vec<String> = (0..200_000).map(|at| format!("\"k{at}\":0")).collect();
    for text in [
        format!("[{}]", chain.join(",")),
        format!("[{}]", same.join(",")),
        format!("[{}]", languages.join(",")),
        format!("{{{}}}", keys.join(",")),
        format!(
            "[{{\"type\":\"tool\",\"id\":\"tool--00000000-0000-4000-8000-000000000000\",{}}}]",
            keys.join(",")
        ),
        format!("[{}]", vec!["{}"; 300_000].join(",")),
    ] {
        let start = std::time::Instant::now();
        let _ = validate_bundle(&text, Limits::default());
        assert!(start.elapsed().as_secs() < 20, "{} bytes took {:?}", text.len(), start.elapsed());
    }
}
