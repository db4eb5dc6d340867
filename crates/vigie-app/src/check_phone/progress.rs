//! How far a check has come, for whoever waits for it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// How far a check has come.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    total: AtomicU64,
    done: AtomicU64,
}

/// What a check is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Nothing yet.
    Beginning,
    /// Files of the evidence are hashed.
    Hashing,
    /// The evidence is opened; with a password that takes a while.
    Opening,
    /// A person is asked for the password.
    Asking,
    /// Records are read and compared.
    Reading,
    /// The outputs are written.
    Writing,
}

impl Progress {
    pub(crate) fn begin(&self, stage: Stage, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    pub(super) fn at(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// What it is at, how much is done, and of how much; 0 where that is not known.
    pub fn now(&self) -> (Stage, u64, u64) {
        let all = [Stage::Hashing, Stage::Opening, Stage::Asking, Stage::Reading, Stage::Writing];
        let stage = self.stage.load(Ordering::Relaxed);
        let stage = all.into_iter().find(|it| *it as u8 == stage).unwrap_or(Stage::Beginning);
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}
