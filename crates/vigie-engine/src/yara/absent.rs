//! In place of the compiler, where the feature `yara` is off: every rule is refused.

use std::marker::PhantomData;

use super::{Compiled, File, Limits, ScanError, Source};
use crate::hit::Match;
use crate::image::Image;
use crate::rule::{Reason, Refusal};

const HOW: &str =
    "YARA is not part of this build; `cargo build --release --features yara` makes one that has it";

/// Rules that were compiled together: none, in this build.
#[derive(Debug)]
pub enum Rules {}

impl Rules {
    pub(crate) fn of_files(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn files(&self) -> std::iter::Empty<(&str, &str)> {
        match *self {}
    }
}

/// Runs rules on files: none, in this build.
#[derive(Debug)]
pub struct Scanner<'i>(PhantomData<&'i Image>);

impl<'i> Scanner<'i> {
    /// A scanner with every YARA rule of an image. Make one for each thread.
    pub fn new(_image: &'i Image, _limits: Limits) -> Self {
        Self(PhantomData)
    }

    /// Whether it has no rules at all.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// The rules that fire on a file. Validity of indicators is weighed at `at`, nanoseconds since 1970.
    pub fn scan(
        &mut self,
        _file: &File<'_>,
        _bytes: &[u8],
        _at: Option<i64>,
    ) -> Result<Vec<Match>, ScanError> {
        Ok(Vec::new())
    }
}

pub(crate) fn check(_text: &str) -> Result<(), (Reason, String)> {
    Err((Reason::NotBuiltIn, HOW.to_owned()))
}

pub(crate) fn compile(sources: &[Source]) -> Compiled {
    let refused = sources.iter().map(|it| Refusal {
        place: it.name.to_string(),
        reason: Reason::NotBuiltIn,
        detail: HOW.to_owned(),
    });
    Compiled { refusals: refused.collect(), ..Compiled::default() }
}
