//! Files that were named, and the files in folders that were named.

use std::io;
use std::path::{Path, PathBuf};

/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 32;

/// A file or folder cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not read `{}`", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// The files that paths stand for, those of a folder in the order of their names. `-` stays as it is.
pub(crate) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            found.push(path.clone());
        } else {
            add(path, 0, &mut found).map_err(|(path, source)| FileError { path, source })?;
        }
    }
    Ok(found)
}

fn add(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (path.to_owned(), error);
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        // Opening tells now what reading would tell later.
        std::fs::File::open(path).map_err(failed)?;
        found.push(path.to_owned());
        return Ok(());
    }
    if depth == MAX_DEPTH {
        return Err(failed(io::Error::other(format!("folders lie more than {MAX_DEPTH} deep"))));
    }
    let entries: io::Result<Vec<PathBuf>> =
        std::fs::read_dir(path).map_err(failed)?.map(|it| Ok(it?.path())).collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort();
    entries.iter().try_for_each(|it| add(it, depth + 1, found))
}
