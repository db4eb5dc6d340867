//! What a node knows, at a glance: for its pages and for whoever watches over it.

use vigie_model::alert::Alert;
use vigie_model::label::Label;
use vigie_model::sighting::Sighting;
use vigie_policy::{Action, Released};
use vigie_stix::id::StixId;
use vigie_store::Mark;

use crate::app::{App, AppError};
use crate::export_intel;
use crate::session::Session;

/// Rows of a list that is read newest first.
#[derive(Debug)]
pub struct Newest<T> {
    /// The rows.
    pub items: Vec<Released<T>>,
    /// Where to go on, if there is more.
    pub next: Option<Mark>,
}

/// Alerts, on one indicator or all, the last noticed first.
pub async fn alerts(
    app: &App,
    session: &Session,
    of: Option<&StixId>,
    after: Option<Mark>,
    limit: usize,
) -> Result<Newest<Alert>, AppError> {
    let (own, viewer, of) = (app.clone(), session.viewer.clone(), of.cloned());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &viewer, Action::View)?;
        let page = reader.alerts(of.as_ref(), after, limit, &clearance)?;
        Ok(Newest { items: page.items, next: page.next.filter(|_| page.more) })
    })
    .await
}

/// Sightings, of one indicator or all, the last that came first.
pub async fn sightings(
    app: &App,
    session: &Session,
    of: Option<&StixId>,
    after: Option<Mark>,
    limit: usize,
) -> Result<Newest<Sighting>, AppError> {
    let (own, viewer, of) = (app.clone(), session.viewer.clone(), of.cloned());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &viewer, Action::View)?;
        let page = reader.sightings(of.as_ref(), after, limit, &clearance)?;
        Ok(Newest { items: page.items, next: page.next.filter(|_| page.more) })
    })
    .await
}

/// The label of the newest version of an object.
pub async fn label_of(app: &App, session: &Session, id: &StixId) -> Result<Option<Label>, AppError> {
    Ok(export_intel::versions(app, session, id).await?.pop().map(|(label, _)| label))
}

/// Whether the newest version of an object says that it is revoked.
pub async fn is_revoked(app: &App, session: &Session, id: &StixId) -> Result<bool, AppError> {
    Ok(export_intel::versions(app, session, id).await?.last().is_some_and(|(_, it)| it.get().revoked))
}
