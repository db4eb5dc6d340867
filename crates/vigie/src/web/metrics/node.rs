//! The figures that the node itself gives, as they are at the moment of asking.

use std::collections::BTreeMap;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};
use vigie_app::read_figures::Figures;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct List {
    list: String,
}

/// A registry that holds these figures.
pub(super) fn registry(figures: Figures) -> Registry {
    let mut registry = Registry::with_prefix("vigie");
    let mut count = |name: &str, help: &str, number: u64| {
        registry.register(name, help, ConstCounter::new(number));
    };
    count("events", "Records of telemetry compared with the rules", figures.events);
    count("events_skipped", "Records of telemetry that could not be understood", figures.skipped);
    count("alerts", "Alerts raised", figures.alerts);
    count("hits_suppressed", "Hits that a warning list suppressed", figures.suppressed);
    let help = "Alerts of sensors that named an indicator that no rule in force is";
    count("alerts_of_unknown_indicators", help, figures.unknown_alerts);
    count("journal_entries", "Entries of the journal", figures.journal_entries);
    registry.register("peers", "Allies' nodes that are known", ConstGauge::new(figures.peers));
    let connected = ConstGauge::new(figures.peers_connected);
    registry.register("peers_connected", "Allies' nodes whose notice channel stands", connected);
    let bytes = ConstGauge::new(figures.store_bytes);
    registry.register_with_unit("store", "The database with its write-ahead log", Unit::Bytes, bytes);
    let rules = family(figures.rules, |state| State { state });
    registry.register("rules", "Rules by state", rules);
    let refused = family(figures.refused, |reason| Reason { reason });
    registry.register("rules_refused", "Rules that were refused, by reason", refused);
    let warned = family(figures.warned, |list| List { list });
    registry.register("rules_in_warning_lists", "Rules that stand in a warning list, by the list", warned);
    registry
}

fn family<N, L>(numbers: BTreeMap<N, u64>, label: impl Fn(N) -> L) -> Family<L, Gauge>
where
    L: Clone + std::hash::Hash + Eq,
{
    let family = Family::<L, Gauge>::default();
    for (name, number) in numbers {
        family.get_or_create(&label(name)).set(i64::try_from(number).unwrap_or(i64::MAX));
    }
    family
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn every_figure_is_shown() {
        let figures = Figures {
            events: 1,
            skipped: 2,
            alerts: 3,
            suppressed: 10,
            unknown_alerts: 11,
            rules: [("active", 4), ("refused", 5)].into(),
            refused: [("too-large", 5)].into(),
            warned: [("Google".to_owned(), 12)].into(),
            peers: 6,
            peers_connected: 7,
            journal_entries: 8,
            store_bytes: 9,
        };
        let mut text = String::new();
        encode(&mut text, &registry(figures)).unwrap();
        let mut shown: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
        shown.sort_unstable();
        let want = [
            "vigie_alerts_of_unknown_indicators_total 11",
            "vigie_alerts_total 3",
            "vigie_events_skipped_total 2",
            "vigie_events_total 1",
            "vigie_hits_suppressed_total 10",
            "vigie_journal_entries_total 8",
            "vigie_peers 6",
            "vigie_peers_connected 7",
            "vigie_rules_in_warning_lists{list=\"Google\"} 12",
            "vigie_rules_refused{reason=\"too-large\"} 5",
            "vigie_rules{state=\"active\"} 4",
            "vigie_rules{state=\"refused\"} 5",
            "vigie_store_bytes 9",
        ];
        assert_eq!(shown, want);
        assert!(text.contains("# UNIT vigie_store_bytes bytes"), "{text}");
    }
}
