//! Reads warning lists: `{name, type, list, matching_attributes, version, category}`.
//!
//! Start with [`Reading::add`].

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::{BELOW, Part, Suppress, WarningList, WarningSet, bit};
use crate::index::{Filling, Index};
use crate::key::{self, Class};
use crate::list::{MAX_VALUE_BYTES, read_value};
use crate::networks::Networks;
use crate::rule::{Reason, Refusal};

/// How many refused entries of a list are described; the others are only counted.
const DESCRIBED: usize = 100;
/// The shortest substring that is taken: a shorter one stands in nearly everything.
const MIN_PART: usize = 3;
/// The bytes of all substrings of a list together, and of one compiled regular expression.
const MAX_TEXTS: usize = 1 << 20;
/// How many regular expressions of a list are taken: each is asked about each rule.
const MAX_PATTERNS: usize = 100;

/// Lists being read. Of two lists of one name the one with the higher version counts, else the later.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    lists: BTreeMap<Arc<str>, Draft>,
}

/// A list as it was read.
#[derive(Debug)]
struct Draft {
    version: i128,
    suppress: Suppress,
    classes: u16,
    keys: Vec<(Vec<u8>, bool)>,
    parts: Vec<Box<str>>,
    part_bytes: usize,
    patterns: Vec<Regex>,
}

/// What of a list was refused.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    pub(crate) described: Vec<Refusal>,
    pub(crate) lines: u64,
    pub(crate) too_large: u64,
    pub(crate) file: Option<Refusal>,
}

impl Reading {
    /// Whether there are no lists.
    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Reads a list. What of it cannot be read costs only itself.
    pub(crate) fn add(&mut self, file: &str, text: &str) -> Refused {
        let mut refused = Refused::default();
        let whole =
            |detail: String| Refusal { place: file.to_owned(), reason: Reason::UnreadableFile, detail };
        let json: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
            Ok(it) => it,
            Err(error) => {
                refused.file = Some(whole(format!("it is no JSON: {error}")));
                return refused;
            }
        };
        let (Some(entries), kind) = (json.get("list").and_then(Value::as_array), json.get("type")) else {
            refused.file = Some(whole("it is no warning list: there is no array `list`".to_owned()));
            return refused;
        };
        let kind = kind.and_then(Value::as_str).unwrap_or("string");
        if !["string", "substring", "hostname", "cidr", "regex"].contains(&kind) {
            let known = "`string`, `substring`, `hostname`, `cidr` or `regex`";
            refused.file = Some(whole(format!("its `type` is `{kind}`; expected {known}")));
            return refused;
        }
        let mut draft = Draft::of(&json);
        for (number, entry) in entries.iter().enumerate() {
            let taken = entry.as_str().ok_or(Bad::Value).and_then(|it| draft.take(kind, it.trim()));
            let Err(bad) = taken else { continue };
            if bad == Bad::TooLarge {
                refused.too_large += 1;
            } else {
                refused.lines += 1;
            }
            if refused.described.len() < DESCRIBED {
                let place = format!("{file}, entry {}", number + 1);
                let detail = format!("`{}`: {bad}", entry.to_string().chars().take(80).collect::<String>());
                refused.described.push(Refusal { place, reason: bad.into(), detail });
            }
        }
        let name = json.get("name").and_then(Value::as_str).filter(|it| !it.is_empty()).unwrap_or(file);
        let older = self.lists.get(name).is_some_and(|known| known.version > draft.version);
        if !older {
            self.lists.insert(name.into(), draft);
        }
        refused
    }

    /// Compiles the lists, and says how many entries did not fit any more.
    pub(crate) fn compiled(self, secret: u64) -> (WarningSet, u64) {
        let mut lost = 0;
        let mut index = Filling::new(secret);
        let (mut lists, mut parts, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (name, draft)) in (0_u32..).zip(self.lists) {
            for (key, below) in draft.keys {
                let source = if below { number | BELOW } else { number };
                lost += u64::from(index.add(&key, 0, source, |newest| newest.source == source).is_err());
            }
            parts.extend(draft.parts.into_iter().map(|text| Part { text, list: number }));
            patterns.extend(draft.patterns.into_iter().map(|it| (it, number)));
            lists.push(WarningList { name, suppress: draft.suppress, classes: draft.classes });
        }
        (WarningSet::new(lists, index.finish(), parts, patterns), lost)
    }
}

impl WarningSet {
    pub(super) fn new(
        lists: Vec<WarningList>,
        index: Index,
        parts: Vec<Part>,
        patterns: Vec<(Regex, u32)>,
    ) -> Self {
        let texts = parts.iter().map(|it| it.text.as_bytes());
        let substrings = AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok();
        let substrings = substrings.filter(|_| !parts.is_empty());
        Self { lists, networks: Networks::new(index.networks()), index, substrings, parts, patterns }
    }
}

