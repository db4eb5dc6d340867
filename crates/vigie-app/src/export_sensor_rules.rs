//! Writes for the nation's own sensors what this node may detect with: rules as they came, and datasets of plain values.
//!
//! A Suricata or Snort rule of an indicator is written under a number of this node's own and with the indicator's id in
//! its metadata; when it fires, EVE gives the id back and the publisher is told. Patterns that are no more than a set of
//! values become datasets with a rule for each place where a sensor sees such values. What cannot be expressed is counted
//! in the manifest, with its reason. docs/spec/suricata.md describes the files.
//!
//! Invariants
//! - Only what the home member may detect with leaves, and only while it holds: expiry is weighed at the export.
//! - A rule keeps its number from one export to the next, as long as the manifest of the last one lies in the folder.
//! - Each file is replaced as a whole, rules after the datasets that they load and the manifest last.
//!
//! Start with [`run`], then `export_sensor_rules/compose.rs`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::app::{App, AppError};
use crate::{clock, load_rules};

mod compose;
mod manifest;
mod numbers;
mod sets;

pub use manifest::Manifest;
pub use numbers::{NoNumbers, Range};

/// The name of the manifest in the folder.
const MANIFEST: &str = "manifest.json";

/// The largest manifest of an earlier export that is read, in bytes.
const MAX_MANIFEST: u64 = 256 << 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The folder; it is made if there is none.
    pub out: PathBuf,
    /// The numbers (`sid`) that rules may be given.
    pub numbers: Range,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The rules could not be read from the store.
    #[error(transparent)]
    App(#[from] AppError),
    /// There are more rules than numbers.
    #[error(transparent)]
    Numbers(#[from] NoNumbers),
    /// What lies in the folder is not what an export left there.
    #[error("`{}` is no manifest of an earlier export; choose another folder, or remove it", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file cannot be read or written.
    #[error("could not write `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A file to be written.
struct Sheet {
    name: &'static str,
    text: String,
    /// How many rules or values it holds.
    entries: usize,
}

/// Writes everything that the home member may detect with, and says what was written.
pub async fn run(app: &App, request: Request) -> Result<Manifest, ExportError> {
    let app = app.clone();
    let task = tokio::task::spawn_blocking(move || {
        load_rules::all(&app)?;
        let before = read_manifest(&request.out.join(MANIFEST))?;
        let (sheets, manifest) =
            compose::compose(&app.image(), clock::now(), request.numbers, before.as_ref())?;
        write_all(&request.out, &sheets, &manifest)?;
        Ok(manifest)
    });
    task.await.map_err(|_| AppError::Stopping)?
}

/// The manifest of the export before this one; none if there was none.
fn read_manifest(path: &Path) -> Result<Option<Manifest>, ExportError> {
    let failed = |source| ExportError::File { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(it) if it.len() > MAX_MANIFEST => {
            return Err(failed(io::Error::other(format!("it is larger than {MAX_MANIFEST} bytes"))));
        }
        Ok(_) => {}
    }
    let text = std::fs::read(path).map_err(failed)?;
    let manifest = serde_json::from_slice(&text);
    manifest.map(Some).map_err(|source| ExportError::Manifest { path: path.to_owned(), source })
}

fn write_all(folder: &Path, sheets: &[Sheet], manifest: &Manifest) -> Result<(), ExportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    for sheet in sheets {
        let path = folder.join(sheet.name);
        replace(&path, sheet.text.as_bytes()).map_err(failed(&path))?;
    }
    let path = folder.join(MANIFEST);
    let mut text = serde_json::to_vec_pretty(manifest)
        .map_err(|source| ExportError::Manifest { path: path.clone(), source })?;
    text.push(b'\n');
    replace(&path, &text).map_err(failed(&path))
}

/// Puts a file in the place of another, so that a reader sees the old one or the new one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut file = std::fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
mod tests;
