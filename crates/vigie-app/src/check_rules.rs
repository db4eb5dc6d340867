//! Compiles rules and says of each that could not be compiled why.

use std::num::NonZero;
use std::path::PathBuf;

use vigie_engine::{Counts, Image, Options, Refusal};

use crate::clock;
use crate::read_rules::{FileError, RuleFiles};

/// What came of it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The rules, by state now.
    pub rules: Counts,
    /// Those that were refused, the first ten thousand of them.
    pub refusals: Vec<Refusal>,
}

/// Compiles the rules in files and folders, as `vigie watch --rules` would.
pub fn run(rules: Vec<PathBuf>, threads: NonZero<usize>) -> Result<Checked, FileError> {
    let files = RuleFiles { rules, ..RuleFiles::default() };
    let image = Image::new(files.read(Options::default(), threads)?.build());
    Ok(Checked { rules: image.rules(Some(clock::now())), refusals: image.refusals().cloned().collect() })
}
