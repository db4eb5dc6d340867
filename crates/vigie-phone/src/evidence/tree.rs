//! Files by path, wherever they lie.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::{Entry, Files, Kind, Notes, Unreadable};
use crate::sqlite::Source;

/// Where the bytes of files are: a folder, an archive, memory.
pub trait Store: Send {
    /// The bytes of a file, by the place that the store gave it.
    fn read(&mut self, place: usize) -> Result<Vec<u8>, Unreadable>;

    /// A file to be read in parts; none where it can only be read whole.
    fn source(&self, _place: usize) -> Option<Box<dyn Source + Send>> {
        None
    }
}

/// Files by path, and where their bytes are.
pub struct Tree {
    entries: Vec<Entry>,
    folders: Vec<Entry>,
    places: Vec<usize>,
    store: Box<dyn Store>,
    /// What is to be said of the whole.
    pub notes: Notes,
}

impl Tree {
    /// Files that a store has placed in this order.
    pub fn new(entries: Vec<Entry>, store: Box<dyn Store>, mut notes: Notes) -> Self {
        let mut paths = HashSet::with_capacity_and_hasher(entries.len(), RandomState::default());
        let again = entries.iter().filter(|it| !paths.insert(it.path.as_str())).count();
        notes.duplicates += again as u64;
        let places = (0..entries.len()).collect();
        Self { entries, folders: Vec::new(), places, store, notes }
    }

    /// The same, with the folders and links beside the files.
    #[must_use]
    pub fn with_folders(self, folders: Vec<Entry>) -> Self {
        Self { folders, ..self }
    }

    /// One file.
    pub fn of_one(entry: Entry, store: Box<dyn Store>) -> Self {
        Self::new(vec![entry], store, Notes::default())
    }

    /// Every file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every folder and link.
    pub fn folders(&self) -> &[Entry] {
        &self.folders
    }

    /// The content of a file.
    pub fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable> {
        let place = self.places.get(entry).ok_or_else(|| Unreadable("there is no such file".to_owned()))?;
        self.store.read(*place)
    }

    /// A file to be read in parts: as it lies on a disk, where it can, else from memory.
    pub fn source(&mut self, entry: usize) -> Result<Box<dyn Source + Send>, Unreadable> {
        match self.places.get(entry).and_then(|it| self.store.source(*it)) {
            Some(source) => Ok(source),
            None => self.read(entry).map(|it| Box::new(it) as Box<dyn Source + Send>),
        }
    }

    /// Forgets the paths of files, which are then read by their numbers alone.
    pub fn forget_paths(&mut self) {
        self.entries = Vec::new();
    }

    /// Gives files another path, and leaves out those that get none.
    pub fn rename(&mut self, mut path: impl FnMut(&str) -> Option<String>) {
        let renamed = self.entries.drain(..).zip(self.places.drain(..)).filter_map(|(entry, place)| {
            let path = path(&entry.path)?;
            Some((Entry { path, ..entry }, place))
        });
        (self.entries, self.places) = renamed.collect::<Vec<_>>().into_iter().unzip();
    }

    /// The same for folders and links.
    pub fn rename_folders(&mut self, mut path: impl FnMut(&str) -> Option<String>) {
        self.folders.retain_mut(|it| path(&it.path).map(|path| it.path = path).is_some());
    }
}

/// Files as they are, of a kind.
pub struct Plain {
    kind: Kind,
    tree: Tree,
    name: Option<String>,
}

impl Plain {
    /// Files of a kind.
    pub fn new(kind: Kind, tree: Tree) -> Self {
        Self { kind, tree, name: None }
    }

    /// The same, whose only folder had this name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }
}

impl Files for Plain {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn entries(&self) -> &[Entry] {
        self.tree.entries()
    }

    fn folders(&self) -> &[Entry] {
        self.tree.folders()
    }

    fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable> {
        self.tree.read(entry)
    }

    fn notes(&self) -> &Notes {
        &self.tree.notes
    }
}
