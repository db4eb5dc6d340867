//! The words of the report, in each language: `texts/phone/<language>.ftl`.

use std::sync::LazyLock;

use vigie_app::check_phone::Sign;

use crate::texts::{Texts, grouped};

/// A language of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Tongue {
    /// English
    #[value(name = "en")]
    English,
    /// French
    #[value(name = "fr")]
    French,
    /// Arabic
    #[value(name = "ar")]
    Arabic,
    /// Hebrew
    #[value(name = "he")]
    Hebrew,
}

static TEXTS: LazyLock<[Texts; 4]> =
    LazyLock::new(|| Tongue::ALL.map(|it| Texts::new(it.code(), it.source())));

/// What a sign says.
pub(super) struct Signed {
    /// What it is.
    pub(super) what: String,
    /// Why it matters.
    pub(super) why: String,
    /// What harmless thing looks the same.
    pub(super) harmless: String,
}

impl Tongue {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::English, Self::French, Self::Arabic, Self::Hebrew];

    /// Its code in BCP 47.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Arabic => "ar",
            Self::Hebrew => "he",
        }
    }

    /// What its speakers call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Arabic => "العربية",
            Self::Hebrew => "עברית",
        }
    }

    /// The direction in which it is written, for `dir`.
    pub(super) fn direction(self) -> &'static str {
        match self {
            Self::English | Self::French => "ltr",
            Self::Arabic | Self::Hebrew => "rtl",
        }
    }

    /// The text under a key.
    pub(super) fn text(self, key: &str) -> String {
        self.texts().say(key)
    }

    /// Whether there is a text under a key.
    pub(super) fn has(self, key: &str) -> bool {
        self.texts().has(key)
    }

    /// The text under a key that speaks of a number.
    pub(super) fn counted(self, key: &str, count: u64) -> String {
        self.texts().count(key, count, self.number(count))
    }

    /// What a sign says. Its English is its own.
    pub(super) fn sign(self, sign: Sign) -> Signed {
        if self == Self::English {
            let [what, why, harmless] = [sign.what(), sign.why(), sign.harmless()].map(str::to_owned);
            return Signed { what, why, harmless };
        }
        let [what, why, harmless] =
            ["what", "why", "harmless"].map(|part| self.text(&format!("sign-{sign}-{part}")));
        Signed { what, why, harmless }
    }

    /// Several things that are no sentences, one after the other.
    pub(super) fn listed(self, all: &[String]) -> String {
        all.join(match self {
            Self::French => "\u{a0}; ",
            Self::Arabic => "؛ ",
            Self::English | Self::Hebrew => "; ",
        })
    }

    /// What stands between a name and what it names.
    pub(super) fn colon(self) -> &'static str {
        if self == Self::French { "\u{a0}:" } else { ":" }
    }

    /// A number in groups of three digits.
    pub(super) fn number(self, number: u64) -> String {
        let separator = if self == Self::French { '\u{202f}' } else { ',' };
        grouped(number, separator)
    }

    fn texts(self) -> &'static Texts {
        let [english, french, arabic, hebrew] = &*TEXTS;
        match self {
            Self::English => english,
            Self::French => french,
            Self::Arabic => arabic,
            Self::Hebrew => hebrew,
        }
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../texts/phone/en.ftl"),
            Self::French => include_str!("../../texts/phone/fr.ftl"),
            Self::Arabic => include_str!("../../texts/phone/ar.ftl"),
            Self::Hebrew => include_str!("../../texts/phone/he.ftl"),
        }
    }
}
