//! `vigie collection`

use std::io::Write;
use std::process::ExitCode;

use vigie_app::{add_collection, list_collections};

use crate::cli::data::Data;
use crate::cli::exit;

/// Make and list collections: the shelves on which a node offers objects
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Make a collection and print its id
    Add {
        #[command(flatten)]
        data: Data,
        /// For people to read
        #[arg(long)]
        title: String,
        /// A short name for addresses, unique in the node
        #[arg(long)]
        alias: Option<String>,
        /// More for people to read
        #[arg(long)]
        description: Option<String>,
    },
    /// List all collections
    List {
        #[command(flatten)]
        data: Data,
    },
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add { data, title, alias, description } => {
            let app = data.open()?;
            let id = add_collection::run(&app, &title, alias.as_deref(), description.as_deref()).await?;
            writeln!(out, "{id}")?;
        }
        Command::List { data } => {
            let app = data.open()?;
            for offered in list_collections::run(&app, &app.home().await?).await? {
                let it = offered.collection;
                writeln!(out, "{}\t{}\t{}", it.id, it.alias.as_deref().unwrap_or("-"), it.title)?;
            }
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}
