//! Warning lists: values that are known to be harmless, or to be shared by the harmless, in MISP's format.
//!
//! A rule that stands in one is marked when it is compiled, and never dropped. What it finds is held back with the name
//! of the list when the list says *this value* ([`Suppress::Same`]); an indicator for `evil.blogspot.com` stands below an
//! entry `blogspot.com` and is told all the same. docs/spec/engine.md says why.
//!
//! Invariants
//! - Every rule is compared with every list that speaks of its kind of value, whatever else is said of the rule.
//! - Nothing is held back silently: [`crate::Found::suppressed`] has each hit, with list and entry.
//!
//! Start with [`Warnings::holding_back`] and [`WarningSet::standings`]; `warning/read.rs` compiles the lists,
//! `warning/file.rs` is their saved form.

use std::net::IpAddr;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use regex::Regex;
use vigie_model::alert::Matched;
use vigie_model::event::Path;

use crate::index::Index;
use crate::key::{self, Class};
use crate::networks::Networks;
use crate::probe::Slot;

mod file;
mod read;

pub(crate) use read::Reading;

/// The warning lists in force. Of two lists of one name the later counts.
#[derive(Clone, Debug, Default)]
pub struct Warnings(Vec<Arc<WarningSet>>);

impl Warnings {
    /// Adds the lists of a segment; sets of which nothing counts any more fall away.
    pub(crate) fn add(&mut self, warnings: &Arc<WarningSet>) {
        self.0.push(Arc::clone(warnings));
        let sets = std::mem::take(&mut self.0);
        for (place, set) in sets.iter().enumerate() {
            if set.names().any(|it| !is_later(&sets, place, it)) {
                self.0.push(Arc::clone(set));
            }
        }
    }

    /// The names of the lists, sorted.
    pub fn names(&self) -> Vec<Arc<str>> {
        let sets = self.0.iter().enumerate();
        let in_force =
            sets.flat_map(|(place, set)| set.names().filter(move |it| !is_later(&self.0, place, it)));
        let mut names: Vec<Arc<str>> = in_force.cloned().collect();
        names.sort_unstable();
        names
    }

    /// The sets that they were compiled in.
    pub(crate) fn sets(&self) -> &[Arc<WarningSet>] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every list that a key stands in.
    pub(crate) fn standings(&self, key: &[u8]) -> Vec<Standing<'_>> {
        let mut all = Vec::new();
        for (place, set) in self.0.iter().enumerate() {
            all.extend(set.standings(key).into_iter().filter(|it| !is_later(&self.0, place, it.list)));
        }
        all
    }

    /// The standing that holds a hit back: the rule's own value stands in a list, or each value that was seen does.
    pub(crate) fn holding_back(&self, own: Option<&[u8]>, matched: &[Matched]) -> Option<Standing<'_>> {
        if let Some(standing) = own.and_then(|it| self.suppressing(it)) {
            return Some(standing);
        }
        let mut first = None;
        for one in matched {
            let standing = self.suppressing(&key_of(one)?)?;
            first.get_or_insert(standing);
        }
        first
    }

    fn suppressing(&self, key: &[u8]) -> Option<Standing<'_>> {
        self.standings(key).into_iter().find(|it| it.suppresses)
    }
}

/// Whether a later set than the one at a place has a list of that name.
fn is_later(sets: &[Arc<WarningSet>], place: usize, name: &str) -> bool {
    sets.iter().skip(place + 1).any(|it| it.has(name))
}

/// What a list holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suppress {
    /// Nothing: it only marks. For lists of the category `known`.
    Nothing,
    /// Hits on the very values of its entries. For lists without a category.
    Same,
    /// Also hits on what lies in an entry: names below it, addresses inside. For lists of the category `false_positive`.
    Within,
}

/// Warning lists that were compiled together.
#[derive(Debug)]
pub(crate) struct WarningSet {
    lists: Vec<WarningList>,
    index: Index,
    networks: Networks,
    /// Finds the texts of [`Self::parts`], by their place.
    substrings: Option<AhoCorasick>,
    parts: Vec<Part>,
    patterns: Vec<(Regex, u32)>,
}

/// One list.
#[derive(Debug)]
struct WarningList {
    name: Arc<str>,
    suppress: Suppress,
    /// The classes of values that it speaks of, one bit each.
    classes: u16,
}

/// A text that values may hold.
#[derive(Debug)]
struct Part {
    text: Box<str>,
    list: u32,
}

