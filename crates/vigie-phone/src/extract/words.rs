//! Words that readers choose, as the program's own: names of artefacts, and what moments are called.
//!
//! Records have them as parts of the program, so that a million records cost no memory for them. Those of an extract are
//! kept for as long as the program runs; there are few, and no extract may bring many.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The longest word, in bytes.
const MAX_WORD: usize = 64;

/// How many new words an extract may bring.
const MAX_NEW: usize = 1000;

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The words of one extract.
#[derive(Debug, Default)]
pub(super) struct Words {
    new: usize,
}

impl Words {
    /// A word as the program's own; none if it is none, or if there were too many.
    pub(super) fn own(&mut self, word: &str) -> Option<&'static str> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = known.get(word) {
            return Some(it);
        }
        if word.len() > MAX_WORD || word.is_empty() || self.new == MAX_NEW {
            return None;
        }
        self.new += 1;
        let word: &'static str = Box::leak(word.to_owned().into_boxed_str());
        known.insert(word);
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extract_brings_few_words_and_short_ones() {
        let mut words = Words::default();
        assert_eq!(words.own("sms"), Some("sms"));
        assert_eq!(words.own(""), None);
        assert_eq!(words.own(&"x".repeat(MAX_WORD + 1)), None);
        let taken = (0..2 * MAX_NEW).filter(|it| words.own(&format!("word {it}")).is_some()).count();
        assert!(taken < MAX_NEW + 1, "{taken}");
        assert_eq!(words.own("sms"), Some("sms"), "known words are taken for ever");
        assert_eq!(Words::default().own("another"), Some("another"));
    }
}
