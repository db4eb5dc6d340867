//! The words of the pages, in each language.
//!
//! A text lies in `texts/<language>.ftl` (Fluent) under a key, and pages name keys only. The arguments of a text are
//! numbers of ours: what came from outside stands beside a text, in an element of its own, never in it.
//!
//! A further language is a file, a variant of [`Language`] and nothing else; `tests` below hold the files to each other.

use std::sync::LazyLock;

use crate::texts::{Texts, grouped};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// English, also for those who read none of them.
    English,
    /// French.
    French,
}

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Language::English.read());
static FRENCH: LazyLock<Texts> = LazyLock::new(|| Language::French.read());

impl Language {
    /// All of them.
    pub(super) const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its code in BCP 47.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// What its speakers call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// The direction in which it is written, for `dir`.
    pub(super) fn direction(self) -> &'static str {
        match self {
            Self::English | Self::French => "ltr",
        }
    }

    /// The language of this code, whatever region comes after it.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        let language = code.split('-').next()?.trim();
        Self::ALL.into_iter().find(|it| it.code().eq_ignore_ascii_case(language))
    }

    /// The language that a reader likes best, of an `Accept-Language` header (RFC 9110 section 12.5.4).
    pub(super) fn preferred(header: &str) -> Self {
        let wish = |part: &str| {
            let (code, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight: f32 = weight.trim().parse().ok()?;
            Self::of_code(code.trim()).filter(|_| weight > 0.0).map(|it| (it, weight))
        };
        let wishes = header.split(',').take(32).filter_map(wish);
        // The first of several that are liked alike.
        let best = wishes.reduce(|best, it| if it.1 > best.1 { it } else { best });
        best.map_or(Self::English, |(language, _)| language)
    }

    /// The text under a key.
    pub(super) fn say(self, key: &str) -> String {
        self.texts().say(key)
    }

    /// The text under a key that speaks of a number: `$count` chooses the form of the words, `$number` is to be read.
    pub(super) fn count(self, key: &str, count: u64) -> String {
        self.texts().count(key, count, self.number(count))
    }

    /// A number in groups of three digits.
    pub(super) fn number(self, number: u64) -> String {
        let separator = match self {
            Self::English => ',',
            Self::French => '\u{202f}',
        };
        grouped(number, separator)
    }

    fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../texts/en.ftl"),
            Self::French => include_str!("../../texts/fr.ftl"),
        }
    }

    fn read(self) -> Texts {
        Texts::new(self.code(), self.source())
    }
}

#[cfg(test)]
mod tests;
