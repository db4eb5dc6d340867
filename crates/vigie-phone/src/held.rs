//! Evidence that lies in memory: what was inside another file, and what a test writes.

use std::ops::Range;

use crate::{Entry, Files, Kind, Unreadable};

/// Files in memory, as one stretch of bytes.
#[derive(Debug)]
pub struct Held {
    kind: Kind,
    entries: Vec<Entry>,
    folders: Vec<Entry>,
    bytes: Vec<u8>,
    ranges: Vec<Range<usize>>,
}

impl Held {
    /// No file yet.
    pub fn new(kind: Kind) -> Self {
        Self { kind, entries: Vec::new(), folders: Vec::new(), bytes: Vec::new(), ranges: Vec::new() }
    }

    /// With one more file.
    #[must_use]
    pub fn with(mut self, path: &str, content: &[u8]) -> Self {
        self.add(path.to_owned(), content, None);
        self
    }

    /// With one more folder.
    #[must_use]
    pub fn with_folder(mut self, path: &str) -> Self {
        self.folders.push(Entry { path: path.to_owned(), size: None, modified: None, ..Entry::default() });
        self
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, path: String, content: &[u8], modified: Option<i64>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(content);
        self.ranges.push(start..self.bytes.len());
        self.entries.push(Entry {
            path,
            size: u64::try_from(content.len()).ok(),
            modified,
            ..Entry::default()
        });
    }

    /// How many bytes its files have.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl Files for Held {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn folders(&self) -> &[Entry] {
        &self.folders
    }

    fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable> {
        let range = self.ranges.get(entry).cloned().and_then(|it| self.bytes.get(it));
        range.map(<[u8]>::to_vec).ok_or_else(|| Unreadable(format!("there is no file {entry}")))
    }
}
