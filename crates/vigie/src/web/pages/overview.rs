//! `/`: the node at a glance.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vigie_app::overview::{self, Operations, Overview, Seen};

use super::peer::{Ring, Standing};
use super::shown::{Foreign, Moment};
use super::{Asked, Frame, Section, alert, html, intel};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// Rows of each list.
const ROWS: usize = 8;

/// The node at a glance.
#[derive(Template)]
#[template(path = "overview/show.html")]
pub(super) struct Show {
    pub(super) frame: Frame,
    pub(super) name: Foreign,
    pub(super) member: Foreign,
    pub(super) fingerprint: Foreign,
    /// Collections with how many versions each holds for the caller.
    pub(super) held: Vec<(Foreign, u64)>,
    pub(super) newest: Vec<intel::Row>,
    pub(super) own: Option<Own>,
}

/// What only the node's own people are shown.
pub(super) struct Own {
    pub(super) ring: Ring,
    /// Rules by the key of their state's word.
    pub(super) rules: Vec<(&'static str, u64)>,
    pub(super) alerts: Vec<alert::Row>,
    pub(super) sightings: Vec<Sighting>,
}

/// A sighting in a list.
pub(super) struct Sighting {
    pub(super) href: String,
    pub(super) title: Foreign,
    pub(super) member: Foreign,
    pub(super) count: u64,
    pub(super) last: Option<Moment>,
}

/// `GET /`
pub(in crate::web) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
) -> Result<Response, Failure> {
    let _room = site.room_for_page().await?;
    let Overview { held, newest, own } = overview::run(&site.app, &session, ROWS).await?;
    let node = site.app.node();
    let frame = Frame::new(&site, &session, asked, Section::Overview);
    html(&Show {
        name: Foreign::words(&node.name),
        member: Foreign::code(&node.member.to_string()),
        fingerprint: Foreign::code(node.fingerprint.as_str()),
        held: held.into_iter().map(|(it, count)| (Foreign::words(&it.title), count)).collect(),
        newest: newest.items.iter().take(ROWS).map(intel::Row::of).collect(),
        own: own.map(|it| Own::of(&frame.country, &it)),
        frame,
    })
}

impl Own {
    fn of(country: &str, operations: &Operations) -> Self {
        Self {
            ring: Ring::of(country, &operations.allies),
            rules: operations.rules.iter().map(|(state, count)| (rule_key(state), *count)).collect(),
            alerts: operations.alerts.iter().map(alert::Row::of).collect(),
            sightings: operations.sightings.iter().map(Sighting::of).collect(),
        }
    }
}

impl Sighting {
    pub(super) fn of(seen: &Seen) -> Self {
        let sighting = seen.sighting.get();
        Self {
            href: format!("/intel/{}", sighting.indicator),
            title: intel::called(seen.title.as_deref(), &sighting.indicator),
            member: Foreign::words(seen.member.as_deref().unwrap_or("?")),
            count: sighting.count.into(),
            last: Moment::of_nanos(sighting.last_seen),
        }
    }
}

/// Under which the word for a rule's state lies.
fn rule_key(state: &str) -> &'static str {
    match state {
        "active" => "rule-active",
        "not-yet-valid" => "rule-not-yet-valid",
        "expired" => "rule-expired",
        "revoked" => "rule-revoked",
        "duplicate" => "rule-duplicate",
        _ => "rule-refused",
    }
}
