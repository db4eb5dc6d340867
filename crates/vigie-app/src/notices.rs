//! Telling peers at once that there is something for them, and never that there is something that is not.
//!
//! A subscription compares what entered the store with what its own viewer may see, label by label. It reads only what
//! is new, so an idle round costs nothing that grows with the store.

use std::collections::BTreeSet;

use tokio::sync::watch;
use vigie_exchange::federation::Notice;
use vigie_exchange::taxii::date::DateAdded;
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::token::Scope;
use vigie_policy::{Action, Viewer};
use vigie_store::{Change, Reader, StoreError};

use crate::app::{App, AppError};
use crate::clock;
use crate::session::Session;

/// Messages of the outbox looked at in one go.
const LOOK: usize = 1_000;

/// One peer's standing interest.
pub struct Subscription {
    app: App,
    seen: Seen,
    changed: watch::Receiver<u64>,
}

/// How far a peer was told.
#[derive(Clone)]
struct Seen {
    member: MemberId,
    read: Scope,
    position: u64,
    epoch: u64,
}

/// Begins with what happens from now on; a peer pulls once after it has connected.
pub async fn subscribe(app: &App, session: &Session) -> Result<Subscription, AppError> {
    let mut changed = app.inner().changed.subscribe();
    changed.mark_unchanged();
    let (member, read) = (session.viewer.member, session.read.clone());
    let seen = app.read(move |reader| {
        let epoch = reader.epoch(member)?.unwrap_or_default();
        Ok(Seen { member, read, position: reader.last_message()?, epoch })
    });
    Ok(Subscription { app: app.clone(), seen: seen.await?, changed })
}

impl Subscription {
    /// Waits for the next notices, one for each collection that has something new. None when the node stops.
    pub async fn next(&mut self) -> Option<Result<Vec<Notice>, AppError>> {
        loop {
            self.changed.changed().await.ok()?;
            let (app, seen) = (self.app.clone(), self.seen.clone());
            match self.app.read(move |reader| look(&app, reader, seen)).await {
                Ok((notices, seen)) => {
                    self.seen = seen;
                    if !notices.is_empty() {
                        return Some(Ok(notices));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn look(app: &App, reader: &Reader<'_>, mut seen: Seen) -> Result<(Vec<Notice>, Seen), StoreError> {
    let outbox = reader.outbox(seen.position, LOOK)?;
    let epoch = reader.epoch(seen.member)?.unwrap_or_default();
    let readable = |it: &CollectionId| seen.read.covers(*it);
    let mut collections: BTreeSet<CollectionId> = BTreeSet::new();
    if let Some(member) = reader.member(seen.member)? {
        let clearance = app.clearance(reader, &Viewer::of(&member), Action::View)?;
        if outbox.missed || (epoch != seen.epoch && !clearance.label_ids().is_empty()) {
            collections.extend(reader.collections()?.into_iter().map(|it| it.id).filter(readable));
        }
        let news = outbox.messages.iter().filter(|it| it.change == Change::Intel);
        let visible = news.filter(|it| it.label.is_some_and(|it| clearance.allows(it)));
        collections.extend(visible.filter_map(|it| it.collection).filter(readable));
    }
    // The date tells when the notice was made and nothing of what others may see.
    let date_added = DateAdded::from_micros(clock::now() / 1_000).map_err(|error| {
        StoreError::Unreadable { noun: "clock", id: "now".to_owned(), why: error.to_string() }
    })?;
    let notice = |collection| Notice { collection, date_added, epoch };
    seen.position = outbox.messages.last().map_or(seen.position, |it| it.sequence);
    seen.epoch = epoch;
    Ok((collections.into_iter().map(notice).collect(), seen))
}
