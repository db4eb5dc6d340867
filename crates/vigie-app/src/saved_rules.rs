//! Compiled rules as a file: compiled once, loaded in a fraction of the time.
//!
//! The file holds the secret under which values are hashed, so it is written for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use vigie_engine::{BadImage, Counts, Image, Options, Refusal};

use crate::clock;
use crate::read_rules::{FileError, RuleFiles};

/// The largest file that is loaded, in bytes.
const MAX_BYTES: u64 = 16 << 30;

/// Why rules could not be saved, or saved rules not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// A rule file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file cannot be written or read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is damaged, or of another version: compile the rules again.
    #[error("`{}` cannot be used: {source}; compile the rules again", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: BadImage,
    },
}

/// What was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The rules, by state now.
    pub rules: Counts,
    /// Those that were refused, the first ten thousand of them.
    pub refusals: Vec<Refusal>,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Compiles rules and saves them in one file, whole or not at all.
pub fn save(files: &RuleFiles, to: &Path, threads: NonZero<usize>) -> Result<Saved, SavedError> {
    let options = Options { secret: uuid::Uuid::new_v4().as_u64_pair().0, ..Options::default() };
    let image = Image::new(files.read(options.clone(), threads)?.build());
    let failed = |source| SavedError::Io { path: to.to_owned(), source };
    let part = to.with_extension("part");
    let written = write(&image, &options, &part).and_then(|()| fs::rename(&part, to));
    written.map_err(failed)?;
    Ok(Saved {
        rules: image.rules(Some(clock::now())),
        refusals: image.refusals().cloned().collect(),
        bytes: fs::metadata(to).map_err(failed)?.len(),
    })
}

fn write(image: &Image, options: &Options, to: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    image.save(&mut out, options)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Loads what [`save`] wrote.
pub fn load(from: &Path, options: &Options) -> Result<Image, SavedError> {
    let file = File::open(from).map_err(|source| SavedError::Io { path: from.to_owned(), source })?;
    Image::load(file, MAX_BYTES, options)
        .map_err(|source| SavedError::Image { path: from.to_owned(), source })
}
