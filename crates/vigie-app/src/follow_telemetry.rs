//! Live detection: logs that grow, compared with the rules in force, one thread for each log.
//!
//! Alerts and the place reached in the log are stored in one transaction, so after a crash no alert is lost and none is
//! raised twice. The event itself stays with the alert, whose label lets in the home member only.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use uuid::Uuid;
use vigie_engine::{Found, Indicator, Step, Work};
use vigie_model::alert::{Hit, Source};
use vigie_model::id::AlertId;
use vigie_model::journal::Act;
use vigie_model::label::Label;
use vigie_stix::timestamp::Timestamp;
use vigie_store::{NewAlert, StoreError, Tx};
use vigie_telemetry::{Came, Checkpoint, Follow, FollowError, Options, Record};

use crate::app::{App, AppError};
use crate::publish_indicator::PublishError;
use crate::session::Session;
use crate::{check_node, clock, record_sighting, windows};

/// Alerts stored at once.
const BATCH: usize = 256;
/// The longest that an alert waits for others to be stored with.
const HELD: Duration = Duration::from_millis(100);
/// Between two records of the place reached, while nothing matches.
const REMEMBER: Duration = Duration::from_mins(1);
/// Before a log that cannot be read is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// The threads that follow logs.
pub(crate) struct Following {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Why following came to an end.
#[derive(Debug, thiserror::Error)]
enum FollowingError {
    #[error(transparent)]
    Log(#[from] FollowError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sighting(#[from] PublishError),
    #[error(transparent)]
    App(#[from] AppError),
}

/// Starts to follow every configured log.
pub(crate) async fn start(app: &App) -> Result<Following, AppError> {
    let stop = Arc::new(AtomicBool::new(false));
    let home = app.home().await?;
    let mut threads = Vec::new();
    for log in app.settings().telemetry.clone() {
        let (app, home, stop, handle) = (app.clone(), home.clone(), Arc::clone(&stop), Handle::current());
        threads.push(std::thread::spawn(move || {
            let mut watch = Watch { app, home, log, sighted: record_sighting::Seen::default(), handle };
            while !stop.load(Ordering::Relaxed) {
                if let Err(error) = watch.follow(&stop) {
                    let log = watch.log.display();
                    tracing::error!(%log, error = %check_node::chain(&error), "a log could not be followed");
                    std::thread::sleep(AGAIN);
                }
            }
        }));
    }
    Ok(Following { stop, threads })
}

impl Following {
    /// Lets every thread store what it has read, and waits for it.
    pub(crate) async fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let threads = std::mem::take(&mut self.threads);
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|it| drop(it.join())));
        if joined.await.is_err() {
            tracing::warn!("a thread that follows a log did not end well");
        }
    }
}

/// One log.
struct Watch {
    app: App,
    home: Session,
    log: PathBuf,
    sighted: record_sighting::Seen,
    handle: Handle,
}

/// An alert that is not stored yet.
struct Raised {
    alert: NewAlert,
    indicator: Option<Arc<Indicator>>,
    at: i64,
}

/// What was found and is not stored yet.
#[derive(Default)]
struct Batch {
    raised: Vec<Raised>,
    /// Records that may be part of a pattern over several.
    steps: Vec<(Step, Arc<Seen>)>,
    since: Option<Instant>,
}

/// A record that something was found in.
struct Seen {
    source: Source,
    time: Option<i64>,
    noticed: i64,
    event: serde_json::Value,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.raised.is_empty() && self.steps.is_empty()
    }

    /// Whether it is time to store it although more may come.
    fn is_due(&self) -> bool {
        self.raised.len() + self.steps.len() >= BATCH || self.since.is_some_and(|it| it.elapsed() > HELD)
    }
}

impl Watch {
    fn follow(&mut self, stop: &AtomicBool) -> Result<(), FollowingError> {
        let key = setting_of(&self.log);
        let saved = self.app.inner().store.read(|reader| reader.setting(&key))?;
        let from: Option<Checkpoint> = saved.and_then(|it| it.parse().ok());
        let mut follow = Follow::open(&self.log, from.as_ref(), &Options::default())?;
        let mut batch = Batch::default();
        let mut work = Work::default();
        let mut remembered = Instant::now();
        let poll = self.app.settings().telemetry_poll;
        loop {
            match follow.next_with_format()? {
                Some(Came { format, record: Ok(record) }) => {
                    self.app.inner().done.compared();
                    self.matches(&record, format.name(), &mut work, &mut batch);
                    if !batch.is_due() {
                        continue;
                    }
                }
                Some(Came { record: Err(skipped), .. }) => {
                    self.app.inner().done.skipped();
                    tracing::debug!(log = %self.log.display(), %skipped, "a record was skipped");
                    continue;
                }
                None if batch.is_empty() => {
                    let stopping = stop.load(Ordering::Relaxed);
                    if stopping || remembered.elapsed() > REMEMBER {
                        remembered = Instant::now();
                        self.remember(&key, follow.checkpoint())?;
                    }
                    if stopping {
                        return Ok(());
                    }
                    std::thread::sleep(poll);
                    continue;
                }
                None => {}
            }
            self.store(&key, follow.checkpoint().as_ref(), std::mem::take(&mut batch))?;
            remembered = Instant::now();
        }
    }

