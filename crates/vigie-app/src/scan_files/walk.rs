//! The files below some folders, in the order of their names, without following links.

use std::io;
use std::path::{Path, PathBuf};

/// Why something on the way is not read.
pub(super) enum Problem {
    /// A link; what it leads to is read where it lies, if that is asked for.
    Link,
    /// A pipe, a socket, a device.
    Special(PathBuf),
    /// Folders lie deeper in each other than allowed.
    TooDeep(PathBuf),
    /// The system does not let us.
    Unreadable(PathBuf, io::Error),
}

impl Problem {
    /// As it is counted.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Special(_) => "no-regular-file",
            Self::TooDeep(_) => "too-deep",
            Self::Unreadable(..) => "unreadable",
        }
    }

    /// For people; links are not worth a line.
    pub(super) fn told(&self) -> Option<String> {
        match self {
            Self::Link => None,
            Self::Special(path) => Some(format!("`{}` is no regular file", path.display())),
            Self::TooDeep(path) => Some(format!("`{}` lies too deep", path.display())),
            Self::Unreadable(path, error) => Some(format!("could not read `{}`: {error}", path.display())),
        }
    }
}

/// The files, one after the other. Holds the names in the folders on the way, and no more.
pub(super) struct Walk {
    /// What is still to be visited, the next last; each with its depth.
    open: Vec<(PathBuf, usize)>,
    depth: usize,
}

impl Walk {
    pub(super) fn new(paths: &[PathBuf], depth: usize) -> Self {
        Self { open: paths.iter().rev().map(|it| (it.clone(), 0)).collect(), depth }
    }

    pub(super) fn next(&mut self) -> Option<Result<PathBuf, Problem>> {
        loop {
            let (path, depth) = self.open.pop()?;
            let kind = match std::fs::symlink_metadata(&path) {
                Ok(it) => it.file_type(),
                Err(error) => return Some(Err(Problem::Unreadable(path, error))),
            };
            if kind.is_file() {
                return Some(Ok(path));
            }
            if kind.is_symlink() {
                return Some(Err(Problem::Link));
            }
            if !kind.is_dir() {
                return Some(Err(Problem::Special(path)));
            }
            if depth == self.depth {
                return Some(Err(Problem::TooDeep(path)));
            }
            match entries(&path) {
                Ok(entries) => self.open.extend(entries.into_iter().map(|it| (it, depth + 1))),
                Err(error) => return Some(Err(Problem::Unreadable(path, error))),
            }
        }
    }
}

/// What lies in a folder, the first by name last.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<PathBuf>> = std::fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect();
    let mut entries = entries?;
    entries.sort_unstable_by(|a, b| b.cmp(a));
    Ok(entries)
}
