//! Sigma as its users have it: the published rules over the events that each must fire on.
//!
//! The regression set pairs a rule with an event log of Windows and with the same events as JSON. docs/spec/sigma.md
//! explains what does not fire.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{dataset, node};

/// Rules that do not fire on their own events, each explained in docs/spec/sigma.md.
const EXPLAINED: [&str; 0] = [];

/// Every rule fires on the log made for it, whether it is read from EVTX or from JSON.
#[test]
fn each_published_rule_fires_on_the_events_made_for_it() {
    let Some(from) = dataset::set("sigma") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (rules, events) = (folder.path().join("rules"), folder.path().join("events"));
    dataset::extract(&from.join("rules.tar.zst"), &rules);
    dataset::extract(&from.join("regression.tar.zst"), &events);
    let pairs = pairs(&events);
    assert!(pairs.len() > 50, "the set holds {} pairs", pairs.len());
    for ending in ["evtx", "json"] {
        let logs = folder.path().join(ending);
        fs::create_dir(&logs).unwrap();
        for (rule, log) in &pairs {
            fs::copy(log.with_extension(ending), logs.join(format!("{rule}.{ending}"))).unwrap();
        }
        let fired = fired(&rules, &logs);
        let silent: Vec<&str> = pairs
            .iter()
            .map(|(rule, _)| rule.as_str())
            .filter(|rule| !fired.contains(&((*rule).to_owned(), (*rule).to_owned())))
            .filter(|rule| !EXPLAINED.contains(rule))
            .collect();
        println!("{ending}: {} pairs, {} silent", pairs.len(), silent.len());
        assert!(silent.is_empty(), "from {ending} these do not fire: {silent:#?}");
    }
}

/// Each rule's id, and the log that it must fire on.
fn pairs(events: &Path) -> Vec<(String, PathBuf)> {
    let mut open = vec![events.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for path in folder.read_dir().unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "evtx") {
                let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
                found.push((rule, path));
            }
        }
    }
    found.sort();
    found
}

/// Which rule fired on which log, by the name of the log.
fn fired(rules: &Path, logs: &Path) -> BTreeSet<(String, String)> {
    let output = node::run(&["watch", "--rules", rules.to_str().unwrap(), logs.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = PathBuf::from(line["source"]["file"].as_str().unwrap());
        let log = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (line["rule"]["id"].as_str().unwrap().to_owned(), log)
    };
    String::from_utf8(output.stdout).unwrap().lines().map(line).collect()
}
