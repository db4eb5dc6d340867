//! Opens evidence, whatever form it has.

use std::io::{self, Read, Seek};
use std::path::Path;

use super::archive::{self, ArchiveError, Form, Gzip, Source};
use super::disk::{self, Found};
use super::recognise::{self, Recognised};
use super::tree::Store;
use super::{BackupError, Entry, Files, KeyError, Kind, NotEvidence, Plain, Tree, Unreadable, backup};
use crate::Limits;
use crate::sealed::{self, Identities, Keys, SealedError};

/// How many bytes of a file are looked at to say what it is.
const HEAD: u64 = 1 << 16;

/// How evidence is to be opened.
pub struct Asked<'a> {
    /// Bounds.
    pub limits: &'a Limits,
    /// The password of a backup, where there is one, or the passphrase of evidence encrypted with age.
    pub password: Option<&'a str>,
    /// The keys of evidence encrypted with age.
    pub identities: Option<&'a Identities>,
    /// Is told how far something is that takes long.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// How far something is that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Rounds of deriving the key from the password.
    Key {
        /// Rounds that are done.
        done: u64,
        /// All rounds.
        of: u64,
    },
    /// Files of a backup that were listed.
    Listed {
        /// How many so far.
        files: u64,
    },
}

/// Why evidence was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read at all.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// An archive that cannot be listed.
    #[error("is an archive that cannot be read: {0}")]
    Archive(#[from] ArchiveError),
    /// It is something else.
    #[error("cannot be checked: {0}")]
    NotEvidence(#[from] NotEvidence),
    /// Encrypted with age, and does not open.
    #[error("cannot be checked: {0}")]
    Sealed(#[from] SealedError),
    /// A backup that cannot be opened.
    #[error("is a backup of an iPhone that cannot be read: {0}")]
    Backup(#[from] BackupError),
}

impl OpenError {
    /// Whether a password, or another one, would open it.
    pub fn asks_for_password(&self) -> bool {
        matches!(
            self,
            Self::Backup(BackupError::PasswordNeeded | BackupError::Key(KeyError::WrongPassword))
                | Self::Sealed(SealedError::NeedsPassphrase | SealedError::WrongPassphrase)
        )
    }
}

/// Opens what a path leads to: a folder, an archive, or one file. What it is is seen from its content.
pub fn open(path: &Path, asked: &mut Asked<'_>) -> Result<Box<dyn Files + Send>, OpenError> {
    match disk::find(path, asked.limits)? {
        Found::Folder(tree) => of_tree(tree, asked),
        Found::File(file, size) => {
            let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
            let modified = file.metadata()?.modified().ok().and_then(crate::time::system);
            open_file(file, Entry { path: name, size: Some(size), modified, ..Entry::default() }, asked)
        }
    }
}

/// The same for one file that is open already, or lies in memory. The entry gives its name.
pub fn open_file(
    mut source: impl Read + Seek + Send + 'static,
    entry: Entry,
    asked: &mut Asked<'_>,
) -> Result<Box<dyn Files + Send>, OpenError> {
    let head = head(&mut source)?;
    if !sealed::is_sealed(&head) {
        return of_file(source, &head, entry, asked);
    }
    let keys = Keys { identities: asked.identities, passphrase: asked.password };
    let mut opened = sealed::open(source, &keys, asked.limits)?;
    let head = self::head(&mut opened)?;
    let path = entry.path.strip_suffix(".age").unwrap_or(&entry.path).to_owned();
    of_file(opened, &head, Entry { path, size: None, ..entry }, asked)
}

/// A file that is not encrypted as a whole, or no longer.
fn of_file(
    source: impl Read + Seek + Send + 'static,
    head: &[u8],
    entry: Entry,
    asked: &mut Asked<'_>,
) -> Result<Box<dyn Files + Send>, OpenError> {
    let limits = asked.limits;
    match archive::form(head) {
        Some(Form::Zip) => of_tree(archive::zip(source, limits)?, asked),
        Some(Form::Tar) => of_tree(archive::tar(source, limits)?, asked),
        Some(Form::Gzip) => {
            let mut unpacked = Gzip::new(source, limits)?;
            let head = self::head(&mut unpacked).map_err(ArchiveError::Io)?;
            if archive::form(&head) == Some(Form::Tar) {
                return of_tree(archive::tar_gz(unpacked, limits)?, asked);
            }
            let path = entry.path.strip_suffix(".gz").unwrap_or(&entry.path).to_owned();
            of_one(unpacked, &head, Entry { path, size: None, ..entry }, limits)
        }
        None => of_one(source, head, entry, limits),
    }
}

/// One file that is evidence itself.
fn of_one(
    source: impl Source + 'static,
    head: &[u8],
    entry: Entry,
    limits: &Limits,
) -> Result<Box<dyn Files + Send>, OpenError> {
    let kind = recognise::single(head)?;
    let store = One { source, limits: limits.clone() };
    Ok(Box::new(Plain::new(kind, Tree::of_one(entry, Box::new(store)))))
}

/// Says what the files are, and gives them the paths of that kind.
fn of_tree(mut tree: Tree, asked: &mut Asked<'_>) -> Result<Box<dyn Files + Send>, OpenError> {
    let Recognised { kind, root, before } = recognise::recognise(&tree)?;
    let (mut outside, mut apple_double) = (0_u64, 0_u64);
    tree.rename(|path| {
        let Some(rest) = path.strip_prefix(&root) else {
            outside += 1;
            return None;
        };
        let name = rest.rsplit('/').next().unwrap_or_default();
        if kind == Kind::Sysdiagnose && name.starts_with("._") {
            apple_double += 1;
            return None;
        }
        Some(format!("{before}{rest}"))
    });
    tree.rename_folders(|path| {
        let rest = path.strip_prefix(&root).filter(|it| !it.is_empty())?;
        Some(format!("{before}{rest}"))
    });
    tree.notes.apple_double += apple_double;
    if outside > 0 {
        tree.notes.damaged(format!("{outside} files outside of `{root}` are not looked at"));
    }
    Ok(match kind {
        Kind::IosBackup => Box::new(backup::Backup::open(tree, asked)?),
        kind => Box::new(Plain::new(kind, tree).named(&root)),
    })
}

/// The first bytes of a file, which is then read from its beginning again.
fn head(source: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    source.rewind()?;
    let mut head = Vec::new();
    let read = source.by_ref().take(HEAD).read_to_end(&mut head);
    // A short packed file may be damaged at its end: its beginning is enough to say what it is.
    if head.is_empty() {
        read?;
    }
    source.rewind()?;
    Ok(head)
}

struct One<R> {
    source: R,
    limits: Limits,
}

impl<R: Source> Store for One<R> {
    fn read(&mut self, _: usize) -> Result<Vec<u8>, Unreadable> {
        disk::whole(&mut self.source, &self.limits).map_err(|it| Unreadable(it.to_string()))
    }
}
