//! Matches: which rule fired on an event, and on which of its values.

use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use vigie_model::alert::{self, Matched, Observation, Proof, Rule};
use vigie_model::event::{Observable, Observed};
use vigie_stix::timestamp::Timestamp;

use crate::rule::Indicator;
use crate::window::{Horizon, Seen, Step};

/// What an event came to.
#[derive(Debug, Default)]
pub struct Found {
    /// The rules that fired on it alone.
    pub matches: Vec<Match>,
    /// What it is to rules over several events; [`crate::Windows`] takes these.
    pub steps: Vec<Step>,
    /// Those of them that a warning list holds back: see [`crate::Warnings`].
    pub suppressed: Vec<Suppressed>,
    /// How many indicators sensors' alerts named that no rule in force is.
    pub unknown_alerts: u64,
}

impl Found {
    /// Whether the event came to nothing.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty() && self.steps.is_empty() && self.suppressed.is_empty()
    }
}

/// A match that is not told, because what fired stands in a warning list.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The match.
    pub hit: Match,
    /// The name of the warning list.
    pub list: Arc<str>,
    /// Its entry.
    pub entry: String,
}

/// A rule that fired on an event.
#[derive(Clone, Debug)]
pub struct Match {
    /// The rule, as a hit names it.
    pub rule: Rule,
    /// The indicator, if the rule is one. Its label is for the caller to weigh before the hit is told to anybody.
    pub indicator: Option<Arc<Indicator>>,
    /// The values seen that made it fire, as the sensor wrote them.
    pub matched: Vec<Matched>,
    /// Whether the pattern is true as the standard reads it, character by character, and not only between canonical
    /// forms. Always so for lists.
    pub literal: bool,
    /// Of a rule over several events: each of them, in the order of their times. Empty for a rule that fired on one.
    pub observations: Vec<Seen>,
    /// Of a rule over several events: how far apart they may lie.
    pub horizon: Option<Horizon>,
    /// SHA-256 of what the rule says, in hexadecimal digits: of a Sigma document's text, of a STIX pattern. None for
    /// lists, whose rules are their values.
    pub hash: Option<Box<str>>,
    /// The mapping that gave the event's fields their names, with its version; of a rule over several events all of them,
    /// with commas between. None for rules that ask for no fields.
    pub mapping: Option<Box<str>>,
}

impl Match {
    /// What it can be checked by; `image` is the hash of the image that gave it.
    pub fn proof(&self, image: &str) -> Proof {
        let observation = |it: &Seen| Observation {
            time: Timestamp::from_nanos_micros(it.time.into()).to_string(),
            source: it.source.clone(),
            part: it.part.clone(),
            matched: it.matched.clone(),
            mapping: it.mapping.as_deref().map(str::to_owned),
        };
        let horizon = |it: Horizon| alert::Horizon { seconds: it.nanos as f64 / 1e9, assumed: it.assumed };
        Proof {
            literal: self.literal,
            rule: self.hash.as_deref().map(str::to_owned),
            image: Some(image.to_owned()),
            mapping: self.mapping.as_deref().map(str::to_owned),
            observations: self.observations.iter().map(observation).collect(),
            horizon: self.horizon.map(horizon),
        }
    }
}

/// SHA-256 of a text, in hexadecimal digits.
pub(crate) fn hash(text: &str) -> Box<str> {
    digits(&Sha256::digest(text)).into()
}

/// Bytes as hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        let _infallible = write!(digits, "{byte:02x}");
        digits
    })
}

impl Match {
    /// A rule that fired on one event, or one file.
    pub(crate) fn on_one(rule: Rule, indicator: Option<Arc<Indicator>>, matched: Vec<Matched>) -> Self {
        let hash = indicator.as_ref().map(|it| hash(&it.pattern));
        Self {
            rule,
            indicator,
            matched,
            literal: true,
            observations: Vec::new(),
            horizon: None,
            hash,
            mapping: None,
        }
    }
}

/// The path of an observable as a pattern would write it, with its value.
pub(crate) fn matched(observable: &Observable<'_>) -> Matched {
    Matched { path: observable.path.to_string(), value: value_text(&observable.value) }
}

/// The value of an observable, for people.
pub(crate) fn value_text(value: &Observed<'_>) -> String {
    match value {
        Observed::Text(it) => it.to_string(),
        Observed::Number(it) => it.to_string(),
        Observed::Object(it) => format!("object {it}"),
    }
}

#[cfg(test)]
mod tests {
    use vigie_model::event::Path;

    #[test]
    fn paths_are_written_as_in_patterns() {
        assert_eq!(Path::FileSha256.to_string(), "file:hashes.'SHA-256'");
        assert_eq!(Path::TrafficProtocol.to_string(), "network-traffic:protocols[*]");
        for path in Path::ALL {
            let pattern = format!("[{path} = 'x']");
            assert!(vigie_stix::pattern::Pattern::parse(&pattern).is_ok(), "{pattern}");
        }
    }
}
