//! A backup by iTunes or Finder, plain or encrypted.
//!
//! ```text
//! Manifest.plist ─► Keybag ─(password)─► class keys ─► Manifest.db ─► files: domain, path, wrapped key
//!                                            └──────────────────────────► content of a file
//! ```
//!
//! Each file lies under the SHA-1 of its domain and path. What is encrypted is decrypted when it is read, in memory only.
//! A file is never cut to the size that its list gives: that size may be of another moment.

mod crypt;
mod keybag;
mod manifest;

use std::collections::{HashMap, HashSet};

use crypt::{Decrypted, Padding};
use foldhash::fast::RandomState;
use keybag::{ClassKeys, Keybag};
use manifest::{Listed, ListedKey};

use super::open::Asked;
use super::{Entry, Files, Kind, Notes, Tree, Unreadable};
use crate::sqlite::Source;
use crate::{Limits, ios};

pub use keybag::KeyError;

/// How a database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Why a backup was not opened.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no list of its files.
    #[error("`Manifest.db` is missing: it was not finished, or not copied whole")]
    NoManifest,
    /// Its list has the old form.
    #[error("it was made by iOS 9 or older (`Manifest.mbdb`), which is not supported")]
    Old,
    /// There is no bag of keys.
    #[error(
        "`Manifest.db` is encrypted or damaged, and `Manifest.plist`, which would hold the keys, is missing"
    )]
    NoKeybag,
    /// A file of the backup itself that cannot be read.
    #[error("`{file}` {why}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// Why.
        why: String,
    },
    /// It is encrypted.
    #[error("it is encrypted; its password is needed (the one that was set in iTunes or Finder)")]
    PasswordNeeded,
    /// Its keys cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Its list is encrypted with a key that is not there.
    #[error("`Manifest.db` is encrypted, and `Manifest.plist` has no usable `ManifestKey`: {0}")]
    ManifestKey(String),
}

/// A backup that was opened.
pub(super) struct Backup {
    tree: Tree,
    /// Files of the folder, by their ids.
    stored: HashMap<[u8; 20], usize, RandomState>,
    keys: ClassKeys,
    encrypted: bool,
    manifest: Manifest,
    entries: Vec<Entry>,
    folders: Vec<Entry>,
    bodies: Vec<Body>,
    limits: Limits,
}

/// Where a file's bytes are.
enum Body {
    /// In a file of the backup itself.
    Own(usize),
    /// In the list, decrypted.
    Manifest,
    /// Under an id.
    Stored([u8; 20], ListedKey),
}

/// The list of files, and how it is encrypted.
struct Manifest {
    place: usize,
    key: Option<[u8; 32]>,
}

impl Backup {
    /// Opens a backup, with its password where it is encrypted.
    pub(super) fn open(mut tree: Tree, asked: &mut Asked<'_>) -> Result<Self, BackupError> {
        let limits = asked.limits;
        let find = |tree: &Tree, name: &str| tree.entries().iter().position(|it| it.path == name);
        let Some(place) = find(&tree, "Manifest.db") else {
            let old = find(&tree, "Manifest.mbdb").is_some();
            return Err(if old { BackupError::Old } else { BackupError::NoManifest });
        };
        let source = tree.source(place).map_err(|it| unread("Manifest.db", &it))?;
        let plain = begins_as_database(&*source);
        let (encrypted, keys, key) = match find(&tree, "Manifest.plist") {
            Some(plist) => unlock(&read(&mut tree, plist, "Manifest.plist")?, plain, asked)?,
            None if plain => {
                let missing = "`Manifest.plist` is missing; the backup is taken for one without a password";
                tree.notes.damaged(missing.to_owned());
                (false, ClassKeys::default(), None)
            }
            None => return Err(BackupError::NoKeybag),
        };
        if find(&tree, "Info.plist").is_none() {
            tree.notes.damaged("`Info.plist` is missing: which phone it is is not known".to_owned());
        }
        let manifest = Manifest { place, key };
        let decrypted;
        let mut database: &dyn Source = &*source;
        if let Some(key) = &manifest.key {
            let (opened, padding) = Decrypted::new(&*source, key);
            Manifest::check(begins_as_database(&opened), padding, &mut tree.notes)?;
            decrypted = opened;
            database = &decrypted;
        }
        let log = find(&tree, "Manifest.db-wal").filter(|_| plain);
        let log = log.map(|it| read(&mut tree, it, "Manifest.db-wal")).transpose()?;
        let stored = stored(&tree);
        let room = stored.len() + 4;
        let mut backup = Self {
            tree,
            stored,
            keys,
            encrypted,
            manifest,
            entries: Vec::with_capacity(room),
            folders: Vec::new(),
            bodies: Vec::with_capacity(room),
            limits: limits.clone(),
        };
        backup.fill(database, log.as_deref(), asked)?;
        Ok(backup)
    }

