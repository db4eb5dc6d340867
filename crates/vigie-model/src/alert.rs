//! Alerts: a rule fired on an event of this node's own telemetry.

use serde::{Deserialize, Serialize};
use vigie_stix::id::StixId;

use crate::id::AlertId;
use crate::label::{LabelId, Labelled};

/// A rule that fired, with what it saw and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Stable in this node.
    pub id: AlertId,
    /// When this node noticed, nanoseconds since 1970.
    pub noticed: i64,
    /// The match itself.
    pub hit: Hit,
    /// The STIX indicator that fired, when the rule is one.
    pub indicator: Option<StixId>,
    /// Never less restricted than the rule's own label.
    pub label: LabelId,
}

/// One match, in the shape that `vigie watch` prints (the measuring contract).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// When the event happened, RFC 3339; null when the record does not say.
    pub time: Option<String>,
    /// What fired.
    pub rule: Rule,
    /// The comparisons that were true.
    pub matched: Vec<Matched>,
    /// Where the record stands.
    pub source: Source,
    /// The record itself. It never leaves the nation.
    pub event: serde_json::Value,
    /// What the match can be checked by.
    #[serde(default)]
    pub proof: Proof,
}

/// What a match can be checked by, beside the comparisons that were true.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Whether the rule holds of the values as they are written, and not only between canonical forms.
    pub literal: bool,
    /// SHA-256 of what the rule says, in hexadecimal digits; none for a value of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// SHA-256 over all rules in force, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The mapping that named the fields, with its version; of several events all of them, with commas between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Of a rule over several events: each of them, in the order of their times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// Of a rule over several events: how far apart they may lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<Horizon>,
}

/// One of the events that made a rule fire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// When it happened, RFC 3339.
    pub time: String,
    /// Where the record stands.
    pub source: Source,
    /// What it stands for: the brackets of the pattern, or the rule that a correlation names.
    pub part: String,
    /// The comparisons that were true of it.
    pub matched: Vec<Matched>,
    /// The mapping that named its fields, with its version; none where the rule asks for no fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
}

/// How far apart the events of a rule may lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Horizon {
    /// In seconds, the end excluded.
    pub seconds: f64,
    /// Whether the rule says nothing about it, and the node's own horizon was taken.
    pub assumed: bool,
}

/// A rule, as named in a hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The indicator's STIX id, or the list's file and line.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// `stix`, `sigma`, `yara` or `list`.
    pub language: String,
    /// Who wrote it, where its licence asks that the name travels with each match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// How much its author makes of a match: Sigma's `informational`, `low`, `medium`, `high`, `critical`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

impl Rule {
    /// A rule without author and level.
    pub fn new(id: impl Into<String>, name: impl Into<String>, language: &str) -> Self {
        Self { id: id.into(), name: name.into(), language: language.to_owned(), author: None, level: None }
    }
}

/// One comparison that was true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// The STIX path, such as `domain-name:value`, or the name of a field.
    pub path: String,
    /// The value seen.
    pub value: String,
}

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file, or `-` for standard input.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The reader that understood it: `eve`, `zeek`, `evtx`.
    pub format: String,
}

impl Labelled for Alert {
    fn label_id(&self) -> LabelId {
        self.label
    }
}
