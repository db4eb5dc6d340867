//! `/peer`: the allies' nodes, in a table and drawn as a ring around this one.

use std::f64::consts::TAU;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vigie_app::overview::{self, Ally};
use vigie_model::member::Membership;

use super::shown::{Foreign, Moment};
use super::{Asked, Frame, Section, html, own_only};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// The allies' nodes.
#[derive(Template)]
#[template(path = "peer/list.html")]
pub(super) struct List {
    pub(super) frame: Frame,
    pub(super) ring: Ring,
    pub(super) rows: Vec<Row>,
}

/// An ally's node.
pub(super) struct Row {
    pub(super) name: Foreign,
    pub(super) country: String,
    pub(super) standing: Standing,
    pub(super) address: Foreign,
    pub(super) fingerprint: Foreign,
    pub(super) pulled: Option<Moment>,
    pub(super) epoch: u64,
}

/// How it stands with an ally. Each has a word, a shape and a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// An active member whose channel stands.
    Connected,
    /// An active member that cannot be reached.
    Apart,
    /// A member that is cut off.
    Suspended,
    /// A member no more.
    Left,
}

/// `GET /peer`
pub(in crate::web) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
) -> Result<Response, Failure> {
    own_only(&site, &session)?;
    let _room = site.room_for_page().await?;
    let allies = overview::allies(&site.app, &session).await?;
    let frame = Frame::new(&site, &session, asked, Section::Peer);
    let ring = Ring::of(&frame.country, &allies);
    html(&List { frame, ring, rows: allies.iter().map(Row::of).collect() })
}

impl Row {
    fn of(ally: &Ally) -> Self {
        let Ally { peer, member, .. } = ally;
        Self {
            name: Foreign::words(member.as_ref().map_or("?", |it| &it.name)),
            country: member.as_ref().map(|it| it.country.to_string()).unwrap_or_default(),
            standing: Standing::of(ally),
            address: Foreign::code(&peer.api_root),
            fingerprint: Foreign::code(peer.fingerprint.as_str()),
            pulled: peer.cursor.as_deref().and_then(Moment::of_text),
            epoch: peer.epoch,
        }
    }
}

impl Standing {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Connected, Self::Apart, Self::Suspended, Self::Left];

    fn of(ally: &Ally) -> Self {
        match ally.member.as_ref().map(|it| it.state) {
            Some(Membership::Active) if ally.connected => Self::Connected,
            Some(Membership::Active) => Self::Apart,
            Some(Membership::Suspended) => Self::Suspended,
            Some(Membership::Left) | None => Self::Left,
        }
    }

    /// Whether the ally takes part: a line leads to it then.
    pub(super) fn is_active(self) -> bool {
        matches!(self, Self::Connected | Self::Apart)
    }

    /// Under which its word lies.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Connected => "standing-connected",
            Self::Apart => "standing-apart",
            Self::Suspended => "standing-suspended",
            Self::Left => "standing-left",
        }
    }

    /// Its shape's name, which is its class too.
    pub(super) fn shape(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Apart => "apart",
            Self::Suspended => "suspended",
            Self::Left => "left",
        }
    }
}

/// More allies than this and a ring says less than a table.
const MOST: usize = 32;

/// The drawing's measures, around its middle.
const RADIUS: f64 = 112.0;
const HOME: f64 = 38.0;

/// The allies around this node, in the order of the table.
pub(super) struct Ring {
    /// The country in the middle.
    pub(super) home: String,
    pub(super) nodes: Vec<Node>,
    /// How far each node reaches from its middle.
    pub(super) reach: i32,
}

/// An ally in the drawing.
pub(super) struct Node {
    pub(super) x: i32,
    pub(super) y: i32,
    /// Where the line to it begins and ends.
    pub(super) from: (i32, i32),
    pub(super) to: (i32, i32),
    pub(super) country: String,
    pub(super) standing: Standing,
}

impl Ring {
    pub(super) fn of(home: &str, allies: &[Ally]) -> Self {
        let country = |it: &Ally| it.member.as_ref().map(|it| it.country.to_string()).unwrap_or_default();
        let nodes: Vec<_> = allies.iter().take(MOST).map(|it| (country(it), Standing::of(it))).collect();
        Self::drawn(home, nodes)
    }

    /// As [`Ring::of`], from countries and how it stands with each.
    pub(super) fn drawn(home: &str, nodes: Vec<(String, Standing)>) -> Self {
        let count = nodes.len().max(1) as f64;
        let reach = (RADIUS * TAU / count / 2.0 - 3.0).clamp(8.0, 24.0);
        let place = |(at, (country, standing)): (usize, (String, Standing))| {
            // The first stands at the top, the others follow clockwise.
            let (sine, cosine) = (TAU * at as f64 / count).sin_cos();
            let point = |radius: f64| ((radius * sine).round() as i32, (-radius * cosine).round() as i32);
            let (x, y) = point(RADIUS);
            Node { x, y, from: point(HOME + 5.0), to: point(RADIUS - reach - 4.0), country, standing }
        };
        let nodes = nodes.into_iter().enumerate().map(place).collect();
        Self { home: home.to_owned(), nodes, reach: reach as i32 }
    }

    /// How many stand so.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give every argument by reference")]
    pub(super) fn count(&self, standing: &Standing) -> u64 {
        self.nodes.iter().filter(|it| it.standing == *standing).count() as u64
    }
}
