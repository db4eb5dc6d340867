//! Archives as trees: zip, tar, and tar packed with gzip.
//!
//! Only their lists are kept in memory; a file is unpacked when it is read. Nothing is followed, nothing is unpacked beyond
//! [`Limits`](crate::Limits), and what is left out is counted in [`Notes`](super::Notes).

mod gzip;
mod path;
mod tar;
mod zip;

use std::io::{Read, Seek, SeekFrom};

use super::Tree;
use crate::Limits;

pub(super) use gzip::Gzip;

/// Bytes that are read at random.
pub(super) trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

/// Why an archive was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// More files than allowed.
    #[error("it has more than {limit} files")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// It does not hold what it says.
    #[error("{0}")]
    Damaged(String),
    /// Its bytes could not be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What a file is, seen from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Zip,
    Gzip,
    Tar,
}

/// The form of an archive, if these are the first bytes of one.
pub(super) fn form(head: &[u8]) -> Option<Form> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Form::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Form::Gzip),
        _ if tar::is_header(head) => Some(Form::Tar),
        _ => None,
    }
}

/// Lists a zip.
pub(super) fn zip(source: impl Source + 'static, limits: &Limits) -> Result<Tree, ArchiveError> {
    zip::open(source, limits)
}

/// Lists a tar.
pub(super) fn tar(mut source: impl Source + 'static, limits: &Limits) -> Result<Tree, ArchiveError> {
    let end = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    tar::open(source, Some(end), limits)
}

/// Lists a tar that is packed with gzip.
pub(super) fn tar_gz(source: Gzip<impl Source + 'static>, limits: &Limits) -> Result<Tree, ArchiveError> {
    tar::open(source, None, limits)
}

#[cfg(test)]
mod tests;
