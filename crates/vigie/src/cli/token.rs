//! `vigie token`

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use vigie_app::app::App;
use vigie_app::{add_token, read_objects, set_member};
use vigie_model::token::Scope;

use crate::cli::data::Data;
use crate::cli::exit;

/// Give programs access to collections, and take it back
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Make a token and print its secret, once
    ///
    /// It works as HTTP Basic (user NAME, password the secret) and as HTTP Bearer.
    Add {
        #[command(flatten)]
        data: Data,
        /// The user name; unique in the node
        #[arg(long)]
        name: String,
        /// Collections that it may read: `all`, or ids or aliases with commas between
        #[arg(long, value_name = "ID|all")]
        read: Option<String>,
        /// Collections that it may write: `all`, or ids or aliases with commas between
        #[arg(long, value_name = "ID|all")]
        write: Option<String>,
        /// As whom it acts: a member's id, name or country; the node's own member when not given
        #[arg(long = "as", value_name = "MEMBER")]
        member: Option<String>,
    },
    /// Withdraw a token
    Remove {
        #[command(flatten)]
        data: Data,
        /// The token's name
        #[arg(long)]
        name: String,
    },
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add { data, name, read, write, member } => {
            let app = data.open()?;
            let member = match member {
                Some(member) => Some(set_member::find(&app, &member).await?.id),
                None => None,
            };
            let (read, write) = (scope(&app, read).await?, scope(&app, write).await?);
            let issued = add_token::run(&app, &name, member, read, write).await?;
            writeln!(out, "{}", issued.secret)?;
        }
        Command::Remove { data, name } => {
            let gone = add_token::remove(&data.open()?, &name).await?;
            anyhow::ensure!(gone, "no token is called `{name}`");
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}

async fn scope(app: &App, text: Option<String>) -> anyhow::Result<Scope> {
    let Some(text) = text else { return Ok(Scope::none()) };
    if text == "all" {
        return Ok(Scope::All);
    }
    let home = app.home().await?;
    let mut these = BTreeSet::new();
    for name in text.split(',') {
        let found = read_objects::find(app, &home, name).await;
        these.insert(found.with_context(|| format!("`{name}`; see `vigie collection list`"))?.id);
    }
    Ok(Scope::Only(these))
}
