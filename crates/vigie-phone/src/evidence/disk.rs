//! The disk: folders and files that a person names, opened to be read. Nothing else in this crate touches a disk.

use std::collections::HashMap;
use std::fs::{DirEntry, File};
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::tree::Store;
use super::{Entry, Notes, Tree, Unreadable};
use crate::Limits;
use crate::sqlite::Source;

/// What a path leads to.
pub(super) enum Found {
    /// A folder with everything in it.
    Folder(Tree),
    /// A file, with its size.
    File(File, u64),
}

/// Opens what a path leads to.
pub(super) fn find(path: &Path, limits: &Limits) -> io::Result<Found> {
    let file = std::fs::metadata(path)?;
    if file.is_dir() {
        return folder(path, limits).map(Found::Folder);
    }
    if !file.is_file() {
        return Err(io::Error::other("it is neither a file nor a folder"));
    }
    File::open(path).map(|it| Found::File(it, file.len()))
}

/// The bytes of an open file, whole.
pub(super) fn whole(mut file: impl Read + Seek, limits: &Limits) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(limits.file_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(io::Error::other(format!("it has more than {} bytes", limits.file_bytes)));
    }
    Ok(bytes)
}

struct Folder {
    root: PathBuf,
    paths: Vec<String>,
    /// Paths that are no UTF-8.
    odd: HashMap<usize, PathBuf>,
    limits: Limits,
}

/// Everything in a folder and the folders within, in the order of paths.
fn folder(root: &Path, limits: &Limits) -> io::Result<Tree> {
    let mut notes = Notes::default();
    let mut found: Vec<(Entry, Option<PathBuf>)> = Vec::new();
    let mut bare: Vec<Entry> = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new(), 0_u16)];
    while let Some((folder, path, depth)) = folders.pop() {
        let listed = match folder.read_dir() {
            Ok(listed) => listed,
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                notes.damaged(format!("the folder `{path}` cannot be listed: {error}"));
                continue;
            }
        };
        for entry in listed {
            let (entry, file) = match entry.and_then(|it| it.file_type().map(|file| (it, file))) {
                Ok(it) => it,
                Err(error) => {
                    notes.damaged(format!("something in the folder `{path}` cannot be listed: {error}"));
                    continue;
                }
            };
            let name = joined(&path, &entry);
            if found.len() + bare.len() >= limits.entries {
                return Err(io::Error::other(format!("it has more than {} files", limits.entries)));
            }
            if file.is_symlink() || file.is_dir() {
                let modified = described(name.clone(), &entry).ok().and_then(|it| it.modified);
                bare.push(Entry { path: name.clone(), size: None, modified, ..Entry::default() });
            }
            if file.is_symlink() {
                notes.links += 1;
            } else if file.is_dir() {
                // File systems allow paths that no program could open whole.
                if depth >= 1000 {
                    notes.damaged(format!("the folder `{name}` lies too deep to be read"));
                } else {
                    folders.push((entry.path(), name, depth + 1));
                }
            } else if file.is_file() {
                let odd = entry.file_name().to_str().is_none().then(|| entry.path());
                let odd = odd.or_else(|| entry.path().to_str().is_none().then(|| entry.path()));
                match described(name, &entry) {
                    Ok(described) => found.push((described, odd)),
                    Err(error) => notes.damaged(format!("a file of `{path}` cannot be described: {error}")),
                }
            } else {
                notes.special += 1;
            }
        }
    }
    found.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    bare.sort_by(|a, b| a.path.cmp(&b.path));
    let odd = found.iter_mut().enumerate().filter_map(|(place, it)| Some((place, it.1.take()?))).collect();
    let entries: Vec<Entry> = found.into_iter().map(|it| it.0).collect();
    let paths = entries.iter().map(|it| it.path.clone()).collect();
    let store = Folder { root: root.to_owned(), paths, odd, limits: limits.clone() };
    Ok(Tree::new(entries, Box::new(store), notes).with_folders(bare))
}

fn joined(folder: &str, entry: &DirEntry) -> String {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") }
}

/// A file that a backup names by an id is not described: its own list says what is to be said.
fn described(path: String, entry: &DirEntry) -> io::Result<Entry> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.len() == 40 && name.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Ok(Entry { path, size: None, modified: None, ..Entry::default() });
    }
    let file = entry.metadata()?;
    let modified = file.modified().ok().and_then(crate::time::system);
    Ok(Entry { path, size: Some(file.len()), modified, ..Entry::default() })
}

impl Folder {
    fn open(&self, place: usize) -> io::Result<File> {
        let path = match (self.odd.get(&place), self.paths.get(place)) {
            (Some(odd), _) => odd.clone(),
            (None, Some(path)) => self.root.join(path),
            (None, None) => return Err(io::Error::other("there is no such file")),
        };
        // It may have been replaced since the folder was listed.
        if !std::fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::other("it is no longer a file"));
        }
        File::open(&path)
    }
}

impl Store for Folder {
    fn read(&mut self, place: usize) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.open(place).and_then(|it| whole(it, &self.limits));
        bytes.map_err(|it| Unreadable(it.to_string()))
    }

    fn source(&self, place: usize) -> Option<Box<dyn Source + Send>> {
        let file = self.open(place).ok()?;
        let size = file.metadata().ok()?.len();
        Some(Box::new(Part { file, size }))
    }
}

/// A file that is read in parts.
struct Part {
    file: File,
    size: u64,
}

impl Source for Part {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, to: &mut [u8]) -> usize {
        let mut read = 0;
        while let Some(rest) = to.get_mut(read..).filter(|it| !it.is_empty()) {
            match self.file.read_at(rest, at + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        read
    }
}
