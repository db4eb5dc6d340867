//! How far a watch has come, for whoever wants to show it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that grow while a watch runs; read them from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    total: AtomicU64,
    matches: AtomicU64,
}

impl Progress {
    /// Bytes of the files read so far, as they lie on the disk.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Bytes of all files that were named; standard input counts nothing.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Matches so far.
    pub fn matches(&self) -> u64 {
        self.matches.load(Ordering::Relaxed)
    }

    pub(super) fn set_total(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_matches(&self, number: u64) {
        self.matches.fetch_add(number, Ordering::Relaxed);
    }
}

/// A file whose reading is counted.
pub(super) struct Counted<R> {
    input: R,
    progress: Arc<Progress>,
}

impl<R> Counted<R> {
    pub(super) fn new(input: R, progress: &Arc<Progress>) -> Self {
        Self { input, progress: Arc::clone(progress) }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.progress.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
