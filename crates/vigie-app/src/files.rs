//! Files that were named, and the files in folders that were named.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
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

/// What paths stand for.
#[derive(Debug, Default)]
pub(crate) struct Expanded {
    /// The files, those of a folder in the order of their names. `-` stays as it is.
    pub(crate) files: Vec<PathBuf>,
    /// What lies in a folder and cannot be read, each with the reason.
    pub(crate) left_out: Vec<(PathBuf, String)>,
}

/// The files that paths stand for. What was named must be there; what only lies in a folder costs only itself.
pub(crate) fn expand(paths: &[PathBuf]) -> Result<Expanded, FileError> {
    let mut found = Expanded::default();
    for path in paths {
        if path == Path::new("-") {
            found.files.push(path.clone());
        } else {
            let failed = |source| FileError { path: path.clone(), source };
            let about = std::fs::metadata(path).map_err(failed)?;
            if about.is_dir() {
                found.add_folder(path, &mut Vec::new()).map_err(failed)?;
            } else {
                found.add_file(path, &about).map_err(failed)?;
            }
        }
    }
    Ok(found)
}

impl Expanded {
    /// Adds what lies in a folder; `above` are the folders that it lies in, by device and inode.
    fn add_folder(&mut self, folder: &Path, above: &mut Vec<(u64, u64)>) -> io::Result<()> {
        let about = std::fs::metadata(folder)?;
        let own = (about.dev(), about.ino());
        if above.contains(&own) {
            return Err(io::Error::other("it leads back to a folder that it lies in"));
        }
        if above.len() == MAX_DEPTH {
            return Err(io::Error::other(format!("folders lie more than {MAX_DEPTH} deep")));
        }
        let entries: io::Result<Vec<PathBuf>> = std::fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect();
        let mut entries = entries?;
        entries.sort();
        above.push(own);
        for entry in entries {
            let added = std::fs::metadata(&entry).and_then(|about| {
                if about.is_dir() {
                    self.add_folder(&entry, above)
                } else if about.is_file() {
                    self.add_file(&entry, &about)
                } else {
                    // A pipe that nobody writes to would be waited for.
                    Err(io::Error::other("it is no regular file"))
                }
            });
            if let Err(error) = added {
                self.left_out.push((entry, error.to_string()));
            }
        }
        above.pop();
        Ok(())
    }

    fn add_file(&mut self, path: &Path, about: &Metadata) -> io::Result<()> {
        // Opening tells now what reading would tell later; a pipe can be opened once.
        if about.is_file() {
            std::fs::File::open(path)?;
        }
        self.files.push(path.to_owned());
        Ok(())
    }
}
