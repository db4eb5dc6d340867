//! The labelled suites of OASIS through the binary: exit statuses, and how far we agree.
//!
//! The library's own tests say of each difference why (`docs/spec/stix.md`, `docs/spec/pattern.md`); here the figures
//! of those pages are held.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::dataset;
use crate::node;

#[test]
fn validation_agrees_with_oasis() {
    check_validity("stix-2.0-objects.shared.jsonl.zst", 172, 4);
    check_validity("stix-2.1-objects.shared.jsonl.zst", 245, 12);
}

fn validate(files: &[PathBuf]) -> (Option<i32>, HashSet<PathBuf>, HashSet<PathBuf>) {
    let mut arguments = vec!["stix", "validate"];
    arguments.extend(files.iter().map(|it| it.to_str().unwrap()));
    let output = node::run(&arguments);
    let (mut errors, mut findings) = (HashSet::new(), HashSet::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let file = PathBuf::from(finding["file"].as_str().unwrap());
        if finding["severity"] == "error" {
            errors.insert(file.clone());
        }
        findings.insert(file);
    }
    (output.status.code(), errors, findings)
}

#[track_caller]
fn check_validity(name: &str, agree: usize, differ: usize) {
    let Some(path) = dataset::set("stix-validity").map(|it| it.join(name)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut cases: Vec<(PathBuf, bool)> = Vec::new();
    for (number, line) in String::from_utf8(dataset::content(&path)).unwrap().lines().enumerate() {
        let case: Value = serde_json::from_str(line).unwrap();
        let file = folder.path().join(format!("{number}.json"));
        fs::write(&file, case["instance"].to_string()).unwrap();
        cases.push((file, case["expected"] == "valid"));
    }
    let files: Vec<PathBuf> = cases.iter().map(|(file, _)| file.clone()).collect();
    let (status, errors, findings) = validate(&files);
    assert_eq!(status, Some(3), "some are invalid");
    let valid = |file: &PathBuf, want: bool| {
        // The labels are those of the strict mode, in which a SHOULD counts.
        if want { !errors.contains(file) } else { !findings.contains(file) }
    };
    let agreed = cases.iter().filter(|(file, want)| valid(file, *want) == *want).count();
    assert_eq!((agreed, cases.len() - agreed), (agree, differ), "{name}");
    let clean: Vec<PathBuf> = files.into_iter().filter(|it| !errors.contains(it)).collect();
    assert_eq!(validate(&clean).0, Some(0), "no error, though there may be warnings");
    for file in errors.iter().take(10) {
        assert_eq!(validate(std::slice::from_ref(file)).0, Some(3), "{}", file.display());
    }
}

#[test]
fn matching_agrees_with_oasis() {
    check_matches("standard", 411);
    check_matches("oasis-matcher", 413);
}

#[track_caller]
fn check_matches(semantics: &str, agree: usize) {
    let Some(path) = dataset::set("stix-patterns/match.shared.json") else { return };
    let suite: Value = serde_json::from_slice(&dataset::content(&path)).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    let lines: Vec<String> = cases
        .iter()
        .map(|it| {
            let observations = &suite["observations"][it["observations_ref"].as_str().unwrap_or_default()];
            json!({"pattern": it["pattern"], "observations": observations}).to_string()
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    let batch = ["stix", "match", "--semantics", semantics, "--batch", file.to_str().unwrap()];
    let answers = node::succeed(&batch);
    assert_eq!(answers.lines().count(), cases.len());
    let mut differing = Vec::new();
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let answer: Value = serde_json::from_str(answer).unwrap();
        let got = match answer["match"].as_bool() {
            Some(true) => "match",
            Some(false) => "no-match",
            None => "error",
        };
        if case["expected"] != got {
            differing.push((&case["pattern"], answer));
        }
    }
    assert_eq!(cases.len() - differing.len(), agree, "{semantics}: {differing:#?}");
}

/// Indicators as published: each is a rule in a state that is counted, and those refused say why.
#[test]
fn every_real_indicator_is_a_rule_in_a_counted_state() {
    check_rules("stix-feeds", &["broken-object", "broken-pattern"]);
    check_rules("stix-examples", &["broken-object", "broken-pattern", "other-language", "unreadable-line"]);
}

#[track_caller]
fn check_rules(name: &str, explained: &[&str]) {
    let Some(from) = dataset::set(name) else { return };
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    dataset::unpack(&from, &rules);
    let (log, told) = (folder.path().join("eve.json"), folder.path().join("summary.json"));
    fs::write(&log, crate::samples::question("nothing.example")).unwrap();
    let [rules, log, told] = [&rules, &log, &told].map(|it| it.to_str().unwrap());
    node::succeed(&["watch", "--indicators", rules, "--summary", told, log]);
    let summary: Value = serde_json::from_slice(&fs::read(told).unwrap()).unwrap();
    let number = |it: &Value| it.as_u64().unwrap();
    let refused: u64 = summary["refused"].as_object().unwrap().values().map(number).sum();
    assert_eq!(number(&summary["rules"]["refused"]), refused, "{summary}");
    for reason in summary["refused"].as_object().unwrap().keys() {
        assert!(
            explained.contains(&reason.as_str()),
            "{name}: docs/spec/real-data.md does not explain `{reason}`"
        );
    }
    println!("{name}: {} {}", summary["rules"], summary["refused"]);
}
