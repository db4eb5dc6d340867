//! Logs: which ones a record belongs to, in the words that rules use.
//!
//! A Sigma rule names its log source by product, category and service, and holds for records of that source only. A
//! reader says of each record which [`LogClass`] it belongs to; a class names every source that such a record counts for.

use std::fmt;

/// A log source as Sigma writes it: what is not named is left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogSource {
    /// Such as `windows`, `zeek`.
    pub product: Option<Box<str>>,
    /// Such as `process_creation`, `dns`.
    pub category: Option<Box<str>>,
    /// Such as `sysmon`, `security`.
    pub service: Option<Box<str>>,
}

/// Records that count for the same log sources, under one version of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogClass {
    /// The mapping that gave the fields their names, with its version: `sysmon 1`.
    pub mapping: Box<str>,
    /// The sources, each as fully named as the record allows. A rule holds here if it names nothing that one of these
    /// lacks or has otherwise.
    pub sources: Vec<LogSource>,
}

impl LogSource {
    /// Whether records of the source `seen` are among those that this one speaks of.
    pub fn covers(&self, seen: &Self) -> bool {
        let each = [
            (&self.product, &seen.product),
            (&self.category, &seen.category),
            (&self.service, &seen.service),
        ];
        each.iter().all(|(wanted, seen)| wanted.is_none() || wanted == seen)
    }
}

impl LogClass {
    /// Whether a rule for this source holds for records of the class.
    pub fn is_covered_by(&self, wanted: &LogSource) -> bool {
        self.sources.iter().any(|it| wanted.covers(it))
    }
}

/// `windows/process_creation/sysmon`, with `*` for what is left open.
impl fmt::Display for LogSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |it: &Option<Box<str>>| it.as_deref().unwrap_or("*").to_owned();
        write!(f, "{}/{}/{}", part(&self.product), part(&self.category), part(&self.service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> LogSource {
        let mut parts = text.split('/').map(|it| (it != "*").then(|| it.into()));
        let mut next = || parts.next().flatten();
        LogSource { product: next(), category: next(), service: next() }
    }

    #[test]
    fn a_rule_holds_where_it_names_nothing_else() {
        #[track_caller]
        fn check(rule: &str, class: &[&str], want: bool) {
            let sources = class.iter().map(|it| source(it)).collect();
            let class = LogClass { mapping: "test 1".into(), sources };
            assert_eq!(class.is_covered_by(&source(rule)), want, "{rule} / {class:?}");
        }
        let sysmon = ["windows/process_creation/*", "windows/*/sysmon"];
        check("windows/process_creation/*", &sysmon, true);
        check("windows/*/sysmon", &sysmon, true);
        check("*/process_creation/*", &sysmon, true);
        check("windows/*/*", &sysmon, true);
        check("*/*/*", &sysmon, true);
        check("windows/process_creation/sysmon", &sysmon, false);
        check("windows/*/security", &sysmon, false);
        check("linux/process_creation/*", &sysmon, false);
        check("windows/*/*", &[], false);
        assert_eq!(source("windows/*/sysmon").to_string(), "windows/*/sysmon");
    }
}
