//! Evidence: what somebody brings of a phone, as files by their paths.
//!
//! ```text
//! a path ─► disk ─► Tree (a folder, an archive, one file) ─► recognise ─► Files of a Kind
//! ```
//!
//! [`open`] takes what a person has: whether it is a folder, a zip, a tar or one file, and whose phone's, is seen from its
//! content. Start with `open.rs`.

mod archive;
mod backup;
mod disk;
mod notes;
mod open;
mod recognise;
mod tree;

pub use archive::ArchiveError;
pub use backup::{BackupError, KeyError};
pub use notes::Notes;
pub use open::{Asked, OpenError, Progress, open, open_file};
pub use recognise::{NotEvidence, Recognised, recognise};
pub use tree::{Plain, Store, Tree};

/// What kind of evidence it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A backup by iTunes or Finder. Paths begin with a domain: `HomeDomain/Library/SMS/sms.db`.
    IosBackup,
    /// The file system of an iPhone. Paths begin at its root, without a slash: `private/var/mobile/…`.
    IosDump,
    /// What an iPhone collects of itself. Paths begin within its only folder: `logs/Accessibility/TCC.db`.
    Sysdiagnose,
    /// What an Android phone tells of itself.
    Bugreport,
    /// What `AndroidQF` collects.
    Androidqf,
    /// A backup by `adb backup`.
    AndroidBackup,
    /// The intrusion log of Android's Advanced Protection.
    IntrusionLog,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IosBackup,
        Self::IosDump,
        Self::Sysdiagnose,
        Self::Bugreport,
        Self::Androidqf,
        Self::AndroidBackup,
        Self::IntrusionLog,
    ];

    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IosBackup => "ios-backup",
            Self::IosDump => "ios-dump",
            Self::Sysdiagnose => "sysdiagnose",
            Self::Bugreport => "bugreport",
            Self::Androidqf => "androidqf",
            Self::AndroidBackup => "android-backup",
            Self::IntrusionLog => "intrusion-log",
        }
    }
}

/// A file of the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its path, parts joined by `/`, without one at the front.
    pub path: String,
    /// Its bytes as far as the evidence says.
    pub size: Option<u64>,
    /// When it was last changed, in nanoseconds since 1970, as far as the evidence says.
    pub modified: Option<i64>,
    /// When it was made.
    pub created: Option<i64>,
    /// When it or what is said of it, such as its name or owner, was last changed.
    pub changed: Option<i64>,
}

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The files of a piece of evidence.
pub trait Files {
    /// What kind of evidence it is.
    fn kind(&self) -> Kind;

    /// The folder that all of the evidence lies in: a sysdiagnose tells its time and zone by it.
    fn name(&self) -> Option<&str> {
        None
    }

    /// Every file, in the order of the evidence.
    fn entries(&self) -> &[Entry];

    /// Every folder and link, as far as the evidence lists them. They have a path and perhaps a time, and no content.
    fn folders(&self) -> &[Entry] {
        &[]
    }

    /// The content of a file, by its place among [`Files::entries`]. What is encrypted is decrypted in memory.
    fn read(&mut self, entry: usize) -> Result<Vec<u8>, Unreadable>;

    /// What of the evidence is not among its files, and what is wrong with it as a whole.
    fn notes(&self) -> &Notes {
        &notes::NONE
    }
}
