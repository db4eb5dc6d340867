//! Texts inside data inside data: property lists, archives of objects and typed streams in each other.
//!
//! What is read, with everything within it, is in proportion to the bytes of the outermost: a few bytes that stand for many
//! do not cost more than a list of their own size would.

use std::collections::BTreeSet;

use plist::Value;

use crate::{Limits, keyed, typedstream};

/// Archives inside each other go no deeper.
const DEPTH: u8 = 6;

/// The texts of some data.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Each text once, with the name that it stands under, if it has one.
    pub(super) named: Vec<(String, String)>,
    /// Whether some of it could not be read.
    pub(super) damaged: bool,
    known: BTreeSet<(String, String)>,
    budget: usize,
}

/// Reads data of any kind.
pub(super) fn texts(bytes: &[u8], limits: &Limits) -> Texts {
    let mut texts =
        Texts { budget: bytes.len().saturating_mul(4).saturating_add(1 << 16), ..Texts::default() };
    texts.data("", bytes, limits, 0);
    texts
}

impl Texts {
    /// The texts without their names.
    pub(super) fn plain(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|it| &*it.1)
    }

    fn data(&mut self, name: &str, bytes: &[u8], limits: &Limits, depth: u8) {
        if depth > DEPTH || self.budget < bytes.len() {
            self.damaged = true;
            return;
        }
        self.budget -= bytes.len();
        if bytes.starts_with(b"bplist") || bytes.starts_with(b"<?xml") {
            self.list(name, bytes, limits, depth);
        } else if let Ok(body) = typedstream::read(bytes, limits) {
            self.damaged |= !body.whole;
            body.text.into_iter().chain(body.links).chain(body.others).for_each(|it| self.push(name, it));
            body.data.iter().for_each(|it| self.data(name, it, limits, depth + 1));
        } else {
            self.scan(name, bytes);
        }
    }

    fn list(&mut self, name: &str, bytes: &[u8], limits: &Limits, depth: u8) {
        let limits = Limits {
            values: limits.values.min(bytes.len() + 1024),
            file_bytes: limits.file_bytes.min((bytes.len() as u64).saturating_mul(4) + (1 << 16)),
            ..limits.clone()
        };
        let Ok(list) = crate::plist::read(bytes, &limits) else {
            self.damaged = true;
            self.scan(name, bytes);
            return;
        };
        if keyed::is_archive(&list) {
            match keyed::unpack(&list, &limits) {
                Ok(map) => return self.value(name, &Value::Dictionary(map), &limits, depth),
                Err(_) => self.damaged = true,
            }
        }
        self.value(name, &list, &limits, depth);
    }

    /// The depth of lists is bounded by what read them.
    fn value(&mut self, name: &str, value: &Value, limits: &Limits, depth: u8) {
        match value {
            Value::String(text) => self.push(name, text.clone()),
            Value::Array(values) => values.iter().for_each(|it| self.value(name, it, limits, depth)),
            Value::Dictionary(map) => {
                for (name, value) in map.iter().filter(|it| it.0 != "$class") {
                    self.value(name, value, limits, depth);
                }
            }
            Value::Data(bytes) => self.data(name, bytes, limits, depth + 1),
            _ => {}
        }
    }

    /// What is no list may still hold a link as it is.
    fn scan(&mut self, name: &str, bytes: &[u8]) {
        for part in bytes.split(|it| *it < b' ') {
            if memchr::memmem::find(part, b"http").is_some() {
                let text = String::from_utf8_lossy(part);
                crate::link::of(&text).for_each(|it| self.push(name, it.to_owned()));
            }
        }
    }

    fn push(&mut self, name: &str, text: String) {
        let named = (name.to_owned(), text);
        if !named.1.is_empty() && self.known.insert(named.clone()) {
            self.named.push(named);
        }
    }
}
