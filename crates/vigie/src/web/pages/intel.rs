//! `/intel`: intelligence the newest first, and one object with all its versions.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vigie_app::browse_intel::{self, Found, SEARCHED, Wanted};
use vigie_app::{export_intel, overview};
use vigie_model::intel::Intel;
use vigie_model::label::Label;
use vigie_policy::Released;
use vigie_stix::id::StixId;

use super::overview::Sighting;
use super::shown::{Foreign, Handling, Moment};
use super::{Asked, Frame, ROWS, Section, alert, html};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// Versions of one object that are shown beside the newest.
const EARLIER: usize = 20;

/// Alerts that are shown beside an object.
const BESIDE: usize = 8;

/// Properties of one version that are shown one by one; the exact text has all.
const PROPERTIES: usize = 64;

/// The types that the form offers.
const TYPES: [&str; 28] = [
    "indicator",
    "sighting",
    "malware",
    "threat-actor",
    "intrusion-set",
    "campaign",
    "attack-pattern",
    "tool",
    "infrastructure",
    "vulnerability",
    "report",
    "incident",
    "identity",
    "relationship",
    "course-of-action",
    "observed-data",
    "note",
    "opinion",
    "grouping",
    "location",
    "malware-analysis",
    "marking-definition",
    "domain-name",
    "ipv4-addr",
    "ipv6-addr",
    "url",
    "file",
    "email-addr",
];

/// A list of intelligence.
#[derive(Template)]
#[template(path = "intel/list.html")]
pub(super) struct List {
    pub(super) frame: Frame,
    /// What the form holds.
    pub(super) kind: String,
    pub(super) words: String,
    pub(super) rows: Vec<Row>,
    /// Where the list goes on.
    pub(super) next: Option<String>,
    /// How many objects were looked at, if the search ended before the store did.
    pub(super) searched: Option<u64>,
}

/// An object in a list.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) title: Foreign,
    pub(super) kind: Foreign,
    pub(super) label: Handling,
    pub(super) added: Option<Moment>,
    pub(super) revoked: bool,
    pub(super) producer: Option<Foreign>,
}

/// One object.
#[derive(Template)]
#[template(path = "intel/show.html")]
pub(super) struct Show {
    pub(super) frame: Frame,
    pub(super) title: Foreign,
    pub(super) id: Foreign,
    pub(super) kind: Foreign,
    pub(super) current: Version,
    /// The versions before it, the newest first.
    pub(super) earlier: Vec<Version>,
    /// How many still older versions are not shown.
    pub(super) older: u64,
    pub(super) sightings: Vec<Sighting>,
    pub(super) alerts: Vec<alert::Row>,
}

/// A version of an object.
pub(super) struct Version {
    pub(super) said: Foreign,
    /// Which standard it is written in.
    pub(super) standard: &'static str,
    pub(super) added: Option<Moment>,
    pub(super) label: Handling,
    pub(super) revoked: bool,
    pub(super) properties: Vec<(Foreign, Foreign)>,
    pub(super) text: Foreign,
    pub(super) bytes: u64,
}

/// `GET /intel`
pub(in crate::web) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
) -> Result<Response, Failure> {
    let _room = site.room_for_page().await?;
    let value = |name| asked.value(name).unwrap_or_default().to_owned();
    let (kind, words) = (value("type"), value("words"));
    let wanted = Wanted {
        types: Some(kind.clone()).filter(|it| !it.is_empty()).into_iter().collect(),
        words: words.clone(),
        before: asked.value("before").and_then(|it| it.parse().ok()),
    };
    let found = browse_intel::run(&site.app, &session, wanted, ROWS).await?;
    let frame = Frame::new(&site, &session, asked, Section::Intel);
    let next = found.next.map(|it| {
        let before = it.to_string();
        frame.to_with("/intel", &[("type", &kind), ("words", &words), ("before", &before)])
    });
    let searched = next.as_ref().filter(|_| found.searched >= SEARCHED).map(|_| found.searched as u64);
    html(&List { frame, kind, words, rows: found.items.iter().map(Row::of).collect(), next, searched })
}

