//! YARA rules: compiled with the other rules, run on the bytes of files and on nothing else.
//!
//! The compiler and the scanner are those of `yara-x`, under the cargo feature `yara`. Without it every rule is refused
//! with [`Reason::NotBuiltIn`](crate::Reason), so that nobody takes silence for an answer. docs/spec/yara.md says what
//! is accepted and what a hit tells.
//!
//! Invariants
//! - Each file and each indicator is a namespace of its own: a global or private rule reaches no other's.
//! - No rule reads anything but the bytes it is given: `include` is refused.
//! - A private rule is never reported.
//! - No I/O. The clock is read by `yara-x` alone, to keep [`Limits::seconds`].
//!
//! Start with [`Rules`] and [`Scanner`].

use std::sync::Arc;

use crate::rule::{Indicator, Language, Refusal};

#[cfg(not(feature = "yara"))]
mod absent;
#[cfg(feature = "yara")]
mod compiled;
#[cfg(feature = "yara")]
mod report;

#[cfg(not(feature = "yara"))]
pub use absent::{Rules, Scanner};
#[cfg(not(feature = "yara"))]
pub(crate) use absent::{check, compile};
#[cfg(feature = "yara")]
pub use compiled::{Rules, Scanner};
#[cfg(feature = "yara")]
pub(crate) use compiled::{check, compile};

/// The longest text of rules that is compiled, in bytes.
pub const MAX_RULE_BYTES: usize = 16 << 20;

/// Bounds of the scan of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A larger file is not scanned, for a rule may ask for its size or its end.
    pub file_bytes: usize,
    /// How long a scan may take. A few rules can overrun it by a second.
    pub seconds: u32,
    /// How often one string is looked for in a file; a rule that counts beyond sees this number.
    pub matches_per_string: usize,
    /// How many places of each string a hit tells.
    pub shown_places: usize,
    /// How many bytes of each place a hit tells.
    pub shown_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            seconds: 30,
            matches_per_string: 10_000,
            shown_places: 3,
            shown_bytes: 64,
        }
    }
}

/// What rules may ask of a file beside its bytes: the external variables that public rule sets use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct File<'f> {
    /// `filename`: the last part of its path.
    pub name: &'f str,
    /// `filepath`: its path.
    pub path: &'f str,
    /// `extension`: what its name ends with, with the dot, in lower case; perhaps nothing.
    pub extension: &'f str,
    /// `filetype`: such as `EXE` or `PDF`; perhaps nothing.
    pub kind: &'f str,
    /// `owner`: whose it is; perhaps nothing.
    pub owner: &'f str,
}

/// Why a file was not scanned to its end. What no rule said of it is then unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// It is larger than [`Limits::file_bytes`].
    #[error("larger than {limit} bytes, so no YARA rule was run on it")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// It took longer than [`Limits::seconds`].
    #[error("the YARA rules took longer than {seconds} s")]
    TooSlow {
        /// The limit.
        seconds: u32,
    },
    /// The scanner gave up.
    #[error("the YARA scanner failed on it")]
    Failed,
}

/// A text of rules.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The file, or the indicator's id.
    pub(crate) name: Arc<str>,
    #[cfg_attr(
        not(feature = "yara"),
        expect(dead_code, reason = "for the scanner, which this build leaves out")
    )]
    pub(crate) text: Arc<str>,
    /// The indicator whose pattern it is.
    #[cfg_attr(
        not(feature = "yara"),
        expect(dead_code, reason = "for the scanner, which this build leaves out")
    )]
    pub(crate) indicator: Option<Arc<Indicator>>,
    /// Whether what is refused of it was counted before.
    #[cfg_attr(
        not(feature = "yara"),
        expect(dead_code, reason = "for the compiler, which this build leaves out")
    )]
    pub(crate) is_known: bool,
}

impl Source {
    pub(crate) fn file(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into(), indicator: None, is_known: false }
    }

    /// The rules of an indicator whose pattern is YARA; it was checked when it was read.
    pub(crate) fn of(indicator: &Arc<Indicator>) -> Option<Self> {
        (indicator.language == Language::Yara).then(|| Self {
            name: indicator.id.as_str().into(),
            text: (&*indicator.pattern).into(),
            indicator: Some(Arc::clone(indicator)),
            is_known: true,
        })
    }
}

/// What came of compiling.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// None if no rule could be compiled.
    pub(crate) rules: Option<Arc<Rules>>,
    pub(crate) refusals: Vec<Refusal>,
}
