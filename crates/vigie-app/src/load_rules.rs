//! Keeping the rules in force equal to the indicators in the store, without stopping.
//!
//! At the start everything is compiled into one segment: the nation's own rule files, and what allies share. From then
//! on the outbox tells what is new: new versions become a small segment beside the old ones, and the image is swapped.
//! Segments that have become many are merged by a thread of its own, while the image goes on being used and changed. Only
//! what the home member may detect with is compiled.

use std::num::NonZero;
use std::sync::PoisonError;

use vigie_engine::{Builder, Image, Options, Segment, State};
use vigie_model::intel::Intel;
use vigie_policy::{Action, Clearance, Released, Viewer};
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_store::{Change, Position, Reader, StoreError};

use crate::app::{App, AppError};

/// Indicators read from the store in one go.
const READ: usize = 5_000;
/// Outbox messages looked at in one go.
const LOOK: usize = 1_000;

/// How far the rules in force follow the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    position: Position,
    outbox: u64,
    epoch: u64,
}

/// Compiles every indicator that the home member may detect with, and puts them in force.
pub(crate) fn all(app: &App) -> Result<Followed, AppError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let own = app.settings().rules.read(options(app), threads)?;
    let (image, followed) = app.inner().store.read(|reader| {
        let outbox = reader.last_message()?;
        let (clearance, epoch) = home(app, reader)?;
        let (segment, position) = compile(reader, own, &clearance, Position::new())?;
        Ok((Image::new(segment), Followed { position, outbox, epoch }))
    })?;
    for refusal in image.refusals() {
        tracing::warn!(place = refusal.place, reason = %refusal.reason, detail = refusal.detail, "a rule was refused");
    }
    tracing::info!(active = image.rules(None).of(State::Active), "the rules are in force");
    change(app, |_| image);
    Ok(followed)
}

/// Puts what has changed since into force.
pub(crate) fn news(app: &App, followed: &Followed) -> Result<Followed, AppError> {
    let options = options(app);
    let read = app.inner().store.read(|reader| {
        let outbox = reader.outbox(followed.outbox, LOOK)?;
        let (clearance, epoch) = home(app, reader)?;
        if outbox.missed || epoch != followed.epoch {
            return Ok(None);
        }
        let deleted = outbox.messages.iter().filter(|it| it.change == Change::Deleted);
        let deleted: Vec<StixId> = deleted.filter_map(|it| it.subject.as_deref()?.parse().ok()).collect();
        let allowed = |it: &vigie_store::Message| it.label.is_some_and(|it| clearance.allows(it));
        let added = outbox.messages.iter().any(|it| it.change == Change::Intel && allowed(it));
        let (segment, position) = if added {
            let mut builder = Builder::new(options.clone());
            builder.mark_with(app.image().warnings());
            let (segment, position) = compile(reader, builder, &clearance, followed.position.clone())?;
            (Some(segment), position)
        } else {
            (None, followed.position.clone())
        };
        let last = outbox.messages.last().map_or(followed.outbox, |it| it.sequence);
        Ok(Some((segment, deleted, Followed { position, outbox: last, epoch })))
    })?;
    let Some((segment, deleted, now)) = read else { return all(app) };
    if segment.as_ref().is_some_and(|it| !it.is_empty()) || !deleted.is_empty() {
        let segment = segment.unwrap_or_else(|| Builder::new(options.clone()).build());
        change(app, |image| image.with(segment, &deleted, &options));
        merge(app, &options);
    }
    Ok(now)
}

/// Puts an image into force that is made out of the one before.
fn change(app: &App, make: impl FnOnce(&Image) -> Image) {
    let _one_at_a_time = app.inner().image_change.lock().unwrap_or_else(PoisonError::into_inner);
    app.inner().image.store(make(&app.image()).into());
}

/// Merges the segments that have become many, on a thread of its own.
fn merge(app: &App, options: &Options) {
    if app.image().merge_due(options).is_none() {
        return;
    }
    let (app, options) = (app.clone(), options.clone());
    std::thread::spawn(move || {
        let _one_at_a_time = app.inner().merging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(merge) = app.image().merge_due(&options) {
            let merged = merge.run();
            change(&app, |image| image.merged(&merged));
        }
    });
}

fn compile(
    reader: &Reader<'_>,
    mut builder: Builder,
    clearance: &Clearance,
    mut position: Position,
) -> Result<(Segment, Position), StoreError> {
    loop {
        let (indicators, reached) = reader.indicators(&position, READ, clearance)?;
        if indicators.is_empty() {
            return Ok((builder.build(), position));
        }
        position = reached;
        for indicator in &indicators {
            add(&mut builder, indicator);
        }
    }
}

fn add(builder: &mut Builder, indicator: &Released<Intel>) {
    let intel = indicator.get();
    // What the store holds was an object when it came in.
    if let Ok(object) = Object::parse(&intel.text) {
        builder.add_indicator(&object, Some(intel.label));
    }
}

fn home(app: &App, reader: &Reader<'_>) -> Result<(std::sync::Arc<Clearance>, u64), StoreError> {
    let id = app.node().member;
    let member =
        reader.member(id)?.ok_or_else(|| StoreError::NotFound { noun: "member", id: id.to_string() })?;
    let clearance = app.clearance(reader, &Viewer::of(&member), Action::Detect)?;
    Ok((clearance, reader.epoch(id)?.unwrap_or_default()))
}

fn options(app: &App) -> Options {
    Options { secret: app.inner().secret, windows: app.settings().windows.clone(), ..Options::default() }
}
