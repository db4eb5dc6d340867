//! Rules for Suricata and Snort: read and checked here, run by the nation's own sensors.
//!
//! An indicator whose `pattern_type` is `suricata` or `snort` says how to recognise packets, which no log shows. It is
//! checked, kept as exported, written for the sensors with the indicator's id in it ([`Rule::for_sensor`]), and fires
//! when a sensor's alert names that id. docs/spec/suricata.md writes down what is checked.
//!
//! Invariants
//! - Nothing that a sensor would do other than tell leaves here: a rule that drops, passes, runs a script or touches a
//!   file is refused ([`BadRule`]).
//! - Reading takes time linear in the text, and no more than [`Limits`].
//! - What [`Rule::for_sensor`] writes is one line, and reads as the same rule again.
//!
//! Start with [`Rule::parse`]; `suricata/header.rs` reads what stands before the parenthesis, `suricata/option.rs` what
//! stands in it, `suricata/names.txt` says which options there are.

use std::fmt;

use crate::rule::Reason;

mod header;
mod option;
mod split;

pub use option::RuleOption;
pub use split::{Text, split};

/// For which sensor a rule is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Suricata 7 and 8.
    Suricata,
    /// Snort 2 and 3.
    Snort,
}

impl Dialect {
    /// The dialect of a STIX `pattern_type`.
    pub fn of(pattern_type: &str) -> Option<Self> {
        match pattern_type {
            "suricata" => Some(Self::Suricata),
            "snort" => Some(Self::Snort),
            _ => None,
        }
    }

    /// Its `pattern_type`, and the language of its rules in hits.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suricata => "suricata",
            Self::Snort => "snort",
        }
    }
}

/// Bounds of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest rule, in bytes.
    pub rule_bytes: usize,
    /// How many options a rule may have.
    pub options: usize,
    /// How deep lists of addresses and ports may lie in each other.
    pub depth: usize,
    /// How many rules one indicator may hold.
    pub rules: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rule_bytes: 32 << 10, options: 512, depth: 16, rules: 1_000 }
    }
}

/// A rule that was read and may be given to sensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Protocol, addresses, ports and direction, with single spaces.
    header: String,
    options: Vec<RuleOption>,
    /// Its number, as its author gave it.
    pub sid: u32,
    /// Its revision, if it says one.
    pub rev: Option<u32>,
    /// What it tells people, without quotes; empty if it says nothing.
    pub message: String,
}

/// Why a rule was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {problem}")]
pub struct BadRule {
    /// The byte where the trouble begins, from 1.
    pub at: usize,
    /// What it is.
    pub problem: Problem,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A limit was reached.
    #[error("the rule has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// Something is missing.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A word that stands where it means nothing.
    #[error("`{word}` is no {what}")]
    Unknown {
        /// The word, shortened.
        word: String,
        /// What it should have been.
        what: &'static str,
    },
    /// An option that is written wrongly.
    #[error("`{name}`: {why}")]
    Option {
        /// The option.
        name: String,
        /// What is wrong, and how to write it.
        why: &'static str,
    },
    /// The rule would make the sensor do more than look and tell.
    #[error("`{what}` is not passed on to sensors: {act}; write a rule that alerts and does nothing else")]
    Acts {
        /// The action or option.
        what: String,
        /// What it would do.
        act: &'static str,
    },
}

impl BadRule {
    /// As it is counted.
    pub(crate) fn reason(&self) -> Reason {
        match self.problem {
            Problem::Acts { .. } => Reason::ActsOnSensor,
            Problem::TooLarge { .. } => Reason::TooLarge,
            _ => Reason::BrokenPattern,
        }
    }
}

impl Problem {
    fn at(self, at: usize) -> BadRule {
        BadRule { at: at + 1, problem: self }
    }

    /// A word that means nothing here, of which the first 40 characters are shown.
    fn unknown(word: &str, what: &'static str) -> Self {
        Self::Unknown { word: word.chars().take(40).collect(), what }
    }
}

impl Rule {
    /// Reads one rule. Lines may be broken outside quotes.
    pub fn parse(text: &str, dialect: Dialect, limits: &Limits) -> Result<Self, BadRule> {
        if text.len() > limits.rule_bytes {
            return Err(Problem::TooLarge { what: "bytes", limit: limits.rule_bytes }.at(limits.rule_bytes));
        }
        let (header, body) = header::parse(text, dialect, limits)?;
        let (options, found) = option::parse(text, body, dialect, limits)?;
        let sid = found
            .sid
            .ok_or_else(|| Problem::Expected("an option `sid`, such as `sid:1000001;`").at(text.len()))?;
        Ok(Self { header, options, sid, rev: found.rev, message: found.message })
    }

    /// Reads every rule of an indicator's pattern. There is at least one, and each is right.
    pub fn parse_all(text: &str, dialect: Dialect, limits: &Limits) -> Result<Vec<Self>, BadRule> {
        let mut rules = Vec::new();
        for part in split(text, dialect) {
            if rules.len() == limits.rules {
                return Err(Problem::TooLarge { what: "rules", limit: limits.rules }.at(part.at));
            }
            let rule = Self::parse(part.text, dialect, limits);
            rules.push(rule.map_err(|it| BadRule { at: it.at + part.at, ..it })?);
        }
        if rules.is_empty() {
            return Err(Problem::Expected("a rule").at(0));
        }
        Ok(rules)
    }

    /// What stands before the options, without the action: protocol, addresses, ports, direction.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// Its options, in order.
    pub fn options(&self) -> &[RuleOption] {
        &self.options
    }

    /// The variables of the sensor's configuration that it speaks of, without `$`: such as `HOME_NET`.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let after = self.header.split('$').skip(1);
        after.map(|it| {
            it.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').next().unwrap_or_default()
        })
    }

    /// The rule for the node's own sensors, on one line: under a number of this node's choice, and naming the indicator, so
    /// that an alert says whose rule it was.
    pub fn for_sensor<'r>(&'r self, sid: u32, indicator: &'r str) -> impl fmt::Display + 'r {
        ForSensor { rule: self, sid, indicator }
    }
}

/// The key under which a rule's metadata names the indicator, and an alert gives it back.
pub const INDICATOR_KEY: &str = "vigie_indicator";

struct ForSensor<'r> {
    rule: &'r Rule,
    sid: u32,
    indicator: &'r str,
}

impl fmt::Display for ForSensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alert {} (", self.rule.header)?;
        for option in &self.rule.options {
            match (option.name.as_str(), &option.value) {
                // The number is this node's own, in the group of local rules.
                ("sid" | "gid", _) => {}
                // Whoever wrote the rule does not say which indicator it is.
                ("metadata", Some(value)) => {
                    let is_kept = |it: &&str| {
                        let key = it.split_ascii_whitespace().next();
                        key.is_some_and(|it| it != INDICATOR_KEY)
                    };
                    let kept: Vec<&str> = value.split(',').map(str::trim).filter(is_kept).collect();
                    if !kept.is_empty() {
                        write!(f, "metadata:{}; ", kept.join(", "))?;
                    }
                }
                (name, None) => write!(f, "{name}; ")?,
                (name, Some(value)) => write!(f, "{name}:{value}; ")?,
            }
        }
        write!(f, "metadata:{INDICATOR_KEY} {}; sid:{};)", self.indicator, self.sid)
    }
}

#[cfg(test)]
mod tests;
