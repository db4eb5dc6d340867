//! The rules of `SigmaHQ`: nothing vanishes, and what is refused is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};
use vigie_engine::explain::Verdict;
use vigie_engine::sigma::{self, Document, Options, Ruleset};
use vigie_engine::{Found, Work};

use super::archives::{data, unpack};
use super::log::{Logs, simulations};
use super::oracle::ids;
use super::sides::ours;

/// The rules, and what was refused of them.
pub(crate) fn rules(sigma: &Path) -> (Ruleset, Vec<vigie_engine::Refusal>) {
    let files = unpack(&sigma.join("rules.tar.zst"), ".yml");
    assert!(files.len() > 2_000, "{} files", files.len());
    let read = files
        .iter()
        .flat_map(|(name, text)| sigma::read(name, std::str::from_utf8(text).unwrap(), &Options::default()));
    let (documents, refused): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let documents: Vec<Document> = documents.into_iter().flatten().collect();
    let (set, more, _) = Ruleset::resolve(documents);
    (set, refused.into_iter().filter_map(Result::err).chain(more).collect())
}

#[test]
fn every_rule_is_compiled_or_refused_for_a_known_reason() {
    let Some(folder) = data("sigma") else {
        println!("skipped: the shared data is not there");
        return;
    };
    let (set, refused) = rules(&folder);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for refusal in &refused {
        *reasons.entry(format!("{}: {}", refusal.reason, refusal.detail)).or_default() += 1;
        let known = refusal.place.contains("/unsupported/")
            || refusal.place.contains("/deprecated/")
            || refusal.reason == vigie_engine::Reason::UnknownPlaceholder;
        assert!(known, "{refusal:?}");
    }
    println!("{} rules, {} refused: {reasons:#?}", set.rules.len(), refused.len());
    assert!(set.rules.len() > 1_980, "{} rules", set.rules.len());
}

#[test]
fn the_fast_evaluator_says_what_the_specification_says_of_real_rules_and_events() {
    let (Some(sigma), Some(winlog)) = (data("sigma"), data("winlog-json")) else {
        println!("skipped: the shared data is not there");
        return;
    };
    let (set, _) = rules(&sigma);
    let image = ours(&unpack(&sigma.join("rules.tar.zst"), ".yml"));
    let logs = Logs::of_lines(&simulations(&winlog, 200));
    let (mut work, mut found, mut hits) = (Work::default(), Found::default(), 0);
    for event in logs.events() {
        found.matches.clear();
        image.matches(&event, None, &mut work, &mut found);
        let got: BTreeSet<&str> = found.matches.iter().map(|it| it.rule.id.as_str()).collect();
        let fires = set.rules.iter().filter(|it| it.verdict(&event) == Verdict::Holds);
        let want: BTreeSet<&str> = fires.map(|it| it.head.id_or_hash()).collect();
        assert_eq!(got, want, "{event:?}");
        hits += got.len();
    }
    println!("{} events, {hits} hits", logs.records.len());
    assert!(hits > 5, "{hits} hits");
}

/// `SigmaHQ`'s own: each rule with events that it must fire on.
#[test]
fn rules_fire_on_their_regression_events() {
    let Some(sigma) = data("sigma") else {
        println!("skipped: the shared data is not there");
        return;
    };
    let image = ours(&unpack(&sigma.join("rules.tar.zst"), ".yml"));
    let known: BTreeSet<String> = ids(&image);
    let (mut work, mut found, mut missed, mut fired) = (Work::default(), Found::default(), Vec::new(), 0);
    for (name, text) in unpack(&sigma.join("regression.tar.zst"), ".json") {
        let id = name.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
        let records = serde_json::Deserializer::from_slice(&text).into_iter::<Value>();
        let logs = Logs::of(records.map(|it| flat(&it.unwrap())));
        found.matches.clear();
        for event in logs.events() {
            image.matches(&event, None, &mut work, &mut found);
        }
        if found.matches.iter().any(|it| it.rule.id == id) {
            fired += 1;
        } else {
            missed.push((name, known.contains(&id)));
        }
    }
    println!("{fired} fire; missed: {missed:#?}");
    assert!(fired >= 100 && missed.is_empty(), "{fired} fire; missed: {missed:#?}");
}

/// A record of the JSON that EVTX becomes, flat: the attributes of its head joined by `_`, and the data as they are.
fn flat(record: &Value) -> Value {
    let mut fields = Map::new();
    let event = record.get("Event").unwrap_or(record);
    for (name, value) in event.get("System").and_then(Value::as_object).into_iter().flatten() {
        match value.get("#attributes").and_then(Value::as_object) {
            Some(attributes) => {
                fields.extend(attributes.iter().map(|(key, value)| (format!("{name}_{key}"), value.clone())));
                fields.extend(value.get("#text").map(|it| (name.clone(), it.clone())));
            }
            None => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    for part in ["EventData", "UserData"] {
        for (name, value) in event.get(part).and_then(Value::as_object).into_iter().flatten() {
            // Some sensors put spaces into names, and rules leave them out.
            fields.insert(name.replace(' ', ""), value.clone());
        }
    }
    Value::Object(fields)
}
