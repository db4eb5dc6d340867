//! `vigie demo`: five nations on loopback, each a real node, and the story of one attack.
//!
//! Every node is this same program, started as `vigie serve` on a folder of its own. What analysts do in the story is
//! done by the same verbs as the other commands, on those folders, while the nodes serve. Nothing is simulated but
//! the sensors: they write Suricata EVE lines, most of them harmless, some of them the attack.
//!
//! Start with `demo/story.rs`.

mod nation;
mod sensor;
mod story;
mod tell;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::exit;

/// Play the story of one attack on five nations' nodes, on this machine
///
/// Morocco's sensor sees an attack; its analyst publishes an indicator for three allies; they detect it in their own
/// telemetry and sight it back; the fourth never learns that it exists; a member is suspended and receives nothing
/// more; the indicator is revoked and stops firing everywhere.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// End when the story is told, instead of staying up with a page for each node
    #[arg(long)]
    once: bool,
    /// Print what was measured as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("vigie-demo-").tempdir()?;
    let teller = tell::Teller::new(!args.json);
    let mut nations = nation::found(folder.path(), &teller).await?;
    let measured = story::play(&mut nations, &teller).await?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&measured)?)?;
        out.flush()?;
    }
    if !args.once {
        for nation in &nations {
            nation.sensor.calm();
        }
        teller.stay(&nations);
        tokio::signal::ctrl_c().await?;
    }
    nation::disband(nations).await?;
    Ok(ExitCode::from(if measured.as_told() { exit::CLEAN } else { exit::FAILED }))
}