/// That a value stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing<'w> {
    /// The list.
    pub(crate) list: &'w Arc<str>,
    /// The entry.
    pub(crate) entry: String,
    /// Whether hits on the value are held back.
    pub(crate) suppresses: bool,
}

/// How an entry speaks of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is the value.
    Same,
    /// The value lies in it.
    Within,
}

/// Whose source says that an entry speaks of the names below it, too.
const BELOW: u32 = 1 << 31;

impl WarningSet {
    /// The names of the lists.
    fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.lists.iter().map(|it| &it.name)
    }

    /// Whether there is a list of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.lists.binary_search_by(|it| (*it.name).cmp(name)).is_ok()
    }

    /// Every list that a key stands in. A key of no class that lists speak of stands in none.
    pub(crate) fn standings(&self, key: &[u8]) -> Vec<Standing<'_>> {
        let mut found = Vec::new();
        let Some(class) = Class::of(key) else { return found };
        match class {
            Class::Domain => self.domain(class, key, Relation::Same, &mut found),
            Class::Address | Class::Network => self.address(class, key, Relation::Same, &mut found),
            Class::Url => {
                self.exact(class, key, &mut found);
                self.host(class, host_of_url(key), &mut found);
            }
            Class::Email => {
                self.exact(class, key, &mut found);
                let domain = key.iter().rposition(|it| *it == b'@').and_then(|at| key.get(at + 1..));
                self.host(class, domain.unwrap_or_default(), &mut found);
            }
            Class::Digest => self.exact(class, key, &mut found),
            Class::Text | Class::Number => return found,
        }
        self.texts(class, &key::shown(key), &mut found);
        found
    }

    fn exact<'w>(&'w self, class: Class, key: &[u8], found: &mut Vec<Standing<'w>>) {
        self.under(class, key, |_| Some(Relation::Same), key, found);
    }

    /// What stands under a key; `relation` is told whether the entry speaks of names below it.
    fn under<'w>(
        &'w self,
        class: Class,
        key: &[u8],
        relation: impl Fn(bool) -> Option<Relation>,
        of: &[u8],
        found: &mut Vec<Standing<'w>>,
    ) {
        let Some(head) = self.index.head(self.index.tagger().tag(key), key) else { return };
        self.chain(class, head, relation, of, found);
    }

    fn chain<'w>(
        &'w self,
        class: Class,
        head: u32,
        relation: impl Fn(bool) -> Option<Relation>,
        of: &[u8],
        found: &mut Vec<Standing<'w>>,
    ) {
        for (_, entry) in self.index.chain(head) {
            let below = entry.source & BELOW != 0;
            let Some(relation) = relation(below) else { continue };
            let shown = || key::shown(self.index.key(entry));
            self.push(entry.source & !BELOW, class, relation, of, shown, found);
        }
    }

    fn push<'w>(
        &'w self,
        list: u32,
        class: Class,
        relation: Relation,
        of: &[u8],
        entry: impl FnOnce() -> String,
        found: &mut Vec<Standing<'w>>,
    ) {
        let Some(list) = self.lists.get(list as usize).filter(|it| it.classes & bit(class) != 0) else {
            return;
        };
        let suppresses = match list.suppress {
            Suppress::Nothing => false,
            Suppress::Same => relation == Relation::Same || is_nowhere(of),
            Suppress::Within => true,
        };
        found.push(Standing { list: &list.name, entry: entry(), suppresses });
    }

    fn domain<'w>(&'w self, class: Class, key: &[u8], relation: Relation, found: &mut Vec<Standing<'w>>) {
        self.under(class, key, |_| Some(relation), key, found);
        let name = key.get(1..).unwrap_or_default();
        let mut parent_key = vec![Class::Domain as u8];
        for parent in key::parents(name) {
            parent_key.truncate(1);
            parent_key.extend_from_slice(parent);
            // `www.` is where a name's own pages lie.
            let own = name.strip_prefix(b"www.") == Some(parent);
            let relation = if own { relation } else { Relation::Within };
            self.under(class, &parent_key, |below| below.then_some(relation), key, found);
        }
    }

    fn address<'w>(&'w self, class: Class, key: &[u8], relation: Relation, found: &mut Vec<Standing<'w>>) {
        self.under(class, key, |_| Some(relation), key, found);
        let seen = key::network_of(key).or_else(|| {
            let first = key::address_of(key)?;
            key::Network::new(first, if first.is_ipv4() { 32 } else { 128 })
        });
        let Some(seen) = seen else { return };
        for (prefix, head) in self.networks.covering(seen.first) {
            if prefix < seen.prefix {
                self.chain(class, head, |_| Some(Relation::Within), key, found);
            }
        }
    }

    /// The host that a URL or an e-mail address names: the value itself says more than the host.
    fn host<'w>(&'w self, class: Class, host: &[u8], found: &mut Vec<Standing<'w>>) {
        let Ok(host) = str::from_utf8(host) else { return };
        let mut key = Vec::new();
        match key::host(host, &mut key) {
            key::Host::Domain => self.domain(class, &key, Relation::Within, found),
            _ => self.address(class, &key, Relation::Within, found),
        }
    }

    /// Substrings and regular expressions.
    fn texts<'w>(&'w self, class: Class, shown: &str, found: &mut Vec<Standing<'w>>) {
        for hit in self.substrings.iter().flat_map(|it| it.find_overlapping_iter(shown)) {
            let Some(part) = self.parts.get(hit.pattern().as_usize()) else { continue };
            let whole = hit.len() == shown.len();
            let relation = if whole { Relation::Same } else { Relation::Within };
            self.push(part.list, class, relation, &[], || part.text.to_string(), found);
        }
        for (pattern, list) in &self.patterns {
            let full = || class == Class::Url && pattern.is_match(&format!("http://{shown}"));
            if pattern.is_match(shown) || full() {
                self.push(*list, class, Relation::Same, &[], || pattern.as_str().to_owned(), found);
            }
        }
    }
}

