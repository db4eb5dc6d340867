//! What the verbs make of objects that come in: who may bring what, and markings that come late.

use std::collections::BTreeSet;

use uuid::Uuid;
use vigie_app::app::App;
use vigie_app::ingest_intel::{self, Fate};
use vigie_app::session::Session;
use vigie_app::settings::Settings;
use vigie_app::{init_node, read_objects, set_member};
use vigie_model::collection::SHARED;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Party};
use vigie_model::member::{Member, Membership};
use vigie_model::query::Query;
use vigie_model::token::Scope;
use vigie_policy::{Terms, Viewer, releasability_marking};
use vigie_stix::id::StixId;

const INDICATOR: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

struct World {
    app: App,
    home: Session,
    ally: Session,
    _folder: tempfile::TempDir,
}

/// A node of Morocco that knows one ally in France.
async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("node");
    init_node::run(&data, "MA".parse().expect("a country"), "maCERT").expect("a node");
    let app = App::open(Settings::new(&data)).expect("a node");
    let member = Member {
        id: MemberId::new(Uuid::new_v4()),
        name: "CERT-FR".to_owned(),
        country: "FR".parse().expect("a country"),
        identity: StixId::new("identity", Uuid::new_v4()),
        groups: BTreeSet::new(),
        state: Membership::Active,
    };
    set_member::run(&app, member.clone()).await.expect("a member");
    let ally =
        Session { viewer: Viewer::of(&member), name: "ally".to_owned(), read: Scope::All, write: Scope::All };
    let home = app.home().await.expect("the home member");
    World { app, home, ally, _folder: folder }
}

impl World {
    async fn bring(&self, session: &Session, object: String) -> Fate {
        let shared = read_objects::find(&self.app, &self.home, SHARED).await.expect("the collection");
        let taken = ingest_intel::run(&self.app, session, shared.id, object.into_bytes()).await;
        taken.expect("one object").remove(0).fate
    }

    async fn sees(&self, session: &Session) -> usize {
        let query = Query { ids: [INDICATOR.parse().expect("an id")].into(), ..Query::everything(10) };
        read_objects::run(&self.app, session, SHARED, query).await.expect("a page").items.len()
    }
}

fn indicator(author: &StixId, marking: &str) -> String {
    serde_json::json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": INDICATOR,
        "created_by_ref": author.as_str(),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "pattern": "[domain-name:value = 'bad.example']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        "object_marking_refs": [marking],
    })
    .to_string()
}

#[tokio::test]
async fn nobody_is_first_with_what_another_member_created() {
    let world = world().await;
    let author = world.ally.viewer.organisation.clone();
    let green = vigie_stix::marking::Tlp::Green.marking_id();
    let refused = world.bring(&world.home, indicator(&author, green)).await;
    assert!(matches!(&refused, Fate::Refused(why) if why.contains("only that member")), "{refused:?}");
    assert_eq!(world.bring(&world.ally, indicator(&author, green)).await, Fate::Added);
    assert_eq!(world.bring(&world.ally, indicator(&author, green)).await, Fate::Known);
}

#[tokio::test]
async fn an_object_waits_for_its_marking_and_is_then_seen() {
    let world = world().await;
    let audience =
        Clause { any_of: [Party::Country("FR".parse().expect("a country"))].into(), ..Clause::default() };
    let terms = Terms { audience: Some(audience), ..Terms::default() };
    let (marking, definition) = releasability_marking(&terms);
    let author = world.home.viewer.organisation.clone();
    assert_eq!(world.bring(&world.home, indicator(&author, marking.as_str())).await, Fate::Added);
    assert_eq!((world.sees(&world.home).await, world.sees(&world.ally).await), (1, 0));
    assert_eq!(world.bring(&world.home, definition).await, Fate::Added);
    assert_eq!((world.sees(&world.home).await, world.sees(&world.ally).await), (1, 1));
}

#[tokio::test]
async fn a_suspended_member_sees_and_brings_nothing() {
    let mut world = world().await;
    let author = world.ally.viewer.organisation.clone();
    let green = vigie_stix::marking::Tlp::Green.marking_id();
    assert_eq!(world.bring(&world.ally, indicator(&author, green)).await, Fate::Added);
    assert_eq!(world.sees(&world.ally).await, 1);
    let member = set_member::set_state(&world.app, "FR", Membership::Suspended).await.expect("a member");
    world.ally.viewer = Viewer::of(&member);
    assert_eq!(world.sees(&world.ally).await, 0);
    let refused = world.bring(&world.ally, indicator(&author, green)).await;
    assert!(matches!(refused, Fate::Refused(_)), "{refused:?}");
}
