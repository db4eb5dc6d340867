//! What a node may be told: its folder and its limits. A plain struct; `vigie/src/config.rs` fills it.

use std::path::PathBuf;
use std::time::Duration;

use vigie_engine::window;

use crate::read_rules::RuleFiles;

/// Everything that [`crate::app::App::open`] needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The node's folder: database, keys, certificate.
    pub data: PathBuf,
    /// The limits in force.
    pub limits: Limits,
    /// Logs that the node follows.
    pub telemetry: Vec<PathBuf>,
    /// The nation's own rules, beside what allies share. They are read when the node starts.
    pub rules: RuleFiles,
    /// What is remembered of events for patterns over several of them.
    pub windows: window::Limits,
    /// How often the node looks whether another process wrote to its store.
    pub change_poll: Duration,
    /// How often it looks whether a followed log grew.
    pub telemetry_poll: Duration,
    /// At least this long between two versions of one sighting.
    pub sighting_interval: Duration,
}

/// Bounds on what one request or one file may cost. Each is a key of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one TAXII request body; announced as `max_content_length`.
    pub max_content_length: usize,
    /// Objects in one envelope.
    pub max_objects: usize,
    /// Objects on one page, whatever the client asks.
    pub max_page: usize,
    /// Objects on a page when the client does not ask.
    pub default_page: usize,
    /// Memory that the database may use to cache pages, in bytes, for all its connections together.
    pub cache_bytes: usize,
    /// How long a TAXII status can be asked for.
    pub keep_status: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_content_length: 32 << 20,
            max_objects: 100_000,
            max_page: 10_000,
            default_page: 1_000,
            cache_bytes: 64 << 20,
            keep_status: Duration::from_hours(48),
        }
    }
}

impl Settings {
    /// The defaults for a folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            limits: Limits::default(),
            telemetry: Vec::new(),
            rules: RuleFiles::default(),
            windows: window::Limits::default(),
            change_poll: Duration::from_millis(20),
            telemetry_poll: Duration::from_millis(20),
            sighting_interval: Duration::from_mins(1),
        }
    }
}
