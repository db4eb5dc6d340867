//! Offline detection on files: their hashes, names and sizes against indicators and lists, their bytes against YARA rules.
//!
//! This is what `vigie watch --files` does. Files are read on several cores; what fires is told in the order of the
//! files all the same.
//!
//! Invariants
//! - No link is followed, and nothing but regular files is opened.
//! - Memory is bounded by the largest file that is scanned, for each thread; larger ones are hashed and not scanned.
//! - A file that cannot be read or scanned is told, and costs only itself.
//!
//! Start with [`run`]; `scan_files/walk.rs` finds the files, `scan_files/content.rs` reads one.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use vigie_engine::yara::{File, Limits as YaraLimits, ScanError, Scanner};
use vigie_engine::{Found, Image, Work};
use vigie_model::alert::Source;
use vigie_model::event::{Event, Path as Property};

use crate::turns::in_order;

mod content;
mod walk;

use content::Content;
use walk::Walk;

/// How many files a thread takes at once: a scanner with many rules takes a while to make.
const BATCH: usize = 32;

/// How many problems are told; the others are only counted.
const TOLD: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and folders; a folder stands for all files below it.
    pub files: Vec<PathBuf>,
    /// Bounds of files and folders.
    pub limits: Limits,
    /// Bounds of the scan with YARA rules.
    pub yara: YaraLimits,
    /// How many threads read.
    pub threads: NonZero<usize>,
}

/// Bounds of files and folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A larger file is not read at all.
    pub file_bytes: u64,
    /// How deep folders may lie in each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 64 << 30, depth: 128 }
    }
}

/// A file on which something fired.
#[derive(Debug)]
pub struct Hit {
    /// Where: the file, and line 0.
    pub source: Source,
    /// What was seen of it, as JSON.
    pub event: Box<RawValue>,
    /// What fired.
    pub found: Found,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many files were read.
    pub files: u64,
    /// How many bytes they hold.
    pub bytes: u64,
    /// How many files or folders were not read, or files not scanned, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Which those were, the first thousand of them. Links are only counted.
    pub problems: Vec<String>,
}

impl Outcome {
    /// Counts a file, and gives what is to be told of it.
    fn take(&mut self, path: &Path, read: std::io::Result<Read>) -> Option<Hit> {
        match read {
            Ok(Read { bytes, hit, unscanned }) => {
                self.files += 1;
                self.bytes += bytes;
                if let Some(error) = unscanned {
                    self.leave_out(name_of(error), Some(format!("`{}`: {error}", path.display())));
                }
                hit
            }
            Err(error) => {
                self.leave_out("unreadable", Some(format!("could not read `{}`: {error}", path.display())));
                None
            }
        }
    }

    fn leave_out(&mut self, reason: &'static str, told: Option<String>) {
        *self.left_out.entry(reason).or_default() += 1;
        if self.problems.len() < TOLD {
            self.problems.extend(told);
        }
    }
}

/// Reads every file and tells, in order, on which of them rules fire. Validity is weighed at `now`.
pub fn run(request: &Request, image: &Image, now: i64, tell: impl FnMut(Hit) + Send) -> Outcome {
    let mut walk = Walk::new(&request.files, request.limits.depth);
    let reading = Reading { request, image, now };
    let (outcome, _) = in_order(
        request.threads,
        || {
            let batch: Vec<_> = std::iter::from_fn(|| walk.next()).take(BATCH).collect();
            (!batch.is_empty()).then_some(batch)
        },
        (Outcome::default(), tell),
        || Scanner::new(image, request.yara),
        |batch, scanner, turn| {
            for entry in batch {
                let read = entry.map(|path| (reading.file(&path, scanner), path));
                let (outcome, tell) = &mut turn.wait().sink;
                match read {
                    Ok((read, path)) => outcome.take(&path, read).into_iter().for_each(tell),
                    Err(problem) => outcome.leave_out(problem.reason(), problem.told()),
                }
            }
        },
    );
    outcome
}

fn name_of(error: ScanError) -> &'static str {
    match error {
        ScanError::TooLarge { .. } => "too-large-for-yara",
        ScanError::TooSlow { .. } => "too-slow-for-yara",
        ScanError::Failed => "yara-failed",
    }
}

struct Reading<'r> {
    request: &'r Request,
    image: &'r Image,
    now: i64,
}

/// What one file came to.
struct Read {
    bytes: u64,
    hit: Option<Hit>,
    unscanned: Option<ScanError>,
}

impl Reading<'_> {
    fn file(&self, path: &Path, scanner: &mut Scanner<'_>) -> std::io::Result<Read> {
        let kept = if scanner.is_empty() { 0 } else { self.request.yara.file_bytes };
        let content = Content::read(path, self.request.limits.file_bytes, kept)?;
        let shown = path.display().to_string();
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let mut found = Found::default();
        self.image.matches(&event(&name, &content), Some(self.now), &mut Work::default(), &mut found);
        let mut unscanned = None;
        if !scanner.is_empty() {
            match self.scan(scanner, &shown, &name, &content) {
                Ok(hits) => hits.into_iter().for_each(|it| self.image.weigh(it, &mut found)),
                Err(error) => unscanned = Some(error),
            }
        }
        let fired = !found.matches.is_empty() || !found.suppressed.is_empty();
        let hit = fired.then(|| Hit {
            event: told(&shown, &name, &content),
            source: Source { file: shown, line: 0, format: "file".to_owned() },
            found,
        });
        Ok(Read { bytes: content.size, hit, unscanned })
    }

    fn scan(
        &self,
        scanner: &mut Scanner<'_>,
        path: &str,
        name: &str,
        content: &Content,
    ) -> Result<Vec<vigie_engine::Match>, ScanError> {
        let limit = self.request.yara.file_bytes;
        let bytes = content.bytes.as_deref().ok_or(ScanError::TooLarge { limit })?;
        let extension =
            name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default().to_ascii_lowercase();
        let file = File { name, path, extension: &extension, kind: content::kind(bytes), owner: "" };
        scanner.scan(&file, bytes, Some(self.now))
    }
}

/// A file as an event: one object of type `file`.
fn event<'e>(name: &'e str, content: &'e Content) -> Event<'e> {
    let mut event = Event { kind: "file".into(), ..Event::default() };
    event.push(0, Property::FileName, name);
    event.push(0, Property::FileSize, i64::try_from(content.size).unwrap_or(i64::MAX));
    event.push(0, Property::FileMd5, content.md5.as_str());
    event.push(0, Property::FileSha1, content.sha1.as_str());
    event.push(0, Property::FileSha256, content.sha256.as_str());
    event
}

/// What a hit shows of the file.
fn told(path: &str, name: &str, content: &Content) -> Box<RawValue> {
    let Content { size, md5, sha1, sha256, .. } = content;
    let json = serde_json::json!({
        "path": path, "name": name, "size": size, "md5": md5, "sha1": sha1, "sha256": sha256,
    });
    serde_json::value::to_raw_value(&json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests;