    /// The files: those of the backup itself, those that are listed, and those that are not and whose ids are known.
    fn fill(
        &mut self,
        database: &dyn Source,
        log: Option<&[u8]>,
        asked: &mut Asked<'_>,
    ) -> Result<(), BackupError> {
        for (place, entry) in self.tree.entries().iter().enumerate() {
            if matches!(entry.path.as_str(), "Info.plist" | "Manifest.plist" | "Status.plist" | "Manifest.db")
            {
                let own = if place == self.manifest.place { Body::Manifest } else { Body::Own(place) };
                self.entries.push(entry.clone());
                self.bodies.push(own);
            }
        }
        let mut named = vec![false; self.tree.entries().len()];
        self.tree.forget_paths();
        let mut missing = 0;
        let mut tell = |listed| match listed {
            Listed::Folder(entry) => self.folders.push(entry),
            Listed::File(id, entry, key) => {
                match self.stored.get(&id).and_then(|it| named.get_mut(*it)) {
                    Some(named) => *named = true,
                    None => missing += 1,
                }
                self.entries.push(entry);
                self.bodies.push(Body::Stored(id, key));
            }
        };
        manifest::list(database, log, asked.limits, asked.progress, &mut self.tree.notes, &mut tell)
            .map_err(|why| BackupError::Unreadable { file: "Manifest.db", why })?;
        self.tree.notes.missing += missing;
        let is_unnamed = |it: &(&[u8; 20], &usize)| named.get(*it.1) == Some(&false);
        let unnamed: HashSet<[u8; 20]> = self.stored.iter().filter(is_unnamed).map(|it| *it.0).collect();
        self.name(unnamed);
        Ok(())
    }

    /// Names files that the list does not: an id tells the path of a file to whoever knows it already.
    fn name(&mut self, mut unnamed: HashSet<[u8; 20]>) {
        if unnamed.is_empty() {
            return;
        }
        let lost = unnamed.len();
        let mut known = 0;
        for place in ios::places_in_backups() {
            for path in [place.clone(), format!("{place}-wal")] {
                let Some(id) = manifest::id_of(&path).filter(|it| unnamed.remove(it)) else { continue };
                known += 1;
                self.entries.push(Entry { path, size: None, modified: None, ..Entry::default() });
                self.bodies.push(Body::Stored(id, ListedKey::None));
            }
        }
        let known =
            if known > 0 { format!("; {known} of them are known by their ids") } else { String::new() };
        self.tree.notes.damaged(format!("{lost} files are there that `Manifest.db` does not name{known}"));
    }

    fn decrypt(&mut self, entry: usize, bytes: Vec<u8>, key: &ListedKey) -> Result<Vec<u8>, Unreadable> {
        // The list says nothing of a key for what has no content.
        if !self.encrypted || bytes.is_empty() {
            return Ok(bytes);
        }
        let (class, wrapped) = match key {
            ListedKey::Wrapped(wrapped) => (wrapped.0, &wrapped.1),
            ListedKey::None => return Err(Unreadable("`Manifest.db` has no key for it".to_owned())),
            ListedKey::Unreadable => {
                return Err(Unreadable(
                    "what `Manifest.db` says of it is damaged, so its key is lost".to_owned(),
                ));
            }
        };
        let class_key = self.keys.get(class).map_err(Unreadable)?;
        let key = crypt::unwrap(class_key, wrapped)
            .ok_or_else(|| Unreadable(format!("its key does not fit the key of protection class {class}")))?;
        let (bytes, padding) = crypt::decrypt(&key, bytes);
        let path = self.entries.get(entry).map(|it| it.path.as_str()).unwrap_or_default();
        match padding {
            Padding::Good => {}
            Padding::None => {
                self.tree.notes.damaged(format!("`{path}` ends without the padding of its cipher"));
            }
            Padding::Cut(lost) => {
                self.tree
                    .notes
                    .damaged(format!("`{path}` is cut off: its last {lost} bytes cannot be decrypted"));
            }
        }
        Ok(bytes)
    }
}

