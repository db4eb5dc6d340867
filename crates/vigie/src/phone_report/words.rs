//! The words of the report, in each language: `texts/phone/<language>.ftl`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

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

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 4]> = LazyLock::new(|| Tongue::ALL.map(Tongue::bundle));

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
        self.format(key, None)
    }

    /// Whether there is a text under a key.
    pub(super) fn has(self, key: &str) -> bool {
        self.words().has_message(key)
    }

    /// The text under a key that speaks of a number.
    pub(super) fn counted(self, key: &str, count: u64) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", i64::try_from(count).unwrap_or(i64::MAX));
        arguments.set("number", self.number(count));
        self.format(key, Some(&arguments))
    }

    /// A number in groups of three digits.
    pub(super) fn number(self, number: u64) -> String {
        let separator = if self == Self::French { '\u{202f}' } else { ',' };
        let digits = number.to_string();
        let mut shown = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                shown.push(separator);
            }
            shown.push(digit);
        }
        shown
    }

    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.words();
        let text = bundle.get_message(key).and_then(|it| it.value());
        let mut problems = Vec::new();
        // A test sees to it that every key is there.
        text.map_or_else(
            || key.to_owned(),
            |it| bundle.format_pattern(it, arguments, &mut problems).into_owned(),
        )
    }

    fn words(self) -> &'static Bundle {
        let [english, french, arabic, hebrew] = &*BUNDLES;
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

    fn bundle(self) -> Bundle {
        let mut bundle = Bundle::new_concurrent(vec![
            LanguageIdentifier::from_bytes(self.code().as_bytes()).unwrap_or_default(),
        ]);
        // Arguments are numbers of ours, which need no isolation.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(self.source().to_owned()) {
            Ok(whole) | Err((whole, _)) => whole,
        };
        bundle.add_resource_overriding(resource);
        bundle
    }
}