    /// Adds what a record comes to.
    fn matches(&self, record: &Record<'_>, format: &str, work: &mut Work, batch: &mut Batch) {
        let mut found = Found::default();
        let noticed = clock::now();
        self.app.image().matches(&record.event, Some(noticed), work, &mut found);
        self.app.inner().done.not_known(found.unknown_alerts);
        if found.is_empty() {
            return;
        }
        batch.since.get_or_insert_with(Instant::now);
        let file = self.log.display().to_string();
        let seen = Arc::new(Seen {
            source: Source { file, line: record.line, format: format.to_owned() },
            time: record.event.time,
            noticed,
            event: serde_json::from_str(&record.json()).unwrap_or_default(),
        });
        batch.steps.extend(found.steps.drain(..).map(|it| (it, Arc::clone(&seen))));
        self.raise(found, &seen, &mut batch.raised);
    }

    /// Makes alerts of matches, and counts those that a warning list holds back.
    fn raise(&self, found: Found, seen: &Seen, raised: &mut Vec<Raised>) {
        for one in &found.suppressed {
            let (rule, list, entry) = (&one.hit.rule.id, &*one.list, &one.entry);
            tracing::info!(rule, list, entry, "a hit was suppressed by a warning list");
        }
        self.app.inner().done.suppressed(found.suppressed.len());
        let image = self.app.image();
        raised.extend(found.matches.into_iter().map(|one| {
            let hit = Hit {
                time: seen.time.map(|it| Timestamp::from_nanos_micros(it.into()).to_string()),
                proof: one.proof(image.hash()),
                rule: one.rule,
                matched: one.matched,
                source: seen.source.clone(),
                event: seen.event.clone(),
            };
            let indicator = one.indicator;
            let alert = NewAlert {
                id: AlertId::new(Uuid::new_v4()),
                noticed: seen.noticed,
                hit,
                indicator: indicator.as_ref().map(|it| it.id.clone()),
            };
            Raised { alert, indicator, at: seen.time.unwrap_or(seen.noticed) }
        }));
    }

    /// Stores alerts with the place reached and what is remembered for patterns over several records, then tells allies.
    ///
    /// All logs share that memory. It is held until it is stored, so that what it knows of a log never differs from the
    /// place that was reached in it; if it cannot be stored it is what was stored before, for the records are read again.
    fn store(&mut self, key: &str, reached: Option<&Checkpoint>, batch: Batch) -> Result<(), FollowingError> {
        let now = clock::now();
        let Batch { mut raised, steps, .. } = batch;
        let mut windows = self.app.inner().windows.lock().unwrap_or_else(PoisonError::into_inner);
        let remembers = !steps.is_empty();
        for (step, seen) in steps {
            let (mut complete, mut found) = (Vec::new(), Found::default());
            windows.take(step, &seen.source, &mut complete);
            for one in complete {
                self.app.image().weigh(one, &mut found);
            }
            self.raise(found, &seen, &mut raised);
        }
        let mut told = Vec::with_capacity(raised.len());
        let stored = self.app.inner().store.write("node", now, |tx| {
            for Raised { alert, indicator, at } in raised {
                if self.add(tx, alert, indicator.as_deref(), now)? {
                    told.push((indicator, at));
                }
            }
            if remembers {
                windows.save(tx)?;
            }
            if let Some(reached) = reached {
                tx.set_setting(key, &reached.to_string())?;
            }
            // Alerts have entries of their own.
            if told.is_empty() {
                self.read_as_far_as(tx, reached)?;
            }
            Ok(())
        });
        if let Err(error) = stored {
            if remembers {
                windows::restore(&self.app, &mut windows)?;
            }
            return Err(error.into());
        }
        windows.saved();
        drop(windows);
        self.app.inner().done.raised(told.len());
        self.app.announce();
        for (indicator, at) in told.into_iter().filter_map(|(indicator, at)| Some((indicator?, at))) {
            self.handle.block_on(self.sighted.record(&self.app, &self.home, &indicator, at))?;
        }
        Ok(())
    }

    /// Stores an alert under a label that lets in the home member only. False if the rule may not be used any more.
    fn add(
        &self,
        tx: &mut Tx<'_>,
        alert: NewAlert,
        indicator: Option<&Indicator>,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut own = Label::originator_only(self.home.viewer.member);
        let mut sources = Vec::new();
        // What stands in the nation's own rule files has no label but this.
        if let Some(id) = indicator.and_then(|it| it.label) {
            let Some(label) = tx.reader()?.label(id)? else { return Ok(false) };
            own = own.join(&label);
            sources.push(label);
        }
        let sources: Vec<&Label> = sources.iter().collect();
        let rule = alert.hit.rule.id.clone();
        match self.app.inner().policy.admit_derived(alert, &own, &sources, &self.home.viewer, now) {
            Ok(admitted) => tx.add_alert(admitted).map(|()| true),
            Err(refusal) => {
                tracing::warn!(rule, %refusal, "an alert was not raised");
                Ok(false)
            }
        }
    }

    fn remember(&self, key: &str, reached: Option<Checkpoint>) -> Result<(), StoreError> {
        let Some(reached) = reached else { return Ok(()) };
        self.app.inner().store.write("node", clock::now(), |tx| {
            tx.set_setting(key, &reached.to_string())?;
            self.read_as_far_as(tx, Some(&reached))
        })
    }

    /// Enters into the journal how far the log was read.
    fn read_as_far_as(&self, tx: &mut Tx<'_>, reached: Option<&Checkpoint>) -> Result<(), StoreError> {
        let line = reached.map_or(0, |it| it.line);
        tx.journal(&Act::TelemetryRead { file: self.log.display().to_string(), line })
    }
}

fn setting_of(log: &Path) -> String {
    format!("telemetry {}", log.display())
}