impl Files for Backup {
    fn kind(&self) -> Kind {
        Kind::IosBackup
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn folders(&self) -> &[Entry] {
        &self.folders
    }

    fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable> {
        match self.bodies.get(entry) {
            None => Err(Unreadable("there is no such file".to_owned())),
            Some(Body::Own(place)) => self.tree.read(*place),
            Some(Body::Manifest) => {
                let bytes = self.tree.read(self.manifest.place)?;
                let mut again = Notes::default();
                self.manifest.decrypted(bytes, &mut again).map_err(|it| Unreadable(it.to_string()))
            }
            Some(Body::Stored(id, key)) => {
                let Some(place) = self.stored.get(id) else {
                    let why = format!(
                        "`Manifest.db` names it, but `{}` is not in the backup",
                        manifest::stored_at(id)
                    );
                    return Err(Unreadable(why));
                };
                let (place, key) = (*place, key.clone());
                let bytes = self.tree.read(place)?;
                let bytes = self.decrypt(entry, bytes, &key)?;
                if bytes.len() as u64 > self.limits.file_bytes {
                    return Err(Unreadable(format!("it has more than {} bytes", self.limits.file_bytes)));
                }
                Ok(bytes)
            }
        }
    }

    fn notes(&self) -> &Notes {
        &self.tree.notes
    }
}

impl Manifest {
    fn decrypted(&self, bytes: Vec<u8>, notes: &mut Notes) -> Result<Vec<u8>, BackupError> {
        let Some(key) = &self.key else { return Ok(bytes) };
        let (bytes, padding) = crypt::decrypt(key, bytes);
        Self::check(bytes.starts_with(SQLITE), padding, notes)?;
        Ok(bytes)
    }

    /// Says whether it was decrypted with the right key, and whole.
    fn check(begins: bool, padding: Padding, notes: &mut Notes) -> Result<(), BackupError> {
        if !begins {
            let why = "is damaged: decrypted with its key, it does not begin as a database does".to_owned();
            return Err(BackupError::Unreadable { file: "Manifest.db", why });
        }
        match padding {
            Padding::Good => {}
            Padding::None => notes.damaged("`Manifest.db` ends without the padding of its cipher".to_owned()),
            Padding::Cut(lost) => {
                notes.damaged(format!("`Manifest.db` is cut off: its last {lost} bytes cannot be decrypted"));
            }
        }
        Ok(())
    }
}

fn read(tree: &mut Tree, place: usize, file: &'static str) -> Result<Vec<u8>, BackupError> {
    tree.read(place).map_err(|it| unread(file, &it))
}

fn unread(file: &'static str, why: &Unreadable) -> BackupError {
    BackupError::Unreadable { file, why: format!("cannot be read: {why}") }
}

fn begins_as_database(source: &dyn Source) -> bool {
    let mut head = [0; SQLITE.len()];
    source.read_at(0, &mut head);
    head == SQLITE
}

/// Whether the backup is encrypted, its class keys, and the key of its list.
type Unlocked = (bool, ClassKeys, Option<[u8; 32]>);

/// Reads `Manifest.plist` and, where the backup is encrypted, opens its bag of keys.
fn unlock(plist: &[u8], plain: bool, asked: &mut Asked<'_>) -> Result<Unlocked, BackupError> {
    let damaged = |why: String| BackupError::Unreadable { file: "Manifest.plist", why };
    let list = match crate::plist::read(plist, asked.limits) {
        Ok(list) => list,
        Err(bad) => return Err(damaged(bad.to_string())),
    };
    let map = list.as_dictionary().ok_or_else(|| damaged("is a property list, but no map".to_owned()))?;
    let data = |key: &str| map.get(key).and_then(|it| it.as_data());
    let flag = map.get("IsEncrypted").and_then(|it| it.as_boolean());
    // Where the flag is missing, the list tells.
    let encrypted = flag.unwrap_or(!plain);
    if !encrypted && plain {
        return Ok((false, ClassKeys::default(), None));
    }
    if !encrypted {
        let why = "does not begin as a database does, although the backup is not encrypted: it is damaged";
        return Err(BackupError::Unreadable { file: "Manifest.db", why: why.to_owned() });
    }
    let bag = data("BackupKeyBag").ok_or_else(|| damaged("has no `BackupKeyBag`".to_owned()))?;
    let bag = Keybag::read(bag)?;
    let password = asked.password.ok_or(BackupError::PasswordNeeded)?;
    let keys = bag.unlock(password, asked.limits, asked.progress)?;
    if plain {
        // Before iOS 10.2 the list itself was not encrypted.
        return Ok((true, keys, None));
    }
    let missing = |why: &str| BackupError::ManifestKey(why.to_owned());
    let wrapped = data("ManifestKey").ok_or_else(|| missing("there is none"))?;
    let (class, wrapped) = manifest::wrapped(wrapped).ok_or_else(|| missing("it has another length"))?;
    let key = keys.get(class).map_err(BackupError::ManifestKey)?;
    let key = crypt::unwrap(key, &wrapped).ok_or_else(|| missing("it does not fit the key of its class"))?;
    Ok((true, keys, Some(key)))
}

/// The files of the folder that are named by ids.
fn stored(tree: &Tree) -> HashMap<[u8; 20], usize, RandomState> {
    let id = |path: &str| {
        // In a folder of the first two digits; older backups have no folders.
        let name = match path.split_once('/') {
            Some((folder, name)) if folder.len() == 2 && name.starts_with(folder) => name,
            Some(_) => return None,
            None => path,
        };
        manifest::id(name)
    };
    let places = tree.entries().iter().enumerate();
    places.filter_map(|(place, it)| Some((id(&it.path)?, place))).collect()
}
