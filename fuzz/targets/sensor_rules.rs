//! Rules for Suricata and Snort.

use vigie_engine::suricata::{Dialect, Limits, Rule, split};

const INDICATOR: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

/// What is written for a sensor is one line, and reads as the same rule again.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let limits = Limits::default();
    for dialect in [Dialect::Suricata, Dialect::Snort] {
        for part in split(&text, dialect) {
            let Ok(rule) = Rule::parse(part.text, dialect, &limits) else { continue };
            let written = rule.for_sensor(7, INDICATOR).to_string();
            assert!(!written.contains(['\n', '\r']), "{written}");
            // It may be longer than what was read, by what names the indicator.
            let roomy = Limits { rule_bytes: written.len(), options: limits.options + 1, ..limits };
            let again = Rule::parse(&written, dialect, &roomy);
            assert_eq!(again.map(|it| it.for_sensor(7, INDICATOR).to_string()), Ok(written));
        }
        let _ = Rule::parse_all(&text, dialect, &limits);
    }
}
