//! What the library could not read. It says so in messages for people who watch it, and goes on; here they are caught.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, OnceLock};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// How many faults of one part are told by their words; further ones are counted.
const TOLD: usize = 20;

/// The longest words of a fault, in bytes.
const WORDS: usize = 200;

/// What was caught since it was last asked for.
#[derive(Default)]
pub(super) struct Faults {
    caught: Mutex<(Vec<String>, u64)>,
}

static FAULTS: OnceLock<Faults> = OnceLock::new();

impl Faults {
    /// Catches from now on.
    pub(super) fn install() -> &'static Self {
        let faults = FAULTS.get_or_init(Self::default);
        // In a test there may be another that takes messages; then nothing is caught.
        if log::set_logger(faults).is_ok() {
            log::set_max_level(LevelFilter::Error);
        }
        faults
    }

    pub(super) fn take(&self) -> Vec<String> {
        let caught = self.caught.lock().map(|mut it| std::mem::take(&mut *it)).unwrap_or_default();
        let (mut told, more) = caught;
        if more > 0 {
            told.push(format!("{more} further faults of one part"));
        }
        told
    }
}

impl Log for Faults {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.level() == Level::Error && about.target().starts_with("macos_unifiedlogs")
    }

    fn log(&self, record: &Record<'_>) {
        // Other messages are of texts that it does not know how to write.
        let whole = ["::chunkset", "::unified_log", "::parser", "::dsc", "::uuidtext", "::lzbitmap"];
        if !self.enabled(record.metadata()) || !whole.iter().any(|it| record.target().ends_with(it)) {
            return;
        }
        let mut words = Short(String::new());
        // It ends early on purpose: some messages carry all of the bytes.
        let _ = write!(words, "{}", record.args());
        let words = words.0.split([':', '[']).find(|it| it.trim().len() > 20).unwrap_or(&words.0);
        let words = words.split_once(']').map_or(words, |it| it.1).trim().to_owned();
        if let Ok(mut caught) = self.caught.lock() {
            if caught.0.len() < TOLD {
                caught.0.push(format!("the library that reads it says: {words}"));
            } else {
                caught.1 += 1;
            }
        }
    }

    fn flush(&self) {}
}

/// A text that takes no more than a few bytes.
struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(super::cut(text, WORDS.saturating_sub(self.0.len())));
        if self.0.len() + 4 > WORDS { Err(fmt::Error) } else { Ok(()) }
    }
}
