//! Telling the publisher "we saw it too".
//!
//! The first alert on an ally's indicator makes a STIX sighting at once; later ones make new versions of it with a higher
//! count, at most one in each [`Settings::sighting_interval`](crate::settings::Settings). The sighting carries the
//! indicator's own markings and names the member who saw it, and nothing of the event.

use std::collections::HashMap;

use uuid::Uuid;
use vigie_engine::Indicator;
use vigie_model::query::Query;
use vigie_stix::id::StixId;
use vigie_stix::json::Value;
use vigie_stix::object::Object;
use vigie_stix::timestamp::Timestamp;

use crate::app::App;
use crate::clock;
use crate::publish_indicator::{self, PublishError};
use crate::read_objects;
use crate::session::Session;

/// What this node has seen, and how much of it it has told.
#[derive(Default)]
pub(crate) struct Seen(HashMap<StixId, Tally>);

struct Tally {
    sighting: StixId,
    created: Timestamp,
    count: u64,
    first: i64,
    last: i64,
    told: i64,
}

impl Seen {
    /// Counts an alert, and tells of it when it is time. `at` is when the event happened, nanoseconds since 1970.
    pub(crate) async fn record(
        &mut self,
        app: &App,
        home: &Session,
        indicator: &Indicator,
        at: i64,
    ) -> Result<(), PublishError> {
        let now = clock::now();
        let tally = self.0.entry(indicator.id.clone()).or_insert_with(|| Tally {
            sighting: StixId::new("sighting", Uuid::new_v4()),
            created: Timestamp::from_nanos_millis(now.into()),
            count: 0,
            first: at,
            last: at,
            told: i64::MIN,
        });
        tally.count += 1;
        tally.first = tally.first.min(at);
        tally.last = tally.last.max(at);
        let interval = i64::try_from(app.settings().sighting_interval.as_nanos()).unwrap_or(i64::MAX);
        if now.saturating_sub(tally.told) < interval {
            return Ok(());
        }
        let Some(markings) = markings(app, home, &indicator.id).await? else {
            // Our own indicator: there is nobody to tell.
            tally.told = i64::MAX;
            return Ok(());
        };
        tally.told = now;
        let objects = [publish_indicator::own_identity(app), sighting(app, indicator, tally, now, &markings)];
        publish_indicator::share(app, home, &objects).await
    }
}

/// The markings of an ally's indicator, as JSON; none if it is our own or gone.
async fn markings(app: &App, home: &Session, id: &StixId) -> Result<Option<String>, PublishError> {
    let query = Query { ids: [id.clone()].into(), ..Query::everything(1) };
    let page = read_objects::run(app, home, vigie_model::collection::RECEIVED, query).await?;
    let Some(intel) = page.items.first() else { return Ok(None) };
    let Ok(object) = Object::parse(&intel.get().text) else { return Ok(None) };
    let refs = object.get("object_marking_refs").cloned().unwrap_or(Value::Array(Vec::new()));
    Ok(serde_json::to_string(&refs).ok())
}

fn sighting(app: &App, indicator: &Indicator, tally: &Tally, now: i64, markings: &str) -> String {
    let identity = app.node().identity.as_str();
    let modified = Timestamp::from_nanos_millis(now.into()).max(tally.created.clone());
    let markings: serde_json::Value = serde_json::from_str(markings).unwrap_or_default();
    serde_json::json!({
        "type": "sighting",
        "spec_version": "2.1",
        "id": tally.sighting.as_str(),
        "created_by_ref": identity,
        "created": tally.created.as_str(),
        "modified": modified.as_str(),
        "first_seen": Timestamp::from_nanos_millis(tally.first.into()).as_str(),
        "last_seen": Timestamp::from_nanos_millis(tally.last.into()).as_str(),
        "count": tally.count.min(999_999_999),
        "sighting_of_ref": indicator.id.as_str(),
        "where_sighted_refs": [identity],
        "object_marking_refs": markings,
    })
    .to_string()
}