/// Compiles a regular expression, which is then run in linear time.
pub(super) fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(MAX_TEXTS).build()
}

/// Why an entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Bad {
    #[error("expected a value of the list's type")]
    Value,
    #[error("a substring of fewer than {MIN_PART} bytes stands in nearly everything")]
    TooShort,
    #[error("expected a regular expression that can be run in linear time")]
    Pattern,
    #[error("the lists hold too many substrings or regular expressions")]
    TooLarge,
}

impl From<Bad> for Reason {
    fn from(bad: Bad) -> Self {
        if bad == Bad::TooLarge { Self::TooLarge } else { Self::UnreadableLine }
    }
}

impl Draft {
    fn of(json: &Value) -> Self {
        let suppress = match json.get("category").and_then(Value::as_str) {
            Some("false_positive") => Suppress::Within,
            Some("known") => Suppress::Nothing,
            _ => Suppress::Same,
        };
        let attributes = json.get("matching_attributes").and_then(Value::as_array);
        let named = attributes.into_iter().flatten().filter_map(Value::as_str);
        let classes = named.flat_map(|it| it.split('|')).fold(0, |set, it| set | classes_of(it));
        let version = match json.get("version") {
            Some(Value::Number(it)) => it.as_i64().map_or(0, i128::from),
            Some(Value::String(it)) => it.parse().unwrap_or(0),
            _ => 0,
        };
        // A list that names no attributes speaks of all.
        let none_named = attributes.is_none_or(Vec::is_empty);
        Self {
            version,
            suppress,
            classes: if none_named { u16::MAX } else { classes },
            keys: Vec::new(),
            parts: Vec::new(),
            part_bytes: 0,
            patterns: Vec::new(),
        }
    }

    fn take(&mut self, kind: &str, text: &str) -> Result<(), Bad> {
        if text.is_empty() || text.len() > MAX_VALUE_BYTES {
            return Err(Bad::Value);
        }
        match kind {
            "substring" => self.part(text),
            "regex" => self.pattern(text),
            "cidr" => {
                let mut key = Vec::new();
                match key::host(text, &mut key) {
                    key::Host::Domain => return Err(Bad::Value),
                    key::Host::Address(_) | key::Host::Network(_) => self.keys.push((key, false)),
                }
                Ok(())
            }
            _ => self.value(text, kind == "hostname"),
        }
    }

    /// An exact value, or a host name with the names below it; a dot before a name speaks of those, too.
    fn value(&mut self, text: &str, hostname: bool) -> Result<(), Bad> {
        let mut key = Vec::new();
        let name = text.strip_prefix("*.").or_else(|| text.strip_prefix('.'));
        let below = hostname || name.is_some();
        if read_value(text, &mut key).is_err() {
            // A name that no list of indicators would hold, such as a top-level domain.
            let name = name.unwrap_or(text);
            if !name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_')) {
                return Err(Bad::Value);
            }
            key::host(name, &mut key);
        }
        self.keys.push((key, below));
        Ok(())
    }

    fn part(&mut self, text: &str) -> Result<(), Bad> {
        if text.len() < MIN_PART {
            return Err(Bad::TooShort);
        }
        if self.part_bytes + text.len() > MAX_TEXTS {
            return Err(Bad::TooLarge);
        }
        self.part_bytes += text.len();
        self.parts.push(text.into());
        Ok(())
    }

    /// `/…/flags` as PHP writes it, or the expression alone.
    fn pattern(&mut self, text: &str) -> Result<(), Bad> {
        if self.patterns.len() >= MAX_PATTERNS {
            return Err(Bad::TooLarge);
        }
        let delimited = text.strip_prefix('/').and_then(|it| it.rsplit_once('/'));
        let (pattern, flags) = delimited.unwrap_or((text, ""));
        let flags: String = flags.chars().filter(|it| "ims".contains(*it)).collect();
        let pattern = if flags.is_empty() { pattern.to_owned() } else { format!("(?{flags}){pattern}") };
        self.patterns.push(compiled(&pattern).map_err(|_| Bad::Pattern)?);
        Ok(())
    }
}

/// The classes of values that MISP's name of an attribute stands for.
fn classes_of(attribute: &str) -> u16 {
    match attribute {
        "domain" | "hostname" => bit(Class::Domain),
        "ip" | "ip-src" | "ip-dst" => bit(Class::Address) | bit(Class::Network),
        "url" | "uri" | "link" => bit(Class::Url),
        "email"
        | "email-src"
        | "email-dst"
        | "target-email"
        | "email-reply-to"
        | "whois-registrant-email"
        | "dns-soa-email" => bit(Class::Email),
        "md5" | "sha1" | "sha256" | "sha512" => bit(Class::Digest),
        _ => 0,
    }
}
