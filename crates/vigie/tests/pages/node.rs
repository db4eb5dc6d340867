//! A node on loopback with something to show, and a client that reads it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;
use vigie::web::listen::{Listener, Transport};
use vigie::web::{self, Options};
use vigie_app::app::App;
use vigie_app::publish_indicator::{self, Draft};
use vigie_app::run_node::{self, Work};
use vigie_app::session::Session;
use vigie_app::settings::Settings;
use vigie_app::{add_objects, add_peer, add_token, init_node, set_member};
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::label::{Clause, Party, Tlp};
use vigie_model::member::Membership;
use vigie_model::token::Scope;
use vigie_stix::id::StixId;

/// A node of Morocco that serves its pages until it is dropped.
pub(crate) struct Node {
    pub(crate) app: App,
    pub(crate) home: Session,
    pub(crate) address: SocketAddr,
    runtime: Runtime,
    folder: TempDir,
    work: Option<Work>,
}

/// A name and a secret.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) name: String,
    pub(crate) secret: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Node {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("node");
        init_node::run(&data, "MA".parse().unwrap(), "maCERT").unwrap();
        let log = folder.path().join("eve.json");
        std::fs::write(&log, "").unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let app = App::open(Settings { telemetry: vec![log], ..Settings::new(data) }).unwrap();
        let home = runtime.block_on(app.home()).unwrap();
        let listener =
            runtime.block_on(Listener::bind(([127, 0, 0, 1], 0).into(), Transport::Plain)).unwrap();
        let address = listener.address();
        let work = Some(runtime.block_on(run_node::start(&app)).unwrap());
        runtime.spawn(web::serve(app.clone(), listener, Options::default(), std::future::pending()));
        Self { app, home, address, runtime, folder, work }
    }

    /// A token with the right to read everything, of a member or of the node's own.
    pub(crate) fn token(&self, member: Option<MemberId>, read: Scope) -> Token {
        let name = format!("analyst-{}", Uuid::new_v4());
        let issued = add_token::run(&self.app, &name, member, read, Scope::none());
        Token { secret: self.runtime.block_on(issued).unwrap().secret, name }
    }

    /// Enters an ally whose node answers to nobody.
    pub(crate) fn ally(&self, country: &str, name: &str, state: Membership) -> MemberId {
        let member = MemberId::new(Uuid::new_v4());
        let card = add_peer::Card {
            member,
            name: name.to_owned(),
            nation: country.parse().unwrap(),
            identity: StixId::new("identity", Uuid::new_v4()).to_string(),
            groups: Vec::new(),
            api_root: "https://127.0.0.1:9/api/".to_owned(),
            collection: CollectionId::new(Uuid::new_v4()),
            fingerprint: Uuid::new_v4().simple().to_string().repeat(2),
        };
        self.runtime.block_on(add_peer::run(&self.app, card)).unwrap();
        self.runtime.block_on(set_member::set_state(&self.app, &member.to_string(), state)).unwrap();
        member
    }

    /// Publishes an indicator for a domain, to all allies or to those of one country.
    pub(crate) fn publish(&self, name: &str, domain: &str, country: Option<&str>) -> StixId {
        let audience = country
            .map(|it| Clause { any_of: [Party::Country(it.parse().unwrap())].into(), ..Clause::default() });
        let draft = Draft {
            name: name.to_owned(),
            description: Some("First line.\nSecond line.".to_owned()),
            pattern: format!("[domain-name:value = '{domain}']"),
            tlp: Tlp::AmberStrict,
            audience,
        };
        self.runtime.block_on(publish_indicator::run(&self.app, &self.home, draft)).unwrap()
    }

    /// Adds objects as the node's own member.
    pub(crate) fn add(&self, objects: &[serde_json::Value]) {
        let body = serde_json::json!({ "objects": objects }).to_string().into_bytes();
        let status = self.runtime.block_on(add_objects::run(&self.app, &self.home, "shared", body)).unwrap();
        assert_eq!(status.failure_count, 0, "{status:?}");
    }

    /// Lets the sensor see a lookup of a domain, once so many rules are in force.
    pub(crate) fn sensor_sees(&self, domain: &str, own: &Token, rules: u32) {
        self.wait_for(own, "/", &format!("<dt>in force</dt><dd>{rules}</dd>"));
        let mut log =
            std::fs::OpenOptions::new().append(true).open(self.folder.path().join("eve.json")).unwrap();
        let record = serde_json::json!({
            "timestamp": jiff::Timestamp::now().to_string(),
            "event_type": "dns",
            "src_ip": "192.0.2.7",
            "src_port": 5353,
            "dest_ip": "198.51.100.53",
            "dest_port": 53,
            "proto": "UDP",
            "dns": { "type": "query", "rrname": domain, "rrtype": "A" },
        });
        writeln!(log, "{record}").unwrap();
    }

    /// Reads a page until it holds a text.
    #[track_caller]
    pub(crate) fn wait_for(&self, token: &Token, path: &str, text: &str) -> Answer {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.get(Some(token), path, "");
            if answer.body.contains(text) {
                return answer;
            }
            assert!(Instant::now() < end, "{path} never held `{text}`: {}", answer.body);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `GET`, with one more header if it is not empty.
    pub(crate) fn get(&self, token: Option<&Token>, path: &str, header: &str) -> Answer {
        let authorization = token.map_or_else(String::new, |Token { name, secret }| {
            format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{name}:{secret}")))
        });
        let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
        let address = self.address;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{authorization}{header}\r\n"
        );
        let mut tcp = TcpStream::connect(self.address).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        tcp.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        tcp.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            self.runtime.block_on(work.stop());
        }
    }
}

impl Answer {
    /// All values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.head.lines().filter_map(|it| it.strip_prefix(name)?.strip_prefix(": ")).collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// Where the list goes on.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.body.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?;
        Some(link.replace("&amp;", "&").replace("&#38;", "&"))
    }

    /// The addresses of the links to pages of one kind, in order.
    pub(crate) fn links(&self, start: &str) -> Vec<String> {
        let links = self.body.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
        links
            .filter(|it| it.starts_with(start))
            .map(|it| it.replace("&amp;", "&").replace("&#38;", "&"))
            .collect()
    }
}