/// `GET /intel/{id}`
pub(in crate::web) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
    id: Result<At<StixIdAt>, Failure>,
) -> Result<Response, Failure> {
    let At(StixIdAt(id)) = id?;
    let _room = site.room_for_page().await?;
    let versions = export_intel::versions(&site.app, &session, &id).await?;
    let Some(last) = versions.last() else { return Err(Failure::NotFound("object")) };
    let title = browse_intel::title_of(&site.app, &session, last.1.get()).await?;
    let (sightings, alerts) = if session.is_own(&site.app) {
        let alerts = overview::alerts(&site.app, &session, Some(&id), None, BESIDE).await?;
        (overview::seen(&site.app, &session, Some(&id), ROWS).await?, alerts.items)
    } else {
        (Vec::new(), Vec::new())
    };
    html(&Show {
        frame: Frame::new(&site, &session, asked, Section::Intel),
        title: called(title.as_deref(), &id),
        id: Foreign::code(id.as_str()),
        kind: Foreign::code(id.object_type()),
        current: Version::of(last),
        earlier: versions.iter().rev().skip(1).take(EARLIER).map(Version::of).collect(),
        older: versions.len().saturating_sub(EARLIER + 1) as u64,
        sightings: sightings.iter().map(Sighting::of).collect(),
        alerts: alerts.iter().map(alert::Row::of).collect(),
    })
}

/// A STIX identifier in an address.
pub(in crate::web) struct StixIdAt(StixId);

impl<'de> serde::Deserialize<'de> for StixIdAt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl List {
    /// The types of the form, with the one that is asked for.
    pub(super) fn types(&self) -> Vec<&str> {
        let foreign = Some(self.kind.as_str()).filter(|it| !it.is_empty() && !TYPES.contains(it));
        TYPES.into_iter().chain(foreign).collect()
    }
}

impl Row {
    pub(super) fn of(found: &Found) -> Self {
        let intel = found.intel.get();
        Self {
            href: format!("/intel/{}", intel.id),
            title: called(found.title.as_deref(), &intel.id),
            kind: Foreign::code(intel.id.object_type()),
            label: Handling::of(&found.label),
            added: Moment::of_nanos(intel.date_added.nanos()),
            revoked: intel.revoked,
            producer: found.producer.as_deref().map(Foreign::words),
        }
    }
}

/// What an object is called, else its identifier.
pub(super) fn called(title: Option<&str>, id: &StixId) -> Foreign {
    title.map_or_else(|| Foreign::code(id.as_str()), Foreign::words)
}

impl Version {
    fn of((label, intel): &(Label, Released<Intel>)) -> Self {
        let intel = intel.get();
        Self {
            said: Foreign::code(intel.version.as_str()),
            standard: match intel.spec_version {
                vigie_model::intel::SpecVersion::V20 => "STIX 2.0",
                vigie_model::intel::SpecVersion::V21 => "STIX 2.1",
            },
            added: Moment::of_nanos(intel.date_added.nanos()),
            label: Handling::of(label),
            revoked: intel.revoked,
            properties: properties(&intel.text),
            text: Foreign::block(&intel.text),
            bytes: intel.text.len() as u64,
        }
    }
}

/// The properties of an object in its own order, without those that the page says already.
fn properties(text: &str) -> Vec<(Foreign, Foreign)> {
    let Ok(object) = vigie_stix::object::Object::parse(text) else { return Vec::new() };
    let said = ["type", "id", "spec_version", "object_marking_refs", "revoked"];
    let rest = object.properties().iter().filter(|(name, _)| !said.contains(name));
    rest.take(PROPERTIES).map(|(name, value)| (Foreign::code(name), property(name, value))).collect()
}

fn property(name: &str, value: &vigie_stix::json::Value<'_>) -> Foreign {
    match value.as_str() {
        Some(text) if matches!(name, "description" | "name" | "abstract" | "content" | "explanation") => {
            Foreign::prose(text)
        }
        Some(text) => Foreign::long_code(text),
        None => Foreign::long_code(&serde_json::to_string(value).unwrap_or_default()),
    }
}
