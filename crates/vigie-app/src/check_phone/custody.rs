//! The manifest: SHA-256 of every file of the evidence, taken before anything else reads it, and of every output.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{CheckError, Progress};

/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 128;

/// How many bytes are read at once.
const CHUNK: usize = 256 << 10;

/// A file as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// Its path below what was named; the name itself of a single file.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256; none for what could not be read.
    pub sha256: Option<Digest>,
    /// Why it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

impl Debug for Digest {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(&String::from(*self))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        let digit = |it: u8| char::from_digit(it.into(), 16).unwrap_or_default();
        digest.0.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || format!("`{text}` is no SHA-256 of 64 hexadecimal digits");
        let digits: Option<Vec<u8>> =
            text.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect();
        let digits = digits.filter(|it| it.len() == 64).ok_or_else(bad)?;
        let bytes: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().map(Self).map_err(|_| bad())
    }
}

/// Everything that a check read and wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest<'m> {
    /// What made it: `vigie phone check` or `vigie phone recheck`.
    pub made_by: String,
    /// SHA-256 over the list of the evidence files: one value for all of them.
    pub evidence_sha256: String,
    /// The files of the evidence, by their paths.
    pub evidence: Cow<'m, [Hashed]>,
    /// The outputs, by their names.
    pub outputs: Vec<Hashed>,
}

/// What [`Manifest::made_by`] says.
pub(crate) const MAKER: &str = "vigie phone check";

/// Hashes the files of the evidence, on so many threads. Links are named and not followed.
pub(super) fn evidence(
    path: &Path,
    threads: NonZero<usize>,
    progress: &Progress,
) -> Result<Vec<Hashed>, CheckError> {
    let failed = |source| CheckError::Evidence { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(failed)?;
    let mut found = Vec::new();
    if about.is_dir() {
        let mut files = Vec::new();
        walk(path, path, 0, &mut files, &mut found).map_err(failed)?;
        progress.begin(super::Stage::Hashing, files.len() as u64);
        found.reserve_exact(files.len());
        all_hashed(&files, threads, progress, &mut found);
    } else {
        progress.begin(super::Stage::Hashing, 1);
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let one = hashed(name, path, &mut vec![0; CHUNK]);
        if let Some(why) = one.why {
            return Err(failed(io::Error::other(why)));
        }
        found.push(one);
        progress.step();
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Files that a thread hashes before it says so.
const TAKEN: usize = 64;

/// Every thread takes the next files that none has taken. They come in any order.
fn all_hashed(
    files: &[(String, PathBuf)],
    threads: NonZero<usize>,
    progress: &Progress,
    found: &mut Vec<Hashed>,
) {
    let next = Mutex::new(files.chunks(TAKEN));
    let found = Mutex::new(found);
    let work = || {
        let (mut done, mut chunk) = (Vec::with_capacity(TAKEN), vec![0; CHUNK]);
        loop {
            let taken = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            for (name, file) in taken.unwrap_or_default() {
                done.push(hashed(name.clone(), file, &mut chunk));
                progress.step();
            }
            if done.is_empty() {
                return;
            }
            found.lock().unwrap_or_else(PoisonError::into_inner).append(&mut done);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(work);
        }
        work();
    });
}

fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<(String, PathBuf)>,
    left_out: &mut Vec<Hashed>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let mut refuse =
            |why: String| left_out.push(Hashed { path: name.clone(), size: 0, sha256: None, why: Some(why) });
        match entry.file_type() {
            Ok(it) if it.is_file() => files.push((name, path)),
            Ok(it) if it.is_dir() && depth < MAX_DEPTH => {
                if let Err(error) = walk(root, &path, depth + 1, files, left_out) {
                    left_out.push(Hashed { path: name, size: 0, sha256: None, why: Some(error.to_string()) });
                }
            }
            Ok(it) if it.is_dir() => refuse(format!("folders lie more than {MAX_DEPTH} deep")),
            Ok(it) if it.is_symlink() => refuse("it is a link, which is not followed".to_owned()),
            Ok(_) => refuse("it is no regular file".to_owned()),
            Err(error) => refuse(error.to_string()),
        }
    }
    Ok(())
}

fn hashed(path: String, file: &Path, chunk: &mut [u8]) -> Hashed {
    match File::open(file).and_then(|it| digest(it, chunk)) {
        Ok((size, sha256)) => Hashed { path, size, sha256: Some(sha256), why: None },
        Err(error) => Hashed { path, size: 0, sha256: None, why: Some(error.to_string()) },
    }
}

fn digest(mut from: impl Read, chunk: &mut [u8]) -> io::Result<(u64, Digest)> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    loop {
        let read = from.read(chunk)?;
        if read == 0 {
            return Ok((size, Digest(hash.finalize().into())));
        }
        size += read as u64;
        hash.update(chunk.get(..read).unwrap_or_default());
    }
}

/// SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Digest(Sha256::digest(bytes).into()).into()
}

/// Hashes what this program wrote into a folder.
pub(crate) fn outputs(folder: &Path, names: Vec<String>) -> Result<Vec<Hashed>, CheckError> {
    let mut chunk = vec![0; CHUNK];
    let one = |name: String| {
        let path = folder.join(&name);
        match File::open(&path).and_then(|it| digest(it, &mut chunk)) {
            Ok((size, sha256)) => Ok(Hashed { path: name, size, sha256: Some(sha256), why: None }),
            Err(source) => Err(CheckError::Output { path, source }),
        }
    };
    names.into_iter().map(one).collect()
}

/// One value for all files: SHA-256 over `digest  path` lines, as `sha256sum` writes them.
pub(super) fn over(files: &[Hashed]) -> String {
    let mut hash = Sha256::new();
    for (digest, path) in files.iter().filter_map(|it| Some((it.sha256?, &it.path))) {
        hash.update(String::from(digest));
        hash.update("  ");
        hash.update(path);
        hash.update("\n");
    }
    Digest(hash.finalize().into()).into()
}
