//! Texts in Fluent, by key: what the pages of a node and the report of a phone say theirs with.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The texts of one language.
pub(crate) struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// Those of a file, in the language of this code in BCP 47.
    pub(crate) fn new(code: &str, source: &str) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![
            LanguageIdentifier::from_bytes(code.as_bytes()).unwrap_or_default(),
        ]);
        // Arguments are numbers of ours, which need no isolation.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(whole) | Err((whole, _)) => whole,
        };
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// Whether there is a text under a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.has_message(key)
    }

    /// The text under a key.
    pub(crate) fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text under a key that speaks of a number: `$count` chooses the form of the words, `$number` is to be read.
    pub(crate) fn count(&self, key: &str, count: u64, number: String) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", i64::try_from(count).unwrap_or(i64::MAX));
        arguments.set("number", number);
        self.format(key, Some(&arguments))
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let text = self.0.get_message(key).and_then(|it| it.value());
        let mut problems = Vec::new();
        // A test sees to it that every key is there.
        text.map_or_else(
            || key.to_owned(),
            |it| self.0.format_pattern(it, arguments, &mut problems).into_owned(),
        )
    }
}

/// A number in groups of three digits.
pub(crate) fn grouped(number: u64, separator: char) -> String {
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
