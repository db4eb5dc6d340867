//! What a serving node does beside answering: follow its store, its logs and its allies.
//!
//! | task | waits for | does |
//! |---|---|---|
//! | changes | another process that wrote to the store | wakes everybody who follows it |
//! | rules | a change | puts new indicators into force |
//! | telemetry | lines in a followed log | alerts and sightings |
//! | allies | a notice, one task for each peer | pulls |

use std::collections::HashMap;
use std::fs::{File, TryLockError};

use tokio::task::{AbortHandle, JoinSet};
use vigie_model::id::PeerId;

use crate::app::{App, AppError};
use crate::{check_node, follow_telemetry, load_rules, pull_from_peer, windows};

/// The tasks of a serving node. Dropping it ends them.
pub struct Work {
    tasks: JoinSet<()>,
    telemetry: follow_telemetry::Following,
    _mark: File,
}

/// Loads the rules, then starts everything.
pub async fn start(app: &App) -> Result<Work, AppError> {
    let mark = mark(app)?;
    let own = app.clone();
    let loaded = tokio::task::spawn_blocking(move || {
        let followed = load_rules::all(&own)?;
        windows::load(&own).map(|()| followed)
    })
    .await;
    let followed = loaded.map_err(|_| AppError::Stopping)??;
    let telemetry = follow_telemetry::start(app).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(watch_changes(app.clone()));
    tasks.spawn(follow_rules(app.clone(), followed));
    tasks.spawn(follow_peers(app.clone()));
    Ok(Work { tasks, telemetry, _mark: mark })
}

/// The mark of the one process that serves a folder. The system takes it away when that process ends, however it ends.
fn mark(app: &App) -> Result<File, AppError> {
    let path = app.settings().data.join("serving");
    let file = File::create(&path).map_err(|source| AppError::Unwritable { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(AppError::Served(app.settings().data.clone())),
        Err(TryLockError::Error(source)) => Err(AppError::Unwritable { path, source }),
    }
}

impl Work {
    /// Ends every task. What was read from a log is stored before.
    pub async fn stop(mut self) {
        self.telemetry.stop().await;
        self.tasks.shutdown().await;
    }
}

/// Wakes everybody when the store was written to, by whatever process.
async fn watch_changes(app: App) {
    let mut last = None;
    let mut pulse = tokio::time::interval(app.settings().change_poll);
    loop {
        pulse.tick().await;
        match app.inner().store.data_version() {
            Ok(version) => {
                if last.replace(version) != Some(version) {
                    app.announce();
                }
            }
            Err(error) => tracing::error!(error = %check_node::chain(&error), "the store cannot be watched"),
        }
    }
}

async fn follow_rules(app: App, mut followed: load_rules::Followed) {
    let mut changed = app.inner().changed.subscribe();
    while changed.changed().await.is_ok() {
        let (own, before) = (app.clone(), followed.clone());
        match tokio::task::spawn_blocking(move || load_rules::news(&own, &before)).await {
            Ok(Ok(now)) => followed = now,
            Ok(Err(error)) => {
                tracing::error!(error = %check_node::chain(&error), "the rules could not be brought up to date");
            }
            Err(_) => return,
        }
    }
}

/// Holds one task for each peer, also for those entered or removed meanwhile.
async fn follow_peers(app: App) {
    let mut changed = app.inner().changed.subscribe();
    let mut tasks = JoinSet::new();
    let mut held: HashMap<PeerId, (String, AbortHandle)> = HashMap::new();
    loop {
        if let Ok(peers) = app.read(|reader| reader.peers()).await {
            held.retain(|id, (address, task)| {
                let stays =
                    peers.iter().any(|it| it.id == *id && address_of(it) == *address) && !task.is_finished();
                if !stays {
                    task.abort();
                    app.set_connected(*id, false);
                }
                stays
            });
            for peer in &peers {
                held.entry(peer.id).or_insert_with(|| {
                    (address_of(peer), tasks.spawn(pull_from_peer::run(app.clone(), peer.id)))
                });
            }
        }
        while tasks.try_join_next().is_some() {}
        if changed.changed().await.is_err() {
            return;
        }
    }
}

/// What must stay the same for a channel to go on.
fn address_of(peer: &vigie_model::peer::Peer) -> String {
    format!("{} {}", peer.api_root, peer.fingerprint)
}
