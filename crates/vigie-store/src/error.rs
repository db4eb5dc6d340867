//! What can go wrong with the database, each with what to do about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened or made.
    #[error("cannot open the database `{}`; check that its folder exists and may be written", path.display())]
    CannotOpen {
        /// The database.
        path: PathBuf,
        /// The reason that the system gave.
        #[source]
        source: Option<std::io::Error>,
    },
    /// It may be read only.
    #[error("the database `{}` may not be written; check the rights of the file and its folder", .0.display())]
    ReadOnly(PathBuf),
    /// Another process held it for longer than we wait.
    #[error("the database `{}` is locked by another process; try again, or stop that process", .0.display())]
    Locked(PathBuf),
    /// The disk, or the limit set for the database, is full. Nothing of the transaction was written.
    #[error("no room left for the database `{}`; free some space, or raise its limit", .0.display())]
    Full(PathBuf),
    /// The file is a damaged database.
    #[error("the database `{}` is damaged; stop the node and restore it from a backup", .0.display())]
    Corrupt(PathBuf),
    /// The file is something else.
    #[error("`{}` is no database; name another file, or restore this one from a backup", .0.display())]
    NotADatabase(PathBuf),
    /// A database of another program.
    #[error("the database `{}` belongs to another program; name another file", .0.display())]
    Foreign(PathBuf),
    /// A later release of Vigie has upgraded it.
    #[error(
        "the database `{}` has schema {found}, this release knows schemas up to {known}; use the newer release",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It could not be brought to this release's schema. It is as it was.
    #[error("the database `{}` could not be upgraded", path.display())]
    Upgrade {
        /// The database.
        path: PathBuf,
        /// What the migration said.
        #[source]
        source: Box<refinery::Error>,
    },
    /// A transaction wrote rows and left no journal entry. Nothing of it was written.
    #[error("a transaction by `{actor}` wrote rows without a journal entry and was undone")]
    Unjournalled {
        /// Who began it.
        actor: String,
    },
    /// Something that was named is not there.
    #[error("there is no {noun} `{id}`")]
    NotFound {
        /// What was looked for.
        noun: &'static str,
        /// Its name.
        id: String,
    },
    /// A name that must be unique is taken.
    #[error("a {noun} `{name}` exists already; choose another name")]
    Taken {
        /// What was to be made.
        noun: &'static str,
        /// Its name.
        name: String,
    },
    /// A row does not hold what this release writes.
    #[error("the {noun} `{id}` in the database cannot be read: {why}; restore it from a backup")]
    Unreadable {
        /// What it should be.
        noun: &'static str,
        /// Which one.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// Anything else that SQLite reports.
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// Says what an error of SQLite means for the database at this path.
    pub(crate) fn at(self, path: &Path) -> Self {
        let Self::Sqlite(error) = self else { return self };
        let path = path.to_path_buf();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt(path),
            Some(ErrorCode::NotADatabase) => Self::NotADatabase(path),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(path),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::CannotOpen { path, source: None }
            }
            _ => Self::Sqlite(error),
        }
    }

    /// Whether SQLite refused a row because its name is taken.
    pub(crate) fn is_conflict(error: &rusqlite::Error) -> bool {
        error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
    }
}
