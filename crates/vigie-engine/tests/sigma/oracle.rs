//! An independent engine on the same rules and the same events. docs/spec/sigma.md explains every difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rsigma_eval::event::JsonEvent;
use vigie_engine::{Found, Image, Work};

use super::archives::{data, unpack};
use super::log::{Logs, simulations};
use super::sides::{log_sources, other, ours};

/// The ids of its rules.
pub(crate) fn ids(image: &Image) -> BTreeSet<String> {
    image.sigma().flat_map(|it| &it.rules).map(|it| it.head.id_or_hash().to_owned()).collect()
}

/// Both on every event: the rules that only one of them says fire, with the number of events.
fn differences(sigma: &Path, logs: &Logs) -> (BTreeMap<String, (u64, u64)>, u64) {
    let files = unpack(&sigma.join("rules.tar.zst"), ".yml");
    let (engine, taken) = other(&files, |_| true);
    let image = ours(&files);
    let known: BTreeSet<String> = ids(&image);
    let (mut work, mut found) = (Work::default(), Found::default());
    let sources: Vec<_> = logs.classes.iter().map(log_sources).collect();
    let (mut differ, mut hits): (BTreeMap<String, (u64, u64)>, u64) = (BTreeMap::new(), 0);
    for (event, (class, record)) in logs.events().iter().zip(&logs.records) {
        found.matches.clear();
        image.matches(event, None, &mut work, &mut found);
        let mine: BTreeSet<&str> = found.matches.iter().map(|it| it.rule.id.as_str()).collect();
        let seen = JsonEvent::borrow(record);
        let said: Vec<_> =
            sources[*class].iter().flat_map(|it| engine.evaluate_with_logsource(&seen, it)).collect();
        let theirs: BTreeSet<&str> = said.iter().filter_map(|it| it.header.rule_id.as_deref()).collect();
        hits += mine.len() as u64;
        for id in mine.difference(&theirs).filter(|it| taken.contains(**it)) {
            differ.entry((*id).to_owned()).or_default().0 += 1;
        }
        for id in theirs.difference(&mine).filter(|it| known.contains(**it)) {
            differ.entry((*id).to_owned()).or_default().1 += 1;
        }
    }
    (differ, hits)
}

#[test]
fn another_engine_says_the_same_of_real_events() {
    let (Some(sigma), Some(winlog)) = (data("sigma"), data("winlog-json")) else {
        println!("skipped: the shared data is not there");
        return;
    };
    let logs = Logs::of_lines(&simulations(&winlog, 40));
    let (differ, hits) = differences(&sigma, &logs);
    println!("{} events, {hits} hits, {} rules differ: {differ:#?}", logs.records.len(), differ.len());
    assert!(hits > 30, "{hits} hits on {} events", logs.records.len());
    assert_eq!(differ, BTreeMap::new());
}
