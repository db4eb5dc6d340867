//! An independent engine on the same rules and the same events. docs/spec/sigma.md explains every difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use vigie_engine::{Builder, Found, Image, Options, Work};

use super::logs::Logs;
use super::shared_rules::{data, unpack};

/// The other engine with these rules; also the ids of those that it takes.
pub(crate) fn other(files: &[(String, Vec<u8>)]) -> (Engine, BTreeSet<String>) {
    let (mut engine, mut taken) = (Engine::new(), BTreeSet::new());
    for (_, text) in files {
        let Ok(set) = rsigma_parser::parse_sigma_yaml(std::str::from_utf8(text).unwrap()) else { continue };
        for rule in &set.rules {
            if engine.add_rule(rule).is_ok() {
                taken.extend(rule.id.clone());
            }
        }
    }
    (engine, taken)
}

/// Ours with these rules.
pub(crate) fn ours(files: &[(String, Vec<u8>)]) -> Image {
    let mut builder = Builder::new(Options::default());
    for (name, text) in files {
        builder.add_sigma(name, std::str::from_utf8(text).unwrap());
    }
    Image::new(builder.build())
}

/// The ids of its rules.
pub(crate) fn ids(image: &Image) -> BTreeSet<String> {
    image.sigma().flat_map(|it| &it.rules).map(|it| it.head.id_or_hash().to_owned()).collect()
}

pub(crate) fn log_source(class: &vigie_model::log::LogClass) -> rsigma_parser::LogSource {
    let source = &class.sources[0];
    rsigma_parser::LogSource {
        category: source.category.as_deref().map(str::to_owned),
        product: source.product.as_deref().map(str::to_owned),
        service: source.service.as_deref().map(str::to_owned),
        ..rsigma_parser::LogSource::default()
    }
}

/// Both on every event: the rules that only one of them says fire, with the number of events.
fn differences(sigma: &Path, logs: &Logs) -> (BTreeMap<String, (u64, u64)>, u64) {
    let files = unpack(&sigma.join("rules.tar.zst"), ".yml");
    let (engine, taken) = other(&files);
    let image = ours(&files);
    let known: BTreeSet<String> = ids(&image);
    println!("{} rules there, {} here", taken.len(), known.len());
    let (mut work, mut found) = (Work::default(), Found::default());
    let sources: Vec<_> = logs.classes.iter().map(log_source).collect();
    let (mut differ, mut hits): (BTreeMap<String, (u64, u64)>, u64) = (BTreeMap::new(), 0);
    for (event, (class, record)) in logs.events().iter().zip(&logs.records) {
        found.matches.clear();
        image.matches(event, None, &mut work, &mut found);
        let mine: BTreeSet<&str> = found.matches.iter().map(|it| it.rule.id.as_str()).collect();
        let said = engine.evaluate_with_logsource(&JsonEvent::borrow(record), &sources[*class]);
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
    let logs = Logs::simulations(&winlog, 10);
    let (differ, hits) = differences(&sigma, &logs);
    println!("{} events, {hits} hits, {} rules differ: {differ:#?}", logs.records.len(), differ.len());
    assert!(hits > 100, "{hits} hits on {} events", logs.records.len());
    assert_eq!(differ, BTreeMap::new());
}
