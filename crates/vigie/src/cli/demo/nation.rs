//! A nation of the story: a folder, a sensor, and a node that serves.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use memchr::memmem;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use vigie_app::app::App;
use vigie_app::session::Session;
use vigie_app::settings::Settings;
use vigie_app::{add_peer, add_token, init_node};
use vigie_model::token::Scope;
use vigie_stix::id::StixId;

use super::sensor::Sensor;
use super::tell::Teller;
use crate::config::Config;

/// The five, in the order of the story: who sees it first, three who are told, and one who is not.
const NATIONS: [(&str, &str, bool); 5] = [
    ("MA", "Morocco", true),
    ("IL", "Israel", true),
    ("AE", "United Arab Emirates", true),
    ("US", "United States", true),
    ("BH", "Bahrain", true),
];

/// How long a node may take to start.
const START: Duration = Duration::from_secs(20);

/// A nation and its node.
pub(super) struct Nation {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) app: App,
    pub(super) home: Session,
    pub(super) url: String,
    pub(super) user: &'static str,
    pub(super) secret: String,
    node: Child,
    pub(super) sensor: Sensor,
}

/// Sets up all five, starts their nodes, and lets them meet.
pub(super) async fn found(folder: &Path, teller: &Teller) -> anyhow::Result<Vec<Nation>> {
    teller.chapter("Five nations, five nodes, each with its own store, keys and sensor");
    let mut nations = Vec::new();
    for (code, name, infected) in NATIONS {
        let nation = Nation::found(folder, code, name, infected).await;
        let nation = nation.with_context(|| format!("could not set up {name}"))?;
        teller.event(name, &format!("serves at {}", nation.url));
        nations.push(nation);
    }
    for own in &nations {
        let card = add_peer::card(&own.app, &format!("{}{}", own.url, crate::web::API_ROOT)).await?;
        for other in nations.iter().filter(|it| it.code != own.code) {
            add_peer::run(&other.app, card.clone()).await?;
        }
    }
    for nation in &nations {
        nation.wait_for_allies(NATIONS.len() - 1).await?;
    }
    teller.event("all", "have exchanged cards and hold a notice channel to each other");
    Ok(nations)
}

/// Stops all nodes, as SIGTERM does.
pub(super) async fn disband(nations: Vec<Nation>) -> anyhow::Result<()> {
    for mut nation in nations {
        if let Some(id) = nation.node.id() {
            let sent = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            sent.context("could not run `kill`")?;
        }
        let ended = tokio::time::timeout(Duration::from_secs(10), nation.node.wait()).await;
        if ended.is_err() {
            nation.node.kill().await?;
            bail!("the node of {} did not stop within 10 s of SIGTERM", nation.name);
        }
    }
    Ok(())
}

impl Nation {
    async fn found(
        folder: &Path,
        code: &'static str,
        name: &'static str,
        infected: bool,
    ) -> anyhow::Result<Self> {
        let data = folder.join(code.to_ascii_lowercase());
        let log = folder.join(format!("{}-eve.json", code.to_ascii_lowercase()));
        init_node::run(&data, code.parse()?, name)?;
        let sensor = Sensor::start(&log, infected)?;
        write_config(&data, &log)?;
        let app = App::open(Settings::new(&data))?;
        let user = "analyst";
        let token = add_token::run(&app, user, None, Scope::All, Scope::none()).await?;
        let (node, url) = start(&data).await?;
        let home = app.home().await?;
        Ok(Self { code, name, app, home, url, user, secret: token.secret, node, sensor })
    }

    /// How often the bytes of this nation's store hold an identifier, wherever that may be.
    pub(super) fn mentions(&self, id: &StixId) -> anyhow::Result<usize> {
        let mut found = 0;
        for suffix in ["", "-wal"] {
            let file = self.app.settings().data.join(format!("{}{suffix}", init_node::DATABASE));
            match std::fs::read(&file) {
                Ok(bytes) => found += memmem::find_iter(&bytes, id.as_str().as_bytes()).count(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.display())),
            }
        }
        Ok(found)
    }

    async fn wait_for_allies(&self, count: usize) -> anyhow::Result<()> {
        for _ in 0..START.as_millis() / 20 {
            let peers = add_peer::list(&self.app).await?;
            if peers.iter().filter(|(peer, _)| peer.cursor.is_some()).count() == count {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{} did not reach all allies within {START:?}", self.name)
    }
}

fn write_config(data: &Path, log: &Path) -> anyhow::Result<()> {
    let mut config = Config::default();
    config.telemetry.files = vec![PathBuf::from(log)];
    "warn".clone_into(&mut config.log.level);
    Ok(std::fs::write(data.join("vigie.toml"), toml::to_string(&config)?)?)
}

async fn start(data: &Path) -> anyhow::Result<(Child, String)> {
    let mut node = Command::new(std::env::current_exe()?)
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let errors = node.stderr.take().context("the node has no standard error")?;
    let mut lines = BufReader::new(errors).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(url) = line.split("listening on ").nth(1) {
                return Ok(url.trim_end_matches('/').to_owned());
            }
        }
        bail!("the node ended before it was ready; see its log")
    };
    let url = tokio::time::timeout(START, ready).await.context("the node did not start in time")??;
    // What the node says later is drained, so that it never blocks on a full pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((node, url))
}
