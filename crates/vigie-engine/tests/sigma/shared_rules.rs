//! The rules of `SigmaHQ`: nothing vanishes, and what is refused is known.
//!
//! The data lies beside the checkout (`../shared/data`, or where `VIGIE_SHARED_DATA` says) and is never committed; without
//! it the tests say that they were skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use vigie_engine::explain::Verdict;
use vigie_engine::sigma::{self, Document, Options, Ruleset};
use vigie_engine::{Found, Work};

/// The folder of a set of the shared data.
pub(crate) fn data(set: &str) -> Option<PathBuf> {
    let beside = || {
        let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|it| it.join("shared/data"));
        folders.find(|it| it.is_dir()).unwrap_or_default()
    };
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from).join(set);
    folder.is_dir().then_some(folder)
}

/// The files of a `.tar.zst` whose names end so, in the order of the archive.
pub(crate) fn unpack(archive: &Path, ends: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = zstd::decode_all(File::open(archive).unwrap()).unwrap();
    let (mut rest, mut files, mut long_name) = (bytes.as_slice(), Vec::new(), None);
    while let Some((head, after)) = rest.split_at_checked(512).filter(|(head, _)| head[0] != 0) {
        let text = |from: usize, to: usize| {
            let bytes = head[from..to].split(|it| *it == 0).next().unwrap_or_default();
            String::from_utf8_lossy(bytes).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8).unwrap();
        let content = &after[..size];
        match head[156] {
            b'L' => long_name = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
            b'x' => {
                let records = String::from_utf8_lossy(content);
                long_name = records.lines().find_map(|it| Some(it.split_once(" path=")?.1.to_owned()));
            }
            kind => {
                let name = long_name.take().unwrap_or_else(|| match text(345, 500) {
                    prefix if prefix.is_empty() => text(0, 100),
                    prefix => format!("{prefix}/{}", text(0, 100)),
                });
                if matches!(kind, b'0' | 0) && name.ends_with(ends) {
                    files.push((name, content.to_vec()));
                }
            }
        }
        rest = &after[size.next_multiple_of(512)..];
    }
    files
}

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
    let image = super::oracle::ours(&unpack(&sigma.join("rules.tar.zst"), ".yml"));
    let logs = super::logs::Logs::simulations(&winlog, 60);
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
    assert!(hits > 20, "{hits} hits");
}

/// `SigmaHQ`'s own: each rule with events that it must fire on.
#[test]
fn rules_fire_on_their_regression_events() {
    let Some(sigma) = data("sigma") else {
        println!("skipped: the shared data is not there");
        return;
    };
    let image = super::oracle::ours(&unpack(&sigma.join("rules.tar.zst"), ".yml"));
    let known: BTreeSet<String> = super::oracle::ids(&image);
    let (mut work, mut found, mut missed, mut fired) = (Work::default(), Found::default(), Vec::new(), 0);
    for (name, text) in unpack(&sigma.join("regression.tar.zst"), ".json") {
        let id = name.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
        let records = serde_json::Deserializer::from_slice(&text).into_iter::<serde_json::Value>();
        let logs = super::logs::Logs::of(records.map(|it| super::logs::flat(&it.unwrap())));
        found.matches.clear();
        for event in logs.events() {
            image.matches(&event, None, &mut work, &mut found);
        }
        match found.matches.iter().any(|it| it.rule.id == id) {
            true => fired += 1,
            false => missed.push((name, known.contains(&id))),
        }
    }
    println!("{fired} fire; missed: {missed:#?}");
    assert!(fired >= 100 && missed.is_empty(), "{fired} fire; missed: {missed:#?}");
}
