//! A node on loopback, for one test.

use std::net::SocketAddr;
use std::sync::Mutex;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;
use vigie::web::listen::{Identity, Listener, Transport};
use vigie::web::{self, Options};
use vigie_app::app::App;
use vigie_app::settings::Settings;
use vigie_app::{add_collection, add_token, init_node, set_member};
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::member::{Member, Membership};
use vigie_model::token::Scope;
use vigie_stix::id::StixId;

use crate::http::Client;

pub(crate) struct Node {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    pub(crate) runtime: Runtime,
    folder: TempDir,
    settings: Settings,
    options: Options,
    serving: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

/// How a node is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Plain,
    Tls,
}

impl Node {
    pub(crate) fn start() -> Self {
        Self::start_with(Wire::Plain, |_, _| {})
    }

    pub(crate) fn start_with(wire: Wire, adjust: impl FnOnce(&mut Settings, &mut Options)) -> Self {
        let folder = TempDir::new().expect("a folder");
        let data = folder.path().join("node");
        init_node::run(&data, "MA".parse().expect("a country"), "Test node").expect("a new node");
        let (mut settings, mut options) = (Settings::new(data), Options::default());
        adjust(&mut settings, &mut options);
        Self::serve(folder, settings, options, wire)
    }

    fn serve(folder: TempDir, settings: Settings, options: Options, wire: Wire) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let app = App::open(settings.clone()).expect("the node opens");
        let transport = match wire {
            Wire::Plain => Transport::Plain,
            Wire::Tls => {
                let node = app.node();
                let identity = Identity::from_pem(node.certificate.as_bytes(), node.key.as_bytes());
                Transport::Tls(identity.expect("the node's own certificate"))
            }
        };
        let listener = runtime.block_on(Listener::bind(([127, 0, 0, 1], 0).into(), transport));
        let listener = listener.expect("a free port");
        let address = listener.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            stopped.await.ok();
        };
        let task = runtime.spawn(web::serve(app.clone(), listener, options, shutdown));
        let serving = Mutex::new(Some((stop, task)));
        Self { app, address, runtime, folder, settings, options, serving }
    }

    /// Stops the node and starts it again on the same folder, at another port.
    pub(crate) fn restart(self) -> Self {
        self.stop();
        let Self { app, runtime, folder, settings, options, .. } = self;
        drop(app);
        drop(runtime);
        Self::serve(folder, settings, options, Wire::Plain)
    }

    /// Stops serving and waits until that is done.
    pub(crate) fn stop(&self) {
        let serving = self.serving.lock().expect("no test panicked here").take();
        if let Some((stop, task)) = serving {
            stop.send(()).ok();
            self.runtime.block_on(task).expect("the server ends");
        }
    }

    /// A new collection's id.
    pub(crate) fn collection(&self, title: &str, alias: Option<&str>) -> CollectionId {
        self.runtime.block_on(add_collection::run(&self.app, title, alias, None)).expect("a collection")
    }

    /// A new member of the accord.
    pub(crate) fn ally(&self, country: &str) -> MemberId {
        let id = MemberId::new(Uuid::new_v4());
        let member = Member {
            id,
            name: format!("CERT {country}"),
            country: country.parse().expect("a country"),
            identity: StixId::new("identity", Uuid::new_v4()),
            groups: std::collections::BTreeSet::new(),
            state: Membership::Active,
        };
        self.runtime.block_on(set_member::run(&self.app, member)).expect("a member");
        id
    }

    /// Suspends or readmits a member.
    pub(crate) fn set_state(&self, member: MemberId, state: Membership) {
        let name = member.to_string();
        let set = set_member::set_state(&self.app, &name, state);
        self.runtime.block_on(set).expect("a known member");
    }

    /// A client with a new token, acting as a member or as the node's own.
    pub(crate) fn client(&self, member: Option<MemberId>, read: Scope, write: Scope) -> Client {
        let name = Uuid::new_v4().to_string();
        let issued = self.runtime.block_on(add_token::run(&self.app, &name, member, read, write));
        Client::basic(self.address, &name, &issued.expect("a token").secret)
    }
}

/// A node with one collection, somebody who may do everything, and an ally who may read.
pub(crate) struct Stage {
    pub(crate) node: Node,
    pub(crate) id: CollectionId,
    /// The path of the collection, with a final slash.
    pub(crate) collection: String,
    /// The path of its objects.
    pub(crate) objects: String,
    /// The path of its manifest.
    pub(crate) manifest: String,
    /// As the node's own member, with every right.
    pub(crate) home: Client,
    /// The ally.
    pub(crate) member: MemberId,
    /// As the ally, with the right to read everything.
    pub(crate) ally: Client,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::on(Node::start())
    }

    pub(crate) fn on(node: Node) -> Self {
        let id = node.collection("Test", None);
        let member = node.ally("AE");
        let home = node.client(None, Scope::All, Scope::All);
        let ally = node.client(Some(member), Scope::All, Scope::none());
        let collection = format!("/api/collections/{id}/");
        let (objects, manifest) = (format!("{collection}objects/"), format!("{collection}manifest/"));
        Self { node, id, collection, objects, manifest, home, member, ally }
    }

    /// Adds objects as the node's own member; all must be taken.
    #[track_caller]
    pub(crate) fn add(&self, objects: &[String]) {
        let answer = self.home.post(&self.objects, &crate::stix::envelope(objects)).expect(202);
        assert_eq!(answer.json()["failure_count"], 0, "{}", answer.text());
    }
}
