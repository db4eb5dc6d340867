//! `vigie peer`

use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use vigie_app::add_peer::{self, Card};

use crate::cli::data::Data;
use crate::cli::exit;

/// Meet the nodes of other members
///
/// Two nodes meet by exchanging cards: each prints its own with `peer card` and enters the other's with `peer add`.
/// A card is not secret, but it must come by a way that you trust: it says by which key the ally is known.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Print this node's own card, as JSON
    Card {
        #[command(flatten)]
        data: Data,
        /// The address at which allies reach this node, such as `https://cert.example:8443`
        #[arg(long, value_name = "URL")]
        url: String,
    },
    /// Enter an ally by its card, and print the peer's id
    Add {
        #[command(flatten)]
        data: Data,
        /// The card's file, or `-` for standard input
        card: PathBuf,
    },
    /// List all peers, how far each was pulled, and the state of its member
    List {
        #[command(flatten)]
        data: Data,
    },
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Card { data, url } => {
            let root = format!("{}{}", url.trim_end_matches('/'), crate::web::API_ROOT);
            let card = add_peer::card(&data.open()?, &root).await?;
            writeln!(out, "{}", serde_json::to_string_pretty(&card)?)?;
        }
        Command::Add { data, card } => {
            let text = if card.as_os_str() == "-" {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text)?;
                text
            } else {
                std::fs::read_to_string(&card).with_context(|| format!("cannot read `{}`", card.display()))?
            };
            let card: Card = serde_json::from_str(&text).context("this is no card of a node")?;
            writeln!(out, "{}", add_peer::run(&data.open()?, card).await?)?;
        }
        Command::List { data } => {
            for (peer, member) in add_peer::list(&data.open()?).await? {
                let (name, state) = member.map_or(("?".to_owned(), "?"), |it| (it.name, it.state.as_str()));
                let cursor = peer.cursor.as_deref().unwrap_or("never pulled");
                writeln!(out, "{}\t{name}\t{state}\t{}\t{cursor}", peer.id, peer.api_root)?;
            }
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}