/// The key of a value that was seen, if its path is one that lists speak of.
fn key_of(matched: &Matched) -> Option<Vec<u8>> {
    let mut key = Vec::new();
    let text = matched.value.as_str();
    match slot_at(&matched.path) {
        Slot::Host => drop(key::host(text, &mut key)),
        Slot::Url => drop(key::url(text, &mut key)),
        Slot::Email => drop(key::email(text, &mut key)),
        Slot::Digest => drop(key::digest(text, &mut key)),
        Slot::FilePath | Slot::Folded | Slot::Plain => return None,
    }
    Some(key)
}

/// What kind of value stands at a path as a pattern writes it; behind a reference, the object tells.
fn slot_at(path: &str) -> Slot {
    if let Some(known) = Path::ALL.iter().find(|it| it.to_string() == path) {
        return Slot::of(*known);
    }
    let referred = path.split_once(':').zip(path.rsplit_once('.')).filter(|(_, (_, last))| *last == "value");
    match referred {
        Some((("network-traffic" | "domain-name", _), _)) => Slot::Host,
        Some((("email-message", _), _)) => Slot::Email,
        _ => Slot::Plain,
    }
}

fn bit(class: Class) -> u16 {
    1 << class as u16
}

/// Whether an address or network leads to nobody in particular: private, link-local, documentation and the like. There
/// an entry speaks of all that lies in it.
fn is_nowhere(key: &[u8]) -> bool {
    match key::address_of(key).or_else(|| key::network_of(key).map(|it| it.first)) {
        Some(IpAddr::V4(it)) => {
            let [first, second, ..] = it.octets();
            it.is_private()
                || it.is_loopback()
                || it.is_link_local()
                || it.is_documentation()
                || it.is_multicast()
                || first == 0
                || first >= 240
                || (first == 100 && second & 0xc0 == 64)
        }
        Some(IpAddr::V6(it)) => {
            it.is_loopback()
                || it.is_unspecified()
                || it.is_multicast()
                || it.is_unique_local()
                || it.is_unicast_link_local()
                || it.segments().starts_with(&[0x2001, 0xdb8])
        }
        None => false,
    }
}

/// The host that the key of a URL begins with.
fn host_of_url(key: &[u8]) -> &[u8] {
    let content = key.get(1..).unwrap_or_default();
    let scheme = content.windows(3).position(|it| it == b"://");
    let slash = content.iter().position(|it| matches!(it, b'/' | b'?')).unwrap_or(content.len());
    let start = scheme.filter(|at| *at < slash).map_or(0, |at| at + 3);
    let rest = content.get(start..).unwrap_or_default();
    let bracket = rest.iter().position(|it| *it == b']').filter(|_| rest.starts_with(b"["));
    let end = match bracket {
        Some(at) => at + 1,
        None => rest.iter().position(|it| matches!(it, b'/' | b'?' | b':')).unwrap_or(rest.len()),
    };
    rest.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
