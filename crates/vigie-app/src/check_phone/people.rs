//! Whose addresses indicators ask for. An extract keeps people's addresses as digests only, so that nobody's is known from
//! it but theirs.

use std::collections::HashMap;
use std::path::PathBuf;

use vigie_engine::{Image, key, list};
use vigie_phone::extract::Head;
use vigie_stix::pattern::{Comparison, ParseOptions, Pattern};

use super::source::text_of;
use super::widen::{constants, each};
use crate::files::{FileError, expand};

/// What names people, by type of object.
const PEOPLE: [&str; 3] = ["email-addr", "email-message", "user-account"];

/// The addresses that indicators ask for, by the digests of one extract.
#[derive(Debug, Default)]
pub(crate) struct People {
    known: HashMap<String, String>,
    /// How many comparisons ask for a part of an address, which digests do not tell.
    pub(crate) in_part: u64,
}

impl People {
    pub(crate) fn asked_for(image: &Image, files: &[PathBuf], head: &Head) -> Result<Self, FileError> {
        let mut people = Self::default();
        for indicator in image.indicators() {
            let options = ParseOptions { edition: indicator.edition, ..ParseOptions::default() };
            if let Ok(pattern) = Pattern::parse_with(&indicator.pattern, &options) {
                each(pattern.expression(), &mut |it| people.learn(it, head));
            }
        }
        for file in expand(files)?.files {
            let Some(text) = text_of(&file) else { continue };
            // A bundle's indicators are in the image.
            if matches!(text.trim_ascii_start().first(), None | Some(b'{' | b'[')) {
                continue;
            }
            for line in text.split(|it| *it == b'\n') {
                people.learn_line(line, head);
            }
        }
        Ok(people)
    }

    fn learn(&mut self, comparison: &Comparison, head: &Head) {
        if !PEOPLE.contains(&comparison.path.object_type.as_str()) {
            return;
        }
        let mut asked = constants(comparison).peekable();
        self.in_part += u64::from(asked.peek().is_none());
        for address in asked {
            self.known.insert(head.person(address), address.to_owned());
        }
    }

    /// A line of a plain list: a value, perhaps a tab and its source.
    fn learn_line(&mut self, line: &[u8], head: &Head) {
        let value = line.split(|it| *it == b'\t').next().unwrap_or_default().trim_ascii();
        let Some(value) = str::from_utf8(value).ok().filter(|it| it.contains('@')) else { return };
        let mut found = Vec::new();
        if list::read_value(value, &mut found) != Ok(key::Class::Email) {
            return;
        }
        if let Some(address) = found.get(1..).and_then(|it| str::from_utf8(it).ok()) {
            self.known.insert(head.person(address), address.to_owned());
        }
    }

    /// Whose address has this digest, if an indicator asks for it.
    pub(crate) fn who(&self, digest: &str) -> Option<String> {
        self.known.get(digest).cloned()
    }
}
