//! Our own client against our own server, over TLS with the certificate pinned: both read the standard alike.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use vigie_exchange::federation::{Cursor, NoticeStream, Pull, Signal};
use vigie_exchange::taxii::client::{Client, PageItem, Query, Walk};
use vigie_exchange::taxii::wire::API_ROOT_VERSION;
use vigie_exchange::tls::Trust;
use vigie_exchange::transport::{Credentials, ExchangeError, Limits, Settings};
use vigie_model::label::{Label, LabelId, Labelled};
use vigie_model::member::{Member, Membership};
use vigie_policy::{Action, Policy, Released, Viewer};

use super::serving::{Serving, vigie};

/// The text of an indicator: nothing about it may change on its way, not the spaces, not what nobody knows.
fn indicator(number: usize, version: usize) -> String {
    format!(
        r#"{{ "type":"indicator","x_number" : {number}.50,"spec_version":"2.1",
"id":"indicator--8e2e2d2b-17d4-4cbf-938f-{number:012x}","created":"2026-01-01T00:00:00.000Z",
"modified":"2026-01-01T00:00:0{version}.000Z","pattern":"[domain-name:value = 'host-{number}.example']",
"pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","x_unknown":{{"\u00e9":[1e3, true]}} }}"#
    )
}

/// A text that its own member sends to its own node.
struct Text(String);

impl Labelled for Text {
    fn label_id(&self) -> LabelId {
        LabelId(1)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn released(texts: &[String]) -> Vec<Released<Text>> {
    let member = Member {
        id: "member--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse().unwrap(),
        name: "CERT".to_owned(),
        country: "MA".parse().unwrap(),
        identity: "identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f".parse().unwrap(),
        groups: BTreeSet::new(),
        state: Membership::Active,
    };
    let label = Label::originator_only(member.id);
    let policy = Policy::new().unwrap();
    let clearance = policy.clearance(&Viewer::of(&member), Action::Share, 0, [(LabelId(1), &label)]);
    texts.iter().map(|it| clearance.release(Text(it.clone())).unwrap()).collect()
}

/// A node with one collection, and a client of it that may do everything there.
struct Stage {
    node: Serving,
    settings: Settings,
    collection: String,
}

impl Stage {
    fn set(data: &Path) -> Self {
        let told = vigie(&["init", "--nation", "MA", "--name", "CERT of the test"], data);
        let fingerprint = told.lines().find_map(|it| it.strip_prefix("fingerprint")).unwrap().trim();
        let collection = vigie(&["collection", "add", "--title", "Shelf of the test"], data);
        let rights = ["--read", collection.as_str(), "--write", collection.as_str()];
        let secret = vigie(&[&["token", "add", "--name", "own"][..], &rights].concat(), data);
        let settings = Settings {
            trust: Trust::Pinned(fingerprint.parse().unwrap()),
            identity: None,
            credentials: Credentials::Bearer { secret },
            limits: Limits::default(),
        };
        Self { node: Serving::start(data, &[]), settings, collection }
    }

    async fn client(&self) -> Client {
        let client = Client::new(&self.node.url, &self.settings).unwrap();
        let discovery = client.discovery().await.unwrap();
        client.at_root(&discovery.default.unwrap()).unwrap()
    }
}

async fn all<T: PageItem>(mut walk: Walk<T>) -> Vec<T> {
    let mut items = Vec::new();
    while let Some(page) = walk.next().await.unwrap() {
        items.extend(page.items);
    }
    items
}

fn of(limit: usize) -> Query {
    Query { limit: Some(limit), ..Query::default() }
}

async fn pulled(client: &Client, collection: &str, cursor: &mut Cursor) -> Vec<Box<str>> {
    let mut pull = Pull::new(client.clone(), collection, of(7), *cursor);
    let mut objects = Vec::new();
    while let Some(batch) = pull.next().await.unwrap() {
        objects.extend(batch.objects);
        *cursor = batch.cursor;
    }
    objects
}

#[tokio::test]
async fn client_and_server_read_the_standard_alike() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(&folder.path().join("node"));
    let (client, shelf) = (stage.client().await, stage.collection.as_str());
    assert_eq!(client.api_root().await.unwrap().versions, [API_ROOT_VERSION]);
    let seen = client.collection(shelf).await.unwrap();
    assert!(seen.can_read && seen.can_write);
    assert!(client.collections().await.unwrap().contains(&seen));

    let texts: Vec<String> = (0..30).map(|it| indicator(it, 0)).collect();
    let done = client.add_objects(shelf, &released(&texts)).await.unwrap();
    assert_eq!(done.iter().map(|it| it.success_count).sum::<u64>(), 30, "{done:?}");
    for limit in [7, 30, 1000] {
        let got = all(client.objects(shelf, of(limit))).await;
        assert!(got.iter().map(AsRef::as_ref).eq(texts.iter().map(String::as_str)), "{limit}: {got:#?}");
        assert_eq!(all(client.manifest(shelf, of(limit))).await.len(), 30);
    }

    let id = "indicator--8e2e2d2b-17d4-4cbf-938f-000000000003";
    client.add_objects(shelf, &released(&[indicator(3, 1)])).await.unwrap();
    let versions = all(client.versions(shelf, id, Query::default())).await;
    assert_eq!(versions, ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z"]);
    assert_eq!(all(client.object(shelf, id, Query::default())).await, [indicator(3, 1).into()]);
    client.delete_object(shelf, id, &Query::default()).await.unwrap();
    let error = client.object(shelf, id, Query::default()).next().await.unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
}

#[tokio::test]
async fn a_notice_comes_and_the_pull_brings_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(&folder.path().join("node"));
    let (client, shelf) = (stage.client().await, stage.collection.as_str());
    let mut notices = NoticeStream::new(&client);
    assert!(matches!(notices.next().await, Signal::Connected));
    let texts: Vec<String> = (0..20).map(|it| indicator(it, 0)).collect();
    client.add_objects(shelf, &released(&texts)).await.unwrap();
    let signal = tokio::time::timeout(Duration::from_secs(10), notices.next()).await.unwrap();
    let Signal::Notice(notice) = signal else { panic!("{signal:?}") };
    assert_eq!(notice.collection.to_string(), stage.collection);

    let mut cursor = Cursor::default();
    assert_eq!(pulled(&client, shelf, &mut cursor).await.len(), 20);
    assert!(cursor.after <= Some(notice.date_added) && cursor.epoch == notice.epoch, "{cursor:?} {notice:?}");
    assert!(pulled(&client, shelf, &mut cursor).await.is_empty());
    client.add_objects(shelf, &released(&[indicator(20, 0)])).await.unwrap();
    assert_eq!(pulled(&client, shelf, &mut cursor).await, [indicator(20, 0).into()]);
}

#[tokio::test]
async fn neither_side_takes_the_other_for_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(&folder.path().join("node"));
    let ask = async |change: fn(&mut Settings)| {
        let mut settings = stage.settings.clone();
        change(&mut settings);
        Client::new(&stage.node.url, &settings).unwrap().discovery().await.unwrap_err()
    };
    let error = ask(|it| it.credentials = Credentials::Bearer { secret: "wrong".to_owned() }).await;
    assert_eq!(error.status(), Some(401), "{error}");
    let error = ask(|it| it.trust = Trust::Pinned("00".repeat(32).parse().unwrap())).await;
    assert!(matches!(error, ExchangeError::Untrusted { .. }), "{error}");
}
