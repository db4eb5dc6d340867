//! What an export wrote, and what it could not express.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The manifest, as it lies in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When the export was made, RFC 3339.
    pub made: String,
    /// When the first of what was exported ends, RFC 3339: export again by then. Null if nothing ends.
    pub good_until: Option<String>,
    /// The files, by name, each with how many rules or values it holds.
    pub files: BTreeMap<String, usize>,
    /// How many indicators could not be expressed, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// Which those were, each with its reason.
    pub left_out_indicators: BTreeMap<String, String>,
    /// Which rule has which number.
    pub rules: Vec<Numbered>,
}

/// A rule and its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// Its number in the file.
    pub sid: u32,
    /// The indicator whose rule it is, or the dataset.
    pub of: String,
    /// Which of its rules, from 0.
    pub part: usize,
    /// The file that it stands in.
    pub file: String,
}
