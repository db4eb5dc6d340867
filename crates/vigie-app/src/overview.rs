//! What a node knows, at a glance: for its pages and for whoever watches over it.

use std::collections::BTreeMap;

use vigie_model::alert::Alert;
use vigie_model::collection::Collection;
use vigie_model::id::AlertId;
use vigie_model::label::Label;
use vigie_model::member::Member;
use vigie_model::peer::Peer;
use vigie_model::sighting::Sighting;
use vigie_policy::{Action, Released};
use vigie_stix::id::StixId;
pub use vigie_store::Mark;

use crate::app::{App, AppError};
use crate::browse_intel::{self, Browsed, Wanted};
use crate::session::Session;
use crate::{add_peer, clock, export_intel};

/// What a node shows of itself first.
#[derive(Debug)]
pub struct Overview {
    /// The collections that the caller may read, with how many versions of objects it may see in each.
    pub held: Vec<(Collection, u64)>,
    /// The newest objects.
    pub newest: Browsed,
    /// What only the node's own people are told.
    pub own: Option<Operations>,
}

/// The state of a node, for its own people.
#[derive(Debug)]
pub struct Operations {
    /// The newest alerts.
    pub alerts: Vec<Released<Alert>>,
    /// The newest sightings.
    pub sightings: Vec<Seen>,
    /// The other nodes of the accord.
    pub allies: Vec<Ally>,
    /// How many rules there are in each state, by the state's word.
    pub rules: BTreeMap<&'static str, u64>,
}

/// A sighting, with what it names.
#[derive(Debug)]
pub struct Seen {
    /// The sighting.
    pub sighting: Released<Sighting>,
    /// The name of the member who saw it.
    pub member: Option<String>,
    /// What the indicator calls itself.
    pub title: Option<String>,
}

/// An ally's node as it stands now.
#[derive(Debug)]
pub struct Ally {
    /// Its node.
    pub peer: Peer,
    /// Whose node it is.
    pub member: Option<Member>,
    /// Whether the channel to it stands.
    pub connected: bool,
}

/// Rows of a list that is read newest first.
#[derive(Debug)]
pub struct Newest<T> {
    /// The rows.
    pub items: Vec<Released<T>>,
    /// Where to go on, if there is more.
    pub next: Option<Mark>,
}

/// The whole, with at most so many rows of each list.
pub async fn run(app: &App, session: &Session, rows: usize) -> Result<Overview, AppError> {
    let newest = browse_intel::run(app, session, Wanted::default(), rows).await?;
    let (own, caller) = (app.clone(), session.clone());
    let held = app.read(move |reader| {
        let clearance = own.clearance(reader, &caller.viewer, Action::View)?;
        let count =
            |it: Collection| Ok((reader.count(it.id, &clearance)?, it)).map(|(count, it)| (it, count));
        browse_intel::readable(reader, &caller)?.into_iter().map(count).collect()
    });
    let held = held.await?;
    let own = if session.is_own(app) { Some(operations(app, session, rows).await?) } else { None };
    Ok(Overview { held, newest, own })
}

async fn operations(app: &App, session: &Session, rows: usize) -> Result<Operations, AppError> {
    let rules = app.image().rules(Some(clock::now())).states;
    Ok(Operations {
        alerts: alerts(app, session, None, None, rows).await?.items,
        sightings: seen(app, session, None, rows).await?,
        allies: allies(app, session).await?,
        rules: rules.into_iter().map(|(state, count)| (state.as_str(), count)).collect(),
    })
}

/// The other nodes of the accord by nation, for the node's own people; nobody else is told of any.
pub async fn allies(app: &App, session: &Session) -> Result<Vec<Ally>, AppError> {
    if !session.is_own(app) {
        return Ok(Vec::new());
    }
    let connected = app.connected_peers();
    let ally = |(peer, member): (Peer, _)| Ally { connected: connected.contains(&peer.id), peer, member };
    let mut allies: Vec<Ally> = add_peer::list(app).await?.into_iter().map(ally).collect();
    allies.sort_by_key(|it| (it.member.as_ref().map(|it| it.country), it.peer.id));
    Ok(allies)
}

/// One alert, if the caller may see it.
pub async fn alert(app: &App, session: &Session, id: AlertId) -> Result<Option<Released<Alert>>, AppError> {
    let (own, viewer) = (app.clone(), session.viewer.clone());
    app.read(move |reader| reader.alert(id, &*own.clearance(reader, &viewer, Action::View)?)).await
}

/// The newest sightings, of one indicator or all, with what they name.
pub async fn seen(
    app: &App,
    session: &Session,
    of: Option<&StixId>,
    limit: usize,
) -> Result<Vec<Seen>, AppError> {
    let page = sightings(app, session, of, None, limit).await?;
    let (own, caller) = (app.clone(), session.clone());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &caller.viewer, Action::View)?;
        let names = browse_intel::names(reader)?;
        let ids = page.items.iter().map(|it| it.get().indicator.clone()).collect();
        let shelves = browse_intel::readable(reader, &caller)?;
        let titles = browse_intel::titles(reader, &shelves, ids, &clearance)?;
        let name = |sighting: Released<Sighting>| Seen {
            member: names.get(&sighting.get().member).cloned(),
            title: titles.get(&sighting.get().indicator).cloned(),
            sighting,
        };
        Ok(page.items.into_iter().map(name).collect())
    })
    .await
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
