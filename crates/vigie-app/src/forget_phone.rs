//! Deleting what came of a check of a phone, with a receipt.
//!
//! Invariants
//! - Only what the manifest of the check names is deleted, in the folder that it lies in. The evidence is never touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use vigie_stix::timestamp::Timestamp;

use crate::check_phone::custody::{MAKER, sha256};
use crate::check_phone::{Hashed, Manifest};
use crate::{clock, recheck_phone};

/// The file that says what was deleted.
pub const RECEIPT: &str = "deletion-receipt.json";

/// The files beside the outputs that a manifest does not name.
const BESIDE: [&str; 4] = ["manifest.json.sig", "signature.json", "signer.pem", "manifest.json"];

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// When, in UTC.
    pub deleted_at: String,
    /// SHA-256 over the evidence that the outputs came from.
    pub evidence_sha256: String,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// The outputs that are gone, with the digests that the manifest has of them.
    pub deleted: Vec<Hashed>,
    /// Outputs that the manifest names and that were not there.
    pub missing: Vec<String>,
    /// What else lies in the folder and was left.
    pub left: Vec<String>,
}

/// Why nothing, or not all, was deleted.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The folder is not one of a check.
    #[error("`{}` holds no outputs of a phone check, so nothing was deleted: {why}", .folder.display())]
    NoCheck {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A file cannot be deleted or written.
    #[error("`{}`: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Deletes the outputs in a folder, and leaves a receipt there.
pub fn run(folder: &Path) -> Result<Receipt, ForgetError> {
    let no_check = |why: String| ForgetError::NoCheck { folder: folder.to_owned(), why };
    let text =
        fs::read(folder.join("manifest.json")).map_err(|it| no_check(format!("`manifest.json`: {it}")))?;
    let manifest: Manifest<'_> =
        serde_json::from_slice(&text).map_err(|it| no_check(format!("`manifest.json`: {it}")))?;
    if ![MAKER, recheck_phone::MAKER].contains(&manifest.made_by.as_str()) {
        return Err(no_check("`manifest.json` is of something else".to_owned()));
    }
    let is_plain = |it: &Hashed| !it.path.contains(['/', '\\']) && it.path != ".." && !it.path.is_empty();
    if !manifest.outputs.iter().all(is_plain) {
        return Err(no_check("`manifest.json` names files elsewhere".to_owned()));
    }
    let mut receipt = Receipt {
        deleted_at: Timestamp::from_nanos_millis(clock::now().into()).to_string(),
        evidence_sha256: manifest.evidence_sha256,
        manifest_sha256: sha256(&text),
        deleted: Vec::new(),
        missing: Vec::new(),
        left: Vec::new(),
    };
    for output in manifest.outputs {
        if delete(&folder.join(&output.path))? {
            receipt.deleted.push(output);
        } else {
            receipt.missing.push(output.path);
        }
    }
    for name in BESIDE {
        delete(&folder.join(name))?;
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ForgetError::File { path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        receipt.left.push(entry.file_name().to_string_lossy().into_owned());
    }
    receipt.left.sort();
    let path = folder.join(RECEIPT);
    let mut text = serde_json::to_vec_pretty(&receipt).map_err(|it| failed(&path)(it.into()))?;
    text.push(b'\n');
    fs::write(&path, text).map_err(failed(&path))?;
    Ok(receipt)
}

/// Whether it was there.
fn delete(path: &Path) -> Result<bool, ForgetError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(ForgetError::File { path: path.to_owned(), source }),
    }
}
