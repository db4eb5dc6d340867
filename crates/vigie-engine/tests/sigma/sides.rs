//! Two engines with the same rules: ours, and one that shares nothing with it.

use std::collections::BTreeSet;

use rsigma_eval::Engine;
use vigie_engine::{Builder, Image, Options};
use vigie_model::log::LogClass;

/// The other engine with those of the rules that are wanted; also the ids of those that it takes.
pub(crate) fn other(
    files: &[(String, Vec<u8>)],
    is_wanted: impl Fn(&rsigma_parser::LogSource) -> bool,
) -> (Engine, BTreeSet<String>) {
    let (mut engine, mut taken) = (Engine::new(), BTreeSet::new());
    for (_, text) in files {
        let Ok(set) = rsigma_parser::parse_sigma_yaml(std::str::from_utf8(text).unwrap()) else { continue };
        for rule in &set.rules {
            if is_wanted(&rule.logsource) && engine.add_rule(rule).is_ok() {
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

/// The sources of a class in the words of the other engine, which takes one at a time.
pub(crate) fn log_sources(class: &LogClass) -> Vec<rsigma_parser::LogSource> {
    let source = |it: &vigie_model::log::LogSource| rsigma_parser::LogSource {
        category: it.category.as_deref().map(str::to_owned),
        product: it.product.as_deref().map(str::to_owned),
        service: it.service.as_deref().map(str::to_owned),
        ..rsigma_parser::LogSource::default()
    };
    class.sources.iter().map(source).collect()
}
