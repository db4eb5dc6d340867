//! `vigie doctor`: is this node sound, and if not, what is to be done?

use std::fmt::Display;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use vigie_model::member::Membership;
use vigie_policy::Policy;
use vigie_store::{Options, Store};

use crate::add_peer;
use crate::app::App;
use crate::init_node::{DATABASE, Node};
use crate::settings::Settings;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Well,
    /// It needs attention.
    Ill,
}

impl Check {
    /// Nothing to do.
    pub fn well(what: &'static str, found: impl Display) -> Self {
        Self { what, health: Health::Well, found: found.to_string(), remedy: None }
    }

    /// Something to do.
    pub fn ill(what: &'static str, found: impl Display, remedy: impl Display) -> Self {
        Self { what, health: Health::Ill, found: found.to_string(), remedy: Some(remedy.to_string()) }
    }
}

/// Looks at everything that can be looked at; a thing that is broken does not hide the others.
pub async fn run(settings: Settings) -> Vec<Check> {
    let data = settings.data.clone();
    let mut checks = vec![folder(&data), policy(), database(&data)];
    match Node::load(&data) {
        Ok(node) => checks
            .push(Check::well("node", format!("{} ({}), {}", node.name, node.country, node.fingerprint))),
        Err(error) => {
            checks.push(Check::ill("node", error, "restore the folder from a backup, or make a new node"));
            return checks;
        }
    }
    for file in &settings.telemetry {
        checks.push(telemetry(file));
    }
    match App::open(settings) {
        Ok(app) => {
            checks.push(own_member(&app).await);
            checks.push(peers(&app).await);
        }
        Err(error) => checks.push(Check::ill("store", chain(&error), "see the line above")),
    }
    checks
}

fn folder(data: &Path) -> Check {
    match fs::metadata(data) {
        Err(error) => {
            Check::ill("folder", format!("`{}`: {error}", data.display()), "give the folder of `vigie init`")
        }
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Check::ill(
            "folder",
            format!("`{}` can be read by others", data.display()),
            format!("chmod 700 {}", data.display()),
        ),
        Ok(_) => Check::well("folder", format!("`{}` is private", data.display())),
    }
}

fn policy() -> Check {
    match Policy::new() {
        Ok(_) => Check::well("policy", "the handling rules are sound"),
        Err(error) => Check::ill("policy", chain(&error), "this program is damaged; install it again"),
    }
}

fn database(data: &Path) -> Check {
    let checked = Store::open(&data.join(DATABASE), &Options::default()).and_then(|it| it.check());
    match checked {
        Ok(damage) if damage.is_empty() => Check::well("database", "every page is sound"),
        Ok(damage) => {
            Check::ill("database", damage.join("; "), "stop the node and restore the database from a backup")
        }
        Err(error) => {
            Check::ill("database", chain(&error), "stop the node and restore the database from a backup")
        }
    }
}

fn telemetry(file: &Path) -> Check {
    match fs::File::open(file) {
        Ok(_) => Check::well("telemetry", format!("`{}` can be read", file.display())),
        Err(error) => Check::ill(
            "telemetry",
            format!("`{}`: {error}", file.display()),
            "let the node's user read it, or take it out of `files` of [telemetry]",
        ),
    }
}

async fn own_member(app: &App) -> Check {
    match app.home().await {
        Ok(_) => Check::well("own member", format!("{} is active", app.node().member)),
        Err(error) => {
            Check::ill("own member", chain(&error), "vigie member readmit with the node's own member id")
        }
    }
}

async fn peers(app: &App) -> Check {
    let peers = match add_peer::list(app).await {
        Ok(peers) => peers,
        Err(error) => return Check::ill("peers", chain(&error), "see the line above"),
    };
    let active = |it: &&(_, Option<vigie_model::member::Member>)| {
        it.1.as_ref().is_some_and(|it| it.state == Membership::Active)
    };
    let never: Vec<String> = peers
        .iter()
        .filter(active)
        .filter(|(peer, _)| peer.cursor.is_none())
        .map(|(peer, _)| peer.api_root.clone())
        .collect();
    if never.is_empty() {
        Check::well("peers", format!("{} known, every active one was reached", peers.len()))
    } else {
        Check::ill(
            "peers",
            format!("never reached: {}", never.join(", ")),
            "check that this node serves, that the address answers, and that the ally entered this node's card",
        )
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
