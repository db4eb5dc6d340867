//! Figures of operation: how much there is and how much was done, never what.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::app::{App, AppError};
use crate::clock;

/// What a node has done since it was opened. Only ever counts up.
#[derive(Debug, Default)]
pub(crate) struct Done {
    events: AtomicU64,
    skipped: AtomicU64,
    alerts: AtomicU64,
    suppressed: AtomicU64,
    unknown_alerts: AtomicU64,
}

impl Done {
    /// A record of telemetry was compared with the rules.
    pub(crate) fn compared(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    /// A record of telemetry could not be understood.
    pub(crate) fn skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    /// Alerts were raised and stored.
    pub(crate) fn raised(&self, alerts: usize) {
        self.alerts.fetch_add(alerts as u64, Ordering::Relaxed);
    }

    /// Hits were suppressed by a warning list.
    pub(crate) fn suppressed(&self, hits: usize) {
        self.suppressed.fetch_add(hits as u64, Ordering::Relaxed);
    }

    /// Alerts of sensors named indicators that no rule in force is.
    pub(crate) fn not_known(&self, alerts: u64) {
        self.unknown_alerts.fetch_add(alerts, Ordering::Relaxed);
    }
}

/// A node's figures at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Records of telemetry compared with the rules since the start.
    pub events: u64,
    /// Records of telemetry that could not be understood since the start.
    pub skipped: u64,
    /// Alerts raised since the start.
    pub alerts: u64,
    /// Hits that a warning list suppressed since the start.
    pub suppressed: u64,
    /// Alerts of sensors since the start that named an indicator that no rule in force is.
    pub unknown_alerts: u64,
    /// Rules by state.
    pub rules: BTreeMap<&'static str, u64>,
    /// Rules that were refused, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Rules that stand in a warning list, by the list.
    pub warned: BTreeMap<String, u64>,
    /// Allies' nodes that are known.
    pub peers: usize,
    /// Of these, those whose notice channel stands.
    pub peers_connected: usize,
    /// Entries of the journal.
    pub journal_entries: u64,
    /// Bytes of the database, its write-ahead log included.
    pub store_bytes: u64,
}

/// The figures now.
pub async fn run(app: &App) -> Result<Figures, AppError> {
    let own = app.clone();
    let (peers, journal_entries, store_bytes) = app
        .read(move |reader| Ok((reader.peers()?.len(), reader.last_sequence()?, store_bytes(&own))))
        .await?;
    let counts = app.image().rules(Some(clock::now()));
    let done = &app.inner().done;
    Ok(Figures {
        events: done.events.load(Ordering::Relaxed),
        skipped: done.skipped.load(Ordering::Relaxed),
        alerts: done.alerts.load(Ordering::Relaxed),
        suppressed: done.suppressed.load(Ordering::Relaxed),
        unknown_alerts: done.unknown_alerts.load(Ordering::Relaxed),
        rules: counts.states.iter().map(|(state, number)| (state.as_str(), *number)).collect(),
        refused: counts.reasons.iter().map(|(reason, number)| (reason.as_str(), *number)).collect(),
        warned: counts.warned.iter().map(|(list, number)| (list.to_string(), *number)).collect(),
        peers,
        peers_connected: app.connected_peers().len(),
        journal_entries,
        store_bytes,
    })
}

/// A file that is not there yet has no bytes.
fn store_bytes(app: &App) -> u64 {
    let database = app.inner().store.path();
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    [database, log.as_ref()].iter().filter_map(|it| std::fs::metadata(it).ok()).map(|it| it.len()).sum()
}
